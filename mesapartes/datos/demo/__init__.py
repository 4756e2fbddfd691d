"""A believable office with four weeks of life, made through the services."""

from .oficina import HayDocumentos, Resumen, cargar_demo

__all__ = ["HayDocumentos", "Resumen", "cargar_demo"]
