"""Numbers of records: masks, yearly reset at midnight of Lima, past ten thousand and a million, never back."""

from datetime import UTC, datetime
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from core.errors import Conflicto
from core.models import Evento
from documents.codes import es_codigo_interno
from documents.models import Correlativo, Documento, SerieNumeracion
from documents.services import anular_documento, fijar_siguiente, siguiente_numero
from documents.services.numeracion import NumeroYaUsado
from organization.models import Sede
from tests.factories import make_documento, make_oficina

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


def registrar_en(o, momento, **over):
    """A document registered at an instant."""
    with mock.patch("documents.services.registro.timezone.now", return_value=momento):
        return make_documento(o, **over)


# --- masks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mascara", "sede", "esperado"),
    [
        ("EXP-{anio}-{numero:06d}", None, "EXP-2026-000007"),
        ("{numero}-{anio}", None, "7-2026"),
        ("EXP-{sede}-{anio}-{numero:05d}", "J", "EXP-J-2026-00007"),
        ("EXP-{sede}-{anio}-{numero:05d}", None, "EXP-0-2026-00007"),
        ("OFICIO N° {numero:03d}-{anio}-DRTC/DCT", None, "OFICIO N° 007-2026-DRTC/DCT"),
    ],
)
def test_a_mask_writes_the_number(mascara, sede, esperado):
    fila = Sede.objects.create(codigo=sede, nombre="Juliaca") if sede else None
    serie = SerieNumeracion(codigo="X", nombre="X", mascara=mascara, sede=fila)
    serie.full_clean()
    assert serie.formatear(anio=2026, numero=7) == esperado


@pytest.mark.parametrize(
    "mascara",
    [
        "EXP-{numero:06d}",  # two years would share their numbers
        "EXP-{anio}",
        "EXP",
        "",
        "EXP-{anio}-{numero:06d",
        "EXP-{anio}-{numero:06d}-{otro}",
        "EXP-{anio}-{}",
        "EXP-{anio}-{numero.x}",
        "EXP-{anio}-{numero:q}",
        "UNA MÁSCARA MUY LARGA QUE NO CABE-{anio}-{numero:06d}",
    ],
)
def test_a_mask_that_cannot_number_is_refused(mascara):
    with pytest.raises(ValidationError) as rehuso:
        SerieNumeracion(codigo="X", nombre="X", mascara=mascara).full_clean()
    assert set(rehuso.value.message_dict) == {"mascara"}


def test_the_number_and_the_code_name_the_premises_of_the_series(o):
    o.serie.sede = Sede.objects.create(codigo="J", nombre="Juliaca")
    o.serie.mascara = "EXP-{sede}-{anio}-{numero:06d}"
    o.serie.save()
    documento = registrar_en(o, datetime(2026, 11, 18, 15, tzinfo=UTC))
    assert documento.numero_expediente == "EXP-J-2026-000001"
    assert documento.codigo_interno.startswith("MP26J000001")


# --- years -----------------------------------------------------------------------------------------------------

ULTIMO_SEGUNDO = datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC)  # 31 Dec 2026 23:59:59 in Lima
MEDIANOCHE = datetime(2027, 1, 1, 5, 0, 0, tzinfo=UTC)


def test_the_year_begins_at_midnight_of_lima_not_of_greenwich(o):
    assert registrar_en(o, datetime(2026, 12, 31, 12, tzinfo=UTC)).numero == 1
    assert registrar_en(o, ULTIMO_SEGUNDO).numero_expediente == "EXP-2026-000002"
    assert registrar_en(o, MEDIANOCHE).numero_expediente == "EXP-2027-000001"
    assert registrar_en(o, ULTIMO_SEGUNDO).numero_expediente == "EXP-2026-000003"
    assert registrar_en(o, MEDIANOCHE).numero_expediente == "EXP-2027-000002"
    assert dict(Correlativo.objects.values_list("anio", "ultimo")) == {2026: 3, 2027: 2}


def test_each_series_counts_for_itself(o):
    otra = SerieNumeracion.objects.create(codigo="HR", nombre="Hojas", mascara="HR-{anio}-{numero:05d}")
    assert [siguiente_numero(serie=otra, anio=2026) for _ in range(3)] == [1, 2, 3]
    assert siguiente_numero(serie=o.serie, anio=2026) == 1
    assert siguiente_numero(serie=otra, anio=2027) == 1


# --- large numbers ---------------------------------------------------------------------------------------------

MOMENTO = datetime(2026, 11, 18, 15, tzinfo=UTC)
GRANDES = [
    (10_000, "EXP-2026-010000"),
    (10_001, "EXP-2026-010001"),
    (99_999, "EXP-2026-099999"),
    (100_000, "EXP-2026-100000"),
    (999_999, "EXP-2026-999999"),
    (1_000_000, "EXP-2026-1000000"),
    (1_000_001, "EXP-2026-1000001"),
]


@pytest.mark.parametrize(("numero", "escrito"), GRANDES)
def test_numbering_goes_on_past_every_power_of_ten(o, numero, escrito):
    """DOMAIN 1.3: text order jams at the 10,001st of a year."""
    fijar_siguiente(serie_codigo="EXP", anio=2026, siguiente=numero, actor=o.admin)
    uno, otro = registrar_en(o, MOMENTO), registrar_en(o, MOMENTO)
    assert (uno.numero, uno.numero_expediente, otro.numero) == (numero, escrito, numero + 1)
    assert es_codigo_interno(uno.codigo_interno)
    assert str(numero) in uno.codigo_interno
    for texto in (escrito, escrito.lower(), str(numero), f"2026-{numero}", uno.codigo_interno):
        assert list(Documento.objects.con_numero(texto)) == [uno], texto
    assert uno.cargo.datos["expediente"] == escrito


def test_lists_stay_in_numeric_order_where_text_order_would_break(o):
    fijar_siguiente(serie_codigo="EXP", anio=2026, siguiente=999_998)
    for _ in range(4):
        registrar_en(o, MOMENTO)
    numeros = list(Documento.objects.order_by("anio", "numero").values_list("numero_expediente", flat=True))
    assert numeros == ["EXP-2026-999998", "EXP-2026-999999", "EXP-2026-1000000", "EXP-2026-1000001"]
    assert sorted(numeros) != numeros  # the order of text is the wrong one
    assert registrar_en(o, MOMENTO).numero == 1_000_002


# --- import and annulment --------------------------------------------------------------------------------------


def test_an_import_sets_the_next_number_and_leaves_a_trace(o):
    fijar_siguiente(serie_codigo="EXP", anio=2026, siguiente=501, actor=o.admin)
    assert registrar_en(o, MOMENTO).numero == 501
    evento = Evento.objects.get(tipo="correlativo_fijado")
    assert (evento.actor, evento.antes["ultimo"], evento.despues["ultimo"]) == (o.admin, 0, 500)


@pytest.mark.parametrize("siguiente", [1, 2, 3, 0, -5])
def test_the_next_number_never_goes_back(o, siguiente):
    for _ in range(3):
        registrar_en(o, MOMENTO)
    with pytest.raises(NumeroYaUsado) as rehuso:
        fijar_siguiente(serie_codigo="EXP", anio=2026, siguiente=siguiente, actor=o.admin)
    assert isinstance(rehuso.value, Conflicto)
    assert "ya llegó al 3" in str(rehuso.value)
    assert registrar_en(o, MOMENTO).numero == 4


def test_setting_the_number_that_comes_next_is_allowed(o):
    registrar_en(o, MOMENTO)
    fijar_siguiente(serie_codigo="EXP", anio=2026, siguiente=2)
    assert registrar_en(o, MOMENTO).numero == 2


def test_an_annulled_document_keeps_its_number_for_ever(o):
    uno = registrar_en(o, MOMENTO)
    anular_documento(documento_id=uno.pk, motivo="Duplicado", actor=o.jefa)
    assert registrar_en(o, MOMENTO).numero == 2
    assert Documento.objects.get(numero=1).estado == "ANULADO"


def test_a_rolled_back_registration_gives_its_number_back(o):
    class SeCaeError(Exception):
        pass

    with pytest.raises(SeCaeError), transaction.atomic():
        assert registrar_en(o, MOMENTO).numero == 1
        raise SeCaeError
    assert registrar_en(o, MOMENTO).numero == 1


def test_the_number_of_a_document_outlives_a_change_of_mask(o):
    uno = registrar_en(o, MOMENTO)
    SerieNumeracion.objects.filter(pk=o.serie.pk).update(mascara="DOC-{anio}-{numero:04d}")
    dos = registrar_en(o, MOMENTO)
    uno.refresh_from_db()
    assert (uno.numero_expediente, dos.numero_expediente) == ("EXP-2026-000001", "DOC-2026-0002")
    assert list(Documento.objects.con_numero("2")) == [dos]
