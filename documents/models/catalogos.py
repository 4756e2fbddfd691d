"""Catalogues an office edits: types, categories, procedures, requirements, routing rules."""

from django.db import models
from django.db.models import Q

from documents.constants import Silencio
from documents.querysets import ProcedimientoQuerySet


class TipoDocumento(models.Model):
    """A kind of document with its default legal term, in working days."""

    codigo = models.CharField("código", max_length=12, unique=True)
    nombre = models.CharField("nombre", max_length=80)
    plazo_dias = models.PositiveSmallIntegerField(
        "plazo en días hábiles", null=True, blank=True, help_text="Vacío: sin plazo."
    )
    silencio = models.CharField(
        "silencio", max_length=10, choices=Silencio, blank=True, default=Silencio.NINGUNO
    )
    base_legal = models.CharField("base legal", max_length=160, blank=True)
    es_interno = models.BooleanField("es interno", default=False)
    es_reservado = models.BooleanField("nace reservado", default=False)
    orden = models.PositiveSmallIntegerField("orden", default=100)
    activo = models.BooleanField("activo", default=True)

    class Meta:
        verbose_name = "tipo de documento"
        verbose_name_plural = "tipos de documento"
        ordering = ["orden", "nombre"]
        indexes = [models.Index(fields=["activo", "orden"], name="tipodocumento_activo")]

    def __str__(self):
        return f"{self.codigo} {self.nombre}"


class Categoria(models.Model):
    """A subject category inside a type."""

    tipo_documento = models.ForeignKey(
        TipoDocumento,
        models.CASCADE,
        related_name="categorias",
        db_index=False,
        verbose_name="tipo de documento",
    )
    nombre = models.CharField("nombre", max_length=80)
    activa = models.BooleanField("activa", default=True)

    class Meta:
        verbose_name = "categoría"
        ordering = ["nombre"]
        constraints = [
            models.UniqueConstraint(
                name="categoria_unica_por_tipo",
                fields=["tipo_documento", "nombre"],
                violation_error_message="Ese tipo ya tiene una categoría con ese nombre.",
            )
        ]

    def __str__(self):
        return self.nombre


class Procedimiento(models.Model):
    """A procedure of the TUPA: fills subject, area, instruction and term at the window."""

    codigo = models.CharField("código", max_length=20, unique=True)
    nombre = models.CharField("nombre", max_length=200)
    tipo_documento = models.ForeignKey(
        TipoDocumento, models.PROTECT, related_name="procedimientos", verbose_name="tipo de documento"
    )
    area = models.ForeignKey(
        "organization.Area", models.PROTECT, related_name="procedimientos", verbose_name="área que resuelve"
    )
    plazo_dias = models.PositiveSmallIntegerField("plazo en días hábiles", null=True, blank=True)
    silencio = models.CharField(
        "silencio", max_length=10, choices=Silencio, blank=True, default=Silencio.NINGUNO
    )
    asunto_modelo = models.CharField("asunto que propone", max_length=300, blank=True)
    instruccion = models.CharField("instrucción que propone", max_length=300, blank=True)
    base_legal = models.CharField("base legal", max_length=160, blank=True)
    activo = models.BooleanField("activo", default=True)

    objects = ProcedimientoQuerySet.as_manager()

    class Meta:
        verbose_name = "procedimiento"
        ordering = ["codigo"]

    def __str__(self):
        return f"{self.codigo} {self.nombre}"


class RequisitoProcedimiento(models.Model):
    """One requirement of a procedure, ticked at the window."""

    procedimiento = models.ForeignKey(Procedimiento, models.CASCADE, related_name="requisitos")
    orden = models.PositiveSmallIntegerField("orden", default=1)
    texto = models.CharField("requisito", max_length=200)

    class Meta:
        verbose_name = "requisito"
        ordering = ["procedimiento", "orden", "pk"]

    def __str__(self):
        return self.texto


class ReglaArea(models.Model):
    """Suggests a destination area: the first active rule whose every filled condition holds."""

    orden = models.PositiveSmallIntegerField("orden", default=100)
    tipo_documento = models.ForeignKey(
        TipoDocumento, models.CASCADE, null=True, blank=True, related_name="reglas", verbose_name="tipo"
    )
    categoria = models.ForeignKey(
        Categoria, models.CASCADE, null=True, blank=True, related_name="reglas", verbose_name="categoría"
    )
    palabras = models.CharField(
        "palabras del asunto",
        max_length=300,
        blank=True,
        help_text="Separadas por comas; basta con una. No importan tildes ni mayúsculas.",
    )
    area = models.ForeignKey(
        "organization.Area", models.CASCADE, related_name="reglas", verbose_name="área sugerida"
    )
    activa = models.BooleanField("activa", default=True)

    class Meta:
        verbose_name = "regla de área sugerida"
        verbose_name_plural = "reglas de área sugerida"
        ordering = ["orden", "pk"]
        constraints = [
            models.CheckConstraint(
                name="reglaarea_con_condicion",
                condition=Q(tipo_documento__isnull=False) | Q(categoria__isnull=False) | ~Q(palabras=""),
                violation_error_message="Una regla necesita al menos una condición: tipo, categoría o palabras.",
            )
        ]

    def __str__(self):
        return f"{self.orden}: {self.area}"
