"""An office, a partner on this machine, and a clock that moves when told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.files.espera import poner_en_espera
from integrations.cliente import Cliente
from integrations.conectores import api_rest
from integrations.models import Integracion
from integrations.services import pedir_envio
from tests.documents.files_util import pdf, subida
from tests.factories import make_documento, make_oficina
from tests.integrations.otra_entidad import en_marcha


@pytest.fixture(autouse=True)
def almacen(almacen, settings):
    settings.INTEGRACIONES_REDES_PERMITIDAS = ["127.0.0.0/8"]
    return almacen


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def remota():
    with en_marcha() as servidor:
        yield servidor


@pytest.fixture
def mtc(remota):
    """The connection to the partner."""
    return Integracion.objects.create(
        codigo="mtc", nombre="MTC", tipo="API_REST", url_base=remota.url, activa=True
    )


@pytest.fixture
def impaciente(monkeypatch):
    """Time-outs of tenths of a second."""
    esperas = {"conexion_segundos": 0.4, "respuesta_segundos": 0.4, "total_segundos": 0.8}
    monkeypatch.setattr(api_rest, "Cliente", lambda **datos: Cliente(**datos | esperas))


@pytest.fixture
def reloj(monkeypatch):
    """Moves the clock: reloj(minutes=5)."""
    real, adelanto = timezone.now, [timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: real() + adelanto[0])

    def adelantar(**cuanto):
        adelanto[0] += timedelta(**cuanto)

    return adelantar


def make_con_archivos(o, cuantos=2, **over):
    """A document with files. Returns: (Documento, [bytes])."""
    contenidos = [pdf(marca=f"archivo {n}") for n in range(cuantos)]
    ids = [
        poner_en_espera(usuario=o.ventanilla, subida=subida(c, f"anexo {n}.pdf"), para="anexo").pk
        for n, c in enumerate(contenidos)
    ]
    return make_documento(o, archivos=ids, **over), contenidos


@pytest.fixture
def pedir(o, mtc):
    """Asks for the sending of a new document. Returns: (Envio, [bytes])."""

    def hacer(cuantos=2, **over):
        documento, contenidos = make_con_archivos(o, cuantos, **over)
        return pedir_envio(documento_id=documento.pk, integracion_id=mtc.pk, actor=o.admin), contenidos

    return hacer
