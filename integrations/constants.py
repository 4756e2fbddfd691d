"""Choices, schedules and limits of integrations."""

from datetime import timedelta

from django.db import models


class TipoIntegracion(models.TextChoices):
    PIDE = "PIDE", "Plataforma de interoperabilidad (PIDE)"
    API_REST = "API_REST", "API REST"
    SOAP = "SOAP", "Servicio SOAP"
    WEBHOOK = "WEBHOOK", "Webhook"


class Autenticacion(models.TextChoices):
    NONE = "NONE", "Ninguna"
    API_KEY = "API_KEY", "Clave en X-API-Key"
    BEARER = "BEARER", "Token (Bearer)"
    BASIC = "BASIC", "Usuario y contraseña (Basic)"


class EstadoConexion(models.TextChoices):
    SIN_PROBAR = "SIN_PROBAR", "Sin probar"
    CONECTADA = "CONECTADA", "Conectada"
    CON_ERROR = "CON_ERROR", "Con error"


class Operacion(models.TextChoices):
    ENVIO = "ENVIO", "Envío"
    RECEPCION = "RECEPCION", "Recepción"
    CONSULTA = "CONSULTA", "Consulta de estado"
    CARGO = "CARGO", "Cargo"
    PRUEBA = "PRUEBA", "Prueba de conexión"


class EstadoSincronizacion(models.TextChoices):
    EN_CURSO = "EN_CURSO", "En curso"
    EXITO = "EXITO", "Hecha"
    ERROR = "ERROR", "Con error"


class EstadoEnvio(models.TextChoices):
    PENDIENTE = "PENDIENTE", "Pendiente"
    ENVIANDO = "ENVIANDO", "Enviando"
    ENVIADO = "ENVIADO", "Enviado"
    CONFIRMADO = "CONFIRMADO", "Confirmado"
    RECHAZADO = "RECHAZADO", "Rechazado"
    AGOTADO = "AGOTADO", "Sin más intentos"


ENVIOS_POR_HACER = (EstadoEnvio.PENDIENTE, EstadoEnvio.ENVIANDO)
ENVIOS_FALLIDOS = (EstadoEnvio.RECHAZADO, EstadoEnvio.AGOTADO)
# What the other side may answer as "estado", and what it means here; any other word is only kept.
ESTADOS_REMOTOS = {
    "RECIBIDO": EstadoEnvio.ENVIADO,
    "EN_PROCESO": EstadoEnvio.ENVIADO,
    "CONFIRMADO": EstadoEnvio.CONFIRMADO,
    "ATENDIDO": EstadoEnvio.CONFIRMADO,
    "RECHAZADO": EstadoEnvio.RECHAZADO,
}

# Pause after the first, second... failed attempt; after the last one the sending is AGOTADO.
ESPERAS_ENVIO = (
    *(timedelta(minutes=minutos) for minutos in (1, 5, 15, 60)),
    *(timedelta(hours=4),) * 6,
)
MAX_INTENTOS = len(ESPERAS_ENVIO) + 1
# Pause before each question about a document already sent; then nobody asks any more by itself.
ESPERAS_CONSULTA = (
    timedelta(hours=1),
    timedelta(hours=4),
    *(timedelta(days=1),) * 30,
)
ESPERA_MAXIMA_PEDIDA = timedelta(hours=4)  # the longest Retry-After that is obeyed

# Breaker of a partner: after so many failures in a row, pause, twice as long each time.
FALLAS_PARA_PAUSAR = 5
PAUSA_INICIAL = timedelta(minutes=5)
PAUSA_MAXIMA = timedelta(hours=1)

MARGEN_TURNO = timedelta(seconds=60)  # added to the longest call: how long an attempt is nobody else's
LOTE_DESPACHO = 100

MAX_RESPUESTA_BYTES = 256 * 1024
MAX_TEXTO_REMOTO = 300

CLAVE_DE_TAREA = "envio:"  # and the number of the sending: equal requests share one task
TAREA_SINCRONIZAR = "integrations.tasks.sincronizar_documento_externo"


class Evento:
    """Event types this app writes."""

    ENVIO_PEDIDO = "sincronizacion_pedida"
    ENVIO_ENVIADO = "sincronizacion_enviada"
    ENVIO_CONFIRMADO = "sincronizacion_confirmada"
    ENVIO_REINTENTADO = "sincronizacion_reintentada"
    ENVIO_DETENIDO = "sincronizacion_detenida"
    AGOTADA = "integracion_agotada"
    CREDENCIAL = "integracion_credencial_cambiada"
    CREDENCIAL_RETIRADA = "integracion_credencial_retirada"
