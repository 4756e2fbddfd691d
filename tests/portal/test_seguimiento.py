"""The citizen follows a document: by QR, or by number plus key; nothing personal without the key."""

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.codes import formatear_clave
from documents.services import observar_documento, subsanar_documento
from portal.constants import MAX_FALLOS
from portal.models import FalloConsulta
from tests.factories import make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


def seguir(client, documento):
    return client.get(reverse("portal:seguir", kwargs={"token": documento.codigo_qr}))


def consultar(client, numero, clave):
    return client.post(reverse("portal:consultar"), {"numero": numero, "clave": clave})


def test_the_qr_shows_state_place_and_dates_but_nothing_personal(o, client):
    documento = make_recibida(o).documento
    respuesta = seguir(client, documento)
    texto = respuesta.content.decode()
    assert respuesta.status_code == 200
    assert "En evaluación" in texto and "Transporte de Pasajeros y Carga" in texto
    assert f"{documento.numero_folios}" in texto and "silencio positivo" in texto
    for secreto in (
        documento.asunto,
        documento.remitente_nombre,
        documento.clave,
        "Evaluar requisitos",
        "Rosmery",
    ):
        assert secreto not in texto
    assert respuesta["Cache-Control"].startswith("max-age=0")


@pytest.mark.parametrize("escrita", ["{numero}", "{numero_minusculas}", "{corto}", "{solo}"])
def test_number_and_key_open_subject_and_receipt(o, client, escrita):
    documento = make_documento(o)
    numero = escrita.format(
        numero=documento.numero_expediente,
        numero_minusculas=documento.numero_expediente.lower(),
        corto=documento.numero_corto,
        solo=documento.numero,
    )
    respuesta = consultar(client, numero, formatear_clave(documento.clave).lower())
    assert respuesta.status_code == 302
    assert documento.asunto in seguir(client, documento).content.decode()
    cargo = client.get(reverse("portal:cargo", kwargs={"token": documento.codigo_qr}))
    assert cargo.content.startswith(b"%PDF")


def test_the_receipt_stays_closed_without_the_key(o, client):
    documento = make_documento(o)
    respuesta = client.get(reverse("portal:cargo", kwargs={"token": documento.codigo_qr}))
    assert respuesta.status_code == 302


def test_a_wrong_key_and_an_unknown_number_get_the_same_answer(o, client):
    documento = make_documento(o)
    mala = consultar(client, documento.numero_expediente, "K7Q2-M9XD-4T")
    desconocida = consultar(client, "EXP-2026-999999", "K7Q2-M9XD-4T")
    limpiar = lambda r, n: r.content.decode().replace(n, "N")  # noqa: E731
    assert mala.status_code == desconocida.status_code == 404
    uno, otro = limpiar(mala, documento.numero_expediente), limpiar(desconocida, "EXP-2026-999999")
    assert [x for x in uno.splitlines() if "csrf" not in x.lower()] == [
        x for x in otro.splitlines() if "csrf" not in x.lower()
    ]


def test_the_key_of_another_document_does_not_open_it(o, client):
    uno, otro = make_documento(o), make_documento(o)
    assert consultar(client, uno.numero_expediente, otro.clave).status_code == 404


def test_the_last_allowed_failure_passes_and_the_next_is_refused(o, client):
    documento = make_documento(o)
    for _ in range(MAX_FALLOS):
        assert consultar(client, documento.numero_expediente, "K7Q2-M9XD-4T").status_code == 404
    refused = consultar(client, documento.numero_expediente, documento.clave)
    assert refused.status_code == 429
    assert "Espera 10 minutos" in refused.content.decode()
    assert FalloConsulta.objects.get().cuenta == MAX_FALLOS


def test_guessed_tokens_count_as_failures(o, client):
    for _ in range(MAX_FALLOS):
        assert client.get("/c/" + "0" * 26).status_code == 404
    assert client.get("/c/" + "0" * 26).status_code == 429


def test_the_throttle_of_one_address_leaves_others_alone(o, client):
    documento = make_documento(o)
    for _ in range(MAX_FALLOS):
        consultar(client, "1", "K7Q2-M9XD-4T")
    ajena = client.get(
        reverse("portal:seguir", kwargs={"token": documento.codigo_qr}), REMOTE_ADDR="10.9.8.7"
    )
    assert ajena.status_code == 200


def test_an_observed_document_says_until_when_to_complete_it(o, client):
    documento = make_documento(o)
    observacion = observar_documento(documento_id=documento.pk, faltantes=["Pago"], actor=o.ventanilla)
    texto = seguir(client, documento).content.decode()
    assert "Falta completar un requisito" in texto
    assert f"{observacion.vence_el.day} de" in texto
    assert "Pago" not in texto
    subsanar_documento(documento_id=documento.pk, detalle="Recibo", actor=o.ventanilla)
    assert "Completaste el requisito" in seguir(client, documento).content.decode()


def test_a_reserved_document_names_no_area(o, client):
    documento = make_documento(o, reservado=True)
    texto = seguir(client, documento).content.decode()
    assert "Recibido en Mesa de Partes" in texto
    assert "Lo tiene el área" not in texto


def test_the_token_is_read_in_lower_case_too(o, client):
    documento = make_documento(o)
    assert client.get(f"/c/{documento.codigo_qr.lower()}").status_code == 200


@pytest.mark.parametrize("falta", ["numero", "clave"])
def test_a_missing_field_says_what_to_write_and_keeps_the_other(o, client, falta):
    datos = {"numero": "EXP-2026-000001", "clave": "K7Q2-M9XD-4T"}
    guardado = next(v for k, v in datos.items() if k != falta)
    respuesta = client.post(reverse("portal:consultar"), datos | {falta: ""})
    assert respuesta.status_code == 422
    assert guardado in respuesta.content.decode()
    assert "de tu cargo" in respuesta.content.decode()


@pytest.mark.parametrize(
    "numero", ["'; drop table", "%", "\x00", "9" * 40, "EXP-2026-00000000000000000000001"]
)
def test_hostile_numbers_are_only_unknown(o, client, numero):
    make_documento(o)
    assert consultar(client, numero, "K7Q2-M9XD-4T").status_code in (404, 422)


def test_the_presentation_and_legal_dates_are_both_told_when_they_differ(o, client):
    sabado = timezone.make_aware(timezone.datetime(2026, 11, 21, 10, 0))
    documento = make_documento(o, fecha_presentacion=sabado)
    texto = seguir(client, documento).content.decode()
    assert "21 de noviembre" in texto and "23 de noviembre" in texto
