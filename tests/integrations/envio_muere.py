"""A worker in processes of its own that die in the middle of a sending, and one that lives.

Run as: python -m tests.integrations.envio_muere <database> <store folder> <sending> <json list of steps>
Each step is a function of the connector; its process ends right after the other side has answered it, before
anything of it is recorded. Between them the turn of the dead is let run out. The last one lives.
"""

import json
import os
import sys

MUERTO = 9


def main(base, carpeta, envio_id, pasos):
    os.environ["DJANGO_SETTINGS_MODULE"] = "mesapartes.settings_test"
    import django
    from django.conf import settings

    settings.STORAGES["default"]["OPTIONS"]["location"] = carpeta
    settings.DATABASES["default"]["NAME"] = base
    settings.INTEGRACIONES_REDES_PERMITIDAS = ["127.0.0.0/8"]
    django.setup()
    from integrations.services import sincronizar_envio

    for paso in [*json.loads(pasos), None]:
        hijo = os.fork()
        if hijo == 0:
            if paso:
                morir_tras(paso)
            sincronizar_envio(envio_id=int(envio_id))
            os._exit(0)
        _, estado = os.waitpid(hijo, 0)
        assert os.waitstatus_to_exitcode(estado) == (MUERTO if paso else 0)
        if paso:
            vencer_turno(envio_id)


def morir_tras(paso):
    from integrations.conectores.api_rest import ApiRest

    real = getattr(ApiRest, paso)

    def hacer_y_morir(*argumentos, **opciones):
        real(*argumentos, **opciones)
        os._exit(MUERTO)

    setattr(ApiRest, paso, hacer_y_morir)


def vencer_turno(envio_id):
    """Lets the time of the dead one's turn pass. The connection does not outlive the fork that follows."""
    from django.db import connection
    from django.utils import timezone

    from integrations.models import Envio, LogSincronizacion

    assert LogSincronizacion.objects.filter(estado="EN_CURSO").count() == 1
    Envio.objects.filter(pk=envio_id).update(proximo_intento_en=timezone.now())
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
