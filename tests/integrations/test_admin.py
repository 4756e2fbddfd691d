"""Connections and their exchanges in the administration."""

import pytest

from core.models import Evento
from integrations.models import Envio, Integracion, LogSincronizacion
from integrations.services import sincronizar_envio
from organization.models import Usuario
from tests.admin_util import hacer_acto, pagina, textos
from tests.factories import CLAVE, make_documento

pytestmark = pytest.mark.django_db
SEGUNDOS = {"conexion_segundos": 5, "respuesta_segundos": 30, "total_segundos": 300}


@pytest.fixture
def cliente(o, client):
    client.force_login(o.admin)
    return client


def test_connection_needs_its_address_to_be_active(o, cliente):
    envio = {"codigo": "mtc", "nombre": "MTC", "tipo": "API_REST", "activa": "on", **SEGUNDOS}
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


def test_a_connection_is_given_its_credential_tried_and_never_shows_it(o, cliente, remota, mtc):
    envio = {"autenticacion": "API_KEY", "secreto": "con espacio", "usuario": ""}
    rechazo = cliente.post(pagina(Integracion, "acto", mtc.pk, "credencial"), envio)
    assert rechazo.status_code == 422 and "sin espacios" in rechazo.content.decode()
    assert "con espacio" not in rechazo.content.decode()
    hacer_acto(cliente, mtc, "credencial", **envio | {"secreto": "clave-secreta"})
    respuesta = hacer_acto(cliente, mtc, "probar")
    assert "Bien" in " ".join(textos(respuesta)) and remota.cabeceras[-1]["X-API-Key"] == "clave-secreta"
    html = respuesta.content.decode()
    assert "Guardada" in html and "clave-secreta" not in html and "Conectada" in html
    assert "clave-secreta" not in cliente.get(pagina(Integracion, "history", mtc.pk)).content.decode()
    remota.faltas = ["401"]
    malas = " ".join(textos(hacer_acto(cliente, mtc, "probar")))
    assert "No funciona" in malas and "(401)" in malas and "clave-secreta" not in malas
    # the same server keeps it; another one does not get it
    cambio = {"codigo": "mtc", "nombre": "MTC", "tipo": "API_REST", "activa": "on", **SEGUNDOS}
    for url, queda in ((f"{remota.url}/v2", True), ("https://otro.pe/api", False)):
        assert (
            cliente.post(pagina(Integracion, "change", mtc.pk), cambio | {"url_base": url}).status_code == 302
        )
        mtc.refresh_from_db()
        assert bool(mtc.credencial_cifrada) is queda and mtc.estado_conexion == "SIN_PROBAR"
    con_usuario = cliente.post(
        pagina(Integracion, "change", mtc.pk), cambio | {"url_base": "https://a:b@otro.pe"}
    )
    assert "no lleva usuario" in con_usuario.content.decode()
    cliente.force_login(o.jefa)
    assert cliente.post(pagina(Integracion, "acto", mtc.pk, "probar")).status_code == 403


def test_sendings_are_listed_found_and_retried(o, cliente, remota, mtc, pedir):
    remota.faltas = ["422"]
    envio, _ = pedir(1)
    sincronizar_envio(envio_id=envio.pk)
    reservado, _ = pedir(0, tipo_documento=o.denuncia)
    html = cliente.get(pagina(Envio)).content.decode()
    assert envio.documento.numero_expediente in html and "Rechazado" in html and "(422)" in html
    assert reservado.documento.numero_expediente not in html
    hallados = (
        cliente.get(pagina(Envio), {"q": envio.documento.numero_expediente.lower()}).context["cl"].result_list
    )
    assert [f.pk for f in hallados] == [envio.pk]
    assert cliente.get(pagina(Envio), {"estado__exact": "ENVIADO"}).context["cl"].result_list == []
    assert "anexo 0.pdf: falta" in cliente.get(pagina(Envio, "change", envio.pk)).content.decode()
    assert "puesto en cola" in " ".join(textos(hacer_acto(cliente, envio, "reintentar")))
    sincronizar_envio(envio_id=envio.pk)
    envio.refresh_from_db()
    assert envio.estado == "ENVIADO"
    otra_vez = cliente.post(pagina(Envio, "acto", envio.pk, "reintentar"))
    assert otra_vez.status_code == 409 and "no se puede reintentar" in otra_vez.content.decode()
    assert "consulta puesta en cola" in " ".join(textos(hacer_acto(cliente, envio, "consultar")))
    historia = cliente.get(pagina(Envio, "history", envio.pk)).content.decode()
    assert "Sincronización reintentada" in historia
    cliente.force_login(o.jefa)
    assert cliente.get(pagina(Envio)).status_code == 403
