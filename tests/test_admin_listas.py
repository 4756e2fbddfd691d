"""The administration over many rows: pages that walk an index, no count of millions, the same cost for 1 and 20."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import Evento
from core.panel.lista import ListaMesa
from derivations.models import Derivacion
from documents.models import Documento, Remitente, TipoDocumento
from tests.admin_util import make_una_de_cada, make_veinte_mas, pagina
from tests.factories import make_documento, make_oficina, make_usuario
from tests.test_query_budgets import llenar_documento, llenar_muchos

pytestmark = pytest.mark.django_db
MUCHAS = (Documento, Derivacion, Remitente, Evento)


@pytest.fixture
def o():
    oficina = make_oficina()
    oficina.raiz = make_usuario("raiz", is_superuser=True, is_staff=True)
    return oficina


@pytest.fixture
def cliente(o):
    cliente = Client()
    cliente.force_login(o.raiz)
    return cliente


def consultas_de(cliente, url):
    with CaptureQueriesContext(connection) as consultas:
        respuesta = cliente.get(url)
    assert respuesta.status_code == 200, url
    return respuesta, [c["sql"] for c in consultas]


def enlace(respuesta, rel):
    hallado = re.search(rf'<a href="([^"]+)" rel="{rel}"', respuesta.content.decode())
    return hallado and hallado[1].replace("&amp;", "&")


def test_pages_of_one_row_cost_the_same_with_one_and_with_twenty_around(o, cliente):
    filas = make_una_de_cada(o)
    documento = filas["documents.documento"]
    llenar_documento(o, documento.pk, 1)
    direcciones = {e: pagina(apps.get_model(e), "change", fila.pk) for e, fila in filas.items()}

    def medir():
        costos = {}
        for etiqueta, url in direcciones.items():
            cliente.get(url)
            costos[etiqueta] = len(consultas_de(cliente, url)[1])
        return costos

    con_una = medir()
    make_veinte_mas(o)
    llenar_muchos(o, documento.pk)
    con_veinte = medir()
    assert {e: (con_una[e], n) for e, n in con_veinte.items() if n > con_una[e]} == {}
    assert set(filas) == {m._meta.label_lower for m in admin.site._registry}


@pytest.mark.parametrize("modelo", MUCHAS)
def test_a_list_of_many_rows_is_walked_whole_without_counting(o, cliente, modelo, monkeypatch):
    make_una_de_cada(o)
    make_veinte_mas(o)
    monkeypatch.setattr(type(admin.site._registry[modelo]), "list_per_page", 3)
    respuesta, primeras = consultas_de(cliente, pagina(modelo))
    vistas, paginas = [f.pk for f in respuesta.context["cl"].result_list], 1
    while url := enlace(respuesta, "next"):
        respuesta, sqls = consultas_de(cliente, pagina(modelo) + url)
        vistas += [f.pk for f in respuesta.context["cl"].result_list]
        paginas += 1
        assert len(sqls) <= len(primeras)
        assert not any("COUNT(" in sql or "OFFSET" in sql for sql in sqls)
    lista = admin.site._registry[modelo]
    peticion = respuesta.wsgi_request
    esperadas = (
        lista.get_queryset(peticion).order_by(*lista.get_ordering(peticion)).values_list("pk", flat=True)
    )
    assert vistas == list(esperadas)
    assert paginas > 5
    anterior = cliente.get(pagina(modelo) + enlace(respuesta, "prev"))
    assert [f.pk for f in anterior.context["cl"].result_list] == vistas[3 * (paginas - 2) : 3 * (paginas - 1)]


def test_both_orders_go_by_one_range_and_ties_follow_the_column(o, cliente, monkeypatch):
    for _ in range(7):
        make_documento(o)
    Documento.objects.update(fecha_recepcion=Documento.objects.first().fecha_recepcion)
    monkeypatch.setattr(type(admin.site._registry[Documento]), "list_per_page", 3)
    columna = admin.site._registry[Documento].list_display.index("fecha_recepcion") + 1
    for sentido, orden in (("", "pk"), ("-", "-pk")):
        respuesta = cliente.get(f"{pagina(Documento)}?o={sentido}{columna}")
        vistas = [d.pk for d in respuesta.context["cl"].result_list]
        respuesta, sqls = consultas_de(cliente, pagina(Documento) + enlace(respuesta, "next"))
        assert any("ROW(" in sql for sql in sqls)
        vistas += [d.pk for d in respuesta.context["cl"].result_list]
        assert vistas == list(Documento.objects.order_by(orden).values_list("pk", flat=True)[:6])


def test_an_order_that_is_not_offered_is_not_taken(o, cliente):
    make_documento(o)
    for numero in ("1", "-3", "99", "x", "1.3"):
        cl = cliente.get(f"{pagina(Documento)}?o={numero}").context["cl"]
        assert list(cl.queryset.query.order_by)[:1] in (["-fecha_recepcion"], ["-pk"]), numero


def test_changing_a_filter_begins_at_the_first_page(o, cliente, monkeypatch):
    for _ in range(5):
        make_documento(o)
    monkeypatch.setattr(type(admin.site._registry[Documento]), "list_per_page", 2)
    respuesta = cliente.get(pagina(Documento) + enlace(cliente.get(pagina(Documento)), "next"))
    cl = respuesta.context["cl"]
    assert isinstance(cl, ListaMesa) and "cursor" not in cl.get_query_string({"estado__exact": "ATENDIDO"})
    assert 'name="cursor"' not in respuesta.content.decode()
    assert cliente.get(f"{pagina(Documento)}?cursor=basura").status_code == 200


@pytest.mark.parametrize(
    ("modelo", "consulta"),
    [
        (Evento, "ip=10.0.0.1"),
        (Evento, "detalle__contains=x"),
        (Documento, "asunto__icontains=x"),
        (Documento, "canal__icontains=x"),
        (Derivacion, "instrucciones__icontains=x"),
        (Remitente, "direccion__icontains=x"),
    ],
)
def test_a_search_that_no_index_serves_is_refused(o, cliente, modelo, consulta):
    assert cliente.get(f"{pagina(modelo)}?{consulta}").status_code == 400


def test_small_lists_say_how_many_up_to_the_ceiling(o, cliente, monkeypatch):
    for n in range(8):
        TipoDocumento.objects.create(codigo=f"T{n}", nombre=f"Tipo {n}")
    monkeypatch.setattr("core.panel.base.TOPE_CONTEO", 6)
    monkeypatch.setattr(type(admin.site._registry[TipoDocumento]), "list_per_page", 3)
    respuesta = cliente.get(pagina(TipoDocumento))
    assert respuesta.context["cl"].result_count == 6
    assert "6 tipos de documento" in " ".join(respuesta.content.decode().split())
