"""Signs of life of the background work: of the whole, of each machine and of each worker process."""

import logging
import os
import socket
import threading
import time
from datetime import timedelta
from multiprocessing import util

from django.db import connection
from django.utils import timezone

from core.constants import LATIDO_PROCESO, LATIDO_TRABAJADOR, ajuste
from core.models import Latido

registro = logging.getLogger("core.jobs")

OLVIDO = timedelta(hours=1)  # a process that is gone is shown this long


def latir(nombre, detalle=""):
    """Record a sign of life. Writes: one Latido."""
    valores = {"latido_en": timezone.now(), "detalle": detalle[:200]}
    if not Latido.objects.filter(nombre=nombre).update(**valores):
        Latido.objects.bulk_create([Latido(nombre=nombre, **valores)], ignore_conflicts=True)


def nombre_de_latido():
    """Return the name under which the workers of this machine give their sign of life."""
    return f"{LATIDO_TRABAJADOR} {socket.gethostname()}"[:40]


def prefijo_de_procesos():
    """Return how the names of the worker processes of this machine begin."""
    return f"{LATIDO_PROCESO} {socket.gethostname()[:60]}"


def nombre_de_proceso():
    """Return the name of this process: its machine and number, as in Tarea.arrendatario."""
    return f"{prefijo_de_procesos()}:{os.getpid()}"


def latir_trabajador():
    """Record that a worker works: for the whole, and for this machine's watch. Writes: two Latido."""
    for nombre in (LATIDO_TRABAJADOR, nombre_de_latido()):
        latir(nombre, f"{socket.gethostname()}:{os.getpid()}")


def latio_hace_poco(nombre):
    """Return whether it gave a sign of life by itself lately: busy workers do, and need not be asked for one."""
    desde = timezone.now() - timedelta(seconds=2 * ajuste("TAREAS_LATIDO_SEGUNDOS"))
    return Latido.objects.filter(nombre=nombre, latido_en__gt=desde).exists()


_ultimo_latido = {"en": 0.0}


def latir_de_paso():
    """Record a sign of life along with other work, now and then in each process."""
    if time.monotonic() - _ultimo_latido["en"] >= ajuste("TAREAS_LATIDO_SEGUNDOS"):
        _ultimo_latido["en"] = time.monotonic()
        latir_trabajador()


def acompanar(**_):
    """Give signs of life of this worker process from a thread, until it ends. Source: signal post_spawn."""
    fin = threading.Event()
    hilo = threading.Thread(target=_latir_siempre, args=(fin,), name="latido", daemon=True)
    hilo.start()
    util.Finalize(None, _despedir, args=(fin, hilo), exitpriority=10)  # runs at an orderly end only


def _latir_siempre(fin):
    desde = timezone.now().isoformat(timespec="seconds")
    while True:
        try:
            latir(nombre_de_proceso(), desde)
        except Exception as error:  # the database is away; so is the sign of life, as it should be
            registro.debug("Sin latido de este proceso (%s).", error)
        finally:
            connection.close()
        if fin.wait(ajuste("TAREAS_LATIDO_SEGUNDOS")):
            return


def _despedir(fin, hilo):
    """Forget a process that ends in good order; one that is killed stays in view without a sign of life."""
    fin.set()
    hilo.join(5)
    try:
        Latido.objects.filter(nombre=nombre_de_proceso()).delete()
    except Exception as error:
        registro.debug("No se pudo borrar el latido de este proceso (%s).", error)


def olvidar_procesos():
    """Drop the processes that gave no sign for an hour. Writes: removes Latido rows."""
    viejos = Latido.objects.filter(
        nombre__startswith=f"{LATIDO_PROCESO} ", latido_en__lt=timezone.now() - OLVIDO
    )
    viejos.delete()
