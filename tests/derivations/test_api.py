"""The API door of derivations."""

import pytest
from rest_framework.test import APIClient

from derivations.models import Derivacion
from documents.models import Documento
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db
URL = "/api/v1/derivaciones/"


@pytest.fixture
def o():
    return make_oficina()


def como(usuario):
    cliente = APIClient()
    cliente.force_login(usuario)
    return cliente


def put(usuario, pk, acto, datos=None):
    return como(usuario).put(f"{URL}{pk}/{acto}/", datos or {}, format="json")


def test_the_life_of_a_document_through_the_api(o):
    documento = make_documento(o)
    creada = como(o.ventanilla).post(
        URL,
        {"documento": documento.pk, "area_destino": "TPC", "copias": ["AJ"], "instrucciones": "Evaluar"},
        format="json",
    )
    assert creada.status_code == 201, creada.content
    pk = creada.json()["id"]
    assert put(o.ana, pk, "atender", {"resultado": "PROCEDENTE"}).status_code == 409
    assert put(o.ana, pk, "recibir").json()["estado"] == "RECIBIDO"
    assert put(o.ana, pk, "atender", {"resultado": "PROCEDENTE"}).status_code == 422
    hecho = put(
        o.ana, pk, "atender", {"resultado": "PROCEDENTE", "sin_respuesta_motivo": "Se entregó en ventanilla"}
    )
    assert hecho.json()["estado"] == "ATENDIDO"
    documento.refresh_from_db()
    assert documento.estado == "ATENDIDO"
    copia = Derivacion.objects.get(es_copia=True)
    assert put(o.luis, copia.pk, "acusar").status_code == 200


def test_the_second_reception_is_told_who_was_first(o):
    respuesta = put(o.ana, make_recibida(o).pk, "recibir")
    assert respuesta.status_code == 409
    assert o.ana.nombre_completo in respuesta.json()["error"]["message"]


def test_another_area_may_not_receive(o):
    derivacion = make_derivada(o, copias=[o.legal])
    assert put(o.luis, derivacion.pk, "recibir").status_code == 403
    assert put(o.eva, derivacion.pk, "recibir").status_code == 404


def test_returned_and_recalled(o):
    devuelta, anulada = make_derivada(o), make_derivada(o)
    respuesta = put(o.ana, devuelta.pk, "devolver", {"motivo": "No corresponde"})
    assert respuesta.json()["area_destino"] == "MP"
    assert respuesta.json()["motivo"] == "DEVOLUCION"
    assert put(o.ventanilla, anulada.pk, "recuperar").json()["estado"] == "ANULADA"
    assert Documento.objects.get(pk=anulada.documento_id).estado == "REGISTRADO"


def test_a_batch_answers_for_each_row(o):
    bueno, derivado = make_documento(o), make_derivada(o).documento
    datos = {"documentos": [bueno.pk, derivado.pk, 999999], "area_destino": "DC", "instrucciones": "Atender"}
    cuerpo = como(o.ventanilla).post(f"{URL}masiva/", datos, format="json").json()
    assert cuerpo["hechos"] == 1
    assert [f["hecho"] for f in cuerpo["resultados"]] == [True, False, False]


@pytest.mark.parametrize(("cuantos", "estado"), [(50, 200), (51, 422)])
def test_a_batch_holds_fifty_at_most(o, cuantos, estado):
    datos = {"documentos": list(range(1, cuantos + 1)), "area_destino": "DC", "instrucciones": "Atender"}
    assert como(o.ventanilla).post(f"{URL}masiva/", datos, format="json").status_code == estado


def test_the_list_of_an_area_is_closed_to_others(o):
    make_derivada(o)
    assert len(como(o.ana).get(f"{URL}area/TPC/").json()["resultados"]) == 1
    assert como(o.eva).get(f"{URL}area/TPC/").status_code == 404
    assert len(como(o.jefa).get(f"{URL}area/TPC/").json()["resultados"]) == 1
