"""Writers of integrations: the connection and its credential, the sendings asked for, and each attempt."""

from integrations.services.conexion import guardar_credencial, guardar_integracion, probar_conexion
from integrations.services.envio import (
    al_terminar_tarea,
    despachar_envios,
    detener_envio,
    pedir_consulta,
    pedir_envio,
    reintentar_envio,
)
from integrations.services.intento import sincronizar_envio

__all__ = [
    "al_terminar_tarea",
    "despachar_envios",
    "detener_envio",
    "guardar_credencial",
    "guardar_integracion",
    "pedir_consulta",
    "pedir_envio",
    "probar_conexion",
    "reintentar_envio",
    "sincronizar_envio",
]
