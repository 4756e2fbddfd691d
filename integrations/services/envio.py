"""Sendings: asked for, asked about, retried and stopped by people; and the round that keeps them moving."""

import uuid

from django.db import transaction
from django.utils import timezone

from core.constants import EstadoTarea
from core.errors import NoExiste
from core.events import registrar_evento
from core.jobs import encolar
from documents.models import Documento
from integrations.conectores import exigir_conector
from integrations.constants import (
    ENVIOS_FALLIDOS,
    ENVIOS_POR_HACER,
    FALLAS_PARA_PAUSAR,
    LOTE_DESPACHO,
    PAUSA_INICIAL,
    TAREA_SINCRONIZAR,
    EstadoEnvio,
    Evento,
)
from integrations.errors import (
    DocumentoNoEnviable,
    EnvioNoReintentable,
    EnvioSinRemoto,
    IntegracionInactiva,
)
from integrations.models import Envio, Integracion
from integrations.permissions import ESTADOS_NO_ENVIABLES


def clave_de_envio(documento, integracion):
    """The Idempotency-Key of a document toward an integration: the same if everything had to be asked again."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"mesa-de-partes:{documento.codigo_qr}:{integracion.pk}")


@transaction.atomic
def pedir_envio(*, documento_id, integracion_id, actor, en_cola=True):
    """Ask that a document be sent; asking again for one on its way, or already there, makes no second one.

    Args: en_cola False when the caller is about to run sincronizar_envio itself.
    Returns: the Envio.
    Raises: NoExiste; IntegracionInactiva; TipoSinConector; DocumentoNoEnviable.
    Writes: the Envio when it is new or due now, its task, one event sincronizacion_pedida or _reintentada.
    """
    integracion = Integracion.objects.filter(pk=integracion_id).first()
    documento = Documento.objects.filter(pk=documento_id).first()
    if integracion is None or documento is None:
        raise NoExiste()
    _exigir_enviable(documento, integracion)
    envio, nuevo = Envio.objects.get_or_create(
        documento=documento,
        integracion=integracion,
        defaults={
            "clave": clave_de_envio(documento, integracion),
            "pedido_por": actor,
            "proximo_intento_en": timezone.now(),
        },
    )
    if nuevo:
        registrar(Evento.ENVIO_PEDIDO, envio, actor=actor)
    elif envio.estado in ENVIOS_FALLIDOS:
        return reintentar_envio(envio_id=envio.pk, actor=actor, en_cola=en_cola)
    elif envio.estado in ENVIOS_POR_HACER:
        Envio.objects.filter(pk=envio.pk, turno=None).update(proximo_intento_en=timezone.now())
    else:
        return envio
    if en_cola:
        _encolar(envio, actor)
    envio.refresh_from_db()
    return envio


@transaction.atomic
def reintentar_envio(*, envio_id, actor, en_cola=True):
    """Start a sending again with all its attempts; one that waits for its next attempt goes now.

    What never got an identifier is sent as the document is now; what did, goes on with the missing files. A pause
    of the partner ends, because a person says so; of several sendings one still goes first.
    Raises: NoExiste; EnvioNoReintentable; and those of pedir_envio.
    Writes: the Envio, its task, one event sincronizacion_reintentada; the Integracion's pause.
    """
    ahora = timezone.now()
    Integracion.objects.filter(envios__pk=envio_id, pausada_hasta__gt=ahora).update(pausada_hasta=ahora)
    envio = _bloquear(envio_id)
    if envio.estado not in (*ENVIOS_FALLIDOS, EstadoEnvio.PENDIENTE):
        raise EnvioNoReintentable(estado=envio.get_estado_display().lower())
    _exigir_enviable(envio.documento, envio.integracion)
    antes = {"estado": envio.estado, "intentos": envio.intentos, "error": envio.ultimo_error}
    envio.estado, envio.intentos, envio.proximo_intento_en = EstadoEnvio.PENDIENTE, 0, ahora
    if not envio.id_remoto:
        envio.contenido = None
    envio.save()
    registrar(Evento.ENVIO_REINTENTADO, envio, actor=actor, antes=antes)
    if en_cola:
        _encolar(envio, actor)
    return envio


@transaction.atomic
def pedir_consulta(*, envio_id, actor, en_cola=True):
    """Ask the other side for the state of a document it already has.

    Raises: NoExiste; IntegracionInactiva; EnvioSinRemoto while it is not there.
    Writes: the Envio, its task.
    """
    envio = _bloquear(envio_id)
    if not envio.integracion.activa:
        raise IntegracionInactiva(nombre=envio.integracion.nombre)
    if not envio.id_remoto or envio.estado in ENVIOS_POR_HACER:
        raise EnvioSinRemoto()
    if envio.turno is None:
        envio.proximo_intento_en = timezone.now()
        envio.save(update_fields=["proximo_intento_en", "actualizado_en"])
    if en_cola:
        _encolar(envio, actor)
    return envio


@transaction.atomic
def detener_envio(*, envio_id, motivo, actor=None):
    """Give up a sending that has not ended, until somebody retries it; one that ended stays as it is.

    Writes: the Envio, one event sincronizacion_detenida.
    """
    envio = Envio.objects.bloquear(envio_id)
    if envio is None or envio.estado not in ENVIOS_POR_HACER:
        return envio
    antes = {"estado": envio.estado}
    envio.estado, envio.proximo_intento_en, envio.turno = EstadoEnvio.AGOTADO, None, None
    envio.ultimo_error = motivo
    envio.save()
    registrar(Evento.ENVIO_DETENIDO, envio, actor=actor, antes=antes, motivo=motivo)
    return envio


def al_terminar_tarea(*, tarea_id, estado, args):
    """A cancelled task gives its sending up; after one that could not even begin the round waits. Safe twice."""
    if estado == EstadoTarea.CANCELADA:
        detener_envio(envio_id=args["envio_id"], motivo="Se canceló su tarea.")
    else:
        ahora = timezone.now()
        Envio.objects.filter(pk=args["envio_id"], turno=None, proximo_intento_en__lte=ahora).update(
            proximo_intento_en=ahora + PAUSA_INICIAL
        )


def despachar_envios():
    """Queue what is due and nobody is at: attempts, questions, and attempts whose process died.

    Of a partner that rests after its failures only one goes first. Short, and safe in several places.
    Returns: how many. Writes: their tasks.
    """
    hechos, probados = 0, set()
    with transaction.atomic():
        filas = Envio.objects.debidos(ahora=timezone.now()).select_related("integracion")
        for envio in filas[:LOTE_DESPACHO]:
            if envio.integracion.fallas_seguidas >= FALLAS_PARA_PAUSAR:
                if envio.integracion_id in probados:
                    continue
                probados.add(envio.integracion_id)
            _encolar(envio, None)
            hechos += 1
    return hechos


def _exigir_enviable(documento, integracion):
    if not integracion.activa:
        raise IntegracionInactiva(nombre=integracion.nombre)
    exigir_conector(integracion)
    if documento.estado in ESTADOS_NO_ENVIABLES:
        raise DocumentoNoEnviable(
            numero=documento.numero_expediente, estado=documento.get_estado_display().lower()
        )


def _bloquear(envio_id):
    envio = Envio.objects.bloquear(envio_id)
    if envio is None:
        raise NoExiste(mensaje="El envío no existe.")
    return envio


def _encolar(envio, actor):
    return encolar(
        funcion=TAREA_SINCRONIZAR,
        args={"envio_id": envio.pk},
        clave=envio.clave_de_tarea,
        documento_id=envio.documento_id,
        solicitada_por=actor,
        max_intentos=2,
    )


def registrar(tipo, envio, *, actor=None, antes=None, **detalle):
    """One event of the document about this sending. Writes: the Evento."""
    registrar_evento(
        tipo=tipo,
        documento_id=envio.documento_id,
        actor=actor,
        antes=antes,
        despues={"estado": envio.estado, "integracion": envio.integracion.nombre},
        detalle={"envio_id": envio.pk, "codigo": envio.integracion.codigo, **detalle},
    )
