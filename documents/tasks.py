"""Background work of the documents app."""

from documents.files import limpieza
from documents.files.procesado import procesar_archivo


def procesar_archivo_adjunto(archivo_id, forzar=False):
    """Checks an attached file: hash, threats, type, pages, thumbnail and text. Safe to run twice."""
    return procesar_archivo(archivo_id=archivo_id, forzar=forzar)


def limpiar_espera():
    """Removes forgotten uploads and contents that no row names, each night."""
    hecho = limpieza.limpiar_espera()
    return {"filas": hecho.filas, "archivos": hecho.archivos, "temporales": hecho.temporales}
