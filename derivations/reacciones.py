"""What derivations do when a document's event happens, in the same transaction.

Named by string in settings.REACCIONES; each is called as f(evento=..., documento_id=..., actor=...).
"""

from django.utils import timezone

from core.events import registrar_evento
from derivations.constants import Estado, Evento, Motivo
from derivations.errors import AreaOcupada
from derivations.models import Derivacion
from derivations.services.estado import cambiar_estado, limite_de_atencion, siguiente_movimiento
from documents.models import Documento


def cerrar_abiertas(*, evento, documento_id, actor):
    """An annulled document leaves no open derivation in any tray."""
    ahora = timezone.now()
    for derivacion in Derivacion.objects.abiertas().filter(
        documento_id=documento_id, fecha_cierre__isnull=True
    ):
        cambiar_estado(
            derivacion, hacia=Estado.ANULADA, fecha_cierre=ahora, motivo_anulacion="se anuló el documento"
        )


def devolver_al_area(*, evento, documento_id, actor):
    """A reopened or restored document is again in process in the area that had it last."""
    documento = Documento.objects.get(pk=documento_id)
    ahora = timezone.now()
    ultima = (
        Derivacion.objects.principales()
        .filter(documento_id=documento_id, estado=Estado.ATENDIDO)
        .order_by("-numero_derivacion")
        .first()
    )
    nueva = Derivacion.objects.create(
        documento=documento,
        numero_derivacion=siguiente_movimiento(documento),
        padre=ultima,
        motivo=Motivo.REAPERTURA,
        area_origen=documento.area_actual,
        area_destino=documento.area_actual,
        usuario_deriva=actor,
        usuario_recibe=actor,
        asignado_a=documento.asignado_a,
        instrucciones=((evento.detalle or {}).get("motivo") or "Reabierto")[:500],
        fecha_derivacion=ahora,
        fecha_recepcion=ahora,
        estado=Estado.RECIBIDO,
        fecha_limite_atencion=documento.fecha_limite,
        folios=documento.numero_folios,
    )
    registrar_evento(
        tipo=Evento.DERIVACION_REABIERTA,
        documento_id=documento_id,
        actor=actor,
        area_id=documento.area_actual_id,
        detalle={"derivacion_id": nueva.pk},
    )


def mover_limites(*, evento, documento_id, actor):
    """When the legal day moves, the open derivations' day moves with it."""
    fecha_limite = Documento.objects.values_list("fecha_limite", flat=True).get(pk=documento_id)
    for derivacion in Derivacion.objects.principales().abiertas().filter(documento_id=documento_id):
        derivacion.fecha_limite_atencion = limite_de_atencion(
            fecha_limite=fecha_limite,
            plazo_interno_dias=derivacion.plazo_interno_dias,
            desde=timezone.localdate(derivacion.fecha_derivacion),
        )
        derivacion.save(update_fields=["fecha_limite_atencion"])


def negar_area_ocupada(*, evento, documento_id, actor):
    """An area is not closed while it holds open documents or others are on their way to it.

    Raises: AreaOcupada, which undoes the closing.
    """
    area = evento.area_id
    tiene = Documento.objects.abiertos().filter(area_actual=area).count()
    vienen = (
        Derivacion.objects.abiertas().filter(area_destino=area).exclude(documento__area_actual=area).count()
    )
    if tiene or vienen:
        raise AreaOcupada(area=(evento.detalle or {}).get("texto", ""), tiene=tiene, vienen=vienen)
