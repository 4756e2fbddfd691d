"""The catalogue of reports: one module for each, registered here in the order in which they are offered."""

from core.errors import NoExiste
from reports.informes.documentos import Documentos

CATALOGO = {informe.codigo: informe for informe in (Documentos(),)}


def informe_de(codigo):
    """The report with that code. Raises: NoExiste (404)."""
    if codigo not in CATALOGO:
        raise NoExiste(mensaje="No hay un reporte con ese código.")
    return CATALOGO[codigo]


def catalogo_de(usuario):
    """The reports that the person may ask for."""
    return [informe for informe in CATALOGO.values() if informe.permitido(usuario)]
