"""The only writers of derivations. Each locks the document first, then the derivation."""

from .atencion import acusar_copia, asignar_derivacion, atender_derivacion
from .envio import anular_derivacion, derivar_documento
from .lotes import Resultado, en_lote
from .recepcion import rechazar_derivacion, recibir_derivacion
from .remision import emitir_hoja_remision
from .vistas import borrar_vista, guardar_vista

__all__ = [
    "Resultado",
    "acusar_copia",
    "anular_derivacion",
    "asignar_derivacion",
    "atender_derivacion",
    "borrar_vista",
    "derivar_documento",
    "emitir_hoja_remision",
    "en_lote",
    "guardar_vista",
    "rechazar_derivacion",
    "recibir_derivacion",
]
