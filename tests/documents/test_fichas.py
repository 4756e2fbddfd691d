"""The search index: kept true by the database itself, blind to who may not see, and read with a bounded cost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.busqueda import Busqueda, resolver
from documents.constants import Estado
from documents.funciones import ConsultaEs
from documents.models import AccesoReservado, Documento, FichaBusqueda, PresenciaArea
from documents.services import editar_documento
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida, make_remitente
from tests.planificador import al_dia

pytestmark = pytest.mark.django_db
HOY = [("fecha_recepcion", "desc"), ("pk", "desc")]


@pytest.fixture
def o():
    return make_oficina()


def hallados(usuario, texto="habilitacion"):
    return {d.pk for d in Busqueda(usuario).de_texto(texto).primeros(100)}


def rehacer():
    """What the index would hold if it were made from nothing."""
    antes = {f.pk: (f.fecha_recepcion, sorted(f.claves), f.palabras) for f in FichaBusqueda.objects.all()}
    with connection.cursor() as cursor:
        cursor.execute("select documents_fichar(array_agg(id)) from documents_documento")
    despues = {f.pk: (f.fecha_recepcion, sorted(f.claves), f.palabras) for f in FichaBusqueda.objects.all()}
    return antes, despues


def test_it_says_the_same_as_the_rule_of_visibility(o):
    make_documento(o), make_recibida(o), make_derivada(o, destino=o.legal, copias=[o.caminos])
    make_documento(o, tipo_documento=o.denuncia)
    make_derivada(o, documento=make_documento(o, reservado=True, actor=o.jefa))
    for usuario in (o.lector, o.jefa, o.admin, o.ventanilla, o.ana, o.eva):
        visibles = set(Documento.objects.visibles_para(usuario).values_list("pk", flat=True))
        fichas = set(FichaBusqueda.objects.visibles_para(usuario).values_list("pk", flat=True))
        assert fichas == visibles, usuario
        assert hallados(usuario) == visibles, usuario
        assert Busqueda(usuario).de_texto("habilitacion").contar() == len(visibles)


def test_every_write_keeps_it_true(o):
    documento = make_derivada(o, copias=[o.legal]).documento
    reservado = make_documento(o, reservado=True, actor=o.jefa)
    editar_documento(
        documento_id=documento.pk, cambios={"asunto": "Otro asunto"}, motivo="Error de tipeo", actor=o.jefa
    )
    AccesoReservado.objects.create(documento=reservado, usuario=o.eva)
    assert hallados(o.lector, "otro asunto") == {documento.pk} and not hallados(o.lector)
    assert reservado.pk in hallados(o.eva)
    AccesoReservado.objects.filter(usuario=o.eva).delete()
    assert not hallados(o.eva)
    PresenciaArea.objects.filter(documento=documento, area=o.legal).delete()
    Documento.objects.filter(pk=reservado.pk).update(
        reservado=False, remitente=make_remitente(tipo_identidad="DNI", numero="44556677", nombre="Nadie")
    )
    antigua = datetime(2019, 3, 1, tzinfo=UTC)
    Documento.objects.filter(pk=documento.pk).update(fecha_recepcion=antigua, fecha_presentacion=antigua)
    antes, despues = rehacer()
    assert antes == despues and len(antes) == 2
    documento.refresh_from_db()
    assert hallados(o.lector, "44556677") == {reservado.pk}


def test_a_change_of_state_does_not_write_it(o):
    documento = make_documento(o)
    with connection.cursor() as cursor:
        cursor.execute(
            "select xmin::text from documents_fichabusqueda where documento_id = %s", [documento.pk]
        )
        antes = cursor.fetchone()
        Documento.objects.filter(pk=documento.pk).update(estado=Estado.DERIVADO, asunto=documento.asunto)
        cursor.execute(
            "select xmin::text from documents_fichabusqueda where documento_id = %s", [documento.pk]
        )
        assert cursor.fetchone() == antes


@pytest.fixture
def anios(o):
    """12,000 documents of ten years: one word in all, one in old ones only, two halves that never meet, a rare one."""
    molde = make_documento(o, asunto="Molde")
    comunes = [c.column for c in Documento._meta.concrete_fields if not c.generated and not c.primary_key]
    propias = {
        "numero_expediente": "'V-' || n",
        "numero": "500000 + n",
        "codigo_interno": "'V' || n",
        "codigo_qr": "'V' || n",
        "llave_registro": "null::uuid",
        "fecha_recepcion": "d.fecha_recepcion - n * interval '7 hours'",
        "fecha_presentacion": "d.fecha_recepcion - n * interval '7 hours'",
        "asunto": "'comunal ' || case when n %% 2 = 0 then 'pares' else 'nones' end"
        " || case when n > 9000 then ' antiguo' else '' end || case when n %% 3000 = 7 then ' unico' else '' end",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into documents_documento ({', '.join(comunes)}) select "
            f"{', '.join(propias.get(c, f'd.{c}') for c in comunes)} "
            "from documents_documento as d, generate_series(1, 12000) as n where d.id = %s",
            [molde.pk],
        )
        cursor.execute(
            "insert into documents_presenciaarea (documento_id, area_id, desde) "
            "select id, case when numero %% 10 = 0 then %s else %s end, now() "
            "from documents_documento where numero > 500000",
            [o.transportes.pk, o.mesa.pk],
        )
        al_dia(cursor)
    return molde


def filas_leidas(consulta):
    """Rows of the index table read by a statement, and the kinds of nodes that ran."""
    with connection.cursor() as cursor:
        cursor.execute("explain (analyze, buffers, format json) " + consulta)
        (plan,) = cursor.fetchone()[0]
    leidas, nodos, texto = 0, [plan["Plan"]], set()
    while nodos:
        nodo = nodos.pop()
        if not nodo["Actual Loops"]:
            continue  # a window that was not needed
        nodos += nodo.get("Plans", [])
        texto.add(nodo["Node Type"])
        if nodo.get("Relation Name") == "documents_fichabusqueda":
            leidas += nodo["Actual Rows"] * nodo["Actual Loops"] + nodo.get("Rows Removed by Filter", 0)
    return leidas, texto


@pytest.mark.parametrize(
    ("texto", "cuantos", "maximo"),
    [
        ("comunal", 51, 400),  # in every one
        ("comunal pares", 51, 400),
        ("pares nones", 0, 0),  # frequent both, never together
        ("unico", 4, 12),
        ("antiguo", 51, 3100),  # only in old ones: gathered whole, once
        ("inexistente", 0, 0),
    ],
)
def test_what_is_read_does_not_grow_with_the_word(o, anios, texto, cuantos, maximo):
    busqueda = Busqueda(o.lector).de_texto(texto)
    resolver(busqueda.consulta)
    with CaptureQueriesContext(connection) as consultas:
        documentos = busqueda.tramo(HOY, None, 51)
    assert len(documentos) == cuantos
    assert [d.fecha_recepcion for d in documentos] == sorted(
        (d.fecha_recepcion for d in documentos), reverse=True
    )
    (ventanas,) = (q["sql"] for q in consultas if q["sql"].startswith('(SELECT "documents_fichabusqueda"'))
    leidas, nodos = filas_leidas(ventanas)
    assert leidas <= maximo, leidas
    assert "Seq Scan" not in nodos


@pytest.mark.parametrize("sentido", ["desc", "asc"])
def test_windows_lose_and_repeat_nothing(o, anios, sentido):
    orden = [("fecha_recepcion", sentido), ("pk", sentido)]
    for usuario, texto in ((o.ana, "comunal nones"), (o.ana, "comunal pares"), (o.lector, "antiguo")):
        busqueda, vistos, valores = Busqueda(usuario).de_texto(texto), [], None
        while tramo := busqueda.tramo(orden, valores, 500):
            vistos += [(d.fecha_recepcion, d.pk) for d in tramo]
            valores = list(vistos[-1])
        todos = FichaBusqueda.objects.visibles_para(usuario).filter(palabras=ConsultaEs(texto))
        esperado = list(todos.values_list("fecha_recepcion", "pk"))
        assert vistos == sorted(esperado, reverse=sentido == "desc")


def test_days_narrow_the_windows(o, anios):
    desde, hasta = datetime(2022, 1, 1, tzinfo=UTC), datetime(2022, 3, 1, tzinfo=UTC)
    busqueda = Busqueda(o.lector, desde=desde, hasta=hasta).de_texto("comunal")
    fechas = [d.fecha_recepcion for d in busqueda.primeros(1000)]
    assert fechas and min(fechas) >= desde and max(fechas) < hasta
    assert len(fechas) == busqueda.contar()
    assert max(fechas) > hasta - timedelta(days=1)
