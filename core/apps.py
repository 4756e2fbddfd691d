"""Application core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Núcleo"

    def ready(self):
        from django_q.signals import post_spawn

        from core.db.volcado import instalar
        from core.latidos import acompanar

        instalar()
        post_spawn.connect(acompanar, dispatch_uid="core.latidos")
