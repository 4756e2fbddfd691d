"""The file of a report, handed to its owner while the owner may see what it holds."""

from django.http import FileResponse

from documents.files.servir import disposicion
from documents.permissions import exigir
from reports import almacen
from reports.constants import MIME_DE
from reports.errors import ReporteRetirado
from reports.permissions import sigue_en_su_alcance


def archivo_de(reporte, usuario, *, ip=None):
    """The open file of a report for its owner. Raises: AccionProhibida (403), ReporteRetirado (410)."""
    permitido = sigue_en_su_alcance(usuario, reporte.alcance)
    exigir(permitido, usuario=usuario, accion="ver todo lo que contiene este reporte", ip=ip)
    if not reporte.disponible():
        raise ReporteRetirado()
    try:
        return almacen.abrir(reporte.archivo)
    except FileNotFoundError as error:
        raise ReporteRetirado() from error


def entregar(reporte, contenido):
    """The answer with the file."""
    respuesta = FileResponse(contenido, content_type=MIME_DE[reporte.formato])
    respuesta["Content-Length"] = reporte.bytes
    respuesta["Content-Disposition"] = disposicion(reporte.nombre, en_linea=False)
    respuesta["Cache-Control"] = "private, no-store"
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta
