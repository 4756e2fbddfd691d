"""Reads of notifications and mails."""

from django.db import models

from notifications.constants import EstadoCorreo


class NotificacionQuerySet(models.QuerySet):
    def de(self, usuario):
        """Those of one person; every door begins here."""
        return self.filter(usuario=usuario.pk)

    def sin_leer(self):
        return self.filter(leida_en__isnull=True)

    def urgentes(self):
        return self.filter(urgente=True)


class SeguimientoQuerySet(models.QuerySet):
    def de(self, usuario):
        """What one person follows, the newest first."""
        return self.filter(usuario=usuario.pk).order_by("-pk")


class CorreoQuerySet(models.QuerySet):
    def pendientes(self):
        """Mails still to be sent, the oldest first."""
        return self.filter(estado=EstadoCorreo.PENDIENTE).order_by("pk")

    def para_enviar(self):
        """Joins what the letters name."""
        return self.select_related("usuario", "remitente", "documento", "masivo").defer(
            "documento__plazo_pasos", "documento__detalle_anexos", "documento__tiene_anexos"
        )
