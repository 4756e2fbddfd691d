"""On a table large enough, a page of the list reads about as many rows as it shows, for every size of area."""

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.pages import _cifrar, paginar
from documents import reparto
from documents.listado import ListaVisible
from documents.models import Documento
from organization.models import Usuario
from tests.documents.test_listado import ORDEN, Pedido
from tests.factories import make_documento, make_oficina
from tests.planificador import al_dia
from tests.test_indexes import DOC, _copiar, _nodos

pytestmark = pytest.mark.django_db
FILAS = 20_000
PAGINA = 50


def _llenar(o):
    """One document of each instant; an eighth was in an area, one of a thousand in another, one in 25 is open."""
    documento = make_documento(o)
    hace = "now() - n * interval '17 minutes'"
    with connection.cursor() as cursor:
        _copiar(
            cursor,
            DOC,
            documento.pk,
            FILAS,
            numero="n + 10",
            numero_expediente="'X-2026-' || lpad(n::text, 6, '0')",
            codigo_interno="'I' || n",
            codigo_qr="'q' || n",
            llave_registro="null",
            estado="case when n % 500 = 7 then 'SUSPENDIDO' when n % 25 = 1 then 'EN_PROCESO' else 'ARCHIVADO' end",
            tipo_documento_id=f"case when n % 3 = 0 then {o.sol.pk} when n % 70 = 1 then {o.queja.pk}"
            f" else {o.oficio.pk} end",
            fecha_presentacion=hace,
            fecha_recepcion=hace,
        )
        for area, resto in ((o.mesa, 1), (o.transportes, 8), (o.caminos, 1000)):
            cursor.execute(
                "insert into documents_presenciaarea (documento_id, area_id, desde)"
                f" select id, %s, fecha_recepcion from {DOC} where numero %% {resto} = 0 on conflict do nothing",
                [area.pk],
            )
        al_dia(cursor)


def _leidas(sql):
    """(rows that the plan touched in the large tables, its tables read whole, the indexes it used)."""
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, format json, timing off) {sql}")
        plan = cursor.fetchone()[0][0]["Plan"]
    filas, enteras = 0, []
    for nodo in _nodos(plan):
        if nodo.get("Relation Name") in (DOC, "documents_presenciaarea"):
            descartadas = nodo.get("Rows Removed by Filter", 0) + nodo.get("Rows Removed by Index Recheck", 0)
            filas += nodo["Actual Loops"] * (nodo["Actual Rows"] + descartadas)
            if nodo["Node Type"] == "Seq Scan":
                enteras.append(nodo["Relation Name"])
    return filas, enteras, [nodo["Index Name"] for nodo in _nodos(plan) if "Index Name" in nodo]


# who, filters, rows that may be read for each row shown
CASOS = [
    ("ana", {}, 3),
    ("eva", {}, 4),
    ("ventanilla", {}, 3),
    ("lector", {}, 2),
    ("jefa", {}, 4),
    ("ana", {"tipo_documento": "SOL"}, 12),
    ("eva", {"tipo_documento": "SOL"}, 12),
    ("ana", {"estado": {"ARCHIVADO"}}, 6),
    ("eva", {"abiertos": True}, 60),
    ("ana", {"estado": {"SUSPENDIDO"}}, 60),
    ("lector", {"abiertos": True}, 3),
    ("lector", {"tipo_documento": "QJA"}, 3),
]


def test_a_page_reads_little_more_than_it_shows(monkeypatch):
    """The first one and one in the middle, for each of the cases."""
    o = make_oficina()
    _llenar(o)
    monkeypatch.setitem(reparto._guardado, "hasta", 0.0)
    reparto.reparto()
    medio = Documento.objects.order_by("-fecha_recepcion")[FILAS // 2]
    honda = _cifrar("s", [medio.fecha_recepcion, medio.pk])
    fallas = []
    for (quien, datos, por_fila), cursor in itertools.product(CASOS, ("", honda)):
        lista = ListaVisible(Usuario.objects.get(pk=getattr(o, quien).pk), datos)
        with CaptureQueriesContext(connection) as consultas:
            pagina = paginar(lista, Pedido(cursor=cursor), ORDEN, tamanio=PAGINA)
        leidas, enteras, indices = _leidas(max((c["sql"] for c in consultas), key=len))
        if enteras or leidas > por_fila * max(len(pagina.filas), PAGINA // 2):
            fallas.append((quien, datos, bool(cursor), enteras, indices, leidas, len(pagina.filas)))
    assert fallas == []
