"""Command barrer."""

import logging
import signal
import threading

from django.core.management.base import BaseCommand
from django.db import connection

from core.constants import ajuste
from core.jobs import barrer, pedir_latido

registro = logging.getLogger("core.jobs")


class Command(BaseCommand):
    """Free the tasks of dead workers and ring again for the due ones; with --bucle, for ever.

    The loop does not depend on Redis or on the workers: it is what brings work back after they fail.
    """

    help = "Libera tareas de trabajadores caídos y avisa de nuevo las que nadie tomó."

    def add_arguments(self, parser):
        parser.add_argument("--bucle", action="store_true", help="Repite cada TAREAS_BARRIDO_SEGUNDOS.")
        parser.add_argument("--cada", type=float, help="Segundos entre barridos.")

    def handle(self, *args, **opciones):
        if not opciones["bucle"]:
            self.stdout.write(_resumen(barrer()))
            pedir_latido()
            return
        fin = threading.Event()
        for numero in (signal.SIGTERM, signal.SIGINT):
            signal.signal(numero, lambda *_: fin.set())
        cada = opciones["cada"] or ajuste("TAREAS_BARRIDO_SEGUNDOS")
        registro.info("Barrido cada %s s.", cada)
        situacion = None
        while not fin.is_set():
            anterior, situacion = situacion, self._una_vuelta()
            if situacion != anterior and (anterior or situacion != "bien"):
                registro.warning("Barrido: %s.", situacion)
            fin.wait(cada)

    def _una_vuelta(self):
        """Sweep once. Returns: the situation in words; it is logged only when it changes."""
        try:
            hecho = barrer()
            if hecho["liberadas"] or hecho["cerradas"]:
                registro.warning("Barrido: %s", _resumen(hecho))
            pedir_latido()
            return "bien" if hecho["redis"] else "Redis no responde, las tareas esperan en la base de datos"
        except Exception as error:
            connection.close()
            return f"la base de datos no responde ({type(error).__name__})"


def _resumen(hecho):
    return (
        f"{hecho['liberadas']} liberadas, {hecho['cerradas']} cerradas, {hecho['avisadas']} avisadas"
        f"{'' if hecho['redis'] else '; Redis no responde'}"
    )
