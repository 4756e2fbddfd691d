"""Sentences for reading events and tasks."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from core.constants import ESTADOS_FINALES, ESTADOS_VIVOS, EstadoTarea


class EventoQuerySet(models.QuerySet):
    def de_documento(self, documento_id):
        """Filter one document's events, in the order they happened."""
        return self.filter(documento_id=documento_id).order_by("secuencia")

    def recientes(self):
        """Order by newest first, with the actor joined."""
        return self.select_related("actor").order_by("-pk")


class TareaQuerySet(models.QuerySet):
    def vivas(self):
        """Filter the tasks that still have to end."""
        return self.filter(estado__in=ESTADOS_VIVOS)

    def terminadas(self):
        return self.filter(estado__in=ESTADOS_FINALES)

    def pendientes(self):
        return self.filter(estado=EstadoTarea.PENDIENTE)

    def listas(self, *, ahora=None, margen=timedelta(0)):
        """Filter the pending tasks whose time has come."""
        return self.pendientes().filter(proximo_intento_en__lte=(ahora or timezone.now()) + margen)

    def vencidas(self, *, ahora=None):
        """Filter the running tasks whose lease ran out: their worker is gone."""
        return self.filter(estado=EstadoTarea.EN_CURSO, arrendada_hasta__lt=ahora or timezone.now())

    def recientes(self):
        """Order by newest first, with the one who asked joined."""
        return self.select_related("solicitada_por").order_by("-pk")
