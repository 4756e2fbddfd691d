"""Writers of the reports: the maintained figures, and the reports that people ask for."""

from reports.services.cifras import (
    acumular_cifras,
    comparar_cifras,
    describir,
    recalcular_cifras,
    sin_disparadores,
)
from reports.services.reporte import (
    al_terminar,
    cancelar_reporte,
    leer_pedido,
    reintentar_reporte,
    solicitar_reporte,
    terminar,
    vencer_reportes,
)

__all__ = [
    "acumular_cifras",
    "al_terminar",
    "cancelar_reporte",
    "comparar_cifras",
    "describir",
    "leer_pedido",
    "recalcular_cifras",
    "reintentar_reporte",
    "sin_disparadores",
    "solicitar_reporte",
    "terminar",
    "vencer_reportes",
]
