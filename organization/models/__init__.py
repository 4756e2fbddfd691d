"""Who works in the office, where, with what power, and on which days."""

from .areas import Area, Entidad, Sede, Ventanilla
from .calendario import CorteDigital, Feriado, Jornada, Suspension
from .roles import Encargatura, Membresia, Permiso, Rol
from .usuarios import Usuario

__all__ = [
    "Area",
    "CorteDigital",
    "Encargatura",
    "Entidad",
    "Feriado",
    "Jornada",
    "Membresia",
    "Permiso",
    "Rol",
    "Sede",
    "Suspension",
    "Usuario",
    "Ventanilla",
]
