"""Reads of reports."""

from django.db import models

from reports.constants import EstadoReporte


class ReporteQuerySet(models.QuerySet):
    def de(self, usuario):
        """The reports a person asked for: nobody else sees them."""
        return self.filter(solicitado_por=usuario.pk)

    def vivos(self):
        """Those still being made."""
        return self.filter(estado=EstadoReporte.PEDIDO)

    def por_retirar(self, ahora):
        """Those whose days are over and still have their file."""
        return self.filter(estado=EstadoReporte.LISTO, vence_en__lte=ahora)

    def para_lista(self):
        """Joins the task, whose progress is shown."""
        return self.select_related("tarea")
