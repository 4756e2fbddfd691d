"""The roof's own application configurations."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AdminMesaConfig(AdminConfig):
    """The administration, with roles as data instead of Django's permissions."""

    default_site = "core.panel.site.SitioMesa"


class MesaPartesConfig(AppConfig):
    """The roof: commands that know every application, and no models."""

    name = "mesapartes"
    verbose_name = "Mesa de Partes"
