"""Every named constraint of integrations: the database refuses what breaks it, and the model words it."""

import pytest

from integrations.models import Integracion, LogSincronizacion
from tests.restricciones import comprobar, nombres_de

pytestmark = pytest.mark.django_db


def _integracion(**over):
    return Integracion(**({"codigo": "pide", "nombre": "PIDE", "tipo": "PIDE"} | over))


def _log(**over):
    integracion = _integracion()
    integracion.save()
    return LogSincronizacion(integracion=integracion, operacion="ENVIO", **over)


FILAS = {
    "integracion_tipo_conocido": (lambda: _integracion(tipo="FAX"), "El tipo de integración no existe."),
    "integracion_activa_con_url": (
        lambda: _integracion(activa=True),
        "Escribe la dirección antes de activar la integración.",
    ),
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
