"""What the API says of a report."""

from django.urls import reverse

from reports.constants import EstadoReporte


def reporte_en_json(reporte):
    """One report of the caller, with its progress while it is being made."""
    vivo = reporte.estado == EstadoReporte.PEDIDO and reporte.tarea is not None
    return {
        "id": reporte.pk,
        "codigo": reporte.codigo,
        "titulo": reporte.titulo,
        "formato": reporte.formato,
        "filtros": reporte.filtros,
        "estado": reporte.estado,
        "progreso": reporte.tarea.progreso if vivo else 100 if reporte.estado == EstadoReporte.LISTO else 0,
        "avance": reporte.tarea.progreso_texto if vivo else "",
        "error": reporte.error,
        "filas": reporte.filas,
        "bytes": reporte.bytes,
        "sha256": reporte.sha256,
        "creado_en": reporte.creado_en,
        "listo_en": reporte.listo_en,
        "vence_en": reporte.vence_en,
        "descarga": reverse("api:reporte-descargar", args=[reporte.pk]) if reporte.disponible() else None,
    }
