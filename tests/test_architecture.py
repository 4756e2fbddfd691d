"""The house stays in order: imports point down, modules stay small, every name given as text exists."""

import ast
import importlib
import re
from pathlib import Path

import pytest

RAIZ = Path(__file__).resolve().parent.parent
PISOS = (
    "core",
    "organization",
    "documents",
    "derivations",
    "notifications",
    "integrations",
    "reports",
    "portal",
    "mesapartes",
)
LINEAS_MAXIMAS = 450
DOMINIO = ("constants", "errors", "querysets", "models", "permissions", "services")
PUERTAS = ("forms", "views", "api", "admin", "management", "templatetags", "urls")


def modulos():
    """Every module of the product, migrations aside."""
    for piso in PISOS:
        for ruta in sorted((RAIZ / piso).rglob("*.py")):
            if "migrations" not in ruta.parts:
                yield ruta


def importados(arbol):
    """(line, dotted name) of each absolute import, wherever it stands in the module."""
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Import):
            for alias in nodo.names:
                yield nodo.lineno, alias.name
        elif isinstance(nodo, ast.ImportFrom) and nodo.level == 0:
            yield nodo.lineno, nodo.module or ""
            for alias in nodo.names:
                yield nodo.lineno, f"{nodo.module}.{alias.name}"


def importaciones_hacia_arriba(piso, codigo):
    """Imports in `codigo`, a module of `piso`, of an application that stands above it."""
    nivel = PISOS.index(piso)
    return sorted(
        {
            f"{linea}: {nombre.split('.')[0]}"
            for linea, nombre in importados(ast.parse(codigo))
            if nombre.split(".")[0] in PISOS[nivel + 1 :]
        }
    )


def puertas_en_dominio(ruta, codigo):
    """Imports of a door (views, api, admin...) in a module of the domain."""
    partes = ruta.relative_to(RAIZ).with_suffix("").parts
    if len(partes) < 2 or partes[1] not in DOMINIO:
        return []
    return [
        f"{linea}: {nombre}"
        for linea, nombre in importados(ast.parse(codigo))
        if nombre.split(".")[0] in PISOS and len(nombre.split(".")) > 1 and nombre.split(".")[1] in PUERTAS
    ]


def test_imports_point_down():
    faltas = {
        str(ruta.relative_to(RAIZ)): hallados
        for ruta in modulos()
        if (hallados := importaciones_hacia_arriba(ruta.relative_to(RAIZ).parts[0], ruta.read_text()))
    }
    assert faltas == {}


@pytest.mark.parametrize(
    ("piso", "codigo", "esperado"),
    [
        ("core", "from documents.models import Documento", ["1: documents"]),
        ("documents", "def f():\n    import portal.views", ["2: portal"]),
        ("documents", "from core.events import registrar_evento\nimport organization.models", []),
        ("reports", "if True:\n    from mesapartes import settings", ["2: mesapartes"]),
    ],
)
def test_a_planted_upward_import_is_found(piso, codigo, esperado):
    assert importaciones_hacia_arriba(piso, codigo) == esperado


def test_domain_modules_do_not_import_doors():
    faltas = {
        str(ruta.relative_to(RAIZ)): hallados
        for ruta in modulos()
        if (hallados := puertas_en_dominio(ruta, ruta.read_text()))
    }
    assert faltas == {}


def test_a_planted_door_in_the_domain_is_found():
    ruta = RAIZ / "documents/services/registro.py"
    assert puertas_en_dominio(ruta, "from documents.views import lista") == [
        "1: documents.views",
        "1: documents.views.lista",
    ]
    assert puertas_en_dominio(RAIZ / "documents/views/lista.py", "from documents.views import x") == []


def test_modules_stay_small():
    largos = {
        str(ruta.relative_to(RAIZ)): lineas
        for ruta in modulos()
        if (lineas := len(ruta.read_text().splitlines())) > LINEAS_MAXIMAS
    }
    assert largos == {}


def rutas_de_tareas(codigo):
    """Dotted paths given to `encolar(funcion="...")` or as a constant named TAREA_*."""
    for nodo in ast.walk(ast.parse(codigo)):
        if isinstance(nodo, ast.Call):
            nombre = getattr(nodo.func, "id", getattr(nodo.func, "attr", ""))
            for clave in nodo.keywords:
                if nombre == "encolar" and clave.arg == "funcion" and isinstance(clave.value, ast.Constant):
                    yield clave.value.value
        elif isinstance(nodo, ast.Assign) and isinstance(nodo.value, ast.Constant):
            if any(getattr(destino, "id", "").startswith("TAREA_") for destino in nodo.targets):
                yield nodo.value.value


def resuelve(ruta):
    """Whether a dotted path names a function of a `tasks` module."""
    modulo, _, funcion = ruta.rpartition(".")
    try:
        return "tasks" in modulo.split(".") and callable(getattr(importlib.import_module(modulo), funcion))
    except (ImportError, AttributeError):
        return False


def test_every_task_path_resolves():
    malas = {
        f"{ruta.relative_to(RAIZ)}: {tarea}"
        for ruta in modulos()
        for tarea in rutas_de_tareas(ruta.read_text())
        if isinstance(tarea, str) and "." in tarea and not resuelve(tarea)
    }
    assert malas == set()


def test_a_planted_wrong_task_path_is_found():
    (ruta,) = rutas_de_tareas('encolar(funcion="core.tasks.no_existe", args={})')
    assert not resuelve(ruta)


def nombres_del_entorno(codigo):
    """Environment names that a module reads by a literal."""
    patron = r"(?:environ\.get\(|environ\[|getenv\(|env\.[a-z_]+\(|lista\(|clave\(|base\.get\()\s*\"([A-Z][A-Z_]+)\""
    return set(re.findall(patron, codigo))


def test_every_environment_name_is_explained():
    explicados = set(re.findall(r"^([A-Z][A-Z_]+)=", (RAIZ / ".env.example").read_text(), re.M))
    leidos = set().union(*(nombres_del_entorno(ruta.read_text()) for ruta in modulos()))
    de_sistema = {"XDG_RUNTIME_DIR", "PYTEST_XDIST_WORKER"}
    assert leidos - explicados - de_sistema == set()


def test_pages_have_no_inline_script_style_or_handlers():
    patron = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=.application/json)[^>]*>|\sstyle=\"|<style\b|\son[a-z]+=\"", re.I
    )
    faltas = {
        f"{ruta.relative_to(RAIZ)}: {hallado.group(0)}"
        for carpeta in (RAIZ / "templates", *(RAIZ / piso / "templates" for piso in PISOS))
        for ruta in sorted(carpeta.rglob("*.html"))
        if not {"impresos", "correo"} & set(ruta.parts) and "pdf" not in ruta.stem
        if (hallado := patron.search(ruta.read_text()))
    }
    assert faltas == set()
