"""The roof's own application configurations."""

from django.contrib.admin.apps import AdminConfig


class AdminMesaConfig(AdminConfig):
    """The administration, with roles as data instead of Django's permissions."""

    default_site = "core.admin_site.SitioMesa"
