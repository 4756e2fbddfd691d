"""Tables of the notices, the mails and the mass sendings."""

from .avisos import AvisoPlazo, Notificacion, Preferencia, Seguimiento
from .correo import Correo, DireccionRebotada
from .envios import EnvioMasivo, Falla

__all__ = [
    "AvisoPlazo",
    "Correo",
    "DireccionRebotada",
    "EnvioMasivo",
    "Falla",
    "Notificacion",
    "Preferencia",
    "Seguimiento",
]
