"""The connection: its address, its credential, its test, and the breaker that rests a partner who fails."""

import time
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from core.events import registrar_evento
from integrations.cifrado import cifrar
from integrations.conectores import conector_de, exigir_conector
from integrations.constants import (
    FALLAS_PARA_PAUSAR,
    PAUSA_INICIAL,
    PAUSA_MAXIMA,
    Autenticacion,
    EstadoConexion,
    EstadoSincronizacion,
    Evento,
    Operacion,
)
from integrations.errors import CredencialInvalida, Falla
from integrations.models import Integracion, LogSincronizacion
from integrations.redes import origen_de

# A person waits for the answer of a test.
PRUEBA_RESPUESTA_SEGUNDOS, PRUEBA_TOTAL_SEGUNDOS = 10, 15


@transaction.atomic
def guardar_integracion(*, fila, actor, ip=None):
    """Store a connection. Another server does not inherit the credential: whoever set it did not choose him.

    Returns: whether the credential was withdrawn.
    Writes: the Integracion; one event when the credential goes.
    """
    antes = None
    if fila.pk:
        antes = Integracion.objects.select_for_update(of=("self",), no_key=True).filter(pk=fila.pk).first()
    retirada = bool(
        antes and antes.credencial_cifrada and origen_de(antes.url_base) != origen_de(fila.url_base)
    )
    if antes:
        # What others write meanwhile is not undone by a form opened before.
        fila.credencial_cifrada = "" if retirada else antes.credencial_cifrada
        fila.autenticacion = antes.autenticacion
        fila.estado_conexion, fila.ultima_sincronizacion = antes.estado_conexion, antes.ultima_sincronizacion
        fila.fallas_seguidas, fila.pausada_hasta = antes.fallas_seguidas, antes.pausada_hasta
        if antes.url_base != fila.url_base:
            fila.estado_conexion = EstadoConexion.SIN_PROBAR
            fila.fallas_seguidas, fila.pausada_hasta = 0, None
    fila.save()
    if retirada:
        _registrar(Evento.CREDENCIAL_RETIRADA, fila, actor, ip)
    return retirada


@transaction.atomic
def guardar_credencial(*, integracion_id, autenticacion, usuario="", secreto="", actor, ip=None):
    """Store how a connection identifies itself; the secret is encrypted and no event holds it.

    Raises: CredencialInvalida, field by field, when it cannot travel in a header.
    Writes: the Integracion, one event; the breaker starts again.
    """
    _revisar_credencial(autenticacion, usuario, secreto)
    fila = Integracion.objects.select_for_update(of=("self",), no_key=True).get(pk=integracion_id)
    fila.autenticacion = autenticacion
    datos = {"secreto": secreto} | ({"usuario": usuario} if autenticacion == Autenticacion.BASIC else {})
    ninguna = autenticacion == Autenticacion.NONE
    fila.credencial_cifrada = "" if ninguna else cifrar(datos, para=fila.para_cifrar)
    fila.fallas_seguidas, fila.pausada_hasta = 0, None
    fila.estado_conexion = EstadoConexion.SIN_PROBAR
    fila.save()
    _registrar(Evento.CREDENCIAL, fila, actor, ip, autenticacion=fila.get_autenticacion_display())
    return fila


def _revisar_credencial(autenticacion, usuario, secreto):
    if autenticacion not in Autenticacion.values:
        raise CredencialInvalida(campos={"autenticacion": "Elige una forma de autenticación."})
    if autenticacion == Autenticacion.NONE:
        return
    if not secreto:
        raise CredencialInvalida(campos={"secreto": "Escribe la clave, el token o la contraseña."})
    if autenticacion == Autenticacion.BASIC:
        if not usuario or ":" in usuario:
            raise CredencialInvalida(campos={"usuario": "Escribe el usuario, sin dos puntos."})
    elif not all("!" <= letra <= "~" for letra in secreto):
        raise CredencialInvalida(campos={"secreto": "Solo letras, números y signos, sin espacios ni tildes."})


def _registrar(tipo, fila, actor, ip, **detalle):
    registrar_evento(tipo=tipo, actor=actor, detalle={"id": fila.pk, "texto": str(fila), **detalle}, ip=ip)


@dataclass(frozen=True)
class Prueba:
    """What a test of a connection found."""

    bien: bool
    texto: str
    duracion_ms: int


def probar_conexion(*, integracion_id):
    """Ask the partner whether it answers and takes the credential, within some seconds; nothing is sent.

    Returns: Prueba.
    Raises: TipoSinConector.
    Writes: one LogSincronizacion before and after, and the state of the connection; a good test ends its pause.
    """
    integracion = Integracion.objects.get(pk=integracion_id)
    exigir_conector(integracion)
    integracion.respuesta_segundos = min(integracion.respuesta_segundos, PRUEBA_RESPUESTA_SEGUNDOS)
    integracion.total_segundos = min(integracion.total_segundos, PRUEBA_TOTAL_SEGUNDOS)
    log = LogSincronizacion.objects.create(integracion=integracion, operacion=Operacion.PRUEBA)
    inicio, medida, falla = time.monotonic(), None, None
    try:
        with conector_de(integracion) as conector:
            medida = conector.medida
            texto = conector.probar()
    except Falla as error:
        falla, texto = error, error.texto
    except BaseException as error:
        cerrar_log(log, inicio=inicio, medida=medida, error=_interrupcion(error))
        raise
    with transaction.atomic(durable=True):
        cerrar_log(log, inicio=inicio, medida=medida, error=falla and texto, detalle=texto)
        Integracion.objects.filter(pk=integracion_id).update(
            estado_conexion=EstadoConexion.CON_ERROR if falla else EstadoConexion.CONECTADA,
            **({} if falla else {"fallas_seguidas": 0, "pausada_hasta": None}),
        )
    return Prueba(falla is None, texto, log.duracion_ms)


def _interrupcion(error):
    """A text for what nobody foresaw: its kind only, for its own text may hold anything."""
    return f"Se interrumpió: {type(error).__name__}."


def cerrar_log(log, *, inicio, medida, error=None, detalle="", id_externo=""):
    """Write the end of an exchange. Writes: the LogSincronizacion."""
    log.estado = EstadoSincronizacion.ERROR if error else EstadoSincronizacion.EXITO
    log.terminado_en = timezone.now()
    log.duracion_ms = int((time.monotonic() - inicio) * 1000)
    log.detalle = (error or detalle)[:4000]
    if id_externo:
        log.id_externo = id_externo
    if medida:
        log.estado_http = medida.estado_http
        log.bytes_enviados, log.bytes_recibidos = medida.enviados, medida.recibidos
    log.save()


def anotar_resultado(integracion, *, ahora, falla=None):
    """Tell the breaker how an exchange ended. Args: integracion locked by the caller. Writes: it."""
    if falla is None or falla.rechazo:
        integracion.fallas_seguidas, integracion.pausada_hasta = 0, None
        integracion.estado_conexion = EstadoConexion.CONECTADA
    elif falla.de_conexion:
        integracion.fallas_seguidas += 1
        integracion.estado_conexion = EstadoConexion.CON_ERROR
        veces = integracion.fallas_seguidas - FALLAS_PARA_PAUSAR
        if veces >= 0:
            integracion.pausada_hasta = ahora + min(PAUSA_INICIAL * 2 ** min(veces, 10), PAUSA_MAXIMA)
    elif integracion.pausada_hasta:
        integracion.pausada_hasta = ahora  # it was its turn to try, and it did not get to call
    if falla is None:
        integracion.ultima_sincronizacion = ahora
    integracion.save()
