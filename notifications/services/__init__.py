"""The only writers of notifications, preferences, followings and mails."""

from .avisos import Aviso, entregar, notificar
from .correos import escribir_correos, pedir_envio

__all__ = ["Aviso", "entregar", "escribir_correos", "notificar", "pedir_envio"]
