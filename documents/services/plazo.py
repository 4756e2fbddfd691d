"""The legal term: computed once, stored with its steps, paused and resumed with a document."""

from django.db import transaction
from django.utils import timezone

from core.errors import Conflicto, DatosInvalidos
from core.events import registrar_evento
from documents.constants import ESTADOS_ABIERTOS, ESTADOS_EN_PAUSA, Estado, Evento
from documents.models import PausaPlazo
from documents.services.estado import bloquear, cambiar_estado, exigir_motivo
from organization.calendar import cargar_calendario, comparar_plazo, hoy_lima, sumar_dias_habiles


class PlazoSinCambio(Conflicto):
    codigo = "plazo_sin_cambio"
    mensaje = "Con el calendario de hoy, %(numero)s vence el mismo día: no hay nada que recalcular."


class PlazoSinCurso(Conflicto):
    codigo = "plazo_sin_curso"
    mensaje = "El documento %(numero)s está %(estado)s: su plazo no se recalcula."


class PlazoNoSuspendido(Conflicto):
    codigo = "plazo_no_suspendido"
    mensaje = "El plazo de %(numero)s no está suspendido."


def calcular_plazo(*, fecha_legal, dias, pausas=(), ambito="", calendario=None):
    """(last day, steps) of a term of working days; (None, []) when there is no term."""
    if dias is None:
        return None, []
    plazo = sumar_dias_habiles(fecha_legal, dias, pausas=pausas, ambito=ambito, calendario=calendario)
    return plazo.vence_el, plazo.pasos


def pausas_de(documento):
    """Pauses as the calendar wants them: (from, to or None, reason, source)."""
    return [(p.desde, p.hasta, p.motivo, p.base_legal) for p in documento.pausas.all()]


def recomputar(documento):
    """Sets the term of a locked document from its rule and pauses, without saving it."""
    documento.fecha_limite, documento.plazo_pasos = calcular_plazo(
        fecha_legal=documento.fecha_legal, dias=documento.plazo_dias, pausas=pausas_de(documento)
    )


def abrir_pausa(documento, *, desde, motivo, base_legal, actor, sustento=""):
    """Opens a pause on a locked document; days from `desde` on do not run."""
    return PausaPlazo.objects.create(
        documento=documento,
        desde=desde,
        motivo=motivo,
        base_legal=base_legal,
        sustento=sustento,
        pausado_por=actor,
    )


def cerrar_pausa(documento, *, hasta):
    """Closes the open pause of a locked document; the last paused day is `hasta`.

    A pause opened and closed on one day counts that day once.
    """
    pausa = documento.pausas.filter(hasta__isnull=True).first()
    if pausa is not None:
        pausa.hasta = max(hasta, pausa.desde)
        pausa.save(update_fields=["hasta"])
    return pausa


@transaction.atomic
def suspender_plazo(*, documento_id, motivo, base_legal, actor, sustento=""):
    """Pauses the term of a document in process, from today, with its legal basis.

    Raises: TransicionInvalida, FaltaMotivo.
    """
    motivo = exigir_motivo(motivo, mensaje="Escribe qué se espera y de quién.")
    base_legal = exigir_motivo(
        base_legal, campo="base_legal", mensaje="Escribe la base legal de la suspensión."
    )
    documento = bloquear(documento_id)
    cambiar_estado(documento, hacia=Estado.SUSPENDIDO)
    abrir_pausa(
        documento, desde=hoy_lima(), motivo=motivo, base_legal=base_legal, actor=actor, sustento=sustento
    )
    registrar_evento(
        tipo=Evento.SUSPENDIDO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        antes={"estado": Estado.EN_PROCESO},
        despues={"estado": documento.estado},
        detalle={"motivo": motivo, "base_legal": base_legal, "sustento": sustento},
    )
    return documento


@transaction.atomic
def reanudar_plazo(*, documento_id, actor, detalle=""):
    """Resumes a suspended term; the paused working days are added at the end.

    Raises: PlazoNoSuspendido.
    """
    documento = bloquear(documento_id)
    antes = documento.fecha_limite
    if documento.estado != Estado.SUSPENDIDO:
        raise PlazoNoSuspendido(numero=documento.numero_expediente)
    cambiar_estado(documento, hacia=Estado.EN_PROCESO)
    cerrar_pausa(documento, hasta=timezone.localdate())
    recomputar(documento)
    documento.save(update_fields=["fecha_limite", "plazo_pasos", "actualizado_en"])
    registrar_evento(
        tipo=Evento.REANUDADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        antes={"estado": Estado.SUSPENDIDO, "fecha_limite": antes},
        despues={"estado": documento.estado, "fecha_limite": documento.fecha_limite},
        detalle={"detalle": detalle.strip()},
    )
    return documento


@transaction.atomic
def recalcular_plazo(*, documento_id, motivo, actor):
    """Computes the term again with today's calendar; never done silently.

    Raises: PlazoSinCambio when the date would not move, PlazoSinCurso when paused or closed (a pause is
        computed when it ends), DatosInvalidos without a term.
    """
    motivo = exigir_motivo(motivo, mensaje="Escribe por qué se recalcula, con la norma.")
    documento = bloquear(documento_id)
    if documento.plazo_dias is None or not documento.plazo_pasos:
        raise DatosInvalidos(campos={"__all__": ["El documento no tiene plazo que recalcular."]})
    if documento.estado not in ESTADOS_ABIERTOS or documento.estado in ESTADOS_EN_PAUSA:
        raise PlazoSinCurso(numero=documento.numero_expediente, estado=documento.get_estado_display().lower())
    calendario = cargar_calendario(documento.fecha_legal)
    comparacion = comparar_plazo(documento.plazo_pasos, calendario, pausas=pausas_de(documento))
    if not comparacion.cambia:
        raise PlazoSinCambio(numero=documento.numero_expediente)
    antes = documento.fecha_limite
    documento.fecha_limite, documento.plazo_pasos = comparacion.plazo.vence_el, comparacion.plazo.pasos
    documento.save(update_fields=["fecha_limite", "plazo_pasos", "actualizado_en"])
    registrar_evento(
        tipo=Evento.RECALCULADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        antes={"fecha_limite": antes},
        despues={"fecha_limite": documento.fecha_limite},
        detalle={"motivo": motivo, "cambios": comparacion.cambios},
    )
    return documento
