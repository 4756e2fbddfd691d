"""The only writers of notifications, preferences, followings and mails."""

from .avisos import Aviso, entregar, notificar
from .correos import escribir_correos

__all__ = ["Aviso", "entregar", "escribir_correos", "notificar"]
