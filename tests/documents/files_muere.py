"""A process of its own that stores, attaches, processes or cleans, and kills itself at the step it is told.

tests/criadero.py runs main(test database, store folder, act, step, argument).
"""

import os
import signal


def morir(*argumentos, **opciones):
    os.kill(os.getpid(), signal.SIGKILL)


def tras(objeto, nombre, vez=1):
    """Kills the process right after the n-th call of a function."""
    real, cuenta = getattr(objeto, nombre), [0]

    def hacer_y_morir(*argumentos, **opciones):
        resultado = real(*argumentos, **opciones)
        cuenta[0] += 1
        if cuenta[0] == vez:
            morir()
        return resultado

    setattr(objeto, nombre, hacer_y_morir)


def main(base, carpeta, acto, paso, argumento):
    from django.conf import settings

    settings.STORAGES["default"]["OPTIONS"]["location"] = carpeta
    settings.DATABASES["default"]["NAME"] = base
    {"subir": subir, "registrar": registrar, "procesar": procesar, "limpiar": limpiar}[acto](paso, argumento)
    morir()  # after the commit, before anybody hears of it


def subir(paso, usuario_id):
    from documents.files import almacen, espera
    from documents.models import ArchivoEnEspera
    from organization.models import Usuario
    from tests.documents import files_util as u

    contenido = u.pdf(marca="fija")
    subida = u.subida(contenido)
    if paso == "a media copia":
        subida.chunks = lambda tamanio: (x if x else morir() for x in (contenido[:100], b""))
    elif paso == "copiado":
        tras(espera, "_copiar")
    elif paso == "examinado":
        tras(espera.aislado, "examinar")
    elif paso == "renombrado":
        tras(almacen.os, "replace")
    elif paso == "colocado":
        tras(almacen.AlmacenLocal, "colocar")
    elif paso == "fila sin confirmar":
        tras(ArchivoEnEspera.objects, "create")
    espera.poner_en_espera(usuario=Usuario.objects.get(pk=usuario_id), subida=subida, para="principal")


def registrar(paso, usuario_id):
    from documents.files import espera
    from documents.models import ArchivoEnEspera
    from documents.services import registro
    from organization.models import Usuario
    from tests.documents import files_util as u

    persona = Usuario.objects.get(pk=usuario_id)
    ids = [str(pk) for pk in ArchivoEnEspera.objects.filter(usuario=persona).values_list("pk", flat=True)]
    if paso == "primer archivo":
        tras(espera, "encolar", 1)
    elif paso == "ultimo archivo":
        tras(espera, "encolar", 2)
    elif paso == "adjuntados sin confirmar":
        tras(registro, "adjuntar_en_espera")
    u.nuevo_documento(actor=persona, archivos=ids)


def procesar(paso, archivo_id):
    from documents.files import procesado
    from documents.tasks import procesar_archivo_adjunto

    if paso == "miniatura guardada":
        tras(procesado, "guardar_derivado", 1)
    elif paso == "evento sin confirmar":
        tras(procesado, "registrar_evento")
    procesar_archivo_adjunto(int(archivo_id))


def limpiar(paso, _):
    from documents.files import almacen, limpieza

    if paso == "filas retiradas":
        tras(limpieza, "_retirar_filas")
    elif paso == "primer contenido":
        tras(almacen.AlmacenLocal, "borrar", 1)
    limpieza.limpiar_espera()
