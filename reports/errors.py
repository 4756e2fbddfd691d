"""Refusals of the reports."""

from core.errors import Conflicto, ErrorDeNegocio
from documents.files import errores as documentos


class DemasiadosReportes(ErrorDeNegocio):
    """The person has as many reports in the making as one may."""

    codigo = "demasiados_reportes"
    estado_http = 409
    mensaje = "Ya tienes %(tope)s reportes en preparación: espera a que termine uno o cancélalo."


class ReporteTerminado(Conflicto):
    """A report that has ended cannot be cancelled, nor one that is fine be made again."""

    codigo = "reporte_terminado"
    mensaje = "El reporte está «%(estado)s»."


class ReporteRetirado(ErrorDeNegocio):
    """Its days are over, or its file is gone."""

    codigo = "reporte_retirado"
    estado_http = 410
    mensaje = "El archivo de este reporte ya se retiró. Pídelo otra vez con los mismos filtros."


class SinEspacio(documentos.SinEspacio):
    """The disk is full; no report was kept."""

    mensaje = "No queda espacio en el disco para guardar el reporte. Avisa a quien administra el sistema."


class DemasiadasFilas(ErrorDeNegocio):
    """More rows than a PDF takes."""

    codigo = "demasiadas_filas"
    estado_http = 422
    mensaje = "El reporte tiene %(filas)s filas y un PDF lleva hasta %(limite)s. Pídelo en Excel o acota los filtros."
