"""The only writers of notifications, preferences, followings and mails."""

from .avisos import Aviso, entregar, notificar
from .correos import escribir_correos, pedir_envio
from .lecturas import leer_notificacion, leer_todas, purgar_notificaciones
from .preferencias import guardar_preferencias
from .seguimiento import dejar_de_seguir, seguir_documento

__all__ = [
    "Aviso",
    "dejar_de_seguir",
    "entregar",
    "escribir_correos",
    "guardar_preferencias",
    "leer_notificacion",
    "leer_todas",
    "notificar",
    "pedir_envio",
    "purgar_notificaciones",
    "seguir_documento",
]
