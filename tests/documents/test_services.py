"""Registration and the acts on a document, through the services."""

import pytest

from core.errors import DatosInvalidos
from core.models import Evento
from documents.constants import Estado
from documents.models import Documento
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


def test_registration_gives_number_receipt_and_trace(o):
    documento = make_documento(o, procedimiento=o.procedimiento)
    documento.refresh_from_db()
    assert documento.numero_expediente == f"EXP-{documento.anio}-000001"
    assert documento.estado == Estado.REGISTRADO
    assert documento.plazo_dias == 10
    assert documento.cargo.datos["expediente"] == documento.numero_expediente
    assert Evento.objects.filter(documento_id=documento.pk, tipo="documento_registrado").count() == 1


def test_a_refused_registration_takes_no_number(o):
    with pytest.raises(DatosInvalidos) as refusal:
        make_documento(o, numero_folios=0, asunto=" ")
    assert set(refusal.value.campos) == {"numero_folios", "asunto"}
    assert make_documento(o).numero == 1


def test_life_of_a_document(o):
    derivacion = make_recibida(o, copias=[o.legal])
    assert Documento.objects.visibles_para(o.ana).count() == 1
    assert Documento.objects.visibles_para(o.luis).count() == 1
    assert Documento.objects.visibles_para(o.eva).count() == 0
    assert derivacion.documento.estado == Estado.EN_PROCESO
    assert make_derivada(o).estado == "PENDIENTE"
