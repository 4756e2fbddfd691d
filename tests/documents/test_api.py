"""The API door of documents: shapes, statuses, scope, refusals."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter
from rest_framework.test import APIClient

from core.models import Evento
from documents.constants import Estado
from documents.models import Documento
from tests.factories import make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


def como(usuario):
    cliente = APIClient()
    cliente.force_login(usuario)
    return cliente


def pdf():
    import io

    hoja = PdfWriter()
    hoja.add_blank_page(200, 200)
    salida = io.BytesIO()
    hoja.write(salida)
    return SimpleUploadedFile("escaneo.pdf", salida.getvalue(), "application/pdf")


def entrada(**over):
    return {
        "remitente": {"tipo_identidad": "DNI", "numero": "01318842", "nombre": "Grimaldo Ccallo Flores"},
        "tipo_documento": "SOL",
        "asunto": "Solicito constancia",
        "numero_folios": 3,
    } | over


def test_an_anonymous_caller_is_refused(client):
    assert client.get("/api/v1/documentos/").status_code == 403


def test_a_clerk_registers_and_the_same_key_answers_the_same_document(o):
    cliente, llave = como(o.ventanilla), str(uuid.uuid4())
    uno = cliente.post("/api/v1/documentos/", entrada(llave=llave), format="json")
    otro = cliente.post("/api/v1/documentos/", entrada(llave=llave), format="json")
    assert uno.status_code == 201, uno.content
    assert uno.json()["numero_expediente"] == otro.json()["numero_expediente"]
    assert uno.json()["remitente"]["numero"] == "01318842"
    assert Documento.objects.count() == 1


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"numero_folios": 0}, "numero_folios"),
        ({"asunto": ""}, "asunto"),
        ({"tipo_documento": "NOHAY"}, "tipo_documento"),
        ({"remitente": {"tipo_identidad": "DNI", "numero": "123", "nombre": "X"}}, "numero"),
        ({"remitente": {"tipo_identidad": "RUC", "numero": "20448310291", "nombre": "X"}}, "numero"),
        ({"prioridad": "MUCHA"}, "prioridad"),
    ],
)
def test_bad_input_names_the_field_and_registers_nothing(o, cambio, campo):
    respuesta = como(o.ventanilla).post("/api/v1/documentos/", entrada(**cambio), format="json")
    assert respuesta.status_code == 422
    assert campo in [d["field"] for d in respuesta.json()["error"]["details"]]
    assert not Documento.objects.exists()


def test_an_area_user_may_not_register_and_the_attempt_is_recorded(o):
    respuesta = como(o.ana).post("/api/v1/documentos/", entrada(), format="json")
    assert respuesta.status_code == 403
    assert Evento.objects.filter(tipo="acceso_denegado", actor=o.ana).exists()


def test_the_list_shows_only_what_the_caller_may_see(o):
    make_recibida(o)
    make_documento(o)
    assert len(como(o.ana).get("/api/v1/documentos/").json()["resultados"]) == 1
    assert len(como(o.ventanilla).get("/api/v1/documentos/").json()["resultados"]) == 2
    assert como(o.eva).get("/api/v1/documentos/").json()["resultados"] == []


def test_an_outsider_gets_404_in_every_door_of_a_document(o):
    documento = make_recibida(o).documento
    cliente = como(o.eva)
    for resto in ("", "historial/", "comprobante/", "qr/"):
        assert cliente.get(f"/api/v1/documentos/{documento.pk}/{resto}").status_code == 404
    assert (
        cliente.get(f"/api/v1/documentos/buscar/expediente/{documento.numero_expediente}/").status_code == 404
    )
    assert cliente.post(f"/api/v1/documentos/{documento.pk}/archivar/", {}).status_code == 404


def test_the_list_pages_by_cursor_without_repeats(o):
    for _ in range(5):
        make_documento(o)
    cliente, vistos, cursor = como(o.ventanilla), [], None
    for _ in range(3):
        url = "/api/v1/documentos/?limite=2" + (f"&cursor={cursor}" if cursor else "")
        cuerpo = cliente.get(url).json()
        vistos += [f["id"] for f in cuerpo["resultados"]]
        cursor = cuerpo["siguiente"]
    assert cursor is None
    assert len(vistos) == len(set(vistos)) == 5


@pytest.mark.parametrize(
    ("filtro", "hallados"),
    [
        ("q=habilitacion", 1),
        ("q=HABILITACIONES Vehicular", 1),
        ("q=inexistente", 0),
        ("estado=REGISTRADO", 1),
        ("estado=ANULADO", 0),
        ("tipo_documento=SOL", 1),
        ("remitente=20448310290", 1),
        ("abiertos=true", 1),
        ("hasta=2020-01-01", 0),
        ("numero=1", 1),
    ],
)
def test_filters(o, filtro, hallados):
    make_documento(o)
    assert len(como(o.ventanilla).get(f"/api/v1/documentos/?{filtro}").json()["resultados"]) == hallados


def test_dates_in_the_wrong_order_say_so(o):
    respuesta = como(o.ventanilla).get("/api/v1/documentos/?desde=2026-02-01&hasta=2026-01-01")
    assert respuesta.status_code == 422
    assert "anterior" in respuesta.json()["error"]["details"][0]["message"]


def test_a_file_is_attached_and_a_missing_one_refused(o):
    documento, cliente = make_documento(o), como(o.ventanilla)
    url = f"/api/v1/documentos/{documento.pk}/archivos/"
    respuesta = cliente.post(url, {"archivo": pdf(), "clase": "PRINCIPAL"}, format="multipart")
    assert respuesta.status_code == 201, respuesta.content
    assert respuesta.json()["es_principal"] is True
    assert cliente.post(url, {}, format="multipart").status_code == 422
    assert cliente.post(url, {"archivo": pdf(), "clase": "OTRA"}, format="multipart").status_code == 422


def test_the_receipt_is_a_pdf_and_the_second_time_a_reprint(o):
    documento, cliente = make_documento(o), como(o.ventanilla)
    url = f"/api/v1/documentos/{documento.pk}/comprobante/"
    assert cliente.get(url).content.startswith(b"%PDF")
    assert cliente.get(url).status_code == 200
    assert Documento.objects.get(pk=documento.pk).cargo.impresiones == 2
    assert cliente.get(url + "?formato=rollo").status_code == 422


def test_a_correction_keeps_its_reason(o):
    documento = make_documento(o)
    url = f"/api/v1/documentos/{documento.pk}/"
    assert como(o.ventanilla).patch(url, {"asunto": "Otro"}, format="json").status_code == 422
    respuesta = como(o.ventanilla).patch(url, {"asunto": "Otro", "motivo": "error de tipeo"}, format="json")
    assert respuesta.json()["asunto"] == "Otro"
    assert Evento.objects.get(tipo="documento_editado").detalle["motivo"] == "error de tipeo"


def test_a_correction_that_comes_after_the_document_left_is_a_conflict(o):
    documento = make_recibida(o).documento
    url = f"/api/v1/documentos/{documento.pk}/"
    respuesta = como(o.ventanilla).patch(url, {"asunto": "Otro", "motivo": "error"}, format="json")
    assert (respuesta.status_code, respuesta.json()["error"]["code"]) == (409, "ya_no_esta_aqui")
    assert como(o.ana).patch(url, {"asunto": "Otro", "motivo": "error"}, format="json").status_code == 403


def test_archive_needs_an_attended_document(o):
    documento = make_recibida(o).documento
    respuesta = como(o.jefa).post(
        f"/api/v1/documentos/{documento.pk}/archivar/", {"serie": o.serie_documental.codigo}, format="json"
    )
    assert respuesta.status_code == 409
    assert respuesta.json()["error"]["code"] == "transicion_invalida"
    documento.refresh_from_db()
    assert documento.estado == Estado.EN_PROCESO


def test_the_history_costs_the_same_for_many_movements(o, django_assert_max_num_queries):
    documento = make_recibida(o, copias=[o.legal]).documento
    cliente = como(o.jefa)
    with django_assert_max_num_queries(14):
        cuerpo = cliente.get(f"/api/v1/documentos/{documento.pk}/historial/").json()
    assert [f["tipo"] for f in cuerpo["resultados"]][:2] == ["documento_registrado", "documento_derivado"]
