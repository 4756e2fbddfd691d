"""Documents: what was presented, by whom, with which number, files, term and archive."""

from .archivo_central import Archivamiento, SerieDocumental
from .archivos import ArchivoAdjunto, ArchivoEnEspera
from .busqueda import FichaBusqueda
from .catalogos import Categoria, Procedimiento, ReglaArea, RequisitoProcedimiento, TipoDocumento
from .documento import AccesoReservado, Cargo, Documento, PresenciaArea
from .numeracion import Correlativo, SerieNumeracion
from .remitentes import Remitente
from .tramite import Borrador, Nota, Observacion, PausaPlazo, RequisitoDocumento

__all__ = [
    "AccesoReservado",
    "Archivamiento",
    "ArchivoAdjunto",
    "ArchivoEnEspera",
    "Borrador",
    "Cargo",
    "Categoria",
    "Correlativo",
    "Documento",
    "FichaBusqueda",
    "Nota",
    "Observacion",
    "PausaPlazo",
    "PresenciaArea",
    "Procedimiento",
    "ReglaArea",
    "Remitente",
    "RequisitoDocumento",
    "RequisitoProcedimiento",
    "SerieDocumental",
    "SerieNumeracion",
    "TipoDocumento",
]
