"""Reads of the organisation."""

from django.db import models


class AreaQuerySet(models.QuerySet):
    def activas(self):
        """Areas that can still receive documents."""
        return self.filter(activa=True)

    def destinos(self):
        """Areas a document can be sent to, with chief joined, by name."""
        return self.activas().select_related("jefe").order_by("nombre")

    def que_dicen(self, texto):
        """Areas whose sigla or name holds every word of the text, blind to case; all when it is empty."""
        filtro = self
        for palabra in texto.split()[:6]:
            palabra = palabra.strip("()")
            filtro = filtro.filter(models.Q(sigla__icontains=palabra) | models.Q(nombre__icontains=palabra))
        return filtro


class EncargaturaQuerySet(models.QuerySet):
    def vigentes(self, fecha):
        """Appointments in force on the given local date, both ends included."""
        return self.filter(desde__lte=fecha, hasta__gte=fecha)
