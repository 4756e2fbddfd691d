"""Background work of the reports."""

from core.jobs import ErrorDefinitivo
from reports.constants import DIFERENCIAS_MOSTRADAS
from reports.produccion import producir
from reports.services import comparar_cifras, describir


def verificar_cifras():
    """Compares the figures with a full count, each night; the task fails and names what differs.

    It corrects nothing: a difference has a cause to be looked for first. `manage.py cifras --recalcular` corrects.
    """
    diferencias = comparar_cifras()
    if diferencias:
        lineas = list(describir(diferencias[:DIFERENCIAS_MOSTRADAS]))
        raise ErrorDefinitivo(
            f"{len(diferencias)} cifras difieren del conteo; manage.py cifras --recalcular las corrige. "
            + "; ".join(lineas)
        )
    return {"diferencias": 0}


def generar_reporte_excel(reporte_id):
    """Makes a report in Excel or CSV; its row says which, and under which filters."""
    return producir(reporte_id)


def generar_reporte_pdf(reporte_id):
    """Makes a report in PDF."""
    return producir(reporte_id)
