"""Connections and their exchanges in the administration."""

import pytest

from core.models import Evento
from integrations.models import Integracion, LogSincronizacion
from organization.models import Usuario
from tests.admin_util import pagina
from tests.factories import CLAVE, make_documento, make_oficina

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def cliente(o, client):
    client.force_login(o.admin)
    return client


def test_connection_needs_its_address_to_be_active(o, cliente):
    envio = {"codigo": "mtc", "nombre": "MTC", "tipo": "API_REST", "activa": "on"}
    sin_url = cliente.post(pagina(Integracion, "add"), envio)
    assert "Escribe la dirección antes de activar" in sin_url.content.decode()
    assert (
        cliente.post(pagina(Integracion, "add"), envio | {"url_base": "https://mtc.gob.pe/api"}).status_code
        == 302
    )
    evento = Evento.objects.get(tipo="integracion_creado")
    assert evento.actor == o.admin and evento.despues["url_base"] == "https://mtc.gob.pe/api"


def test_connection_with_exchanges_is_not_deleted(cliente):
    fila = Integracion.objects.create(codigo="mtc", nombre="MTC", tipo="API_REST")
    LogSincronizacion.objects.create(integracion=fila, operacion="ENVIO")
    cliente.post(pagina(Integracion, "delete", fila.pk), {"post": "yes"})
    assert Integracion.objects.filter(pk=fila.pk).exists()


def test_exchanges_are_read_only_found_and_keep_the_reserve(o, cliente):
    fila = Integracion.objects.create(codigo="mtc", nombre="MTC", tipo="API_REST")
    publico, reservado = make_documento(o), make_documento(o, tipo_documento=o.denuncia)
    suyo, ajeno = (
        LogSincronizacion.objects.create(
            integracion=fila,
            operacion="ENVIO",
            estado="ERROR",
            documento=d,
            documento_numero_expediente=d.numero_expediente,
            id_externo=f"X{d.pk}",
        )
        for d in (publico, reservado)
    )
    suelto = LogSincronizacion.objects.create(integracion=fila, operacion="CONSULTA", estado="EXITO")

    def hallados(**filtros):
        return {f.pk for f in cliente.get(pagina(LogSincronizacion), filtros).context["cl"].result_list}

    assert hallados() == {suyo.pk, suelto.pk}
    assert hallados(estado__exact="ERROR") == {suyo.pk}
    assert hallados(q=publico.numero_expediente) == hallados(q=suyo.id_externo) == {suyo.pk}
    assert hallados(q=reservado.numero_expediente) == set()
    assert cliente.get(pagina(LogSincronizacion, "change", suyo.pk)).status_code == 200
    assert cliente.get(pagina(LogSincronizacion, "change", ajeno.pk)).status_code == 302
    raiz = Usuario.objects.create_superuser("raiz", password=CLAVE)
    cliente.force_login(raiz)
    assert cliente.post(pagina(LogSincronizacion, "change", suyo.pk), {"detalle": "x"}).status_code == 403
