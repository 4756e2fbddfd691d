"""The custom user."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from organization.constants import Densidad
from organization.permissions import alcance_de


class Usuario(AbstractUser):
    """A person of the office. Deactivated users keep their history and cannot enter.

    Powers come only from `Membresia` and `Encargatura` (see organization.permissions);
    Django's groups and object permissions are not used.
    """

    cargo = models.CharField("cargo", max_length=120, blank=True)
    telefono = models.CharField("teléfono", max_length=30, blank=True)
    ventanilla = models.ForeignKey(
        "organization.Ventanilla",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="usuarios",
        verbose_name="ventanilla",
    )
    densidad = models.CharField("densidad", max_length=10, choices=Densidad, default=Densidad.COMODA)
    atajos_activos = models.BooleanField("atajos de una letra", default=True)
    areas = models.ManyToManyField(
        "organization.Area", through="organization.Membresia", related_name="usuarios", verbose_name="áreas"
    )

    class Meta:
        verbose_name = "usuario"
        ordering = ["last_name", "first_name", "username"]

    def __str__(self):
        return self.nombre_completo

    @property
    def nombre_completo(self):
        """Given and family names, or the user name when they are empty."""
        return self.get_full_name() or self.username

    @property
    def alcance(self):
        """What this user may do and where, computed once per instance (so once per request)."""
        if "_alcance" not in self.__dict__:
            self._alcance = alcance_de(self)
        return self._alcance

    def tiene_permiso(self, codigo, area_id=None):
        """True when the user holds the permission in the area, or in any area when none is given."""
        alcance = self.alcance
        return alcance.tiene(codigo) if area_id is None else codigo in alcance.permisos_en(area_id)

    def refresh_from_db(self, *args, **kwargs):
        """Also forgets the computed powers."""
        self.__dict__.pop("_alcance", None)
        super().refresh_from_db(*args, **kwargs)
