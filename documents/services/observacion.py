"""The one observation at reception, its correction, and its expiry (art. 136)."""

from django.db import transaction
from django.utils import timezone

from core.errors import DatosInvalidos
from core.events import registrar_evento
from documents.constants import DIAS_PARA_SUBSANAR, Estado, Evento
from documents.errors import (
    PlazoDeSubsanacionVencido,
    PlazoDeSubsanacionVigente,
    TransicionInvalida,
    YaObservado,
)
from documents.models import Cargo, Observacion
from documents.services.cargo import observacion_impresa
from documents.services.estado import bloquear, cambiar_estado
from documents.services.plazo import abrir_pausa, cerrar_pausa, recomputar
from organization.calendar import fecha_corta, hoy_lima, sumar_dias_habiles

BASE_LEGAL = "art. 136, TUO Ley 27444"


def limpiar_faltantes(faltantes):
    """The missing requirements as a list of non-empty texts.

    Raises: DatosInvalidos when there is none.
    """
    limpios = [texto.strip()[:200] for texto in faltantes or () if texto and texto.strip()]
    if not limpios:
        raise DatosInvalidos(campos={"faltantes": ["Escribe qué falta: es lo que se anota en el cargo."]})
    return limpios


def ultimo_dia_para_subsanar(desde):
    """Two working days after the given day."""
    return sumar_dias_habiles(desde, DIAS_PARA_SUBSANAR).vence_el


def anotar_observacion(documento, *, faltantes, actor):
    """Observes a locked, registered document: opens the pause and stores what is missing.

    Raises: YaObservado, TransicionInvalida.
    """
    if Observacion.objects.filter(documento=documento).exists():
        raise YaObservado(numero=documento.numero_expediente)
    cambiar_estado(documento, hacia=Estado.OBSERVADO)
    ahora = timezone.now()
    hoy = timezone.localdate(ahora)
    observacion = Observacion.objects.create(
        documento=documento,
        faltantes=faltantes,
        observado_por=actor,
        observado_en=ahora,
        vence_el=ultimo_dia_para_subsanar(hoy),
    )
    abrir_pausa(documento, desde=hoy, motivo="por subsanar", base_legal=BASE_LEGAL, actor=actor)
    registrar_evento(
        tipo=Evento.OBSERVADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        antes={"estado": Estado.REGISTRADO},
        despues={"estado": documento.estado},
        detalle={"faltantes": faltantes, "vence_el": observacion.vence_el},
    )
    return observacion


@transaction.atomic
def observar_documento(*, documento_id, faltantes, actor):
    """Observes a registered document once; both copies of the receipt are printed again with the note.

    Raises: YaObservado, TransicionInvalida, DatosInvalidos without anything missing.
    Writes: Observacion, PausaPlazo, the receipt's observation block, Evento.
    Source: TUO Ley 27444 art. 136.
    """
    faltantes = limpiar_faltantes(faltantes)
    documento = bloquear(documento_id)
    observacion = anotar_observacion(documento, faltantes=faltantes, actor=actor)
    cargo = Cargo.objects.select_for_update(of=("self",)).get(documento=documento)
    cargo.datos["observacion"] = observacion_impresa({"faltantes": faltantes, "vence": observacion.vence_el})
    cargo.save(update_fields=["datos"])
    return observacion


@transaction.atomic
def subsanar_documento(*, documento_id, detalle, actor, fuera_de_plazo=False):
    """Takes the correction: the presentation date is kept and the term runs again from tomorrow.

    Args: fuera_de_plazo accepts a correction brought late, which only a supervisor's door may say.
    Raises: PlazoDeSubsanacionVencido, TransicionInvalida.
    """
    documento = bloquear(documento_id)
    if documento.estado != Estado.OBSERVADO:  # a recall also leads to REGISTRADO, by another door
        raise TransicionInvalida(
            numero=documento.numero_expediente,
            desde=documento.get_estado_display().lower(),
            hacia="subsanado",
        )
    observacion = Observacion.objects.get(documento=documento)
    hoy = hoy_lima()
    if hoy > observacion.vence_el and not fuera_de_plazo:
        raise PlazoDeSubsanacionVencido(
            numero=documento.numero_expediente, vence=fecha_corta(observacion.vence_el)
        )
    cambiar_estado(documento, hacia=Estado.REGISTRADO)
    observacion.subsanado_en = timezone.now()
    observacion.subsanado_por = actor
    observacion.detalle_subsanacion = (detalle or "").strip()[:300]
    observacion.save(update_fields=["subsanado_en", "subsanado_por", "detalle_subsanacion"])
    cerrar_pausa(documento, hasta=hoy)
    recomputar(documento)
    documento.save(update_fields=["fecha_limite", "plazo_pasos", "actualizado_en"])
    registrar_evento(
        tipo=Evento.SUBSANADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        antes={"estado": Estado.OBSERVADO},
        despues={"estado": documento.estado, "fecha_limite": documento.fecha_limite},
        detalle={"detalle": observacion.detalle_subsanacion},
    )
    return documento


@transaction.atomic
def tener_por_no_presentado(*, documento_id, actor=None):
    """Closes an observed document whose two days ended without correction.

    Raises: PlazoDeSubsanacionVigente, TransicionInvalida.
    """
    documento = bloquear(documento_id)
    observacion = Observacion.objects.filter(documento=documento, subsanado_en__isnull=True).first()
    if documento.estado == Estado.OBSERVADO and observacion and hoy_lima() <= observacion.vence_el:
        raise PlazoDeSubsanacionVigente(
            numero=documento.numero_expediente, vence=fecha_corta(observacion.vence_el)
        )
    cambiar_estado(documento, hacia=Estado.NO_PRESENTADO)
    cerrar_pausa(documento, hasta=hoy_lima())
    registrar_evento(
        tipo=Evento.NO_PRESENTADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        antes={"estado": Estado.OBSERVADO},
        despues={"estado": documento.estado},
    )
    return documento
