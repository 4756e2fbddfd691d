"""Roles and permissions as data, and who holds them where."""

from django.db import models
from django.db.models import F, Q

from organization.querysets import EncargaturaQuerySet


class Permiso(models.Model):
    """A permission code the programs ask for; its name is what people read."""

    codigo = models.CharField("código", max_length=60, primary_key=True)
    nombre = models.CharField("nombre", max_length=160)

    class Meta:
        verbose_name = "permiso"
        ordering = ["codigo"]

    def __str__(self):
        return self.nombre


class Rol(models.Model):
    """A named set of permissions; a change is in force at the next request."""

    codigo = models.SlugField("código", max_length=40, unique=True)
    nombre = models.CharField("nombre", max_length=80)
    permisos = models.ManyToManyField(Permiso, related_name="roles", blank=True, verbose_name="permisos")

    class Meta:
        verbose_name = "rol"
        verbose_name_plural = "roles"
        ordering = ["nombre"]

    def __str__(self):
        return self.nombre


class Membresia(models.Model):
    """A user belongs to an area with exactly one role in it."""

    usuario = models.ForeignKey(
        "organization.Usuario",
        models.CASCADE,
        related_name="membresias",
        db_index=False,
        verbose_name="usuario",
    )
    area = models.ForeignKey(
        "organization.Area", models.PROTECT, related_name="membresias", verbose_name="área"
    )
    rol = models.ForeignKey(Rol, models.PROTECT, related_name="membresias", verbose_name="rol")

    class Meta:
        verbose_name = "pertenencia a un área"
        verbose_name_plural = "pertenencias a áreas"
        constraints = [
            models.UniqueConstraint(
                name="membresia_un_rol_por_area",
                fields=["usuario", "area"],
                violation_error_message="El usuario ya tiene un rol en esa área: cámbialo en vez de añadir otro.",
            )
        ]

    def __str__(self):
        return f"{self.usuario} · {self.area} · {self.rol}"


class Encargatura(models.Model):
    """An acting chief: between its dates the user has the supervisor's role in the area."""

    usuario = models.ForeignKey(
        "organization.Usuario",
        models.PROTECT,
        related_name="encargaturas",
        db_index=False,
        verbose_name="encargado o encargada",
    )
    area = models.ForeignKey(
        "organization.Area", models.PROTECT, related_name="encargaturas", verbose_name="área"
    )
    desde = models.DateField("desde")
    hasta = models.DateField("hasta")
    sustento = models.CharField("documento de sustento", max_length=160)

    objects = EncargaturaQuerySet.as_manager()

    class Meta:
        verbose_name = "encargatura"
        ordering = ["-desde"]
        indexes = [models.Index(fields=["usuario", "hasta"], name="encargatura_usuario")]
        constraints = [
            models.CheckConstraint(
                name="encargatura_fechas_en_orden",
                condition=Q(hasta__gte=F("desde")),
                violation_error_code="hasta",
                violation_error_message="La encargatura no puede terminar antes de empezar.",
            )
        ]

    def __str__(self):
        return f"{self.usuario} encargado de {self.area} hasta {self.hasta:%d/%m/%Y}"
