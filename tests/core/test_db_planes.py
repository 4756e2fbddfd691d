"""What `explicar` says of a plan, and that it only reads: verdicts, exit codes, screens, querysets, JSON."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.db import pantallas, planes
from core.models import Latido
from derivations.services import recibir_derivacion
from documents.models import Documento
from tests.factories import make_derivada, make_documento, make_oficina

pytestmark = pytest.mark.django_db


@pytest.fixture
def grande():
    """A table of 20,000 rows with an index on one of its columns."""
    with connection.cursor() as cursor:
        cursor.execute("create table prueba_grande (id serial primary key, con int, sin int, t text)")
        cursor.execute(
            "insert into prueba_grande (con, sin, t) select n % 2000, n % 2000, repeat('x', 200)"
            " from generate_series(1, 20000) n"
        )
        cursor.execute("create index prueba_con on prueba_grande (con)")
        cursor.execute("analyze prueba_grande")


def textos(hecha):
    return " / ".join(texto for _, texto in hecha.hallazgos)


def explicar(*args, **opciones):
    """(exit code, output) of the command."""
    salida = StringIO()
    try:
        call_command("explicar", *args, stdout=salida, no_color=True, **opciones)
    except CommandError as error:
        return error.returncode, f"{salida.getvalue()}\n{error}"
    return 0, salida.getvalue()


# Verdicts


def test_an_index_is_named_and_is_well(grande):
    hecha = planes.explicar("select * from prueba_grande where con = %s", [7], analizar=True, buffers=True)
    assert (hecha.nivel, hecha.indices) == ("bien", ["prueba_con (prueba_grande)"])
    assert (hecha.leidas, hecha.mostradas) == (10, 10) and hecha.bloques["en_memoria"] > 0
    assert any("Index Cond: (con = 7)" in linea for linea in planes.arbol(hecha))


@pytest.mark.parametrize("analizar", [True, False])
def test_reading_a_big_table_whole_is_bad(grande, analizar):
    hecha = planes.explicar("select * from prueba_grande where sin = 7", analizar=analizar)
    assert hecha.nivel == "mal"
    assert "lee entera prueba_grande (20 000 filas); filtra por (sin = 7)" in textos(hecha)


def test_reading_a_small_table_whole_is_well(grande):
    hecha = planes.explicar("select * from prueba_grande where sin = 7", grande=20_001)
    assert (hecha.nivel, hecha.indices) == ("bien", [])


def test_a_page_that_stops_early_is_only_warned(grande):
    hecha = planes.explicar("select * from prueba_grande limit 20", analizar=True)
    assert hecha.nivel == "aviso" and "se detiene a las 20 filas" in textos(hecha)
    assert planes.explicar("select * from prueba_grande limit 20").nivel == "aviso"


def test_reading_many_rows_to_show_few_is_bad_even_by_index(grande):
    hecha = planes.explicar(
        "select * from prueba_grande where con < 1000 and sin = 7 order by con limit 20", analizar=True
    )
    assert hecha.nivel == "mal"
    hecha = planes.explicar("select * from prueba_grande where con < 300 and sin = 7", analizar=True)
    assert "lee 3 000 filas de una tabla para mostrar 10" in textos(hecha) and hecha.nivel == "mal"


def test_a_count_may_read_up_to_its_ceiling(grande):
    poco = planes.explicar("select count(*) from prueba_grande where con < 400 and t > 'a'", analizar=True)
    mucho = planes.explicar(
        "select count(*) from (select 1 from prueba_grande where t > 'a' limit 15000) x", analizar=True
    )
    assert "para contar" not in textos(poco) and "lee 15 000 filas de una tabla para contar" in textos(mucho)


def test_sorting_on_disk_is_bad(grande):
    with connection.cursor() as cursor:
        cursor.execute("set local work_mem = '64kB'")
    hecha = planes.explicar("select * from prueba_grande order by t, sin", analizar=True)
    assert hecha.nivel == "mal" and "ordena en disco" in textos(hecha)


def test_an_estimate_far_off_is_told(grande):
    with connection.cursor() as cursor:
        cursor.execute("update prueba_grande set con = 5 where id <= 5000")
    hecha = planes.explicar("select * from prueba_grande where con = 5", analizar=True)
    assert "estimó" in textos(hecha) and "quizá falta ANALYZE" in textos(hecha)


def test_it_only_reads_and_leaves_nothing(grande):
    borrar = "with x as (delete from prueba_grande returning id) select * from x"
    hecha = planes.explicar(borrar, analizar=True)
    assert hecha.nivel == "mal" and "read-only" in textos(hecha)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from prueba_grande")
        assert cursor.fetchone() == (20000,)
    Latido.objects.create(nombre="después", latido_en="2026-01-01T00:00Z")  # the transaction can write again


def test_a_long_one_is_cut(grande):
    hecha = planes.explicar("select pg_sleep(5)", analizar=True, espera_ms=50)
    assert hecha.nivel == "mal" and "pasó de 50 ms" in textos(hecha)


def test_what_takes_longer_than_the_threshold_is_bad(settings):
    settings.CONSULTA_LENTA_MS = 20
    hecha = planes.explicar("select pg_sleep(0.03)", analizar=True)
    assert hecha.nivel == "mal" and "el umbral es 20 ms" in textos(hecha)


# The command


def sin_indice():
    return Documento.objects.extra(tables=["prueba_grande"], where=["prueba_grande.sin = 7"])


def con_argumento(texto):
    return {"uno": Latido.objects.filter(nombre=texto), "otro": Documento.objects.none()}


def repetida(usuario):
    for _ in range(4):
        Latido.objects.filter(nombre="x").exists()


def que_escribe():
    Latido.objects.create(nombre="x", latido_en="2026-01-01T00:00Z")
    return [Latido.objects.all()]


def test_a_bad_queryset_ends_with_one_and_a_good_one_with_zero(grande):
    codigo, salida = explicar(queryset="tests.core.test_db_planes.sin_indice")
    assert codigo == 1 and "lee entera prueba_grande" in salida and "Mal servidas" in salida
    codigo, salida = explicar(queryset="core.models.Latido.objects")
    assert codigo == 0 and "core_latido" in salida


def test_a_queryset_takes_arguments_and_shows_no_value():
    codigo, salida = explicar(queryset="tests.core.test_db_planes.con_argumento", argumento=["Juana"])
    assert codigo == 0 and "Juana" not in salida.split("core_latido")[0]
    codigo, salida = explicar(
        queryset="tests.core.test_db_planes.con_argumento", argumento=["Juana"], json=True
    )
    (hecho,) = json.loads(salida)
    assert len(hecho["consultas"]) == 1 and '"nombre" = ?' in hecho["consultas"][0]["sql"]


def test_the_same_question_over_and_over_is_warned():
    codigo, salida = explicar(queryset="tests.core.test_db_planes.repetida")
    assert codigo == 0 and "se repite 4 veces" in salida


def test_what_a_screen_writes_is_undone():
    codigo, _ = explicar(queryset="tests.core.test_db_planes.que_escribe")
    assert codigo == 0 and not Latido.objects.exists()


@pytest.mark.parametrize(
    ("opciones", "dice"),
    [
        ({"queryset": "core.models.NoHay.objects"}, "No se encuentra core.models.NoHay"),
        ({"queryset": "no_hay.nada"}, "No se encuentra no_hay.nada"),
        ({"usuario": "nadie", "queryset": "core.models.Latido.objects"}, "No existe el usuario «nadie»"),
        ({}, "Indica una pantalla"),
    ],
)
def test_a_wrong_request_says_so(opciones, dice):
    codigo, salida = explicar(**opciones)
    assert codigo == 1 and dice in salida


def test_an_unknown_screen_names_those_there_are():
    codigo, salida = explicar("no-hay")
    assert codigo == 1 and "api-lista" in salida


# The screens


def test_every_screen_runs_through_its_door():
    o = make_oficina()
    make_documento(o, area_sugerida=o.transportes)
    for _ in range(3):
        recibir_derivacion(derivacion_id=make_derivada(o).pk, actor=o.ana)
    codigo, salida = explicar("todas", analyze=True, buffers=True, usuario=o.ana.username, json=True)
    hechas = {hecho["pantalla"]: hecho for hecho in json.loads(salida)}
    assert codigo == 0 and list(hechas) == list(pantallas.pantallas())
    assert {n: h.get("motivo") for n, h in hechas.items() if h.get("motivo") or not h["consultas"]} == {}
    assert all(c["plan"] for h in hechas.values() for c in h["consultas"])
    lista = " ".join(c["sql"] for c in hechas["api-lista"]["consultas"])
    assert "documents_documento" in lista


def test_a_screen_without_data_is_a_warning():
    make_oficina()
    codigo, salida = explicar("detalle")
    assert codigo == 0 and "sin datos para mostrarla" in salida


def test_screens_are_listed_with_their_titles():
    codigo, salida = explicar(listar=True)
    assert codigo == 0 and "Consulta pública de un expediente" in salida
    assert all(pantallas.titulo_de(f) for f in pantallas.pantallas().values())


def test_the_cache_is_left_as_it_was():
    from django.core.cache import cache

    cache.set("clave", 1)
    with pantallas.sin_cache():
        assert cache.get("clave") is None
    assert cache.get("clave") == 1
