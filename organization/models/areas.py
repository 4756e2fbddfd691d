"""The entity, its premises, its windows and its areas."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from organization.querysets import AreaQuerySet


class Entidad(models.Model):
    """The public office itself: one row, printed on every receipt."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    nombre = models.CharField("nombre", max_length=200)
    sigla = models.CharField("sigla", max_length=30)
    ruc = models.CharField("RUC", max_length=11, blank=True)
    direccion = models.CharField("dirección", max_length=200, blank=True)
    lugar = models.CharField(
        "lugar", max_length=80, blank=True, help_text="Ciudad que se imprime en el cargo."
    )
    telefono = models.CharField("teléfono", max_length=60, blank=True)
    horario = models.CharField("horario de atención", max_length=120, blank=True)

    class Meta:
        verbose_name = "entidad"
        verbose_name_plural = "entidad"
        constraints = [
            models.CheckConstraint(
                name="entidad_unica",
                condition=Q(id=1),
                violation_error_message="Solo hay una entidad: corrige la que existe.",
            )
        ]

    def __str__(self):
        return self.nombre


class Sede(models.Model):
    """One of the office's premises; its code is a character of every internal code."""

    codigo = models.CharField(
        "código",
        max_length=1,
        unique=True,
        validators=[RegexValidator(r"^[0-9A-Z]$", "Usa un solo dígito o letra mayúscula.")],
        help_text="Un carácter: 0 para la sede central.",
    )
    nombre = models.CharField("nombre", max_length=120)
    direccion = models.CharField("dirección", max_length=200, blank=True)
    activa = models.BooleanField("activa", default=True)

    class Meta:
        verbose_name = "sede"
        ordering = ["codigo"]

    def __str__(self):
        return self.nombre


class Area(models.Model):
    """An organisational unit that can hold documents and answer them."""

    sigla = models.CharField("sigla", max_length=20, unique=True)
    codigo = models.CharField("código", max_length=20, unique=True)
    nombre = models.CharField("nombre", max_length=160)
    padre = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="hijas", verbose_name="depende de"
    )
    jefe = models.ForeignKey(
        "organization.Usuario",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="areas_a_cargo",
        verbose_name="jefe o jefa",
    )
    sede = models.ForeignKey(Sede, models.PROTECT, related_name="areas", verbose_name="sede")
    recibe_externos = models.BooleanField("recibe documentos externos", default=True)
    es_mesa_de_partes = models.BooleanField("es mesa de partes", default=False)
    activa = models.BooleanField("activa", default=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = "área"
        ordering = ["nombre"]
        indexes = [
            models.Index(fields=["sede"], name="area_mesa", condition=Q(es_mesa_de_partes=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="area_no_es_su_padre",
                condition=~Q(padre=models.F("id")) | Q(padre__isnull=True),
                violation_error_message="Un área no puede depender de sí misma.",
            )
        ]

    def __str__(self):
        return f"{self.nombre} ({self.sigla})"


class Ventanilla(models.Model):
    """A window where papers are received; belongs to a mesa de partes area."""

    nombre = models.CharField("nombre", max_length=40)
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="ventanillas", db_index=False, verbose_name="mesa de partes"
    )
    activa = models.BooleanField("activa", default=True)

    class Meta:
        verbose_name = "ventanilla"
        ordering = ["area", "nombre"]
        constraints = [
            models.UniqueConstraint(
                name="ventanilla_nombre_unico",
                fields=["area", "nombre"],
                violation_error_message="Ya hay una ventanilla con ese nombre en esa mesa de partes.",
            )
        ]

    def __str__(self):
        return self.nombre
