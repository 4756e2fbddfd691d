"""A large office to measure: a million documents by COPY, consistent with every rule of the database."""

from .carga import HayDocumentos, Resumen, generar_volumen

__all__ = ["HayDocumentos", "Resumen", "generar_volumen"]
