"""Task functions that the job tests name by path."""

import os
import signal
import subprocess
import time
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core import ejecucion
from core.jobs import ErrorDefinitivo, Reintentar, progreso_actual, sin_interrumpir
from core.models import Latido, Tarea

OIDOS = []


def oir_el_final(tarea_id, estado, args):
    """Stand in for whoever cleans up after a task."""
    OIDOS.append((tarea_id, str(estado), args))


def sumar(a, b):
    progreso_actual(50, "a medias")
    return {"suma": a + b}


def fallar(texto="no se pudo"):
    raise ValueError(texto)


def fallar_para_siempre():
    raise ErrorDefinitivo("el documento ya no existe")


def esperar_afuera(segundos):
    raise Reintentar("servicio ocupado", segundos=segundos)


def romper_la_base():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


def durable():
    with transaction.atomic(durable=True):
        return "bien"


def pedirse_de_nuevo(tarea_id):
    """Stand in for a request of the same work that arrives while this one runs."""
    Tarea.objects.filter(pk=tarea_id).update(repetir=True)
    return "hecho"


def insistir_hasta_cancelar(tarea_id):
    """Ask for its own cancel, then go on; swallow every ordinary error on the way."""
    Tarea.objects.filter(pk=tarea_id).update(cancelar=True)
    for paso in range(3):
        try:
            progreso_actual(paso * 10)
        except Exception:  # noqa: BLE001
            continue
    return "no se detuvo"


def girar(segundos):
    fin = time.monotonic() + segundos
    while time.monotonic() < fin:
        time.sleep(0.01)


def esperar_sin_avisar(donde, segundos=60):
    """Write something, then wait without a progress point: in a statement, in a sleep or in another process."""
    with transaction.atomic():
        Latido.objects.create(nombre=f"a medias {donde}", latido_en=timezone.now())
        if donde == "sql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(%s)", [segundos])
        elif donde == "proceso":
            subprocess.run(["sleep", str(segundos)], check=True)  # noqa: S603, S607
        elif donde == "entero":
            with sin_interrumpir():
                time.sleep(segundos)
                OIDOS.append("entero")
        else:
            time.sleep(segundos)


def dormir_y_anotar(archivo, segundos, marca):
    """Append 'inicio' and 'fin' lines to the file, sleeping between them."""
    with Path(archivo).open("a") as salida:
        salida.write(f"inicio {marca} {os.getpid()}\n")
    fin = time.monotonic() + segundos
    while time.monotonic() < fin:
        time.sleep(0.05)
        progreso_actual(10, "durmiendo")
    with Path(archivo).open("a") as salida:
        salida.write(f"fin {marca} {os.getpid()}\n")
    return marca


def dentro_de_transaccion(archivo):
    """Report progress inside a transaction until it is cancelled."""
    with transaction.atomic():
        Latido.objects.select_for_update().filter(nombre="peticion").first()
        Path(archivo).touch()
        for paso in range(400):
            progreso_actual(paso / 4, "en transacción")
            time.sleep(0.05)


def morir_una_vez(funcion, args, testigo, paso):
    """Run a task of the product, dying by SIGKILL on the first run.

    Args: paso is the progress point at which it dies; 0 is when all its work is done and its row is not yet closed.
    """
    primera = not Path(testigo).exists()
    if primera:
        Path(testigo).touch()
        quedan = [paso]

        def avanzar(corrida, por_ciento, texto):
            quedan[0] -= 1
            if quedan[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        ejecucion.Corrida.avanzar = avanzar
    resultado = import_string(funcion)(**args)
    if primera:
        os.kill(os.getpid(), signal.SIGKILL)
    return resultado


def no_hacer_caso(segundos):
    """Go on whatever is raised, as a task stuck in a library would."""
    fin = time.monotonic() + segundos
    while time.monotonic() < fin:
        try:
            time.sleep(0.2)
        except BaseException:  # noqa: BLE001, S112
            continue
