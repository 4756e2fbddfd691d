"""What the reports of the database say: costly shapes, indexes that are missing or superfluous, tables, cost."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from core.db import catalogo, costo, estadisticas, faltantes, indices, por_ids, tablas
from core.db.formas import clave_de, forma_de
from core.db.texto import cifra, tabla, tamanio
from core.models import FormaConsulta, Latido
from tests.core.test_admin import con_permisos  # noqa: F401 fixture
from tests.factories import make_derivada, make_oficina

pytestmark = pytest.mark.django_db


def correr(*args, **opciones):
    salida = StringIO()
    call_command(*args, stdout=salida, no_color=True, **opciones)
    return salida.getvalue()


def make_forma(sql, *, veces=10, total_ms=100.0, filas=10, **mas):
    ahora, forma = timezone.now(), forma_de(sql)
    datos = {"maximo_ms": total_ms, "lentas": 0, "primera_en": ahora, "ultima_en": ahora, "lugar": "x.py:1 f"}
    return FormaConsulta.objects.create(
        clave=clave_de(forma), forma=forma, veces=veces, total_ms=total_ms, filas=filas, **(datos | mas)
    )


@pytest.fixture
def grande():
    """A table of 20,000 rows with one useful index, one repeated, one that nobody uses and one that is invalid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "create table prueba_grande (id serial primary key, con int, sin int, otra int, t text)"
        )
        cursor.execute(
            "insert into prueba_grande (con, sin, otra, t) select n % 2000, n % 2000, n % 3, 'x' || n"
            " from generate_series(1, 20000) n"
        )
        cursor.execute("create index prueba_con on prueba_grande (con, otra)")
        cursor.execute("create index prueba_con_corto on prueba_grande (con)")
        cursor.execute("create index prueba_ociosa on prueba_grande (t)")
        cursor.execute("create index prueba_parcial on prueba_grande (con) where otra = 1")
        cursor.execute("create unique index prueba_unica on prueba_grande (con, id)")
        cursor.execute("create index prueba_rota on prueba_grande (otra, t)")
        cursor.execute("update pg_index set indisvalid = false where indexrelid = 'prueba_rota'::regclass")
        cursor.execute("analyze prueba_grande")


# Costly shapes


@pytest.fixture
def tres_formas():
    return [
        make_forma("select a from uno", veces=100, total_ms=1000, maximo_ms=11),
        make_forma("select b from dos", veces=2, total_ms=500, maximo_ms=300, lentas=2),
        make_forma("select c from tres", veces=900, total_ms=90, maximo_ms=400),
    ]


@pytest.mark.parametrize(
    ("orden", "primera"), [("total", "uno"), ("media", "dos"), ("max", "tres"), ("veces", "tres")]
)
def test_shapes_come_in_the_order_asked(tres_formas, orden, primera):
    filas = estadisticas.formas(orden=orden, limite=1)
    assert [f["forma"] for f in filas if primera in f["forma"]] == [filas[0]["forma"]] and len(filas) == 1


def test_the_command_shows_the_place_and_says_what_is_not_there(tres_formas):
    salida = correr("consultas_lentas")
    assert "x.py:1 f" in salida and "select a from uno" in salida and "62,9" in salida
    assert "No disponible: no está" in salida
    datos = json.loads(correr("consultas_lentas", json=True, limite=2))
    assert [f["media_ms"] for f in datos["formas"]] == [10, 250] and datos["postgresql"] == []
    assert "pg_stat_statements" in datos["postgresql_motivo"]


def test_nothing_counted_is_said(settings):
    salida = correr("consultas_lentas")
    assert "Todavía no hay nada contado" in salida and "CONSULTAS_ESTADISTICAS=0" in salida


def test_a_reset_forgets_everything(tres_formas):
    assert "Cuentas borradas" in correr("consultas_lentas", reiniciar=True)
    assert not FormaConsulta.objects.exists()


@pytest.mark.parametrize(
    ("sqlstate", "dice"), [("42501", "GRANT pg_read_all_stats"), ("55000", "shared_preload")]
)
def test_the_reason_for_no_statistics_of_the_server_is_clear(sqlstate, dice):
    with connection.cursor() as cursor:
        cursor.execute(
            "create function pg_temp.f() returns int language plpgsql as"
            f" $$ begin raise exception 'no' using errcode = '{sqlstate}'; end $$"
        )
    assert dice in estadisticas._probar("select pg_temp.f()")[1]
    assert estadisticas._probar("select 1") == ([(1,)], None)


# Indexes


def test_repeated_unused_and_invalid_indexes_are_told_with_their_statement(grande):
    datos = indices.consejos()
    repetidos = {i["nombre"]: i for i in datos["repetidos"]}
    assert (
        repetidos["prueba_con_corto"]["otro"] == "prueba_con" and not repetidos["prueba_con_corto"]["igual"]
    )
    assert repetidos["prueba_con_corto"]["sql"] == 'DROP INDEX CONCURRENTLY "prueba_con_corto";'
    ociosos = {i["nombre"] for i in datos["sin_uso"]}
    assert "prueba_ociosa" in ociosos and not {"prueba_unica", "prueba_grande_pkey"} & ociosos
    assert [(i["nombre"], i["sql"]) for i in datos["invalidos"]] == [
        ("prueba_rota", 'REINDEX INDEX CONCURRENTLY "prueba_rota";')
    ]


def test_what_holds_a_rule_or_covers_other_rows_is_not_superfluous(grande):
    repetidos = {i["nombre"] for i in indices.consejos()["repetidos"]}
    assert not {"prueba_parcial", "prueba_unica", "prueba_con", "prueba_grande_pkey"} & repetidos


@pytest.mark.parametrize(
    ("orden", "otro", "repetido"),
    [("a, b", "a, b, c", True), ("a desc, b desc", "a, b, c", True), ("a, b desc", "a, b, c", False)],
)
def test_the_order_of_the_columns_counts(orden, otro, repetido):
    with connection.cursor() as cursor:
        cursor.execute("create table prueba_orden (a int, b int, c int)")
        cursor.execute("insert into prueba_orden select n, n, n from generate_series(1, 1500) n")
        cursor.execute(f"create index prueba_uno on prueba_orden ({orden})")
        cursor.execute(f"create index prueba_dos on prueba_orden ({otro})")
        cursor.execute("analyze prueba_orden")
    hallados = {i["nombre"] for i in indices.repetidos(catalogo.indices())}
    assert ("prueba_uno" in hallados) is repetido


def test_a_missing_index_is_found_by_the_shapes_that_need_it(grande):
    make_forma("SELECT * FROM prueba_grande WHERE sin = %s ORDER BY t LIMIT 20")
    make_forma("SELECT id FROM prueba_grande AS p WHERE p.sin = 4")
    (falta,) = indices.consejos()["faltan"]
    assert falta["sql"] == ('CREATE INDEX CONCURRENTLY "grande_sin_idx" ON "prueba_grande" ("sin");')
    assert falta["motivo"] == "lee la tabla entera" and len(falta["formas"]) == 2
    with connection.cursor() as cursor:
        cursor.execute("create index on prueba_grande (sin)")
    assert indices.consejos()["faltan"] == []


def test_an_index_that_leaves_too_much_to_its_filter_is_not_enough(grande):
    with connection.cursor() as cursor:
        cursor.execute("create index prueba_otra on prueba_grande (otra)")
        cursor.execute("set local enable_seqscan = off")
    make_forma("SELECT * FROM prueba_grande WHERE otra = %s AND sin = %s")
    (falta,) = indices.consejos()["faltan"]
    assert (
        falta["columnas"] == ["otra", "sin"] and falta["motivo"] == "usa prueba_otra" and falta["lee"] > 5000
    )


@pytest.mark.parametrize(
    ("sql", "datos"),
    [
        ("SELECT * FROM prueba_grande WHERE con = %s", {}),  # served
        ("SELECT * FROM prueba_grande WHERE sin = %s", {"total_ms": 10.0}),  # quick
        ("SELECT * FROM prueba_grande WHERE sin = %s", {"veces": 1}),  # seen once
        ("SELECT * FROM prueba_grande WHERE t > %s", {"filas": 190_000}),  # shows what it reads
        ("SELECT * FROM no_hay WHERE sin = %s", {}),
        ("SELECT interval %s", {}),
    ],
)
def test_no_index_is_asked_for_in_vain(grande, sql, datos):
    make_forma(sql, **datos)
    assert indices.consejos()["faltan"] == []


def test_the_columns_of_a_condition():
    hay = {"a", "b", "c", "d", "palabras"}
    assert faltantes.columnas_de_condicion("((c > $1) AND (x.a = $2) AND (NOT d))", hay) == (
        ["a", "d", "c"],
        False,
    )
    assert faltantes.columnas_de_condicion("((a)::text = ANY ($1)) AND (b IS NULL)", hay) == (
        ["a", "b"],
        False,
    )
    assert faltantes.columnas_de_condicion("(palabras @@ $1)", hay) == (["palabras"], True)


def test_the_command_of_indexes(grande):
    make_forma("SELECT * FROM prueba_grande WHERE sin = %s")
    salida = correr("indices", todos=True)
    for dice in (
        "prueba_con_corto",
        "Repetidos: 1",
        "demasiado jóvenes",
        "REINDEX",
        "grande_sin_idx",
        "x.py:1 f",
    ):
        assert dice in salida
    sentencias = correr("indices", sql=True).splitlines()
    assert (
        all(s.startswith(("CREATE INDEX", "DROP INDEX", "REINDEX")) for s in sentencias)
        and len(sentencias) > 3
    )
    assert json.loads(correr("indices", json=True))["cuentas_jovenes"] is True


def test_the_cost_of_an_index_is_measured_on_a_copy(grande):
    with connection.cursor() as cursor:
        cursor.execute("update pg_index set indisvalid = true where indexrelid = 'prueba_rota'::regclass")
    medido = costo.costo_de("prueba_grande", filas=5000, lote=500, vueltas=3)
    assert medido["lote"] == 500 and medido["sin_indices_us"] > 0
    assert {i["nombre"] for i in medido["indices"]} == {
        i["nombre"] for i in catalogo.indices() if i["tabla"] == "prueba_grande"
    }
    assert all(i["us"] >= 0 and i["bytes"] > 0 for i in medido["indices"])
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), to_regclass('costo_copia'), to_regclass('costo_lote') from prueba_grande"
        )
        assert cursor.fetchone() == (20000, None, None)


def test_the_cost_of_the_real_tables_has_no_surprise():
    o = make_oficina()
    for _ in range(3):
        make_derivada(o)
    for nombre in costo.TABLAS:
        medido = costo.costo_de(nombre, filas=1, lote=2, vueltas=1)
        assert medido["lote"] == 2, nombre
    assert "µs por fila" in correr("indices", costo=True, tabla=["core_evento"], vueltas=1)
    with pytest.raises(CommandError, match="No hay índices de no_hay"):
        correr("indices", costo=True, tabla=["no_hay"])


@pytest.mark.django_db(transaction=True)
def test_a_locked_table_does_not_hang_the_report(monkeypatch):
    monkeypatch.setattr(catalogo, "ESPERA_CERROJO_MS", 50)
    otra = connection.copy()
    try:
        with transaction.atomic(), otra.cursor() as cursor:
            cursor.execute("begin; lock table documents_documento in access exclusive mode")
            with pytest.raises(CommandError, match="tiene bloqueada una tabla"):
                correr("tablas")
            cursor.execute("rollback")
    finally:
        otra.close()


def test_the_page_of_queries_is_for_operators(grande, con_permisos):  # noqa: F811
    forma = make_forma("SELECT * FROM prueba_grande WHERE sin = 4")
    lista = reverse("admin:core_formaconsulta_changelist")
    consejo = reverse("admin:core_formaconsulta_indices")
    for url in (lista, consejo):
        assert con_permisos("admin.entrar").get(url).status_code == 403
    cliente = con_permisos("admin.entrar", "tarea.administrar")
    texto = cliente.get(lista).content.decode()
    assert "FROM prueba_grande WHERE sin = ?" in texto and consejo in texto
    assert (
        forma.clave
        in cliente.get(reverse("admin:core_formaconsulta_change", args=[forma.pk])).content.decode()
    )
    assert "FROM prueba_grande" in cliente.get(lista, {"q": "x.py:1"}).content.decode()
    assert "FROM prueba_grande" not in cliente.get(lista, {"q": "nada"}).content.decode()
    assert cliente.get(lista, {"o": "-4"}).status_code == 200
    texto = cliente.get(consejo).content.decode()
    assert "grande_sin_idx" in texto and "prueba_con_corto" in texto and "REINDEX" in texto


# Tables


def test_tables_are_weighed(grande):
    with connection.cursor() as cursor:
        cursor.execute("analyze documents_documento")
    filas = {f["tabla"]: f for f in tablas.tablas()}
    prueba = filas["prueba_grande"]
    assert prueba["filas"] == 20000
    assert prueba["total_bytes"] >= prueba["tabla_bytes"] + prueba["indices_bytes"] + prueba["toast_bytes"]
    assert prueba["hinchazon"] < 0.1
    assert tablas.resumen(filas.values())["total_bytes"] > 0
    assert "prueba_grande" in correr("tablas") and json.loads(correr("tablas", json=True))["tablas"]


def test_what_a_document_weighs():
    filas = [
        {"tabla": "documents_documento", "filas": 100, "total_bytes": 5000, "tabla_bytes": 3000}
        | {"indices_bytes": 2000, "toast_bytes": 0},
        {"tabla": "core_evento", "filas": 500, "total_bytes": 7000, "tabla_bytes": 6000}
        | {"indices_bytes": 1000, "toast_bytes": 0},
    ]
    suma = tablas.resumen(filas)
    assert (suma["bytes_por_documento"], suma["bytes_por_documento_por_tabla"]["core_evento"]) == (120, 70)
    assert tablas.resumen(filas[1:])["bytes_por_documento"] is None


@pytest.mark.parametrize(
    ("cambio", "dice"),
    [
        ({"muertas": 30_000}, "VACUUM t;"),
        ({"hinchazon": 0.6}, "VACUUM FULL t;"),
        ({"analyze_en": None}, "nunca se analizó"),
        ({"cambios_sin_analyze": 30_000}, "ANALYZE t;"),
        ({"muertas": 19_999}, ""),
        ({"filas": 9_999, "muertas": 9_000}, ""),
    ],
)
def test_care_is_advised(cambio, dice):
    fila = {
        "tabla": "t",
        "filas": 100_000,
        "muertas": 0,
        "hinchazon": 0.1,
        "analyze_en": 1,
        "cambios_sin_analyze": 0,
    }
    dichos = tablas.avisos([fila | cambio])
    assert (len(dichos), dice in "".join(dichos)) == (1 if dice else 0, True)


# Many ids, few queries


def test_rows_by_id_keep_the_order_asked(django_assert_num_queries):
    for nombre in "abcd":
        Latido.objects.create(nombre=nombre, latido_en=timezone.now())
    with django_assert_num_queries(1):
        filas = por_ids(Latido.objects.order_by("-nombre"), ["c", "zz", "a", "c", "d"])
    assert [f.nombre for f in filas] == ["c", "a", "d"]
    with django_assert_num_queries(2):
        assert len(por_ids(Latido.objects.all(), iter("abc"), tramo=2)) == 3
    with django_assert_num_queries(0):
        assert por_ids(Latido.objects.all(), []) == []
    assert [f.nombre for f in por_ids(Latido.objects.exclude(nombre="a"), "ab", campo="nombre")] == ["b"]


def test_figures_are_written_as_here():
    assert (cifra(1234567), cifra(1.5, 2), cifra(None)) == ("1 234 567", "1,50", "—")
    assert (tamanio(3 * 2**29), tamanio(None)) == ("1,5 GB", "—")
    assert tabla(("a", "n", "<b"), [("x", 1, "y"), ("xx", 10, "z")]) == [
        "a    n  b",
        "x    1  y",
        "xx  10  z",
    ]
