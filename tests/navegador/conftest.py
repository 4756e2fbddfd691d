"""The browser tests: one browser per process; one office, sown once per module, for the pages that only look."""

import pytest
from django.core.management import call_command

from documents.services import registrar_impresion
from tests.factories import CLAVE, make_derivada, make_documento, make_recibida, make_remitente, make_usuario
from tests.navegador.ayudas import galleta
from tests.puertas import make_mundo

ASUNTOS = (
    "Habilitación vehicular por incremento, ruta Puno - Juliaca - Desaguadero y viceversa, unidad Z3K-941",
    "Duplicado de licencia de conducir A-IIb",
    "Mantenimiento de la vía departamental PU-118, tramo Huancané - Moho",
    "Solicitud de copia certificada del Expediente 2024-001873",
)
GENTE = (
    {"tipo_identidad": "DNI", "numero": "01318842", "nombre": "Grimaldo Ccallo Flores"},
    {"tipo_identidad": "RUC", "numero": "20406284736", "nombre": "Municipalidad Distrital de San Miguel"},
    {"tipo_identidad": "CE", "numero": "001284377", "nombre": "Wilhelmina van den Bosch-Przybylska"},
)
QUIENES = "ventanilla ana luis jefa lector nadie raiz".split()


@pytest.fixture(scope="module")
def servidor(django_db_setup, django_db_blocker):
    """A server of the whole product that lives as long as the module, and leaves the tables empty."""
    from django.db import connections
    from pytest_django.live_server_helper import LiveServer

    with django_db_blocker.unblock():
        vivo = LiveServer("localhost")
        vivo._live_server_modified_settings.enable()
        yield vivo
        vivo.stop()
        vivo._live_server_modified_settings.disable()
        call_command("flush", verbosity=0, interactive=False)
        connections.close_all()


@pytest.fixture(scope="module")
def mundo(servidor):
    """The office of tests/puertas.py with full trays, somebody with nothing to do, and a superuser."""
    from django.core.cache import cache

    from derivations.models import Derivacion, TextoFrecuente
    from organization.models import Area, Entidad, Usuario

    cache.clear()
    m = make_mundo()
    o = m.o
    Entidad.objects.update(horario="Lunes a viernes, de 8:00 a 16:00")
    for texto in ("Para su atención y fines", "Opinión legal", "Proyectar respuesta"):
        TextoFrecuente.objects.create(texto=texto)
    m.por_recibir = Derivacion.objects.get(pk=m.pen).documento_id
    gente = [make_remitente(**datos) for datos in GENTE]
    for n in range(14):
        hacer = make_derivada if n % 2 else make_recibida
        documento = make_documento(
            o,
            remitente=gente[n % 3],
            asunto=ASUNTOS[n % 4],
            numero_folios=n + 1,
            tipo_documento=(o.sol, o.oficio, o.informativo)[n % 3],
            procedimiento=o.procedimiento if n % 6 == 0 else None,
            prioridad="URGENTE" if n % 7 == 0 else "NORMAL",
        )
        hacer(o, documento=documento)
    for n in range(46):
        make_documento(o, remitente=gente[n % 3], asunto=ASUNTOS[n % 4])
    area = Area.objects.create(
        sigla="OCI", codigo="OCI", nombre="Control Interno", padre=o.direccion, sede=o.sede
    )
    o.nadie = make_usuario("nadie", area=area)
    o.raiz = Usuario.objects.create_superuser("raiz", password=CLAVE, first_name="Raíz", last_name="Prueba")
    registrar_impresion(
        documento_id=m.reg, formato="a5", actor=o.ventanilla
    )  # its page prints no more by itself
    return m


@pytest.fixture(scope="module")
def contextos(navegador, servidor, mundo):
    """Gives the browser context of a user, entered once; "" is a stranger."""
    # Sessions are written now: what a test writes stays in its own transaction, out of the server's sight.
    galletas = {nombre: [galleta(servidor, getattr(mundo.o, nombre))] for nombre in QUIENES} | {"": []}
    abiertos = {}

    def de(nombre):
        if nombre not in abiertos:
            abiertos[nombre] = navegador.new_context(locale="es-PE", timezone_id="America/Lima")
            abiertos[nombre].add_cookies(galletas[nombre])
        return abiertos[nombre]

    yield de
    for contexto in abiertos.values():
        contexto.close()
