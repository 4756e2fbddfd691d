"""Test run: starts PostgreSQL and Valkey once, gives each test an empty cache and, on request, a browser."""

import contextlib
import gc
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from core.embedded import ErrorEmbebido, arrancar, detener, rutas_de
from core.embedded.servicio import olvidar

# From the longest to the shortest of the modules that take ten seconds or more
LARGOS = """
navegador/test_paginas.py core/test_caching_vivo.py test_states.py core/test_marco_navegador.py test_vida.py
mesapartes/test_banco.py core/test_embedded.py core/test_jobs_procesos.py documents/test_registro_navegador.py
organization/test_admin_navegador.py documents/test_navegador_expediente.py mesapartes/test_demo.py
integrations/test_envio_muertes.py notifications/test_masivo.py notifications/test_navegador.py
mesapartes/test_volumen.py test_permission_matrix.py documents/test_files_muertes.py core/test_printing.py
test_admin_listas.py test_crash.py test_concurrency_acts.py test_concurrency_numbers.py test_query_budgets.py
navegador/test_sin_guion.py navegador/test_cuidados.py
""".split()
assert all((Path(__file__).parent / modulo).exists() for modulo in LARGOS)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_configure(config):
    """Start the servers in the controller, or in the only process; workers of xdist find them running."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    var = os.environ["MESA_VAR"]
    _retirar_abandonados()
    try:
        arrancar(var, rapido=True)
    except ErrorEmbebido as error:
        raise pytest.UsageError(f"No hay servidores para las pruebas. {error}") from error
    (Path(var) / "estaticos").mkdir(exist_ok=True)
    config.mesa_var = var


def pytest_collection_modifyitems(items):
    """Marks every test that needs a browser; the longest modules go first, so that every worker ends together."""
    for item in items:
        if "navegador" in getattr(item, "fixturenames", ()):
            item.add_marker("navegador")
    modulos = {}
    for item in items:
        modulos.setdefault(item.nodeid.split("::")[0], []).append(item)
    turno = {modulo: n for n, modulo in enumerate(LARGOS)}
    items[:] = [
        item
        for modulo in sorted(modulos, key=lambda m: turno.get(m.removeprefix("tests/"), len(turno)))
        for item in modulos[modulo]
    ]


def pytest_collection_finish():
    """What was imported stays until the end: the collector of garbage needs not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A module is one worker's: what its tests share is made once, and nobody else sees a world it committed."""
    from xdist.scheduler import LoadFileScheduling

    if config.getoption("dist") != "load":
        return None
    config.option.loadscopereorder = False  # the order is ours
    return LoadFileScheduling(config, log)


def pytest_unconfigure(config):
    """Stop the servers and delete their data, unless MESA_PRUEBAS_VAR asked to keep them."""
    var = getattr(config, "mesa_var", None)
    if var and not os.environ.get("MESA_PRUEBAS_VAR"):
        detener(var)
        olvidar(rutas_de(var))


def _retirar_abandonados():
    """Stop and delete what a killed run of this same user left behind."""
    for carpeta in Path(tempfile.gettempdir()).glob(f"mesa-pruebas-{os.geteuid()}-*"):
        pid = re.search(r"-(\d+)$", carpeta.name)
        if not pid or carpeta.stat().st_uid != os.geteuid():
            continue
        try:
            os.kill(int(pid.group(1)), 0)
        except ProcessLookupError:
            with contextlib.suppress(ErrorEmbebido, OSError):
                detener(carpeta)
                olvidar(rutas_de(carpeta))
        except PermissionError:
            continue


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Let tests with transaction=True empty their tables fast, the audit table too, which refuses it."""
    from django.db import connection

    from tests.vaciado import instalar

    instalar(connection)


@pytest.fixture(autouse=True)
def cache_vacia():
    """An empty cache before each test: rolled-back rows reuse ids, cached answers about them would lie."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def almacen(settings, tmp_path):
    """A store of files of its own, in this folder."""
    opciones = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "almacen")}}
    settings.STORAGES = {**settings.STORAGES, "default": opciones}
    return tmp_path / "almacen"


@pytest.fixture(scope="session")
def criadero():
    """Runs a module of the tests in a process of its own, that may die: see tests/criadero.py."""
    from django.conf import settings

    from tests.criadero import Criadero

    abierto = Criadero(settings.BASE_DIR, {"MESA_PRUEBAS_VAR": str(settings.MESA_VAR)})
    yield abierto
    abierto.cerrar()


@pytest.fixture(scope="session")
def navegador():
    """Headless Chromium of the system, driven by Playwright; skips with the reason when there is none."""
    ejecutable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not ejecutable:
        pytest.skip("No hay Chromium: instálalo (apt-get install chromium) o nómbralo en CHROMIUM")
    sync_api = pytest.importorskip("playwright.sync_api", reason="Falta playwright: ejecuta script/test")
    # Playwright keeps an event loop in this thread, and Django's guard would refuse the ORM in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_api.sync_playwright() as playwright:
        abierto = playwright.chromium.launch(
            executable_path=ejecutable, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield abierto
        abierto.close()


@pytest.fixture
def pagina(navegador):
    """A page of its own, in Peruvian Spanish and Lima time; fails the test on script errors."""
    contexto = navegador.new_context(
        locale="es-PE", timezone_id="America/Lima", viewport={"width": 1366, "height": 768}
    )
    hoja = contexto.new_page()
    errores = []
    hoja.on("pageerror", lambda error: errores.append(str(error)))
    yield hoja
    contexto.close()
    assert errores == []


@pytest.fixture
def vigilada(pagina, live_server):
    """A page of its own on an empty office; the test fails on a foreign host or a complaint of the console."""
    from tests.navegador.ayudas import Vigia

    pagina.vigia = Vigia(pagina, live_server)
    pagina.vigia.esperado = (403, 404, 409, 422)
    yield pagina
    pagina.vigia.revisar()
