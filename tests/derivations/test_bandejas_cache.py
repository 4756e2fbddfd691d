"""The counters of the menu are kept per user, and follow each change at once."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from derivations.services import recibir_derivacion
from documents.models import AccesoReservado, Documento
from organization.models import Membresia
from tests.factories import make_derivada, make_oficina

pytestmark = pytest.mark.django_db(transaction=True)


def test_counters_are_kept_and_never_old():
    o = make_oficina()
    clientes = {}
    for usuario in (o.ana, o.luis):
        clientes[usuario] = Client()
        clientes[usuario].force_login(usuario)

    def ve(usuario, bandeja="por-recibir"):
        html = clientes[usuario].get(reverse("derivations:contadores")).content.decode()
        return re.search(rf'id="c-{bandeja}"[^>]*>([^<]*)<', html)[1]

    derivacion = make_derivada(o)
    assert (ve(o.ana), ve(o.luis)) == ("1", "")
    assert (ve(o.ana), ve(o.luis)) == ("1", "")
    Documento.objects.filter(pk=derivacion.documento_id).update(reservado=True)
    assert ve(o.ana) == ""
    acceso = AccesoReservado.objects.create(documento_id=derivacion.documento_id, usuario=o.ana)
    assert ve(o.ana) == "1"
    acceso.delete()
    assert ve(o.ana) == ""
    Documento.objects.filter(pk=derivacion.documento_id).update(reservado=False)
    recibir_derivacion(derivacion_id=derivacion.pk, actor=o.ana)
    assert (ve(o.ana), ve(o.ana, "en-proceso")) == ("", "1")
    pertenencia = Membresia.objects.get(usuario=o.luis)
    Membresia.objects.filter(pk=pertenencia.pk).update(area=o.transportes)
    assert ve(o.luis, "en-proceso") == "1"
    Membresia.objects.filter(pk=pertenencia.pk).update(area=o.legal)
    assert ve(o.luis, "en-proceso") == ""
