"""The breaker of this process: whoever meets a failing Redis pays once, and the rest go on without the cache."""

import enum
import logging
import os
import threading
import time

from core.caching.constants import ajuste

registro = logging.getLogger("core.caching")


class Paso(enum.Enum):
    """How an operation ended."""

    HECHO = "hecho"
    FALLO = "fallo"  # Redis did not answer, this time
    OMITIDO = "omitido"  # not tried: it failed a moment ago, or another thread waits for it


class Cortacircuito:
    """Runs operations one at a time; after a failure runs none for a while, then a single one to see.

    One at a time, because two threads that ask a hung Redis at the same moment would both wait the whole timeout:
    an operation takes some tenths of a millisecond, so the turn costs nothing while all goes well.
    """

    def __init__(self, *, reloj=time.monotonic):
        self._reloj = reloj
        self._reiniciar()

    def _reiniciar(self):
        self._turno = threading.Lock()
        self._abierto_hasta = 0.0
        self._atascado = False
        self._desde = 0.0
        self.fallos = 0
        self.ultimo_fallo = ""

    @property
    def abierto(self):
        """True while the cache is being skipped."""
        return self._reloj() < self._abierto_hasta

    @property
    def estado(self):
        """ "cerrado" (in use), "abierto" (skipped) or "a prueba" (the next operation decides)."""
        if self.abierto:
            return "abierto"
        return "a prueba" if self._abierto_hasta else "cerrado"

    def ejecutar(self, accion):
        """Runs the action against Redis. Never raises. Returns: (Paso, value)."""
        if self.abierto or not self._esperar_turno():
            return Paso.OMITIDO, None
        try:
            if self.abierto:  # it failed while this thread waited
                return Paso.OMITIDO, None
            valor = accion()
        except Exception as error:  # whatever happens to the cache, the page is made without it
            self._abrir(error)
            return Paso.FALLO, None
        else:
            self._cerrar()
            return Paso.HECHO, valor
        finally:
            self._atascado = False
            self._turno.release()

    def _esperar_turno(self):
        """Waits while the operations before this one come and go; not behind one that lasts too long."""
        if self._turno.acquire(blocking=False):
            self._desde = time.monotonic()
            return True
        paciencia = ajuste("CACHE_TURNO_MS") / 1000
        while not self._atascado and not self.abierto:
            if self._turno.acquire(timeout=paciencia / 4):
                self._desde = time.monotonic()
                return True
            if time.monotonic() - self._desde > paciencia:
                self._atascado = True  # nobody else waits behind it
        return False

    def _abrir(self, error):
        self.fallos += 1
        self.ultimo_fallo = type(error).__name__
        if not self._abierto_hasta:
            registro.warning("Se sigue sin cache: Redis no responde (%s).", self.ultimo_fallo)
        self._abierto_hasta = self._reloj() + ajuste("CACHE_PAUSA_SEGUNDOS")

    def _cerrar(self):
        if self._abierto_hasta:
            registro.warning("Redis responde otra vez: vuelve la cache.")
            self._abierto_hasta = 0.0


circuito = Cortacircuito()
os.register_at_fork(after_in_child=circuito._reiniciar)  # a turn held at the fork would never come back
