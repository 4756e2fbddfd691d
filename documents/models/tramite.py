"""What accompanies a document while it lives: drafts, requirements, notes, observations, pauses."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Borrador(models.Model):
    """What a clerk typed and did not send yet; one per user."""

    usuario = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="borrador_registro")
    datos = models.JSONField("datos", default=dict)
    actualizado_en = models.DateTimeField("actualizado", auto_now=True)

    class Meta:
        verbose_name = "borrador"
        verbose_name_plural = "borradores"

    def __str__(self):
        return f"Borrador de {self.usuario_id}"


class RequisitoDocumento(models.Model):
    """A requirement as it stood when the document was presented, met or not."""

    documento = models.ForeignKey("documents.Documento", models.CASCADE, related_name="requisitos")
    orden = models.PositiveSmallIntegerField("orden", default=1)
    texto = models.CharField("requisito", max_length=200)
    cumple = models.BooleanField("cumple", default=False)

    class Meta:
        verbose_name = "requisito presentado"
        verbose_name_plural = "requisitos presentados"
        ordering = ["documento", "orden", "pk"]

    def __str__(self):
        return self.texto


class Nota(models.Model):
    """An internal note; never shown to the citizen."""

    documento = models.ForeignKey("documents.Documento", models.PROTECT, related_name="notas")
    autor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notas")
    texto = models.TextField("nota", max_length=2000)
    creada_en = models.DateTimeField("escrita", auto_now_add=True)

    class Meta:
        verbose_name = "nota interna"
        verbose_name_plural = "notas internas"
        ordering = ["-creada_en", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="nota_con_texto", condition=~Q(texto=""), violation_error_message="Escribe la nota."
            )
        ]

    def __str__(self):
        return self.texto[:60]


class Observacion(models.Model):
    """The only observation at reception (art. 136): what is missing and until when."""

    documento = models.OneToOneField("documents.Documento", models.PROTECT, related_name="observacion")
    faltantes = models.JSONField("faltantes", default=list)
    observado_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    observado_en = models.DateTimeField("observado")
    vence_el = models.DateField("último día para subsanar")
    subsanado_en = models.DateTimeField("subsanado", null=True, blank=True)
    subsanado_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    detalle_subsanacion = models.CharField("qué presentó", max_length=300, blank=True)

    class Meta:
        verbose_name = "observación"
        verbose_name_plural = "observaciones"
        ordering = ["-observado_en"]
        indexes = [
            models.Index(fields=["vence_el"], name="observacion_abierta", condition=Q(subsanado_en=None))
        ]

    def __str__(self):
        return f"Observación de {self.documento_id}"


class PausaPlazo(models.Model):
    """Days that do not run: an observation or a suspension, with its legal basis."""

    documento = models.ForeignKey("documents.Documento", models.PROTECT, related_name="pausas")
    desde = models.DateField("desde")
    hasta = models.DateField("hasta", null=True, blank=True)
    motivo = models.CharField("motivo", max_length=300)
    base_legal = models.CharField("base legal", max_length=160)
    sustento = models.CharField("documento de sustento", max_length=160, blank=True)
    pausado_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "pausa del plazo"
        verbose_name_plural = "pausas del plazo"
        ordering = ["desde", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="pausaplazo_una_abierta",
                fields=["documento"],
                condition=Q(hasta__isnull=True),
                violation_error_message="El plazo ya está en pausa.",
            ),
            models.CheckConstraint(
                name="pausaplazo_fechas_en_orden",
                condition=Q(hasta__isnull=True) | Q(hasta__gte=F("desde")),
                violation_error_message="La pausa no puede terminar antes de empezar.",
            ),
        ]

    def __str__(self):
        return f"{self.motivo} desde {self.desde:%d/%m/%Y}"
