"""States, choices and the one table that says which state may follow which."""

from django.db import models


class Estado(models.TextChoices):
    PRESENTADO = "PRESENTADO", "Presentado por web"
    REGISTRADO = "REGISTRADO", "Registrado"
    OBSERVADO = "OBSERVADO", "Observado"
    NO_PRESENTADO = "NO_PRESENTADO", "No presentado"
    DERIVADO = "DERIVADO", "Derivado"
    EN_PROCESO = "EN_PROCESO", "En proceso"
    SUSPENDIDO = "SUSPENDIDO", "Suspendido"
    ATENDIDO = "ATENDIDO", "Atendido"
    ARCHIVADO = "ARCHIVADO", "Archivado"
    ANULADO = "ANULADO", "Anulado"


# Source: DOMAIN 3.5. DERIVADO -> REGISTRADO is the recall of a first derivation before reception.
TRANSICIONES = {
    Estado.PRESENTADO: {Estado.REGISTRADO, Estado.OBSERVADO, Estado.ANULADO},
    Estado.REGISTRADO: {Estado.DERIVADO, Estado.OBSERVADO, Estado.ANULADO},
    Estado.OBSERVADO: {Estado.REGISTRADO, Estado.NO_PRESENTADO, Estado.ANULADO},
    Estado.NO_PRESENTADO: set(),
    Estado.DERIVADO: {Estado.EN_PROCESO, Estado.REGISTRADO, Estado.ANULADO},
    Estado.EN_PROCESO: {Estado.DERIVADO, Estado.ATENDIDO, Estado.SUSPENDIDO, Estado.ANULADO},
    Estado.SUSPENDIDO: {Estado.EN_PROCESO, Estado.ANULADO},
    Estado.ATENDIDO: {Estado.ARCHIVADO, Estado.EN_PROCESO},
    Estado.ARCHIVADO: {Estado.EN_PROCESO},
    Estado.ANULADO: set(),
}

ESTADOS_ABIERTOS = (
    Estado.PRESENTADO,
    Estado.REGISTRADO,
    Estado.OBSERVADO,
    Estado.DERIVADO,
    Estado.EN_PROCESO,
    Estado.SUSPENDIDO,
)
ESTADOS_EN_PAUSA = (Estado.OBSERVADO, Estado.SUSPENDIDO)
# The clock of these runs: the trays leave out what is paused, and so do "overdue" and "due soon".
ESTADOS_QUE_CORREN = (Estado.REGISTRADO, Estado.DERIVADO, Estado.EN_PROCESO)
# A list opened from a figure counts up to here, to say the same number.
TOPE_DE_FIGURA = 20_000


class Plazo(models.TextChoices):
    """Where the clock of a document stands, among those whose clock runs."""

    VENCIDO = "vencido", "Vencido"
    POR_VENCER = "por_vencer", "Por vencer"
    EN_PLAZO = "en_plazo", "En plazo"
    SIN_PLAZO = "sin_plazo", "Sin plazo"


class Atencion(models.TextChoices):
    """How a document with a legal term was attended."""

    EN_PLAZO = "en_plazo", "En plazo"
    TARDE = "tarde", "Fuera de plazo"
    SIN_PLAZO = "sin_plazo", "Sin plazo"


class Prioridad(models.TextChoices):
    NORMAL = "NORMAL", "Normal"
    ALTA = "ALTA", "Alta"
    URGENTE = "URGENTE", "Urgente"


PLAZO_URGENTE_DIAS = 3


class Silencio(models.TextChoices):
    NINGUNO = "", "Sin silencio administrativo"
    POSITIVO = "POSITIVO", "Silencio positivo"
    NEGATIVO = "NEGATIVO", "Silencio negativo"


class Canal(models.TextChoices):
    VENTANILLA = "VENTANILLA", "Ventanilla"
    WEB = "WEB", "Mesa virtual"
    INTEGRACION = "INTEGRACION", "Otra entidad"
    COURIER = "COURIER", "Correo o courier"


class TipoIdentidad(models.TextChoices):
    DNI = "DNI", "DNI"
    RUC = "RUC", "RUC"
    CE = "CE", "Carné de extranjería"
    PASAPORTE = "PAS", "Pasaporte"
    PTP = "PTP", "PTP o CPP"
    SIN_DOCUMENTO = "SIN", "Sin documento"


class ClaseArchivo(models.TextChoices):
    PRINCIPAL = "PRINCIPAL", "Documento principal"
    ANEXO = "ANEXO", "Anexo"
    SUBSANACION = "SUBSANACION", "Subsanación"
    ESCRITO = "ESCRITO", "Escrito añadido"
    RESPUESTA = "RESPUESTA", "Respuesta"


class EstadoProceso(models.TextChoices):
    PENDIENTE = "PENDIENTE", "En revisión"
    LISTO = "LISTO", "Revisado"
    CON_PROBLEMA = "CON_PROBLEMA", "Con problema"


class ValorSerie(models.TextChoices):
    TEMPORAL = "TEMPORAL", "Temporal"
    PERMANENTE = "PERMANENTE", "Permanente"


class Evento:
    """Event types this app writes."""

    REGISTRADO = "documento_registrado"
    EDITADO = "documento_editado"
    OBSERVADO = "documento_observado"
    SUBSANADO = "documento_subsanado"
    NO_PRESENTADO = "documento_no_presentado"
    SUSPENDIDO = "plazo_suspendido"
    REANUDADO = "plazo_reanudado"
    RECALCULADO = "plazo_recalculado"
    ARCHIVADO = "documento_archivado"
    RESTAURADO = "documento_restaurado"
    REABIERTO = "documento_reabierto"
    ANULADO = "documento_anulado"
    NOTA = "nota_agregada"
    ARCHIVO_ADJUNTO = "archivo_adjuntado"
    ARCHIVO_VISTO = "archivo_visto"
    ARCHIVO_DANADO = "archivo_danado"
    VISTO = "reservado_visto"
    CARGO_IMPRESO = "cargo_impreso"
    ACCESO_DADO = "acceso_dado"
    ACCESO_RETIRADO = "acceso_retirado"
    ACCESO_DENEGADO = "acceso_denegado"
    REMITENTE_CREADO = "remitente_creado"
    REMITENTE_EDITADO = "remitente_editado"


DIAS_PARA_SUBSANAR = 2
SERIE_EXPEDIENTES = "EXP"
