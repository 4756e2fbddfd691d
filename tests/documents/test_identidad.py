"""Identity documents: which kind a number is, whether it can exist, and who is registered with it."""

import pytest

from core.errors import DatosInvalidos
from documents.constants import TipoIdentidad as T
from documents.identidad import deducir_tipo, digito_ruc, enmascarar, limpiar_numero, problema_de_numero
from documents.models import Remitente
from documents.services import guardar_remitente
from documents.services.remitentes import RemitenteRepetido
from tests.factories import make_remitente


@pytest.mark.parametrize("ruc", ["20131312955", "20100070970", "20448310290"])
def test_real_rucs_pass(ruc):
    """SUNAT, a shop and the sender of the tests."""
    assert digito_ruc(ruc[:10]) == ruc[10]
    assert problema_de_numero(T.RUC, ruc) == ""


def test_every_other_check_digit_fails():
    for digito in "0123456789":
        problema = problema_de_numero(T.RUC, f"2013131295{digito}")
        assert bool(problema) == (digito != "5")


def test_the_check_digit_covers_its_two_special_cases():
    """11 - (sum mod 11) may be 10, written 0, or 11, written 1."""
    vistos = set()
    for n in range(2000):
        base = f"2{n:09d}"
        suma = sum(int(d) * p for d, p in zip(base, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True))
        valor = 11 - suma % 11
        vistos.add(valor)
        assert digito_ruc(base) == {10: "0", 11: "1"}.get(valor, str(valor))
    assert {10, 11} <= vistos


@pytest.mark.parametrize(
    ("tipo", "numero", "dice"),
    [
        (T.DNI, "41234567", ""),
        (T.DNI, "4123456", "Un DNI tiene 8 dígitos; escribiste 7."),
        (T.DNI, "412345678", "Un DNI tiene 8 dígitos; escribiste 9."),
        (T.DNI, "4123456A", "Un DNI tiene 8 dígitos."),
        (T.DNI, "", "Escribe el número del documento de identidad."),
        (T.RUC, "2013131295", "Un RUC tiene 11 dígitos; escribiste 10."),
        (T.RUC, "201313129555", "Un RUC tiene 11 dígitos; escribiste 12."),
        (T.RUC, "30131312955", "Un RUC empieza con 10, 15, 16, 17 o 20: revisa los dos primeros dígitos."),
        (T.RUC, "20131312954", "El último dígito del RUC no corresponde a los demás: revisa el número."),
        (T.CE, "001234567", ""),
        (T.CE, "00123456789A", ""),
        (T.CE, "00123456", "Un carné de extranjería tiene de 9 a 12 caracteres."),
        (T.CE, "00123456789AB", "Un carné de extranjería tiene de 9 a 12 caracteres."),
        (T.PASAPORTE, "AB123", ""),
        (T.PASAPORTE, "AB12", "Un pasaporte tiene de 5 a 12 caracteres."),
        (T.PTP, "001234567", ""),
        (T.PTP, "00123456", "Un PTP o CPP tiene 9 caracteres."),
        (T.SIN_DOCUMENTO, "", ""),
        (T.SIN_DOCUMENTO, "1", "Quita el número o elige el tipo de documento."),
        ("XXX", "1", "Elige el tipo de documento de identidad."),
    ],
)
def test_both_ends_of_each_length(tipo, numero, dice):
    assert problema_de_numero(tipo, numero) == dice


@pytest.mark.parametrize(
    ("escrito", "numero", "tipo"),
    [
        ("4123 4567", "41234567", T.DNI),
        ("20.131.312.955", "20131312955", T.RUC),
        ("001-234-567", "001234567", T.CE),
        ("ab 12345", "AB12345", T.PASAPORTE),
        ("0012345678", "0012345678", T.PASAPORTE),
        ("", "", T.PASAPORTE),
    ],
)
def test_a_number_is_cleaned_and_its_kind_guessed(escrito, numero, tipo):
    assert limpiar_numero(escrito) == numero
    assert deducir_tipo(numero) == tipo


def test_strangers_see_only_the_end_of_a_number():
    assert enmascarar("41234567") == "•••••567"
    assert enmascarar("12") == "12"
    assert enmascarar("") == ""


@pytest.mark.parametrize("digitos", ["٤١٢٣٤٥٦٧", "４１２３４５６７"])
def test_digits_of_other_scripts_are_not_digits_of_a_dni(digitos):
    assert problema_de_numero(T.DNI, limpiar_numero(digitos)) != ""


@pytest.mark.django_db
def test_the_same_identity_is_the_same_sender():
    uno = make_remitente()
    assert make_remitente(numero="20448-310-290", nombre="Escrito de otra manera").pk == uno.pk
    assert Remitente.objects.count() == 1


@pytest.mark.django_db
def test_the_same_number_under_two_kinds_is_two_senders():
    make_remitente(tipo_identidad="CE", numero="001234567", nombre="Uno")
    make_remitente(tipo_identidad="PTP", numero="001234567", nombre="Otro")
    assert Remitente.objects.count() == 2


@pytest.mark.django_db
def test_correcting_into_the_number_of_another_is_refused():
    make_remitente()
    otro = make_remitente(tipo_identidad="DNI", numero="41234567", nombre="Quispe Mamani, Juan")
    with pytest.raises(RemitenteRepetido, match="Virgen de Copacabana"):
        guardar_remitente(
            tipo_identidad="RUC", numero="20448310290", nombre="Quispe", actor=None, remitente=otro
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"numero": "20448310291"}, "numero"),
        ({"nombre": "  "}, "nombre"),
        ({"correo": "no es un correo"}, "correo"),
        ({"tipo_identidad": "XXX"}, "numero"),
        ({"nombre": "x" * 201}, "nombre"),
        ({"telefono": "9" * 31}, "telefono"),
    ],
)
def test_a_sender_with_wrong_data_names_the_field(cambio, campo):
    with pytest.raises(DatosInvalidos) as rehuso:
        make_remitente(**cambio)
    assert campo in rehuso.value.campos
    assert not Remitente.objects.exists()


@pytest.mark.django_db
def test_persons_without_document_are_not_merged():
    datos = {"tipo_identidad": "SIN", "numero": "se ignora", "nombre": "Denunciante"}
    uno, otro = make_remitente(**datos), make_remitente(**datos)
    assert (uno.numero, otro.numero) == ("", "")
    assert uno.pk != otro.pk
