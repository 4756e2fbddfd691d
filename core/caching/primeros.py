"""Who computes first: threads of a process that miss the same key at once wait for one of them."""

import os
import threading
from contextlib import contextmanager

from core.caching.constants import ajuste


class Primeros:
    """The keys being computed now in this process."""

    def __init__(self):
        self._reiniciar()

    def _reiniciar(self):
        self._candado = threading.Lock()
        self._en_curso = {}

    @contextmanager
    def turno(self, clave):
        """Yields True to the first, at once; to the others False, when the first has ended or takes too long."""
        with self._candado:
            otro = self._en_curso.get(clave)
            if otro is None:
                propio = self._en_curso[clave] = threading.Event()
        if otro is not None:
            otro.wait(ajuste("CACHE_ESPERA_SEGUNDOS"))
            yield False
            return
        try:
            yield True
        finally:
            with self._candado:
                self._en_curso.pop(clave, None)
            propio.set()


primeros = Primeros()
os.register_at_fork(after_in_child=primeros._reiniciar)
