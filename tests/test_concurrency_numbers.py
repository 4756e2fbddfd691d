"""Two windows at once: numbers without gaps, and nothing written twice. Real threads on PostgreSQL."""

import uuid
from datetime import UTC, datetime
from unittest import mock

import pytest
from django.db import transaction

from core.errors import DatosInvalidos
from core.models import Evento, Tarea
from derivations.services import emitir_hoja_remision
from documents.models import Correlativo, Documento, Remitente
from documents.services import guardar_remitente
from reports.errors import DemasiadosReportes
from reports.models import Reporte
from reports.services import solicitar_reporte
from tests.concurrency_util import a_la_vez, oficina_con_dos, uno_gana
from tests.factories import make_derivada, make_documento

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def o():
    return oficina_con_dos()


class SeCae(Exception):
    """The transaction that is undone after taking its number."""


def _registrar(o, n, vez):
    """One of the registrations of a window: every fifth is refused, every seventh undone at the very end."""
    if vez % 5 == 4:
        with pytest.raises(DatosInvalidos):
            make_documento(o, numero_folios=0)
    if vez % 7 == 6:
        with pytest.raises(SeCae), transaction.atomic():
            make_documento(o)
            raise SeCae
    return make_documento(o, asunto=f"Ventanilla {n}, documento {vez}").numero


def test_eight_windows_register_fifty_each_without_gap_or_repeat(o):
    def ventanilla(n):
        return [_registrar(o, n, vez) for vez in range(50)]

    listas = a_la_vez(*(lambda n=n: ventanilla(n) for n in range(8)))
    assert all(lista == sorted(lista) for lista in listas)
    assert sorted(sum(listas, [])) == list(range(1, 401))
    assert sorted(Documento.objects.values_list("numero", flat=True)) == list(range(1, 401))
    assert len(set(Documento.objects.values_list("codigo_interno", flat=True))) == 400
    assert Correlativo.objects.get(serie=o.serie).ultimo == 400
    assert Evento.objects.filter(tipo="documento_registrado").count() == 400


def test_the_first_number_of_a_year_is_given_once(o):
    """Nobody has made the row of the new year yet, and eight windows open at midnight."""
    for anio in range(2027, 2030):
        momento = datetime(anio, 1, 1, 5, 0, 0, tzinfo=UTC)
        with mock.patch("documents.services.registro.timezone.now", return_value=momento):
            numeros = a_la_vez(*(lambda: make_documento(o).numero for _ in range(8)))
        assert sorted(numeros) == list(range(1, 9))
        assert Correlativo.objects.get(serie=o.serie, anio=anio).ultimo == 8


def test_the_same_form_sent_twice_at_once_is_one_document(o):
    llave = uuid.uuid4()
    hechos = a_la_vez(*(lambda: make_documento(o, llave=llave).pk for _ in range(6)))
    assert len(set(hechos)) == 1
    assert Documento.objects.count() == 1
    assert Correlativo.objects.get(serie=o.serie).ultimo == 1
    assert make_documento(o, llave=uuid.uuid4()).numero == 2


def test_the_same_report_asked_for_twice_at_once_is_one_and_the_limit_holds(o, settings):
    settings.REPORTES_VIVOS = 2

    def pedir(asunto):
        filtros = {"asunto": asunto}
        return solicitar_reporte(codigo="documentos", formato="csv", filtros=filtros, actor=o.jefa).pk

    assert len(set(a_la_vez(*(lambda: pedir("uno") for _ in range(4))))) == 1
    uno_mas = a_la_vez(lambda: pedir("dos"), lambda: pedir("tres"))
    assert sum(isinstance(r, DemasiadosReportes) for r in uno_mas) == 1
    assert Reporte.objects.count() == Tarea.objects.filter(funcion__contains="reporte").count() == 2


def test_the_same_external_document_twice_at_once_is_one_document(o):
    """DOMAIN 1.3: inbound sync that registers a retry twice. The second is refused and takes no number."""

    def recibir():
        return make_documento(
            o, origen_externo="PIDE", id_externo="0000000007", actor=None, canal="INTEGRACION"
        )

    uno_gana(a_la_vez(recibir, recibir, recibir), dice=["ya está registrado como", "-000001"])
    assert Documento.objects.count() == 1
    assert make_documento(o).numero == 2


def test_the_same_sender_created_twice_at_once_is_one_sender(o):
    datos = {
        "tipo_identidad": "DNI",
        "numero": "41234567",
        "nombre": "Quispe Mamani, Juan",
        "actor": o.ventanilla,
    }
    hechos = a_la_vez(*(lambda: guardar_remitente(**datos).pk for _ in range(6)))
    assert len(set(hechos)) == 1
    assert Remitente.objects.filter(numero="41234567").count() == 1


def test_delivery_slips_are_numbered_without_gap(o):
    envios = [make_derivada(o).pk for _ in range(6)]
    hojas = a_la_vez(
        *(
            lambda pk=pk: emitir_hoja_remision(derivaciones=[pk], actor=o.ventanilla)[0].numero
            for pk in envios
        )
    )
    assert sorted(hojas) == [1, 2, 3, 4, 5, 6]
