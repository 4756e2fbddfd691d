"""The state machine of a document, and the acts that only change its state."""

from django.db import transaction
from django.utils import timezone

from core.events import registrar_evento
from documents.constants import TRANSICIONES, Estado, Evento
from documents.errors import DocumentoNoExiste, FaltaMotivo, TransicionInvalida
from documents.models import Documento, PresenciaArea


def cambiar_estado(documento, *, hacia, **campos):
    """Moves a locked document to another state and writes the other changed fields with it.

    Args: documento as returned by `bloquear`; campos are set on it too.
    Raises: TransicionInvalida when TRANSICIONES does not name the step.
    """
    if hacia not in TRANSICIONES[Estado(documento.estado)]:
        raise TransicionInvalida(
            numero=documento.numero_expediente,
            desde=documento.get_estado_display().lower(),
            hacia=Estado(hacia).label.lower(),
        )
    documento.estado = hacia
    for campo, valor in campos.items():
        setattr(documento, campo, valor)
    documento.save(update_fields=["estado", "actualizado_en", *campos])
    return documento


def bloquear(documento_id):
    """The document row under lock.

    Raises: DocumentoNoExiste.
    """
    try:
        return Documento.objects.bloquear(documento_id)
    except Documento.DoesNotExist:
        raise DocumentoNoExiste() from None


@transaction.atomic
def bloquear_y_cambiar(*, documento_id, hacia, **campos):
    """Locks the document row, then moves it."""
    return cambiar_estado(bloquear(documento_id), hacia=hacia, **campos)


def exigir_motivo(motivo, *, campo="motivo", mensaje="Escribe el motivo."):
    """The stripped reason; a blank one is refused.

    Raises: FaltaMotivo.
    """
    motivo = (motivo or "").strip()
    if not motivo:
        raise FaltaMotivo(campos={campo: [mensaje]})
    return motivo[:300]


def marcar_presencia(*, documento_id, area_ids):
    """Remembers that the document is or was in the areas; visibility follows from it."""
    PresenciaArea.objects.bulk_create(
        [PresenciaArea(documento_id=documento_id, area_id=area_id) for area_id in area_ids],
        ignore_conflicts=True,
    )


@transaction.atomic
def anular_documento(*, documento_id, motivo, actor):
    """Annuls an open document: its number stays, with the reason.

    Raises: TransicionInvalida, FaltaMotivo.
    Source: DOMAIN 3.5, 3.6.
    """
    motivo = exigir_motivo(motivo, mensaje="Escribe por qué se anula; queda en la historia.")
    documento = bloquear(documento_id)
    antes = documento.estado
    cambiar_estado(documento, hacia=Estado.ANULADO, asignado_a=None)
    documento.pausas.filter(hasta__isnull=True).update(hasta=timezone.localdate())
    registrar_evento(
        tipo=Evento.ANULADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        antes={"estado": antes},
        despues={"estado": documento.estado},
        detalle={"motivo": motivo},
    )
    return documento


@transaction.atomic
def reabrir_documento(*, documento_id, motivo, actor):
    """Takes an attended document back to work.

    Raises: TransicionInvalida (archived ones are restored, not reopened), FaltaMotivo.
    """
    motivo = exigir_motivo(motivo, mensaje="Escribe por qué se reabre.")
    documento = bloquear(documento_id)
    if documento.estado != Estado.ATENDIDO:
        raise TransicionInvalida(
            numero=documento.numero_expediente,
            desde=documento.get_estado_display().lower(),
            hacia=Estado.EN_PROCESO.label.lower(),
        )
    cambiar_estado(documento, hacia=Estado.EN_PROCESO, fecha_atencion=None)
    registrar_evento(
        tipo=Evento.REABIERTO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        antes={"estado": Estado.ATENDIDO},
        despues={"estado": documento.estado},
        detalle={"motivo": motivo},
    )
    return documento
