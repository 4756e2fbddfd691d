"""The tables that the volume fills, and the columns that its rows give, in the order of the rows."""

from core.models import Evento
from derivations.models import Derivacion
from documents.models import (
    AccesoReservado,
    Archivamiento,
    ArchivoAdjunto,
    Cargo,
    Documento,
    Observacion,
    PausaPlazo,
    PresenciaArea,
    Remitente,
)
from mesapartes.datos.volumen.copia import Tabla

# fmt: off
_COLUMNAS = {
    Documento: """id numero_expediente anio numero serie_id codigo_interno codigo_qr clave tipo_documento_id
        procedimiento_id numero_documento_externo fecha_documento asunto numero_folios numero_anexos detalle_anexos
        etiquetas remitente_id remitente_nombre canal usuario_registro_id ventanilla_id area_registro_id
        fecha_presentacion fecha_recepcion fecha_legal estado prioridad reservado area_actual_id asignado_a_id
        en_area_desde area_sugerida_id instruccion_prevista ubicacion_fisica plazo_dias plazo_regla plazo_pasos
        silencio fecha_limite fecha_atencion creado_en actualizado_en""",
    Derivacion: """id documento_id numero_derivacion padre_id motivo area_origen_id area_destino_id usuario_deriva_id
        usuario_recibe_id usuario_atiende_id asignado_a_id instrucciones observaciones motivo_rechazo motivo_anulacion
        fecha_derivacion fecha_recepcion fecha_atencion fecha_cierre fecha_limite_atencion estado es_urgente
        requiere_respuesta es_copia con_original folios folios_recibidos resultado sin_respuesta_motivo""",
    Evento: "tipo documento_id secuencia actor_id area_id ocurrido_en antes despues detalle hash_anterior hash",
    PresenciaArea: "documento_id area_id desde fecha_recepcion reservado",
    Cargo: "documento_id datos emitido_en emitido_por_id impresiones",
    ArchivoAdjunto: """id documento_id clase nombre tipo_mime peso_bytes hash_archivo ruta es_principal orden
        estado_proceso paginas subido_por_id subido_en""",
    Archivamiento: """documento_id serie_id clasificacion ubicacion_fisica conservar_hasta archivado_por_id
        archivado_en""",
    AccesoReservado: "documento_id usuario_id dado_por_id dado_en fecha_recepcion",
    Observacion: "documento_id faltantes observado_por_id observado_en vence_el",
    PausaPlazo: "documento_id desde hasta motivo base_legal pausado_por_id",
    Derivacion.respuestas.through: "derivacion_id archivoadjunto_id",
}
# fmt: on
REMITENTE = Tabla(
    Remitente, "id tipo_identidad numero nombre correo telefono direccion creado_en actualizado_en".split()
)
TABLAS = {modelo._meta.label: Tabla(modelo, columnas.split()) for modelo, columnas in _COLUMNAS.items()}
(
    DOCUMENTO,
    DERIVACION,
    EVENTO,
    PRESENCIA,
    CARGO,
    ARCHIVO,
    ARCHIVAMIENTO,
    ACCESO,
    OBSERVACION,
    PAUSA,
    RESPUESTA,
) = TABLAS
