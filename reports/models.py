"""Maintained figures: totals, and the changes that are not in the totals yet. Written by triggers only."""

from django.db import models

from reports.constants import Medida


class _Figura(models.Model):
    """Columns of a figure. Plain numbers instead of foreign keys: a trigger writes them with the row they come from."""

    id = models.BigAutoField(primary_key=True)
    medida = models.PositiveSmallIntegerField("medida", choices=Medida)
    dia = models.DateField("día", null=True)
    area_id = models.BigIntegerField("área")
    tipo_id = models.BigIntegerField("tipo de documento", null=True)
    clase = models.CharField("clase", max_length=14, default="", blank=True)
    prioridad = models.CharField("prioridad", max_length=8, default="", blank=True)
    n = models.BigIntegerField("cantidad", default=0)
    tarde = models.BigIntegerField("fuera de plazo", default=0)

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self):
        return f"{self.get_medida_display()}: {self.n}"


class Cifra(_Figura):
    """A total, as of the last roll-up: true only together with the CifraDelta rows.

    Source: docs/adr/0007-cifras-mantenidas.md.
    """

    class Meta(_Figura.Meta):
        verbose_name = "cifra"
        constraints = [
            # In the order of reading: a measure, some days, then areas inside them.
            models.UniqueConstraint(
                name="cifra_unica",
                fields=["medida", "dia", "area_id", "tipo_id", "clase", "prioridad"],
                nulls_distinct=False,
            )
        ]


class CifraDelta(_Figura):
    """What one write changed; only appended, so that writers never wait for each other, and rolled up into Cifra."""

    class Meta(_Figura.Meta):
        verbose_name = "cambio de una cifra"
        verbose_name_plural = "cambios de las cifras"
