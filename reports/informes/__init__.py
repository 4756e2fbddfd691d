"""The catalogue of reports: one module for each, registered here in the order in which they are offered."""

from core.errors import NoExiste
from reports.informes.cifras import PorArea, PorTipo
from reports.informes.documentos import Documentos
from reports.informes.intercambio import Intercambio
from reports.informes.libro import LibroDelDia
from reports.informes.productividad import Productividad
from reports.informes.tablero import Tablero
from reports.informes.tiempos import TiemposDeAtencion
from reports.informes.vencidos import Vencidos

_INFORMES = (
    LibroDelDia(),
    Documentos(),
    Vencidos(),
    PorArea(),
    PorTipo(),
    TiemposDeAtencion(),
    Productividad(),
    Intercambio(),
    Tablero(),
)
CATALOGO = {informe.codigo: informe for informe in _INFORMES}


def informe_de(codigo):
    """The report with that code. Raises: NoExiste (404)."""
    if codigo not in CATALOGO:
        raise NoExiste(mensaje="No hay un reporte con ese código.")
    return CATALOGO[codigo]


def catalogo_de(usuario):
    """The reports that the person may ask for."""
    return [informe for informe in CATALOGO.values() if informe.permitido(usuario)]
