"""Operator commands of documents."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from documents.models import Documento, Observacion
from documents.services import observar_documento
from organization.calendar import hoy_lima
from tests.factories import make_documento, make_oficina

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("dias", "estado"), [(0, "OBSERVADO"), (1, "NO_PRESENTADO")])
def test_an_observation_expires_the_day_after_its_last_day(dias, estado):
    o = make_oficina()
    documento = make_documento(o)
    observar_documento(documento_id=documento.pk, faltantes=["Pago"], actor=o.ventanilla)
    Observacion.objects.update(vence_el=hoy_lima() - timedelta(days=dias))
    salida = StringIO()
    call_command("vencer_observaciones", simular=True, stdout=salida)
    assert (documento.numero_expediente in salida.getvalue()) is (dias == 1)
    call_command("vencer_observaciones", stdout=StringIO())
    assert Documento.objects.get(pk=documento.pk).estado == estado
