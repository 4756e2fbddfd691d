"""Administration of documents: catalogues, numbering, archive, senders, and the documents themselves."""

from . import archivo, auditoria, catalogos, documento, numeracion, remitentes
from .documento import DocumentoAdmin
from .filas import DocumentoInline

__all__ = [
    "DocumentoAdmin",
    "DocumentoInline",
    "archivo",
    "auditoria",
    "catalogos",
    "documento",
    "numeracion",
    "remitentes",
]
