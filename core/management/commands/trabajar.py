"""Command trabajar."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from core import campana
from core.barrido import Barrendero
from core.constants import ajuste
from core.latidos import latio_hace_poco, nombre_de_latido, prefijo_de_procesos
from core.models import Latido

registro = logging.getLogger("core.jobs")

PR_SET_PDEATHSIG = 1
ARRANQUE = 60  # seconds a cluster may take to start on a busy machine


class Command(BaseCommand):
    """Run this machine's workers and keep them working: the django-q2 cluster, the sweep, and a watch over both.

    A cluster whose idle worker dies holding the queue's lock goes silent without ending (django-q2, issue
    23). Here the heartbeats of this machine's workers are watched; when they stop while Redis and the
    database answer, the cluster is killed and started anew, and the sweep gives its tasks back.
    """

    help = "Ejecuta los trabajadores y el barrido de tareas, y los reinicia si se quedan mudos."

    def add_arguments(self, parser):
        parser.add_argument(
            "--gracia", type=float, default=30, help="Segundos para terminar lo que corre al parar."
        )

    def handle(self, *args, **opciones):
        self.fin = threading.Event()
        for numero in (signal.SIGTERM, signal.SIGINT):
            signal.signal(numero, lambda *_: self.fin.set())
        barrendero = Barrendero()
        while not self.fin.is_set():
            grupo = self._lanzar()
            try:
                self._vigilar(grupo, barrendero)
            finally:
                self._detener(grupo, opciones["gracia"] if self.fin.is_set() else 0)
            if not self.fin.is_set():
                self.fin.wait(1)

    def _lanzar(self):
        self.lanzado_en = time.monotonic()
        orden = [sys.executable, "-m", "django", "qcluster", "--skip-checks"]
        # Its own session: it is told to end by its main process alone, and killed as a group.
        return subprocess.Popen(  # noqa: S603
            orden,
            cwd=settings.BASE_DIR,
            start_new_session=True,
            preexec_fn=_seguir_al_padre if sys.platform == "linux" else None,  # noqa: PLW1509
        )

    def _vigilar(self, grupo, barrendero):
        """Sweep until the end is asked for, or the cluster dies or goes silent."""
        self.sano_desde, self.pedido_en = time.monotonic(), 0.0
        while not self.fin.is_set():
            if grupo.poll() is not None:
                registro.error(
                    "Los trabajadores terminaron con código %s; se inician de nuevo.", grupo.returncode
                )
                return
            if not barrendero.vuelta():
                self.sano_desde = time.monotonic()  # their silence has another cause
            elif self._mudos():
                registro.error("Los trabajadores no dan señales; se reinician.")
                return
            self.fin.wait(ajuste("TAREAS_BARRIDO_SEGUNDOS"))

    def _mudos(self):
        """Return whether this machine's workers gave no sign for too long, having been asked for one."""
        ahora, limite = time.monotonic(), ajuste("TAREAS_LATIDO_MAXIMO")
        pausa = ahora - self.pedido_en >= ajuste("TAREAS_LATIDO_SEGUNDOS")
        if pausa and not latio_hace_poco(nombre_de_latido()):
            campana.pedir_latido()
            self.pedido_en = ahora
        if ahora - self.sano_desde < limite:
            return False
        latido = Latido.objects.filter(nombre=nombre_de_latido()).values_list("latido_en", flat=True).first()
        if latido is not None and (timezone.now() - latido).total_seconds() <= limite:
            return False
        return self._empezaron() or ahora - self.lanzado_en > max(limite, ARRANQUE)

    def _empezaron(self):
        """Return whether some worker of this machine came to life since the cluster was started."""
        propios = Latido.objects.filter(nombre__startswith=f"{prefijo_de_procesos()}:")
        edad = timedelta(seconds=time.monotonic() - self.lanzado_en)
        return propios.filter(latido_en__gt=timezone.now() - edad).exists()

    def _detener(self, grupo, gracia):
        if grupo.poll() is None and gracia:
            grupo.terminate()
            try:
                grupo.wait(gracia)
            except subprocess.TimeoutExpired:
                registro.warning(
                    "Los trabajadores no terminaron en %s s; sus tareas se harán de nuevo.", gracia
                )
        try:
            os.killpg(grupo.pid, signal.SIGKILL)  # also what a dead main process left behind
        except ProcessLookupError:
            pass
        grupo.wait(10)


def _seguir_al_padre():
    """Ask Linux to end the cluster in good order when this process dies without doing so itself."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
