"""Receive what was sent to the area, or return it with a reason."""

from django.db import transaction
from django.utils import timezone

from core.errors import DatosInvalidos
from core.events import registrar_evento
from derivations.constants import Estado, Evento, Motivo
from derivations.errors import EsCopia, YaActuado
from derivations.models import Derivacion
from derivations.services.estado import bloquear, cambiar_estado, lo_que_paso, siguiente_movimiento
from documents.constants import Estado as EstadoDocumento
from documents.services import cambiar_estado as cambiar_estado_documento
from documents.services.estado import exigir_motivo


@transaction.atomic
def recibir_derivacion(*, derivacion_id, actor, folios=None, observaciones=""):
    """Receives a principal derivation: from now on the area has the paper.

    Args: folios actually counted; when they differ from those sent, observaciones must say why.
    Raises: YaActuado (409, says who received it), EsCopia, DatosInvalidos.
    Source: REQUIREMENTS R3.4.
    """
    documento, derivacion = bloquear(derivacion_id)
    if derivacion.es_copia:
        raise EsCopia(numero=documento.numero_expediente)
    if derivacion.estado != Estado.PENDIENTE:
        raise YaActuado(que=lo_que_paso(derivacion))
    folios = derivacion.folios if folios is None else folios
    observaciones = (observaciones or "").strip()
    if folios < 1:
        raise DatosInvalidos(campos={"folios": ["Escribe los folios que llegaron, al menos 1."]})
    if folios != derivacion.folios and not observaciones:
        raise DatosInvalidos(
            campos={
                "observaciones": [
                    f"Llegaron {folios} folios y el sistema dice {derivacion.folios}: explica la diferencia."
                ]
            }
        )
    ahora = timezone.now()
    cambiar_estado(
        derivacion,
        hacia=Estado.RECIBIDO,
        usuario_recibe=actor,
        fecha_recepcion=ahora,
        folios_recibidos=folios,
        observaciones=observaciones,
    )
    cambiar_estado_documento(
        documento, hacia=EstadoDocumento.EN_PROCESO, area_actual=derivacion.area_destino, en_area_desde=ahora
    )
    registrar_evento(
        tipo=Evento.RECIBIDO,
        documento_id=documento.pk,
        actor=actor,
        area_id=derivacion.area_destino_id,
        antes={"estado": EstadoDocumento.DERIVADO},
        despues={"estado": documento.estado},
        detalle={
            "derivacion_id": derivacion.pk,
            "area": derivacion.area_destino.nombre,
            "folios": folios,
            "folios_enviados": derivacion.folios,
            "observaciones": observaciones,
        },
    )
    return derivacion


@transaction.atomic
def rechazar_derivacion(*, derivacion_id, motivo, actor):
    """Returns a pending derivation: it becomes a pending item of the area that sent it.

    Returns: the new Derivacion, back at the origin.
    Raises: YaActuado, EsCopia, FaltaMotivo.
    Source: DOMAIN 1.3, 3.5.
    """
    motivo = exigir_motivo(motivo, campo="motivo", mensaje="Escribe por qué se devuelve.")
    documento, derivacion = bloquear(derivacion_id)
    if derivacion.es_copia:
        raise EsCopia(numero=documento.numero_expediente)
    if derivacion.estado == Estado.PENDIENTE and derivacion.motivo == Motivo.DEVOLUCION:
        raise YaActuado(que="Una devolución no se devuelve: recíbela y deriva a donde corresponde")
    ahora = timezone.now()
    cambiar_estado(
        derivacion, hacia=Estado.RECHAZADO, motivo_rechazo=motivo, usuario_recibe=actor, fecha_cierre=ahora
    )
    vuelta = Derivacion.objects.create(
        documento=documento,
        numero_derivacion=siguiente_movimiento(documento),
        padre=derivacion,
        motivo=Motivo.DEVOLUCION,
        area_origen=derivacion.area_destino,
        area_destino=derivacion.area_origen,
        usuario_deriva=actor,
        instrucciones=f"Devuelto: {motivo}"[:500],
        fecha_derivacion=ahora,
        fecha_limite_atencion=derivacion.fecha_limite_atencion,
        es_urgente=derivacion.es_urgente,
        con_original=derivacion.con_original,
        folios=derivacion.folios,
    )
    documento.area_actual = derivacion.area_origen
    documento.en_area_desde = ahora
    documento.save(update_fields=["area_actual", "en_area_desde", "actualizado_en"])
    registrar_evento(
        tipo=Evento.DEVUELTO,
        documento_id=documento.pk,
        actor=actor,
        area_id=derivacion.area_destino_id,
        antes={"area": derivacion.area_destino.nombre},
        despues={"area": derivacion.area_origen.nombre},
        detalle={"derivacion_id": derivacion.pk, "motivo": motivo},
    )
    return vuelta
