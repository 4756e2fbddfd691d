"""Application integrations."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Integraciones"

    def ready(self):
        from integrations.redes import comprobar_ajustes

        comprobar_ajustes()
