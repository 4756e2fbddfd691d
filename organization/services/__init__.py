"""Writes of the organisation: keyword-only, atomic, each with an event that keeps before and after."""

from .areas import guardar_area
from .cuenta import guardar_cuenta
from .roles import (
    borrar_rol,
    guardar_encargatura,
    guardar_membresia,
    guardar_rol,
    retirar_encargatura,
    retirar_membresia,
)
from .usuarios import cambiar_clave, desactivar_usuario, guardar_usuario, reactivar_usuario

__all__ = [
    "borrar_rol",
    "cambiar_clave",
    "desactivar_usuario",
    "guardar_area",
    "guardar_cuenta",
    "guardar_encargatura",
    "guardar_membresia",
    "guardar_rol",
    "guardar_usuario",
    "reactivar_usuario",
    "retirar_encargatura",
    "retirar_membresia",
]
