"""What the API keeps: never old after a commit, never of somebody else, and who may see is asked each time."""

import pytest
from django.conf import settings
from django.test import Client

from core.models import Evento
from derivations.services import derivar_documento, recibir_derivacion
from documents.files.espera import poner_en_espera
from documents.models import Documento
from documents.services import adjuntar_archivos, dar_acceso, editar_documento, retirar_acceso
from organization.models import Membresia, Rol
from tests.documents.files_util import pdf, subida
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db(transaction=True)
LISTA = "/api/v1/documentos/?limite=100"


@pytest.fixture
def o():
    return make_oficina()


def como(usuario):
    cliente = Client()
    cliente.force_login(usuario)
    return cliente


def ids(cliente, url=LISTA):
    return [f["id"] for f in cliente.get(url).json()["resultados"]]


def test_a_second_reading_asks_less_and_says_the_same(o, django_assert_num_queries):
    make_recibida(o)
    cliente = como(o.ana)
    primera = cliente.get(LISTA)
    with django_assert_num_queries(4):  # session, user, powers, generations
        segunda = cliente.get(LISTA)
    assert segunda.content == primera.content
    assert segunda["Content-Type"] == primera["Content-Type"] == "application/json"
    pk = primera.json()["resultados"][0]["id"]
    for resto in ("", "historial/"):
        url = f"/api/v1/documentos/{pk}/{resto}"
        primera = cliente.get(url)
        with django_assert_num_queries(5):  # and whether it may be seen
            assert cliente.get(url).content == primera.content


def test_the_list_shows_each_change_at_once(o):
    ana, ventanilla, lector = como(o.ana), como(o.ventanilla), como(o.lector)
    assert ids(ana) == ids(ventanilla) == ids(lector) == []
    documento = make_documento(o)
    assert (ids(ana), ids(ventanilla), ids(lector)) == ([], [documento.pk], [documento.pk])
    derivacion = make_derivada(o, documento=documento)
    assert ids(ana) == [documento.pk]
    assert ids(ana, LISTA + "&estado=EN_PROCESO") == []
    recibir_derivacion(derivacion_id=derivacion.pk, actor=o.ana)
    assert ids(ana, LISTA + "&estado=EN_PROCESO") == [documento.pk]
    editar_documento(
        documento_id=documento.pk, cambios={"asunto": "Otro asunto"}, motivo="error", actor=o.ventanilla
    )
    for cliente in (ana, ventanilla, lector):
        assert cliente.get(LISTA).json()["resultados"][0]["asunto"] == "Otro asunto"
    o.transportes.sigla = "TRP"
    o.transportes.save()
    assert ventanilla.get(LISTA).json()["resultados"][0]["area_actual"] == "TRP"


def test_powers_taken_or_given_change_the_answer_at_once(o):
    documento = make_recibida(o).documento
    url = f"/api/v1/documentos/{documento.pk}/"
    eva, ana = como(o.eva), como(o.ana)
    assert (ids(eva), eva.get(url).status_code) == ([], 404)
    assert (ids(ana), ana.get(url).status_code) == ([documento.pk], 200)
    fila = Membresia.objects.create(
        usuario=o.eva, area=o.transportes, rol=Rol.objects.get(codigo="usuario_area")
    )
    assert (ids(eva), eva.get(url).status_code) == ([documento.pk], 200)
    fila.delete()
    assert (ids(eva), eva.get(url).status_code) == ([], 404)
    o.ana.is_active = False
    o.ana.save()
    assert ana.get(url).status_code in (401, 403)


def test_a_reserved_document_is_asked_and_traced_each_time(o):
    documento = make_documento(o, tipo_documento=o.denuncia)
    url = f"/api/v1/documentos/{documento.pk}/"
    ventanilla, eva = como(o.ventanilla), como(o.eva)
    assert [ventanilla.get(url).status_code for _ in range(3)] == [200] * 3
    vistos = Evento.objects.filter(documento_id=documento.pk, tipo="reservado_visto")
    assert vistos.count() == 3
    tipos = [f["tipo"] for f in ventanilla.get(f"{url}historial/").json()["resultados"]]
    assert tipos.count("reservado_visto") == 3
    ventanilla.get(url)
    tipos = [f["tipo"] for f in ventanilla.get(f"{url}historial/").json()["resultados"]]
    assert tipos.count("reservado_visto") == 4
    assert (ids(eva), eva.get(url).status_code) == ([], 404)
    dar_acceso(documento_id=documento.pk, usuarios=[o.eva], actor=o.ventanilla)
    assert (ids(eva), eva.get(url).status_code) == ([documento.pk], 200)
    retirar_acceso(documento_id=documento.pk, usuario=o.eva, actor=o.ventanilla)
    assert (ids(eva), eva.get(url).status_code) == ([], 404)


def test_the_detail_and_the_history_show_each_change_at_once(o):
    documento, cliente = make_documento(o), como(o.ventanilla)
    url = f"/api/v1/documentos/{documento.pk}/"

    def dice():
        ficha, historia = cliente.get(url).json(), cliente.get(f"{url}historial/").json()["resultados"]
        return ficha["estado"], ficha["area_actual"], len(ficha["archivos"]), len(historia)

    assert dice() == ("REGISTRADO", "MP", 0, 1)
    espera = poner_en_espera(usuario=o.ventanilla, subida=subida(pdf()), para="principal")
    adjuntar_archivos(documento_id=documento.pk, ids=[espera.pk], actor=o.ventanilla)
    assert dice() == ("REGISTRADO", "MP", 1, 2)
    derivar_documento(
        documento_id=documento.pk, area_destino=o.legal, instrucciones="Evaluar", actor=o.ventanilla
    )
    assert dice() == ("DERIVADO", "AJ", 1, 3)
    o.ventanilla.first_name = "Rosa"
    o.ventanilla.save()
    assert cliente.get(f"{url}historial/").json()["resultados"][0]["usuario"].startswith("Rosa")
    Documento.objects.filter(pk=documento.pk).update(asunto="Por fuera de los servicios")
    assert cliente.get(url).json()["asunto"] == "Por fuera de los servicios"


def test_without_redis_everything_answers_the_same(o, monkeypatch):
    documento = make_documento(o)
    cliente = como(o.ventanilla)
    antes = cliente.get(LISTA).content
    monkeypatch.setattr(settings, "CACHE_ACTIVA", False)
    assert cliente.get(LISTA).content == antes
    assert cliente.get(f"/api/v1/documentos/{documento.pk}/").status_code == 200
