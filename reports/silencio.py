"""What positive silence would approve by itself: the documents, their last day and who has them."""

from collections import namedtuple

from django.utils import timezone

from core.texto import fecha_corta, primera_mayuscula
from documents.constants import Plazo, Silencio
from documents.filtros import por_reloj
from documents.models import Documento

PorAprobar = namedtuple("PorAprobar", "dia cuando documento_id numero procedimiento area persona dias")


def por_aprobar(usuario, ambito, hoy, *, cuantas):
    """The first ones to be approved among those due soon that the user may see.

    Args: ambito as `ambito_de` gives it; hoy a derivations.bandejas.Hoy.
    """
    documentos = por_reloj(
        Documento.objects.visibles_para(usuario),
        {"plazo": Plazo.POR_VENCER, "silencio": Silencio.POSITIVO},
    )
    if ambito is not None:
        documentos = documentos.filter(area_actual__in=ambito)
    documentos = (
        documentos.select_related("area_actual", "asignado_a", "procedimiento", "tipo_documento")
        .only(
            *("numero_expediente", "fecha_limite", "en_area_desde", "area_actual__nombre"),
            *("procedimiento__codigo", "procedimiento__nombre", "tipo_documento__nombre"),
            *("asignado_a__first_name", "asignado_a__last_name"),
        )
        .order_by("fecha_limite", "pk")[:cuantas]
    )
    return [_fila(documento, hoy) for documento in documentos]


def _fila(documento, hoy):
    procedimiento = documento.procedimiento
    return PorAprobar(
        dia=documento.fecha_limite,
        cuando=en_palabras(documento.fecha_limite, hoy.fecha),
        documento_id=documento.pk,
        numero=documento.numero_expediente,
        procedimiento=f"{procedimiento.codigo} {procedimiento.nombre}"
        if procedimiento
        else documento.tipo_documento.nombre,
        area=documento.area_actual.nombre,
        persona=documento.asignado_a.nombre_completo if documento.asignado_a else "",
        dias=hoy.calendario.dias_habiles_entre(timezone.localdate(documento.en_area_desde), hoy.fecha),
    )


def en_palabras(dia, hoy):
    """ "Hoy", "Mañana", "Vie 27/11"."""
    lejos = (dia - hoy).days
    return {0: "Hoy", 1: "Mañana"}.get(lejos) or primera_mayuscula(fecha_corta(dia))
