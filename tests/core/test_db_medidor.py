"""What the wrapper of queries tells and counts: slow ones with their place, shapes folded, totals that survive."""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import DataError, connection, transaction
from django.template import Context, Origin, Template, engines

from core.db import medidor, volcado
from core.db.formas import breve, clave_de, con_parametros, forma_de
from core.models import FormaConsulta, Latido
from documents.models import Documento
from tests.factories import make_documento, make_oficina

RAIZ = Path(__file__).resolve().parents[2]


@pytest.fixture
def medida(monkeypatch):
    """The wrapper on this test's connection, with an empty memory and no thread."""
    monkeypatch.setattr(medidor, "memoria", medidor.Memoria())
    monkeypatch.setattr(medidor, "al_contar", None)
    monkeypatch.setattr(medidor.ajustes, "estadisticas", True)
    monkeypatch.setattr(medidor.ajustes, "lenta_s", float("inf"))
    connection.ensure_connection()
    medidor._al_conectar(None, connection)
    yield medidor
    connection.execute_wrappers.remove(medidor.medir)


@pytest.fixture
def avisos(caplog):
    """Lines of the slow log."""
    caplog.set_level(logging.WARNING, logger="core.consultas")
    return lambda: [r.getMessage() for r in caplog.records if r.name == "core.consultas"]


def cuenta(fragmento):
    (hallada,) = [c for c in medidor.memoria.por_clave.values() if fragmento in c.forma]
    return hallada


# Shapes


@pytest.mark.parametrize(
    ("uno", "otro"),
    [
        ("SELECT a FROM t WHERE a = 1", "SELECT a FROM t  WHERE a = 22.5"),
        ("SELECT a FROM t WHERE a = 'x''y'", "SELECT a FROM t WHERE a = %s"),
        ("SELECT a FROM t WHERE a IN (%s, %s)", "SELECT a FROM t WHERE a IN (%s, %s, %s, %s)"),
        ("SELECT a FROM t WHERE a = -5", "SELECT a FROM t WHERE a = 5"),
        ("SELECT a FROM t LIMIT 21", "SELECT a FROM t LIMIT 51"),
        ("INSERT INTO t (a, b) VALUES (%s, %s)", "INSERT INTO t (a, b) VALUES (%s, %s), (%s, %s), (%s, %s)"),
        ("SELECT a -- nota 1\nFROM t", "SELECT a FROM t"),
        ("SELECT $1::int", "SELECT $22::int"),
        ("SELECT $fin$ hola $fin$", "SELECT 'adios'"),
    ],
)
def test_the_same_question_has_one_shape(uno, otro):
    assert forma_de(uno) == forma_de(otro)


@pytest.mark.parametrize(
    ("uno", "otro"),
    [
        ('SELECT "a1" FROM t', 'SELECT "a2" FROM t'),
        ("SELECT a FROM t1", "SELECT a FROM t2"),
        ("SELECT a FROM t WHERE a = %s", "SELECT a FROM t WHERE a > %s"),
        ("SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a DESC"),
    ],
)
def test_different_questions_have_different_shapes(uno, otro):
    assert clave_de(forma_de(uno)) != clave_de(forma_de(otro))


def test_savepoints_are_one_shape():
    assert forma_de('SAVEPOINT "s140_x1"') == forma_de('SAVEPOINT "s9_x22"') == "SAVEPOINT"


def test_a_shape_keeps_no_value_and_has_a_ceiling():
    forma = forma_de("SELECT a FROM t WHERE n = 'Juana Quispe' AND d = 45871236 " + "AND a = 1 " * 9000)
    assert "Quispe" not in forma and "4587" not in forma and len(forma) <= 12_000


def test_a_shape_is_read_from_its_tables():
    largas = ", ".join(f'"t"."columna_{n}"' for n in range(40))
    assert breve(f"SELECT {largas}, (SELECT ? FROM u) FROM t WHERE a = ?").endswith("… FROM t WHERE a = ?")
    assert breve("SELECT a FROM t") == "SELECT a FROM t"
    assert len(breve("SELECT a FROM t WHERE " + "a = ? AND " * 400)) == 1500


def test_a_shape_becomes_a_statement_to_explain():
    texto, cuantos = con_parametros(forma_de('SELECT "a?" FROM t WHERE a IN (%s, %s) AND b = %s LIMIT 21'))
    assert (texto, cuantos) == ('SELECT "a?" FROM t WHERE a IN ($1) AND b = $2 LIMIT 50', 2)


# Slow ones


@pytest.mark.django_db
def test_a_slow_query_is_told_with_the_service_that_asked(medida, avisos, monkeypatch):
    o = make_oficina()
    monkeypatch.setattr(medidor.ajustes, "lenta_s", 0.0)
    make_documento(o)
    (linea,) = [a for a in avisos() if 'INSERT INTO "documents_documento"' in a]
    assert "documents/services/registro.py:" in linea and "_numerar_y_guardar" in linea
    assert o.remitente.numero not in linea and "VALUES (?, ?" in linea


@pytest.mark.django_db
def test_both_ends_of_the_threshold(medida, avisos, monkeypatch):
    monkeypatch.setattr(medidor.ajustes, "lenta_s", 0.06)
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        assert avisos() == []
        cursor.execute("select pg_sleep(0.08)")
    (linea,) = avisos()
    assert "tests/core/test_db_medidor.py" in linea and "select pg_sleep(?)" in linea
    assert cuenta("pg_sleep").lentas == 1 and cuenta("pg_sleep").maximo >= 0.08


@pytest.mark.django_db
def test_a_threshold_of_zero_tells_nothing(medida, avisos, settings):
    settings.CONSULTA_LENTA_MS = 0
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(0.02)")
    assert avisos() == []


@pytest.mark.django_db
def test_it_is_told_without_statistics_too(medida, avisos, monkeypatch):
    monkeypatch.setattr(medidor.ajustes, "estadisticas", False)
    monkeypatch.setattr(medidor.ajustes, "lenta_s", 0.0)
    Latido.objects.filter(nombre="secreto").exists()
    assert "core_latido" in avisos()[0] and "secreto" not in avisos()[0]
    assert medidor.memoria.por_clave == {}


@pytest.mark.django_db
def test_a_query_asked_by_a_template_names_the_template(medida, avisos, monkeypatch):
    make_documento(make_oficina())
    monkeypatch.setattr(medidor.ajustes, "lenta_s", 0.0)
    plantilla = Template(
        "uno\n{% for d in documentos %}\n{{ d.tipo_documento.nombre }}{% endfor %}",
        engine=engines["django"].engine,
        origin=Origin("/x/prueba/lista.html", "prueba/lista.html"),
    )
    plantilla.render(Context({"documentos": Documento.objects.all()}))
    (lista,) = [a for a in avisos() if 'FROM "documents_documento"' in a]
    (tipo,) = [a for a in avisos() if 'FROM "documents_tipodocumento"' in a]
    assert "plantilla prueba/lista.html:2" in lista and "plantilla prueba/lista.html:3" in tipo


@pytest.mark.django_db
def test_a_query_of_a_page_names_its_view(medida, avisos, monkeypatch, client):
    o = make_oficina()
    client.force_login(o.ana)
    monkeypatch.setattr(medidor.ajustes, "lenta_s", 0.0)
    client.get("/bandejas/por-recibir/")
    lineas = [a for a in avisos() if 'FROM "derivations_derivacion"' in a]
    assert lineas and all("vista derivations:bandeja" in linea for linea in lineas)
    assert any("derivations/lectura.py" in linea for linea in lineas)


# Counts


@pytest.mark.django_db
def test_shapes_add_up(medida):
    for nombre in ("a", "b", "c"):
        list(Latido.objects.filter(nombre=nombre))
    Latido.objects.bulk_create([Latido(nombre=n, latido_en="2026-01-01T00:00Z") for n in "ab"])
    list(Latido.objects.filter(nombre="a"))
    leer = cuenta('FROM "core_latido" WHERE')
    assert (leer.veces, leer.filas) == (4, 1)
    assert 0 < leer.maximo <= leer.total
    assert "test_shapes_add_up" in leer.lugar


@pytest.mark.django_db
def test_a_statement_that_fails_counts_and_the_error_is_its_own(medida):
    with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select 1 / %s", [0])
    assert cuenta("select ? / ?").veces == 1


@pytest.mark.django_db
def test_the_number_of_shapes_is_bounded(medida, monkeypatch):
    monkeypatch.setattr(medidor, "MAXIMO_FORMAS", 3)
    monkeypatch.setattr(medidor, "MAXIMO_TEXTOS", 4)
    with connection.cursor() as cursor:
        for n in range(10):
            cursor.execute(f'select 1 as "c{n}"')
    assert len(medidor.memoria.por_clave) == 4 and len(medidor.memoria.por_texto) <= 4
    assert cuenta(medidor.OTRAS).veces == 7


def test_nothing_is_installed_when_everything_is_off(monkeypatch):
    monkeypatch.setattr(medidor.ajustes, "estadisticas", False)
    monkeypatch.setattr(medidor.ajustes, "lenta_s", float("inf"))

    class Conexion:
        execute_wrappers: list = []

    medidor._al_conectar(None, Conexion)
    assert Conexion.execute_wrappers == []
    monkeypatch.setattr(medidor.ajustes, "lenta_s", 0.2)
    medidor._al_conectar(None, Conexion)
    medidor._al_conectar(None, Conexion)
    assert Conexion.execute_wrappers == [medidor.medir]


# What survives


@pytest.mark.django_db(transaction=True)
def test_a_rollback_loses_no_count(medida):
    with transaction.atomic():
        Latido.objects.create(nombre="x", latido_en="2026-01-01T00:00Z")
        assert volcado.volcar() > 0
        transaction.set_rollback(True)
    assert not Latido.objects.exists()
    assert FormaConsulta.objects.get(forma__startswith='INSERT INTO "core_latido"').veces == 1


@pytest.mark.django_db(transaction=True)
def test_an_aborted_transaction_is_neither_used_nor_broken_further(medida):
    with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
        try:
            cursor.execute("select 1 / 0")
        finally:
            assert volcado.volcar() > 0
    assert FormaConsulta.objects.filter(forma="select ? / ?").exists()


@pytest.mark.django_db(transaction=True)
def test_a_flush_adds_and_starts_from_zero(medida):
    for veces in (2, 3):
        for _ in range(veces):
            Latido.objects.filter(nombre="x").exists()
        volcado.volcar()
    fila = FormaConsulta.objects.get(forma__contains='FROM "core_latido"')
    assert fila.veces == 5 and fila.total_ms > 0 and fila.maximo_ms <= fila.total_ms
    assert fila.ultima_en > fila.primera_en
    antes = medidor.memoria.retirar()
    assert not any('FROM "core_latido"' in f[1] for f in antes)


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_written_waits(medida, monkeypatch):
    Latido.objects.filter(nombre="x").exists()
    conectar = volcado._conectar

    def caida():
        raise volcado.psycopg.OperationalError("caída")

    monkeypatch.setattr(volcado, "_conectar", caida)
    assert volcado.volcar() == 0
    Latido.objects.filter(nombre="x").exists()
    monkeypatch.setattr(volcado, "_conectar", conectar)
    volcado.volcar()
    assert FormaConsulta.objects.get(forma__contains='FROM "core_latido"').veces == 2


@pytest.mark.django_db(transaction=True)
def test_old_shapes_are_forgotten(medida, monkeypatch):
    comun = {"forma": "x", "veces": 1, "total_ms": 1, "maximo_ms": 1, "filas": 0, "lentas": 0}
    for clave, dia in (("vieja", "2020-01-01T00:00Z"), ("nueva", "2099-01-01T00:00Z")):
        FormaConsulta.objects.create(clave=clave, primera_en=dia, ultima_en=dia, **comun)
    monkeypatch.setattr(volcado, "_ya_olvido", False)
    volcado.volcar()
    assert set(FormaConsulta.objects.filter(forma="x").values_list("clave", flat=True)) == {"nueva"}


OTRO_PROCESO = """
import os, sys, time, django
django.setup()
from core.db import medidor, volcado
from core.models import Latido
volcado.ESPERA_S = float(sys.argv[1])
for _ in range(10):
    list(Latido.objects.filter(nombre="de-prueba"))
time.sleep(float(sys.argv[2]))
if sys.argv[3] == "muere":
    os.kill(os.getpid(), 9)
if sys.argv[3] == "hijo":
    pid = os.fork()
    if pid:
        assert os.waitpid(pid, 0)[1] == 0
    else:
        from django.db import connections
        connections["default"].connection = None
        for _ in range(10):
            list(Latido.objects.filter(nombre="de-prueba"))
        volcado.volcar()
        os._exit(0)
"""


def _otro_proceso(*args):
    entorno = os.environ | {
        "DJANGO_SETTINGS_MODULE": "mesapartes.settings",
        "DB_NAME": connection.settings_dict["NAME"],
        "CONSULTAS_ESTADISTICAS": "1",
    }
    orden = [sys.executable, "-c", OTRO_PROCESO, *map(str, args)]
    return subprocess.Popen(orden, cwd=RAIZ, env=entorno, stderr=subprocess.PIPE, text=True)


@pytest.mark.django_db(transaction=True)
def test_processes_add_up_and_the_counts_outlive_them():
    """One ends well, one forks, and one is killed after its thread wrote."""
    procesos = [_otro_proceso(60, 0, "acaba"), _otro_proceso(60, 0, "hijo"), _otro_proceso(0.2, 1.5, "muere")]
    salidas = [p.communicate(timeout=60) for p in procesos]
    assert [p.returncode for p in procesos] == [0, 0, -9], salidas
    filas = FormaConsulta.objects.filter(forma__contains='FROM "core_latido" WHERE')
    limite = time.monotonic() + 5
    while (veces := sum(f.veces for f in filas.all())) < 40 and time.monotonic() < limite:
        time.sleep(0.1)
    assert veces == 40 and filas.count() == 1
