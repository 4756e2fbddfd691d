"""Archive and restore."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from core.errors import DatosInvalidos
from core.events import registrar_evento
from documents.constants import Estado, Evento, ValorSerie
from documents.errors import TransicionInvalida
from documents.models import Archivamiento
from documents.services.estado import bloquear, cambiar_estado, exigir_motivo


@transaction.atomic
def archivar_documento(
    *, documento_id, serie, actor, clasificacion="", ubicacion_fisica="", observaciones=""
):
    """Puts an attended document in the archive, with its series and place.

    Retention ends on the last day of the year that the series' years reach; permanent series never end.
    Raises: TransicionInvalida, DatosInvalidos without a series.
    Writes: Archivamiento, document state, Evento.
    """
    if serie is None or not serie.activa:
        raise DatosInvalidos(campos={"serie": ["Elige la serie documental."]})
    documento = bloquear(documento_id)
    cambiar_estado(
        documento,
        hacia=Estado.ARCHIVADO,
        asignado_a=None,
        ubicacion_fisica=ubicacion_fisica.strip() or documento.ubicacion_fisica,
    )
    ahora = timezone.now()
    archivamiento = Archivamiento.objects.create(
        documento=documento,
        serie=serie,
        clasificacion=clasificacion.strip(),
        ubicacion_fisica=documento.ubicacion_fisica,
        conservar_hasta=conservar_hasta(serie, timezone.localdate(ahora)),
        observaciones=observaciones.strip(),
        archivado_por=actor,
        archivado_en=ahora,
    )
    registrar_evento(
        tipo=Evento.ARCHIVADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        antes={"estado": Estado.ATENDIDO},
        despues={"estado": documento.estado},
        detalle={
            "serie": str(serie),
            "clasificacion": archivamiento.clasificacion,
            "ubicacion": archivamiento.ubicacion_fisica,
            "conservar_hasta": archivamiento.conservar_hasta,
        },
    )
    return archivamiento


@transaction.atomic
def restaurar_documento(*, documento_id, motivo, actor):
    """Takes an archived document back to work; its stay in the archive remains as history.

    Raises: TransicionInvalida, FaltaMotivo.
    """
    motivo = exigir_motivo(motivo, mensaje="Escribe por qué se restaura.")
    documento = bloquear(documento_id)
    if documento.estado != Estado.ARCHIVADO:
        raise TransicionInvalida(
            numero=documento.numero_expediente,
            desde=documento.get_estado_display().lower(),
            hacia=Estado.EN_PROCESO.label.lower(),
        )
    cambiar_estado(documento, hacia=Estado.EN_PROCESO, fecha_atencion=None)
    Archivamiento.objects.filter(documento=documento, restaurado_en__isnull=True).update(
        restaurado_en=timezone.now(), restaurado_por=actor, motivo_restauracion=motivo
    )
    registrar_evento(
        tipo=Evento.RESTAURADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        antes={"estado": Estado.ARCHIVADO},
        despues={"estado": documento.estado},
        detalle={"motivo": motivo},
    )
    return documento


def conservar_hasta(serie, hoy):
    """Last day of retention, or None for permanent series."""
    if serie.valor == ValorSerie.PERMANENTE:
        return None
    return date(min(hoy.year + serie.retencion_gestion + serie.retencion_central, 9999), 12, 31)
