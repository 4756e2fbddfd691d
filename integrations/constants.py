"""Choices of integrations."""

from django.db import models


class TipoIntegracion(models.TextChoices):
    PIDE = "PIDE", "Plataforma de interoperabilidad (PIDE)"
    API_REST = "API_REST", "API REST"
    SOAP = "SOAP", "Servicio SOAP"
    WEBHOOK = "WEBHOOK", "Webhook"


class EstadoConexion(models.TextChoices):
    SIN_PROBAR = "SIN_PROBAR", "Sin probar"
    CONECTADA = "CONECTADA", "Conectada"
    CON_ERROR = "CON_ERROR", "Con error"


class Operacion(models.TextChoices):
    ENVIO = "ENVIO", "Envío"
    RECEPCION = "RECEPCION", "Recepción"
    CONSULTA = "CONSULTA", "Consulta de estado"
    CARGO = "CARGO", "Cargo"


class EstadoSincronizacion(models.TextChoices):
    EN_CURSO = "EN_CURSO", "En curso"
    EXITO = "EXITO", "Hecha"
    ERROR = "ERROR", "Con error"
