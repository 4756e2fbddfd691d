"""The only writers of documents. Each is keyword-only, atomic, and locks the document first."""

from .archivo import archivar_documento, restaurar_documento
from .borrador import guardar_borrador, quitar_borrador
from .cargo import datos_de_cargo, registrar_impresion
from .edicion import (
    adjuntar_archivos,
    agregar_nota,
    dar_acceso,
    editar_documento,
    retirar_acceso,
)
from .estado import anular_documento, bloquear_y_cambiar, cambiar_estado, marcar_presencia, reabrir_documento
from .numeracion import fijar_siguiente, siguiente_numero
from .observacion import observar_documento, subsanar_documento, tener_por_no_presentado
from .plazo import reanudar_plazo, recalcular_plazo, suspender_plazo
from .registro import registrar_de_persona_nueva, registrar_documento
from .remitentes import guardar_remitente

__all__ = [
    "adjuntar_archivos",
    "agregar_nota",
    "anular_documento",
    "archivar_documento",
    "bloquear_y_cambiar",
    "cambiar_estado",
    "dar_acceso",
    "datos_de_cargo",
    "editar_documento",
    "fijar_siguiente",
    "guardar_borrador",
    "guardar_remitente",
    "marcar_presencia",
    "observar_documento",
    "quitar_borrador",
    "reabrir_documento",
    "reanudar_plazo",
    "recalcular_plazo",
    "registrar_de_persona_nueva",
    "registrar_documento",
    "registrar_impresion",
    "restaurar_documento",
    "retirar_acceso",
    "siguiente_numero",
    "subsanar_documento",
    "suspender_plazo",
    "tener_por_no_presentado",
]
