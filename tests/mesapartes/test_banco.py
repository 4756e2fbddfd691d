"""script/bench: its arithmetic, what it reads of wrk, its report, its refusals, and one small run from end to end."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.embedded import detener, rutas_de
from core.embedded.servicio import olvidar
from mesapartes.banco import cifras, informe, reportes, tareas, volumen
from mesapartes.banco.__main__ import guardar, leer_orden, main
from mesapartes.banco.carga import FALTA_WRK, ErrorDeCarga, Pedidos, datos_lua, en_lua, leer_salida, medir
from mesapartes.banco.operaciones import Operacion, elegir
from mesapartes.banco.servidor import SIN_CACHE, entorno_de
from tests.factories import make_documento, make_oficina

con_wrk = pytest.mark.skipif(shutil.which("wrk") is None, reason=FALTA_WRK)


# Arithmetic


@pytest.mark.parametrize(("p", "esperado"), [(50, 5), (95, 10), (99, 10), (1, 1), (100, 10)])
def test_percentile_is_the_nearest_rank(p, esperado):
    assert cifras.percentil(list(range(1, 11)), p) == esperado


def test_a_run_without_answers_has_no_percentiles():
    vacia = cifras.resumir([], 3)
    assert (vacia["n"], vacia["p50"], vacia["rps"]) == (0, None, 0.0)


def test_a_run_says_its_rate():
    assert cifras.resumir([2.0] * 30, 3) | {"max": 2.0} == {
        "n": 30, "p50": 2.0, "p95": 2.0, "p99": 2.0, "max": 2.0, "rps": 10.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("valor", "base", "esperado"), [(8, 2, 4.0), (None, 2, None), (8, None, None), (8, 0, None)]
)
def test_ratio(valor, base, esperado):
    assert cifras.razon(valor, base) == esperado


def entrada(p50, *, sin_cache=None, **mas):
    """Figures of one size with one operation."""
    medida = {
        "n": 9,
        "p50": p50,
        "p95": 2 * p50,
        "p99": 3 * p50,
        "max": 3 * p50,
        "rps": 1000 / p50,
        "errores": 0,
    }
    lista = {"nombre": "Lista", "rol": "grande", "meta": [8, 60, 250], "suelo": "lista", "falta": ""}
    lista |= {"normal": {"1": medida, "8": medida}}
    if sin_cache:
        lista["sin_cache"] = {"1": medida | {"p50": sin_cache}, "8": medida}
    return {
        "fecha": "2026-11-24 12:00", "commit": "abc1234", "documentos": 1000, "segundos": 3.0, "duracion_s": 60,
        "maquina": {"procesador": "x", "nucleos": 2, "memoria_gb": 24, "sistema": "Debian"},
        "versiones": {"Python": "3.13"}, "areas": {"grande": [1, "A", 120], "mediana": [2, "B", 20]},
        "suelo": {"sql": {"lista": medida | {"p50": 0.5}}, "vistas": {}}, "notas": [],
        "operaciones": {"lista": lista, "estadisticas": {"nombre": "Estadísticas", "rol": "grande", "suelo": "",
                        "meta": [None] * 3, "falta": "esta versión no tiene esa dirección"}},
        **mas,
    }  # fmt: skip


def test_growth_prefers_uncached_figures_and_knows_its_ceiling():
    (fila,) = cifras.crecimientos(entrada(2.0, sin_cache=4.0), entrada(9.0, sin_cache=5.0))
    assert (fila["modo"], fila["razon"], fila["tope"], fila["cumple"]) == ("sin_cache", 1.25, 1.3, True)
    (fila,) = cifras.crecimientos(entrada(2.0), entrada(2.7))
    assert (fila["modo"], fila["razon"], fila["cumple"]) == ("normal", 1.35, False)


def test_comparison_says_how_many_times_faster():
    uno, ocho = cifras.comparacion(entrada(20.0), entrada(5.0))
    assert (uno["clientes"], uno["antes"], uno["ahora"], uno["veces"]) == ("1", 20.0, 5.0, 4.0)
    assert (uno["antes_x"], uno["ahora_x"]) == (40.0, 10.0)
    assert ocho["clientes"] == "8"


# The load tool


def test_figures_are_read_from_the_line_of_the_script():
    texto = "Running 1s test\nMESA " + json.dumps(
        {
            "us": [1000, 2000, 3000],
            "duracion_us": 1_500_000,
            "muestra": "",
            "errores": {"estado": 0, "read": 0},
        }
    )
    hecho = leer_salida(texto)
    assert (hecho["p50"], hecho["rps"], hecho["errores"], hecho["detalle"]) == (2.0, 2.0, 0, {})


def test_every_kind_of_error_counts():
    texto = "MESA " + json.dumps(
        {
            "us": [1],
            "duracion_us": 1,
            "muestra": "404 no",
            "errores": {"estado": 3, "contenido": 1, "timeout": 1},
        }
    )
    hecho = leer_salida(texto)
    assert (hecho["errores"], hecho["muestra"]) == (5, "404 no")


def test_a_tool_that_measured_nothing_is_one_line():
    with pytest.raises(ErrorDeCarga, match="wrk no dijo qué midió: unable to connect"):
        leer_salida("unable to connect\n")


def test_texts_reach_lua_whole():
    assert en_lua('ñ "\n') == '"\\195\\177 \\034\\010"'
    assert en_lua({"a": [1, True, None, 2.5]}) == '{["a"] = {1, true, nil, 2.5}}'


def test_the_pace_is_shared_by_the_clients():
    assert '["pausa_ms"] = 160.0' in datos_lua(Pedidos(rutas=["/"], ritmo=50), 8)


class Eco(BaseHTTPRequestHandler):
    """Answers 200 with its own address, 404 to /no/, and notes what came."""

    protocol_version = "HTTP/1.1"
    vistas = []

    def do_POST(self):
        cuerpo = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.vistas.append((self.path, self.headers.get("Cookie"), cuerpo))
        dicho = f"<p>{self.path}</p>".encode()
        self.send_response(404 if self.path.startswith("/no/") else 200)
        self.send_header("Content-Length", str(len(dicho)))
        self.end_headers()
        self.wfile.write(dicho)

    do_GET = do_POST

    def handle(self):
        with contextlib.suppress(ConnectionError):  # the tool cuts what it no longer waits for
            super().handle()

    def log_message(self, *_):
        """Nothing on the screen of the tests."""


@pytest.fixture
def eco():
    """(address, list of what was asked) of a server in this process."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Eco) as servidor:
        servidor.daemon_threads = True
        hilo = threading.Thread(target=servidor.serve_forever)
        hilo.start()
        Eco.vistas = []
        yield f"http://127.0.0.1:{servidor.server_port}", Eco.vistas
        servidor.shutdown()
        hilo.join()


@con_wrk
def test_wrong_answers_are_errors(eco):
    direccion, _ = eco
    bien = medir(direccion, Pedidos(rutas=["/a", "/b"], marca="</p>"), clientes=2, segundos=1)
    assert (bien["n"] > 0, bien["errores"]) == (True, 0)
    perdida = medir(direccion, Pedidos(rutas=["/no/"]), clientes=1, segundos=1)
    assert (perdida["errores"], perdida["muestra"]) == (perdida["n"], "404 <p>/no/</p>")
    otra = medir(direccion, Pedidos(rutas=["/a"], marca="lo que no dice"), clientes=1, segundos=1)
    assert otra["detalle"] == {"contenido": otra["n"]}


@con_wrk
def test_clients_have_their_own_session_and_every_post_its_key(eco):
    direccion, vistas = eco
    pedidos = Pedidos(rutas=["/x"], metodo="POST", galletas=["s=1", "s=2"], cuerpo='{"llave": "{llave}"}')
    medir(direccion, pedidos, clientes=2, segundos=1)
    assert {galleta for _, galleta, _ in vistas} == {"s=1", "s=2"}
    llaves = [uuid.UUID(json.loads(cuerpo)["llave"]) for _, _, cuerpo in vistas]
    assert len(set(llaves)) == len(llaves) > 1


@con_wrk
def test_addresses_of_one_use_are_never_asked_twice(eco):
    direccion, vistas = eco
    medir(direccion, Pedidos(rutas=[f"/{n}" for n in range(9)], una_vez=True), clientes=2, segundos=1)
    pedidas = [ruta for ruta, _, _ in vistas if ruta != "/"]
    assert len(pedidas) == len(set(pedidas)) >= 7


@con_wrk
def test_a_pace_is_not_exceeded(eco):
    direccion, _ = eco
    hecho = medir(direccion, Pedidos(rutas=["/a"], ritmo=20), clientes=4, segundos=2)
    assert 0 < hecho["n"] <= 45


# The report


def test_the_report_keeps_what_was_written_by_hand(tmp_path):
    salida = tmp_path / "rendimiento.md"
    informe.escribir(salida, {"formato": 1, "volumenes": {"1000": entrada(4.0)}})
    salida.write_text(salida.read_text().replace("Antes y después de cada uno", "El índice X costó 40 MB"))
    informe.escribir(salida, {"formato": 1, "volumenes": {"1000": entrada(9.5)}})
    texto = salida.read_text()
    assert "El índice X costó 40 MB" in texto
    assert texto.count(informe.INICIO) == texto.count(informe.FIN) == 1
    assert "9.5 ✗" in texto
    assert "19×" in texto
    assert json.loads(salida.with_suffix(".json").read_text())["volumenes"]["1000"]["commit"] == "abc1234"


def test_the_report_tells_targets_absences_growth_and_before():
    antes = entrada(40.0, commit="viejo00")
    texto = informe.generado({"volumenes": {"1000": entrada(4.0, antes=antes), "100": entrada(4.0)}})
    assert "4 ✓" in texto
    assert "no se midió: esta versión no tiene esa dirección" in texto
    assert "## Crecimiento" in texto
    assert "1.00 ✓" in texto
    assert "viejo00" in texto
    assert "10×" in texto


def test_the_size_of_the_targets_comes_first():
    texto = informe.generado(
        {"volumenes": {"100000": entrada(3.0), "1000000": entrada(4.0), "10000000": entrada(5.0)}}
    )
    lugares = [
        texto.index(f"## {n} documentos") for n in map(informe.miles, (1_000_000, 10_000_000, 100_000))
    ]
    assert lugares == sorted(lugares)


# What it refuses


@pytest.mark.parametrize(
    ("hay", "pedidos", "esperado"), [(None, None, 100_000), (None, 500, 500), (700, None, 700)]
)
def test_the_size_is_the_volumes_own_or_the_asked(hay, pedidos, esperado):
    assert volumen.revisar_tamanio(hay, pedidos) == esperado


def test_a_volume_of_another_size_is_refused():
    with pytest.raises(volumen.Rechazo, match="quita --documentos o elige otra --var"):
        volumen.revisar_tamanio(700, 500)


def test_a_full_disk_is_refused_before_the_work(tmp_path):
    with pytest.raises(volumen.Rechazo, match="No queda espacio para"):
        volumen.revisar_disco(tmp_path / "nueva", 10**12)


@pytest.mark.django_db
def test_an_offices_own_data_is_refused():
    from django.db import connection

    from tests.factories import make_documento, make_oficina

    with connection.cursor() as cursor:
        assert volumen.lo_que_hay(cursor) is None
        make_documento(make_oficina())
        with pytest.raises(volumen.Rechazo, match="documentos que no son de generar_volumen"):
            volumen.lo_que_hay(cursor)


def test_two_runs_on_one_volume_are_refused(tmp_path):
    with volumen.candado(rutas_de(tmp_path)):
        with pytest.raises(volumen.Rechazo, match="Ya hay una medición en marcha"):
            with volumen.candado(rutas_de(tmp_path)):
                pass


def test_a_missing_tool_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda _nombre: None)
    assert main([]) == 1
    assert capsys.readouterr().err == f"mesa: {FALTA_WRK}\n"


@pytest.mark.parametrize(
    ("argumentos", "texto"),
    [
        (["--documentos", "3"], "--documentos es 100 o más"),
        (["--segundos", "0"], "--segundos va de"),
        (["--partes", "carga,otra"], "no existe la parte otra"),
    ],
)
def test_impossible_options_are_refused(argumentos, texto, capsys):
    with pytest.raises(SystemExit):
        leer_orden(argumentos)
    assert texto in capsys.readouterr().err


def test_an_unknown_operation_is_named():
    with pytest.raises(ValueError, match="No existe la operación nada; hay: a"):
        elegir([Operacion("a", "A", Pedidos(rutas=["/"]))], ["a", "nada"])


def test_the_environment_of_the_machine_does_not_reach_the_servers(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://otra")
    monkeypatch.setenv("DEBUG", "1")
    entorno = entorno_de("/x", redis_url="unix:///r")
    assert (entorno["DATABASE_URL"], entorno["DEBUG"], entorno["MESA_VAR"]) == ("", "0", "/x")


def test_the_cache_can_be_turned_off():
    from django.conf import settings

    orden = "from django.conf import settings; print(settings.CACHE_ACTIVA)"
    entorno = entorno_de(settings.MESA_VAR) | SIN_CACHE | {"DJANGO_SETTINGS_MODULE": "mesapartes.settings"}
    dicho = subprocess.run(
        [sys.executable, "-c", orden], env=entorno, capture_output=True, text=True, check=True
    )
    assert dicho.stdout.strip() == "False"


def test_a_failed_operation_makes_the_run_fail(tmp_path, capsys):
    orden = leer_orden(["--salida", str(tmp_path / "r.md")])
    mala = entrada(4.0)
    mala["operaciones"]["lista"]["error"] = "respondió 404: no existe"
    assert guardar(orden, "1000", mala, []) is False
    assert "mesa: lista: respondió 404: no existe" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_failed_step_is_told_and_the_rest_goes_on(tmp_path, capsys):
    from mesapartes.banco.corrida import Corrida

    corrida = Corrida(
        rutas=rutas_de(tmp_path), entorno={}, valkey=None, muestras=None, operaciones=[], segundos=1, partes=[],
        ajeno=True,
    )  # fmt: skip
    corrida.dar("suelo: SQL", lambda: 1 / 0)
    corrida.dar("carga media", lambda: corrida._nota_de_carga("carga_final"))
    assert corrida.resultado["carga_final"] >= 0
    fallos = corrida.resultado["fallos"]
    assert fallos == ["suelo: SQL: ZeroDivisionError: division by zero"]
    orden = leer_orden(["--salida", str(tmp_path / "r.md")])
    assert guardar(orden, "1000", entrada(4.0, fallos=fallos), []) is False
    assert "mesa: suelo: SQL: ZeroDivisionError" in capsys.readouterr().err
    assert "No se midió: suelo: SQL" in (tmp_path / "r.md").read_text()


# Reports


def test_reports_are_those_that_the_volume_can_fill():
    assert reportes.pedidos_para(4_999) == [("xlsx", 4_999), ("csv", 4_999), ("pdf", 4_999)]
    assert reportes.pedidos_para(100_000) == [("xlsx", 100_000), ("pdf", 5_000), ("pdf", 20_000)]


@pytest.mark.django_db
def test_a_report_is_measured_on_so_many_documents_and_told():
    o = make_oficina()
    for _ in range(3):
        make_documento(o)
    medidas = [reportes.medir(formato, 2) for formato in ("pdf", "csv")]
    assert all(m["filas"] == 2 and m["bytes"] > 100 and m["memoria_mb"] > 30 for m in medidas)
    texto = "\n".join(informe.seccion("1000", entrada(4.0, reportes=medidas), entera=False))
    assert "### Reportes" in texto and "| PDF | 2 |" in texto
    buena = medidas[0] | {"filas": 5_000, "segundos": 60.1, "memoria_mb": 500}
    assert "60.1 ✗ | 60 |" in (texto := "\n".join(informe.tabla(*reportes.tabla_de({"reportes": [buena]}))))
    assert "500 ✓ | 500 |" in texto


# Tasks


@pytest.mark.django_db
def test_the_cost_of_a_task_is_measured_and_told():
    costo = tareas._costo_de_una()
    assert 0 < costo["pedir_ms"] < costo["correr_ms"] < 1000
    assert 0 < costo["pedir_consultas"] + costo["correr_consultas"] < 12
    medida = costo | {"tareas": 1000, "trabajadores": 2, "vaciar_s": 60.0, "commit": "x", "documentos": 9}
    medida |= {"carga": 0.5, "fecha": "hoy"}
    assert "60.0 ✗ | 60 | 17 |" in "\n".join(
        informe.seccion("1000", entrada(4.0, tareas=medida), entera=False)
    )


# All of it


@con_wrk
def test_a_small_volume_is_made_measured_and_told(tmp_path):
    var, salida = tmp_path / "var", tmp_path / "rendimiento.md"
    orden = [sys.executable, "-m", "mesapartes.banco", "--documentos", "300", "--var", str(var)]
    orden += ["--salida", str(salida), "--segundos", "0.3", "--solo", "lista,seguimiento"]
    orden += ["--partes", "carga,interno,planes"]
    raiz = Path(__file__).resolve().parents[2]
    entorno = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    try:
        hecho = subprocess.run(orden, cwd=raiz, env=entorno, capture_output=True, text=True, timeout=180)
        assert hecho.returncode == 0, hecho.stderr[-2000:]
        assert "paso" in hecho.stderr
        cifras_ = json.loads(salida.with_suffix(".json").read_text())["volumenes"]["300"]
        for clave in ("lista", "seguimiento"):
            for clientes in ("1", "8"):
                medida = cifras_["operaciones"][clave]["normal"][clientes]
                assert medida["errores"] == 0
                assert medida["n"] > 0
            assert cifras_["operaciones"][clave]["interno"]["consultas"] > 0
        assert "Lista de 100" in salida.read_text()
        assert "Execution Time" in salida.with_name("planes.txt").read_text()
    finally:
        detener(var / "redis-banco")
        detener(var)
        olvidar(rutas_de(var / "redis-banco"))
        olvidar(rutas_de(var))
