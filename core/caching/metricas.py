"""Figures of use: counted in the process, written to a hash of the day in Redis every few seconds."""

import atexit
import logging
import threading
import time
from collections import defaultdict

from django.utils import timezone

from core.caching import almacen
from core.caching.constants import DIAS_DE_USO, PREFIJO_USO, ajuste
from core.caching.cortacircuito import Paso, circuito

CAMPOS = ("aciertos", "fallos", "errores", "omitidas", "guardadas", "us_cache", "us_producir")
CORTES = "circuito:cortes"  # how often a process met Redis failing
_OPERACIONES_POR_ENVIO = 500


class Contadores:
    """Counters of one process, safe between threads; what could not be written waits for the next time."""

    def __init__(self, *, reloj=time.monotonic):
        self._reloj = reloj
        self._candado = threading.Lock()
        self._cuentas = defaultdict(int)
        self._operaciones = 0
        self._enviado_en = reloj()
        self._cortes = circuito.fallos

    def contar(self, grupo, **campos):
        """Adds to the fields of a group; now and then writes them all."""
        with self._candado:
            for campo, cuanto in campos.items():
                if cuanto:
                    self._cuentas[f"{grupo}:{campo}"] += cuanto
            self._operaciones += 1
            toca = self._operaciones >= _OPERACIONES_POR_ENVIO or self._reloj() - self._enviado_en >= ajuste(
                "CACHE_USO_SEGUNDOS"
            )
        if toca:
            self.enviar()

    def enviar(self):
        """Writes the counters to Redis in one round trip. Returns: whether it took them."""
        with self._candado:
            cuentas, self._cuentas = self._cuentas, defaultdict(int)
            self._operaciones, self._enviado_en = 0, self._reloj()
            if circuito.fallos > self._cortes:
                cuentas[CORTES] += circuito.fallos - self._cortes
            self._cortes = circuito.fallos
        if not cuentas:
            return True
        clave = f"{PREFIJO_USO}:{timezone.localdate():%Y-%m-%d}"

        def orden(redis):
            tubo = redis.pipeline(transaction=False)
            for campo, cuanto in cuentas.items():
                tubo.hincrby(clave, campo, cuanto)
            tubo.expire(clave, DIAS_DE_USO * 86400)
            tubo.execute()

        if almacen.ejecutar(orden)[0] is Paso.HECHO:
            return True
        with self._candado:
            for campo, cuanto in cuentas.items():
                self._cuentas[campo] += cuanto
        return False


contadores = Contadores()


@atexit.register
def _al_terminar():
    """The last figures of a process that ends; in silence, because the log may be closed already."""
    if almacen.disponible():
        logging.disable()
        contadores.enviar()
