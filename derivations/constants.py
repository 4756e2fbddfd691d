"""States of a derivation and which may follow which."""

from django.db import models


class Estado(models.TextChoices):
    PENDIENTE = "PENDIENTE", "Por recibir"
    RECIBIDO = "RECIBIDO", "Recibido"
    DERIVADA = "DERIVADA", "Derivado a otra área"
    ATENDIDO = "ATENDIDO", "Atendido"
    RECHAZADO = "RECHAZADO", "Devuelto"
    ANULADA = "ANULADA", "Envío anulado"


# DERIVADA -> RECIBIDO is the recall of the child before its reception.
TRANSICIONES = {
    Estado.PENDIENTE: {Estado.RECIBIDO, Estado.RECHAZADO, Estado.ANULADA},
    Estado.RECIBIDO: {Estado.DERIVADA, Estado.ATENDIDO, Estado.ANULADA},
    Estado.DERIVADA: {Estado.RECIBIDO},
    Estado.ATENDIDO: set(),
    Estado.RECHAZADO: set(),
    Estado.ANULADA: set(),
}
ESTADOS_ABIERTOS = (Estado.PENDIENTE, Estado.RECIBIDO)


class Motivo(models.TextChoices):
    """Why this derivation exists."""

    ENVIO = "ENVIO", "Envío"
    DEVOLUCION = "DEVOLUCION", "Devolución"
    REAPERTURA = "REAPERTURA", "Reapertura"


class Resultado(models.TextChoices):
    RESPONDIDO = "RESPONDIDO", "Con respuesta"
    PROCEDENTE = "PROCEDENTE", "Procedente"
    IMPROCEDENTE = "IMPROCEDENTE", "Improcedente"
    CONOCIMIENTO = "CONOCIMIENTO", "Tomado en conocimiento"
    SIN_RESPUESTA = "SIN_RESPUESTA", "No requiere respuesta"


class Evento:
    """Event types this app writes."""

    DERIVADO = "documento_derivado"
    RECIBIDO = "documento_recibido"
    DEVUELTO = "documento_devuelto"
    ENVIO_ANULADO = "envio_anulado"
    ASIGNADO = "documento_asignado"
    ATENDIDO = "documento_atendido"
    COPIA_ACUSADA = "copia_acusada"
    DERIVACION_CERRADA = "derivacion_cerrada"
    DERIVACION_REABIERTA = "derivacion_reabierta"
    REMISION_IMPRESA = "hoja_remision_impresa"


MAX_COPIAS = 20
