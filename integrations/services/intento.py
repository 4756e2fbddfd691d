"""One attempt: claim the sending, talk to the other side, write what happened.

Three short transactions around the network, none during it. The claim leaves a turn with an end, so that a killed
process is followed by another; only the holder of the turn writes. Whatever is repeated, the other side knows the
document by its key and each file by its SHA-256.
Source: docs/adr/0011-envios-a-otras-entidades.md.
"""

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from core.jobs import ArriendoPerdido, ErrorDefinitivo, TareaCancelada, progreso_actual, sin_interrumpir
from integrations.conectores import conector_de
from integrations.constants import (
    ENVIOS_POR_HACER,
    ESPERA_MAXIMA_PEDIDA,
    ESPERAS_CONSULTA,
    ESPERAS_ENVIO,
    ESTADOS_REMOTOS,
    FALLAS_PARA_PAUSAR,
    MARGEN_TURNO,
    MAX_INTENTOS,
    EstadoEnvio,
    EstadoSincronizacion,
    Evento,
    Operacion,
)
from integrations.errors import Falla, FallaDefinitiva, FallaPropia
from integrations.formato import contenido_de
from integrations.models import Envio, Integracion, LogSincronizacion
from integrations.permissions import ESTADOS_NO_ENVIABLES
from integrations.services.archivos import cuerpo_de, revisar_archivos
from integrations.services.conexion import anotar_resultado, cerrar_log
from integrations.services.envio import detener_envio, registrar

registro = logging.getLogger("integrations")


class TurnoPerdido(Exception):
    """Another attempt took the sending meanwhile: this one must not write any more."""


@dataclass
class Turno:
    """A claimed attempt."""

    envio: Envio
    integracion: Integracion
    operacion: str
    log: LogSincronizacion
    clave: uuid.UUID
    inicio: float

    @property
    def duracion(self):
        """How long nobody else may take it: the longest call and something more."""
        return timedelta(seconds=self.integracion.total_segundos) + MARGEN_TURNO

    def renovar(self):
        """Keep the turn for one more call. Raises: TurnoPerdido."""
        filas = Envio.objects.filter(pk=self.envio.pk, turno=self.clave)
        if not filas.update(proximo_intento_en=timezone.now() + self.duracion):
            raise TurnoPerdido


def sincronizar_envio(*, envio_id):
    """Make the attempt that is due: send what is missing, or ask for the state of what was sent.

    Returns: {"estado", "texto"} of the sending, also when there was nothing to do yet.
    Raises: ErrorDefinitivo for what nobody foresaw, once it is recorded.
    Writes: Envio, LogSincronizacion, the breaker of the Integracion, events; each in its own transaction.
    """
    with sin_interrumpir():
        turno = _reclamar(envio_id)
    if not isinstance(turno, Turno):
        return turno
    medida = None
    try:
        with conector_de(turno.integracion) as conector:
            medida = conector.medida
            hacer = _enviar if turno.operacion == Operacion.ENVIO else _consultar
            remoto = hacer(turno, conector)
    except Falla as falla:
        return _avisado(_cerrar(turno, medida, falla=falla))
    except TurnoPerdido:
        _cerrar_solo_log(turno, medida, "Otro intento tomó el envío.")
        return {"estado": turno.envio.estado, "texto": "Otro intento tomó el envío."}
    except ArriendoPerdido:
        raise
    except TareaCancelada:
        _cerrar_solo_log(turno, medida, "Se canceló su tarea.")
        detener_envio(envio_id=envio_id, motivo="Se canceló su tarea.")
        raise
    except Exception as error:
        registro.exception("Envío %s: error inesperado.", envio_id)
        _cerrar(turno, medida, falla=FallaPropia(f"Error interno: {type(error).__name__}."))
        raise ErrorDefinitivo(f"Envío {envio_id}: {type(error).__name__}") from error
    except BaseException:
        _cerrar(turno, medida, falla=FallaPropia("Se interrumpió antes de terminar."))
        raise
    return _avisado(_cerrar(turno, medida, remoto=remoto))


def _avisado(hecho):
    progreso_actual(100, hecho["texto"])
    return hecho


# --- Before ------------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def _reclamar(envio_id):
    """Take the sending if it is due and its partner may be called. Returns: Turno, or what to answer."""
    ahora = timezone.now()
    integracion = (
        Integracion.objects.select_for_update(of=("self",), no_key=True).filter(envios__pk=envio_id).first()
    )
    envio = Envio.objects.bloquear(envio_id)
    if envio is None:
        return {"estado": "", "texto": "El envío ya no existe."}
    envio.integracion = integracion
    por_hacer = envio.estado in ENVIOS_POR_HACER
    if motivo := _aun_no(envio, integracion, ahora):
        return {"estado": envio.estado, "texto": motivo}
    operacion = Operacion.ENVIO if por_hacer else Operacion.CONSULTA
    LogSincronizacion.objects.filter(
        documento_id=envio.documento_id,
        integracion=integracion,
        operacion=operacion,
        estado=EstadoSincronizacion.EN_CURSO,
    ).update(
        estado=EstadoSincronizacion.ERROR, detalle="Se interrumpió antes de terminar.", terminado_en=ahora
    )
    if por_hacer:
        if envio.intentos >= MAX_INTENTOS:
            _fallar(envio, FallaDefinitiva("El último intento se interrumpió antes de terminar."), ahora)
            envio.save()
            return {"estado": envio.estado, "texto": envio.ultimo_error}
        envio.estado, envio.intentos = EstadoEnvio.ENVIANDO, envio.intentos + 1
    else:
        envio.consultas += 1
    log = LogSincronizacion.objects.create(
        integracion=integracion,
        documento_id=envio.documento_id,
        documento_numero_expediente=envio.documento.numero_expediente,
        id_externo=envio.id_remoto,
        operacion=operacion,
        intento=envio.intentos if por_hacer else envio.consultas,
    )
    turno = Turno(envio, integracion, operacion, log, uuid.uuid4(), time.monotonic())
    envio.turno, envio.proximo_intento_en = turno.clave, ahora + turno.duracion
    envio.save()
    if integracion.fallas_seguidas >= FALLAS_PARA_PAUSAR:  # this one tries for all the others
        integracion.pausada_hasta = envio.proximo_intento_en
        integracion.save(update_fields=["pausada_hasta"])
    return turno


def _aun_no(envio, integracion, ahora):
    """Why there is nothing to do now, or ""."""
    if envio.proximo_intento_en is None:
        return f"El envío está {envio.get_estado_display().lower()}; no hay nada que hacer."
    if envio.proximo_intento_en > ahora:
        if envio.turno:
            return "Otro intento está en curso."
        return _cuando(envio)
    if not integracion.activa:
        return f"La integración «{integracion.nombre}» no está activa."
    if integracion.pausada_hasta and integracion.pausada_hasta > ahora:
        hasta = timezone.localtime(integracion.pausada_hasta)
        return f"«{integracion.nombre}» está en pausa por sus fallas hasta las {hasta:%H:%M}."
    return ""


def _cuando(envio):
    return f"Se intenta otra vez el {timezone.localtime(envio.proximo_intento_en):%d/%m/%Y a las %H:%M}."


# --- The network -------------------------------------------------------------------------------------------


def _enviar(turno, conector):
    """Hand over the document, unless it is there, and the files that are missing. Returns: EstadoRemoto or None."""
    envio, remoto = turno.envio, None
    if not envio.id_remoto and envio.documento.estado in ESTADOS_NO_ENVIABLES:
        estado = envio.documento.get_estado_display().lower()
        raise FallaDefinitiva(f"El documento está {estado}: ya no se envía.")
    progreso_actual(5, "Comprobando los archivos")
    if envio.contenido is None:
        envio.contenido = contenido_de(envio.documento_id)
        _guardar_avance(turno, contenido=envio.contenido)
    filas = revisar_archivos(envio, _faltan(envio))
    if not envio.id_remoto:
        progreso_actual(10, f"Enviando a {turno.integracion.nombre}")
        turno.renovar()
        remoto = conector.registrar(clave=envio.clave, contenido=envio.contenido)
        envio.id_remoto, envio.numero_remoto = remoto.id, remoto.numero
        envio.archivos_enviados = sorted({*envio.archivos_enviados, *remoto.archivos})
        _guardar_avance(turno, id_remoto=remoto.id, numero_remoto=remoto.numero)
    faltan = _faltan(envio)
    for indice, archivo in enumerate(faltan):
        avance = 10 + 85 * indice // len(faltan), f"Enviando el archivo {indice + 1} de {len(faltan)}"
        progreso_actual(*avance)
        turno.renovar()
        with cuerpo_de(filas[archivo["sha256"]], partial(progreso_actual, *avance)) as cuerpo:
            conector.subir(clave=envio.clave, id_remoto=envio.id_remoto, archivo=archivo, cuerpo=cuerpo)
        envio.archivos_enviados = sorted({*envio.archivos_enviados, archivo["sha256"]})
        _guardar_avance(turno)
    return remoto


def _consultar(turno, conector):
    progreso_actual(10, f"Preguntando a {turno.integracion.nombre}")
    turno.renovar()
    return conector.consultar(clave=turno.envio.clave, id_remoto=turno.envio.id_remoto)


def _faltan(envio):
    hechos = set(envio.archivos_enviados)
    return [a for a in envio.contenido["archivos"] if a["sha256"] not in hechos]


def _guardar_avance(turno, **campos):
    """Keep what the other side has already taken, at once. Raises: TurnoPerdido."""
    campos |= {"archivos_enviados": turno.envio.archivos_enviados, "actualizado_en": timezone.now()}
    with sin_interrumpir():
        filas = Envio.objects.filter(pk=turno.envio.pk, turno=turno.clave).update(**campos)
    if not filas:
        raise TurnoPerdido


# --- After -------------------------------------------------------------------------------------------------


def _cerrar(turno, medida, *, remoto=None, falla=None):
    """Write how the attempt ended, whole or not at all. Returns: as sincronizar_envio."""
    with sin_interrumpir(), transaction.atomic(durable=True):
        return _escribir_final(turno, medida, remoto, falla)


def _escribir_final(turno, medida, remoto, falla):
    ahora = timezone.now()
    integracion = Integracion.objects.select_for_update(of=("self",), no_key=True).get(
        pk=turno.integracion.pk
    )
    envio = Envio.objects.bloquear(turno.envio.pk)
    envio.integracion = integracion
    cerrar_log(
        turno.log,
        inicio=turno.inicio,
        medida=medida,
        error=falla and falla.texto,
        detalle=_detalle(turno, remoto),
        id_externo=turno.envio.id_remoto,
    )
    anotar_resultado(integracion, ahora=ahora, falla=falla)
    if envio.turno != turno.clave:
        return {"estado": envio.estado, "texto": "Otro intento tomó el envío."}
    envio.turno = None
    if turno.operacion == Operacion.CONSULTA:
        _tras_consulta(envio, remoto, falla, ahora)
    elif falla:
        _fallar(envio, falla, ahora)
    else:
        _enviado(envio, remoto, ahora)
    envio.save()
    texto = falla.texto if falla else envio.ultimo_error or f"{envio.get_estado_display()}: {envio.id_remoto}"
    if envio.estado == EstadoEnvio.PENDIENTE:
        texto += f" {_cuando(envio)}"
    return {"estado": envio.estado, "texto": texto}


def _cerrar_solo_log(turno, medida, texto):
    cerrar_log(turno.log, inicio=turno.inicio, medida=medida, error=texto)


def _detalle(turno, remoto):
    if turno.operacion == Operacion.CONSULTA:
        return f"La otra entidad dice: {remoto.estado or 'nada'}. {remoto.motivo}".strip() if remoto else ""
    archivos = (turno.envio.contenido or {}).get("archivos", [])
    return f"{len(turno.envio.archivos_enviados)} de {len(archivos)} archivos."


def _fallar(envio, falla, ahora):
    """Wait for the next attempt, or give up and tell it once."""
    envio.ultimo_error, envio.turno = falla.texto[:500], None
    if falla.definitiva or envio.intentos >= MAX_INTENTOS:
        envio.estado = EstadoEnvio.RECHAZADO if falla.rechazo else EstadoEnvio.AGOTADO
        envio.proximo_intento_en = None
        registrar(Evento.AGOTADA, envio, error=falla.texto)
        return
    espera = ESPERAS_ENVIO[max(envio.intentos, 1) - 1]
    if falla.espera:
        espera = max(espera, min(timedelta(seconds=falla.espera), ESPERA_MAXIMA_PEDIDA))
    envio.estado, envio.proximo_intento_en = EstadoEnvio.PENDIENTE, ahora + espera


def _enviado(envio, remoto, ahora):
    envio.estado, envio.enviado_en, envio.ultimo_error = EstadoEnvio.ENVIADO, ahora, ""
    envio.consultas, envio.proximo_intento_en = 0, ahora + ESPERAS_CONSULTA[0]
    registrar(Evento.ENVIO_ENVIADO, envio, identificador=envio.id_remoto)
    if remoto:
        _aplicar(envio, remoto, ahora)


def _tras_consulta(envio, remoto, falla, ahora):
    """Apply what the other side says, and choose when to ask again; a question that failed ends nothing."""
    quedan = envio.consultas < len(ESPERAS_CONSULTA) and envio.estado == EstadoEnvio.ENVIADO
    envio.proximo_intento_en = ahora + ESPERAS_CONSULTA[envio.consultas] if quedan else None
    if falla:
        envio.ultimo_error = falla.texto[:500]
    else:
        if envio.estado == EstadoEnvio.ENVIADO:
            envio.ultimo_error = ""
        _aplicar(envio, remoto, ahora)


def _aplicar(envio, remoto, ahora):
    """Take over the remote state. Of a sending that failed only an end counts: its files may be missing."""
    envio.estado_remoto = remoto.estado
    envio.numero_remoto = remoto.numero or envio.numero_remoto
    nuevo = ESTADOS_REMOTOS.get(remoto.estado, EstadoEnvio.ENVIADO)
    if nuevo == EstadoEnvio.ENVIADO or nuevo == envio.estado:
        return
    envio.estado, envio.proximo_intento_en = nuevo, None
    if nuevo == EstadoEnvio.CONFIRMADO:
        envio.confirmado_en, envio.ultimo_error = ahora, ""
        registrar(
            Evento.ENVIO_CONFIRMADO, envio, identificador=envio.id_remoto, expediente=envio.numero_remoto
        )
    else:
        envio.ultimo_error = f"La otra entidad lo rechazó: {remoto.motivo or 'no dice por qué'}"[:500]
        registrar(Evento.AGOTADA, envio, error=envio.ultimo_error)
