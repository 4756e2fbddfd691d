"""The archive: series with retention, and each time a document was archived."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.constants import ValorSerie


class SerieDocumental(models.Model):
    """A documentary series with its retention, in years; nothing is ever deleted by itself."""

    codigo = models.CharField("código", max_length=20, unique=True)
    nombre = models.CharField("nombre", max_length=160)
    retencion_gestion = models.PositiveSmallIntegerField("años en archivo de gestión", default=2)
    retencion_central = models.PositiveSmallIntegerField("años en archivo central", default=8)
    valor = models.CharField("valor", max_length=10, choices=ValorSerie, default=ValorSerie.TEMPORAL)
    activa = models.BooleanField("activa", default=True)

    class Meta:
        verbose_name = "serie documental"
        verbose_name_plural = "series documentales"
        ordering = ["codigo"]

    def __str__(self):
        return f"{self.codigo} {self.nombre}"


class Archivamiento(models.Model):
    """One stay of a document in the archive; restored ones stay as history."""

    documento = models.ForeignKey("documents.Documento", models.PROTECT, related_name="archivamientos")
    serie = models.ForeignKey(
        SerieDocumental, models.PROTECT, related_name="archivamientos", verbose_name="serie"
    )
    clasificacion = models.CharField("clasificación", max_length=160, blank=True)
    ubicacion_fisica = models.CharField("ubicación física", max_length=120, blank=True)
    conservar_hasta = models.DateField(
        "conservar hasta", null=True, blank=True, help_text="Vacío: permanente."
    )
    observaciones = models.CharField("observaciones", max_length=300, blank=True)
    archivado_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    archivado_en = models.DateTimeField("archivado")
    restaurado_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    restaurado_en = models.DateTimeField("restaurado", null=True, blank=True)
    motivo_restauracion = models.CharField("motivo de la restauración", max_length=300, blank=True)

    class Meta:
        verbose_name = "archivamiento"
        ordering = ["-archivado_en"]
        indexes = [
            models.Index(
                fields=["conservar_hasta"], name="archivamiento_vigencia", condition=Q(restaurado_en=None)
            ),
            models.Index(fields=["ubicacion_fisica"], name="archivamiento_ubicacion"),
            # the archive, newest first
            models.Index(
                fields=["-archivado_en", "-id"],
                include=["documento"],
                name="archivamiento_vigente_fecha",
                condition=Q(restaurado_en=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="archivamiento_vigente_unico",
                fields=["documento"],
                condition=Q(restaurado_en__isnull=True),
                violation_error_message="El documento ya está en el archivo.",
            )
        ]

    def __str__(self):
        return f"{self.documento_id} en {self.serie_id}"
