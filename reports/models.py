"""Maintained figures, written by triggers only, and the reports that people ask for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from reports.constants import EstadoReporte, Formato, Medida
from reports.querysets import ReporteQuerySet


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


class Reporte(models.Model):
    """A report somebody asked for, and its file while it is kept. Written only by reports.services.

    filtros as Informe.datos_de gives them, palabras as a person reads them; huella tells equal requests; alcance is
    what the person could see when the rows were read, which must still hold for the download.
    """

    codigo = models.CharField("código", max_length=40)
    formato = models.CharField("formato", max_length=4, choices=Formato)
    filtros = models.JSONField("filtros", default=dict, blank=True)
    palabras = models.JSONField("filtros en palabras", default=list, blank=True)
    huella = models.CharField("huella del pedido", max_length=64)
    titulo = models.CharField("título", max_length=120)
    solicitado_por = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reportes",
        db_index=False,
        verbose_name="solicitado por",
    )
    tarea = models.ForeignKey(
        "core.Tarea", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="tarea"
    )
    estado = models.CharField("estado", max_length=9, choices=EstadoReporte, default=EstadoReporte.PEDIDO)
    error = models.CharField("por qué falló", max_length=300, blank=True)
    archivo = models.CharField("archivo", max_length=120, blank=True)
    bytes = models.BigIntegerField("bytes", null=True, blank=True)
    filas = models.BigIntegerField("filas", null=True, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    alcance = models.JSONField("alcance", default=dict, blank=True)
    creado_en = models.DateTimeField("pedido", auto_now_add=True)
    listo_en = models.DateTimeField("listo", null=True, blank=True)
    vence_en = models.DateTimeField("se retira", null=True, blank=True)

    objects = ReporteQuerySet.as_manager()

    class Meta:
        verbose_name = "reporte"
        ordering = ["-pk"]
        default_permissions = ()
        indexes = [
            models.Index(name="reporte_de_persona", fields=["solicitado_por", "-id"]),
            models.Index(name="reporte_por_vencer", fields=["vence_en"], condition=Q(estado="LISTO")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="reporte_pedido_unico",
                fields=["solicitado_por", "huella"],
                condition=Q(estado="PEDIDO"),
                violation_error_message="Ese reporte ya está en preparación.",
            ),
            models.CheckConstraint(
                name="reporte_estado_conocido",
                condition=Q(estado__in=EstadoReporte.values),
                violation_error_message="El estado del reporte no existe.",
            ),
            models.CheckConstraint(
                name="reporte_formato_conocido",
                condition=Q(formato__in=Formato.values),
                violation_error_message="El formato no existe.",
            ),
            models.CheckConstraint(
                name="reporte_listo_con_archivo",
                condition=~Q(estado="LISTO")
                | (~Q(archivo="") & Q(bytes__isnull=False, listo_en__isnull=False, vence_en__isnull=False)),
                violation_error_message="Un reporte listo tiene su archivo y su fecha de retiro.",
            ),
        ]

    def __str__(self):
        return f"{self.titulo} ({self.formato})"

    @property
    def nombre(self):
        """Name of the file as it is downloaded."""
        return (
            f"{self.codigo}-{timezone.localtime(self.listo_en or self.creado_en):%Y%m%d-%H%M}.{self.formato}"
        )

    @property
    def filtros_texto(self):
        """The filters in one line."""
        return "; ".join(f"{nombre}: {valor}" for nombre, valor in self.palabras)

    def disponible(self, ahora=None):
        """Whether the file can be downloaded at that moment."""
        return self.estado == EstadoReporte.LISTO and (ahora or timezone.now()) < self.vence_en
