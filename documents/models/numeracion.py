"""Number series: gapless, yearly, allocated under a row lock."""

from django.core.exceptions import ValidationError
from django.db import models


class SerieNumeracion(models.Model):
    """A series of numbers and the mask that turns (year, number) into text."""

    codigo = models.CharField("código", max_length=12, unique=True)
    nombre = models.CharField("nombre", max_length=80)
    mascara = models.CharField(
        "máscara",
        max_length=60,
        default="EXP-{anio}-{numero:06d}",
        help_text="Usa {anio}, {numero:06d} y, si quieres, {sede}.",
    )
    sede = models.ForeignKey(
        "organization.Sede", models.PROTECT, null=True, blank=True, related_name="series", verbose_name="sede"
    )

    class Meta:
        verbose_name = "serie de numeración"
        verbose_name_plural = "series de numeración"
        ordering = ["codigo"]

    def __str__(self):
        return f"{self.codigo} ({self.mascara})"

    def formatear(self, *, anio, numero):
        """The printed number, e.g. EXP-2026-004182."""
        return self.mascara.format(anio=anio, numero=numero, sede=self.sede.codigo if self.sede_id else "0")

    def clean(self):
        """A mask must hold year and number, or two years would share their numbers."""
        try:
            uno, otro = self.formatear(anio=2026, numero=1), self.formatear(anio=2027, numero=1)
            dos = self.formatear(anio=2026, numero=2)
        except (KeyError, IndexError, ValueError, AttributeError):
            raise ValidationError({"mascara": "Escribe la máscara como EXP-{anio}-{numero:06d}."}) from None
        if len({uno, otro, dos}) < 3:
            raise ValidationError({"mascara": "La máscara debe llevar {anio} y {numero}."})
        if len(self.formatear(anio=2026, numero=10**9)) > 40:
            raise ValidationError({"mascara": "La máscara es muy larga: el número pasaría de 40 caracteres."})


class Correlativo(models.Model):
    """The last number given in a series and year of America/Lima."""

    serie = models.ForeignKey(
        SerieNumeracion, models.PROTECT, related_name="correlativos", db_index=False, verbose_name="serie"
    )
    anio = models.PositiveSmallIntegerField("año")
    ultimo = models.PositiveIntegerField("último número", default=0)

    class Meta:
        verbose_name = "correlativo"
        ordering = ["-anio", "serie"]
        constraints = [
            models.UniqueConstraint(
                name="correlativo_unico",
                fields=["serie", "anio"],
                violation_error_message="Ya hay un correlativo para esa serie y ese año.",
            )
        ]

    def __str__(self):
        return f"{self.serie.codigo} {self.anio}: {self.ultimo}"
