"""What the citizen's desk remembers: only failures, to slow down who guesses."""

from django.db import models


class FalloConsulta(models.Model):
    """Failed look-ups of one address inside one window of time; kept in PostgreSQL so that it never fails open."""

    origen = models.CharField("origen", max_length=64)
    ventana = models.DateTimeField("ventana")
    cuenta = models.PositiveIntegerField("fallos", default=0)

    class Meta:
        verbose_name = "fallo de consulta"
        verbose_name_plural = "fallos de consulta"
        indexes = [models.Index(fields=["ventana"], name="falloconsulta_ventana")]
        constraints = [models.UniqueConstraint(name="falloconsulta_unico", fields=["origen", "ventana"])]

    def __str__(self):
        return f"{self.origen} {self.ventana}: {self.cuenta}"
