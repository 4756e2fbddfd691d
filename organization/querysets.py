"""Reads of the organisation."""

from django.db import models


class AreaQuerySet(models.QuerySet):
    def activas(self):
        """Areas that can still receive documents."""
        return self.filter(activa=True)

    def destinos(self):
        """Areas a document can be sent to, with chief joined, by name."""
        return self.activas().select_related("jefe").order_by("nombre")


class EncargaturaQuerySet(models.QuerySet):
    def vigentes(self, fecha):
        """Appointments in force on the given local date, both ends included."""
        return self.filter(desde__lte=fecha, hasta__gte=fecha)
