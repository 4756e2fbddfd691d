"""A window in a process of its own: registers one document, and dies at the step it is told.

tests/criadero.py runs main(database, store folder, step, data).
The step is one of PASOS, or "nada" to live and print the document's key. data holds user, type, sender, area, key
of the form, staged files, and `redis`, the socket of another Redis.
"""

import json
import os
import signal
import time

PASOS = (
    "archivo en espera",
    "numerado",
    "insertado",
    "primer archivo",
    "con archivos",
    "con traza",
    "con cargo",
    "antes de confirmar",
    "confirmado",
)


def morir():
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def tras(objeto, nombre):
    """Kills the process right after a function returns."""
    real = getattr(objeto, nombre)

    def hacer_y_morir(*argumentos, **opciones):
        real(*argumentos, **opciones)
        morir()

    setattr(objeto, nombre, hacer_y_morir)


def preparar(paso):
    from django.db import connection

    from documents.files import espera
    from documents.models import Cargo, Documento
    from documents.services import registro

    if paso == "numerado":
        tras(registro, "siguiente_numero")
    elif paso == "insertado":
        tras(Documento, "save")
    elif paso == "primer archivo":
        tras(espera, "encolar")
    elif paso == "con archivos":
        tras(registro, "adjuntar_en_espera")
    elif paso == "con traza":
        tras(registro, "registrar_evento")
    elif paso == "con cargo":
        tras(Cargo, "save")
    elif paso == "antes de confirmar":
        connection._commit = morir
    elif paso == "confirmado":
        tras(connection, "_commit")


def main(base, carpeta, paso, datos):
    from django.conf import settings

    settings.STORAGES["default"]["OPTIONS"]["location"] = carpeta
    settings.DATABASES["default"]["NAME"] = base
    if datos.get("redis"):
        settings.Q_CLUSTER["redis"]["unix_socket_path"] = datos["redis"]
        settings.CACHES["default"]["LOCATION"] = f"unix://{datos['redis']}?db=1"
    registrar(paso, datos)


def registrar(paso, datos):
    from documents.files.espera import poner_en_espera
    from documents.models import Remitente, TipoDocumento
    from documents.services import registrar_documento
    from organization.models import Area, Usuario
    from tests.documents.files_util import pdf, subida

    actor = Usuario.objects.get(pk=datos["usuario"])
    if paso == "archivo en espera":
        poner_en_espera(usuario=actor, subida=subida(pdf(marca="a medias")), para="principal")
        morir()
    preparar(paso)
    inicio = time.monotonic()
    documento = registrar_documento(
        remitente=Remitente.objects.get(pk=datos["remitente"]),
        tipo_documento=TipoDocumento.objects.get(pk=datos["tipo"]),
        asunto="Habilitación vehicular",
        numero_folios=46,
        area_registro=Area.objects.get(pk=datos["area"]),
        archivos=datos["archivos"],
        llave=datos["llave"],
        actor=actor,
    )
    print(json.dumps({"pk": documento.pk, "segundos": time.monotonic() - inicio}))
