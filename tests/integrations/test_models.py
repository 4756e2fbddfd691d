"""Every named constraint of integrations: the database refuses what breaks it, and the model words it."""

import uuid

import pytest
from django.utils import timezone

from integrations.models import Envio, Integracion, LogSincronizacion
from tests.factories import make_documento, make_oficina
from tests.restricciones import comprobar, nombres_de, otra

pytestmark = pytest.mark.django_db


def _integracion(**over):
    return Integracion(**({"codigo": "pide", "nombre": "PIDE", "tipo": "PIDE"} | over))


def _log(**over):
    integracion = _integracion()
    integracion.save()
    return LogSincronizacion(integracion=integracion, operacion="ENVIO", **over)


def _envio(**over):
    integracion = _integracion()
    integracion.save()
    datos = {"documento": make_documento(make_oficina()), "proximo_intento_en": timezone.now()} | over
    return Envio(integracion=integracion, **datos)


def _envio_repetido():
    primero = _envio()
    primero.save()
    return otra(primero, clave=uuid.uuid4())


FILAS = {
    "integracion_tipo_conocido": (lambda: _integracion(tipo="FAX"), "El tipo de integración no existe."),
    "integracion_activa_con_url": (
        lambda: _integracion(activa=True),
        "Escribe la dirección antes de activar la integración.",
    ),
    "integracion_autenticacion_conocida": (
        lambda: _integracion(autenticacion="MAGIA"),
        "La forma de autenticación no existe.",
    ),
    "envio_estado_conocido": (lambda: _envio(estado="QUIZA"), "El estado del envío no existe."),
    "envio_por_hacer_con_fecha": (
        lambda: _envio(proximo_intento_en=None),
        "Un envío por hacer dice cuándo se intenta.",
    ),
    "envio_unico": (_envio_repetido, "Ese documento ya tiene un envío a esa integración."),
    "logsincro_estado_conocido": (
        lambda: _log(estado="QUIZA"),
        "El estado de la sincronización no existe.",
    ),
}


@pytest.mark.parametrize("nombre", sorted(nombres_de("integrations") | set(FILAS)))
def test_a_broken_constraint_is_refused_by_name_and_in_spanish(nombre):
    assert nombre in FILAS, f"{nombre} needs a row in FILAS"
    hacer, mensaje = FILAS[nombre]
    comprobar(nombre, hacer(), mensaje)


def test_an_active_connection_has_an_address():
    _integracion(activa=True, url_base="https://mesa.entidad.gob.pe/api").save()
    assert Integracion.objects.get().activa
