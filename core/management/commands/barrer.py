"""Command barrer."""

import signal
import threading

from django.core.management.base import BaseCommand

from core.barrido import Barrendero, resumen
from core.constants import ajuste
from core.jobs import barrer, pedir_latido
from core.rondas import Rondas


class Command(BaseCommand):
    """Free the tasks of dead workers and ring again for the due ones; with --bucle, for ever.

    The loop does not depend on Redis or on the workers: it is what brings work back after they fail.
    """

    help = "Libera tareas de trabajadores caídos y avisa de nuevo las que nadie tomó."

    def add_arguments(self, parser):
        parser.add_argument("--bucle", action="store_true", help="Repite cada TAREAS_BARRIDO_SEGUNDOS.")

    def handle(self, *args, **opciones):
        if not opciones["bucle"]:
            self.stdout.write(resumen(barrer()))
            pedir_latido()
            Rondas().vuelta()
            return
        fin = threading.Event()
        for numero in (signal.SIGTERM, signal.SIGINT):
            signal.signal(numero, lambda *_: fin.set())
        barrendero = Barrendero()
        while not fin.is_set():
            barrendero.vuelta()
            fin.wait(ajuste("TAREAS_BARRIDO_SEGUNDOS"))
