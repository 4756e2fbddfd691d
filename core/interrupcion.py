"""How a running task is stopped from outside: at its next progress point, or in the middle of a long wait.

A stop that was asked for is first left to the task's own progress points. A task that reaches none, because it waits
for the database, the network or another process, is interrupted by a signal in the thread that runs it. That happens
only while its function runs, never while its end is being written, and not inside `sin_interrumpir()`.
"""

import signal
import threading
import time
from contextlib import contextmanager

from django.db import connection

SENAL = getattr(signal, "SIGUSR2", None)
ENTRE_DOS = 5  # seconds a task may take to tidy up before it is interrupted once more


class InterrupcionDeTarea(KeyboardInterrupt):
    """Stops the running task from outside; not an Exception, so that a task's own handlers let it pass.

    As a KeyboardInterrupt it also makes psycopg cancel the statement that was running in the server.
    """


class TareaCancelada(InterrupcionDeTarea):
    """Someone asked to cancel the task."""


class TiempoAgotado(InterrupcionDeTarea):
    """The task ran longer than the soft limit."""


class ArriendoPerdido(InterrupcionDeTarea):
    """Another worker holds the task now; this run must not write any more."""


_tramo = {"cerrados": 0, "pendiente": None}


def _en_el_principal():
    return threading.current_thread() is threading.main_thread() and SENAL is not None


def _parar(interrupcion):
    """Raise it, or keep it for the end of the stretch that may not be cut."""
    if _tramo["cerrados"]:
        _tramo["pendiente"] = interrupcion
    else:
        raise interrupcion


@contextmanager
def sin_interrumpir():
    """Keep the block from being cut in two: a stop asked for meanwhile is raised at its end. For short acts only.

    Raises: InterrupcionDeTarea when the block ends well and a stop was asked for inside it.
    """
    if not _en_el_principal():
        yield
        return
    _tramo["cerrados"] += 1
    try:
        yield
    finally:
        _tramo["cerrados"] -= 1
    levantar_pendiente()


def levantar_pendiente():
    """Raise the stop that came inside a closed stretch, if any."""
    if _tramo["pendiente"] is not None and not _tramo["cerrados"]:
        pendiente, _tramo["pendiente"] = _tramo["pendiente"], None
        raise pendiente


class Puerta:
    """Open while the function of a task runs: only then another thread may interrupt it."""

    def __init__(self):
        self._abierta, self._motivo, self._ultima, self._anterior = False, None, 0.0, None
        self._hilo = threading.get_ident()

    def abrir(self):
        """Let the task be interrupted from now on; without effect outside the main thread."""
        if _en_el_principal():
            _tramo.update(cerrados=0, pendiente=None)
            self._anterior = signal.signal(SENAL, self._al_llegar)
            self._abierta = True

    def cerrar(self):
        """Interrupt no more. May be called twice."""
        abierta, self._abierta = self._abierta, False
        if abierta:
            signal.signal(SENAL, self._anterior if self._anterior is not None else signal.SIG_DFL)

    def interrumpir(self, motivo):
        """From another thread: raise the stop in the task, wherever it is; again only after a while."""
        if self._abierta and time.monotonic() - self._ultima >= ENTRE_DOS:
            self._motivo, self._ultima = motivo, time.monotonic()
            signal.pthread_kill(self._hilo, SENAL)

    def _al_llegar(self, numero, marco):
        if self._abierta and self._motivo is not None:
            _parar(self._motivo)


@contextmanager
def limite_suave(segundos):
    """Raise TiempoAgotado in the block after so many seconds; keeps an alarm that was set before (hard limit).

    Works in the main thread only, as signals do; elsewhere the block has no soft limit.
    """
    if not _en_el_principal() or not hasattr(signal, "setitimer"):
        yield
        return
    inicio = time.monotonic()
    restante = signal.getitimer(signal.ITIMER_REAL)[0]
    if restante and restante <= segundos:
        yield  # the alarm already set strikes first
        return
    anterior = signal.getsignal(signal.SIGALRM)

    def devolver():
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, anterior if anterior is not None else signal.SIG_DFL)
        if restante:
            signal.setitimer(signal.ITIMER_REAL, max(0.01, restante - (time.monotonic() - inicio)))

    def sonar(numero, marco):
        devolver()
        _parar(TiempoAgotado(f"La tarea superó el límite de {en_palabras(segundos)} y se detuvo."))

    signal.signal(signal.SIGALRM, sonar)
    signal.setitimer(signal.ITIMER_REAL, segundos)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGALRM) is sonar:
            devolver()


def en_palabras(segundos):
    """Return a length of time as people say it: "25 minutos", "90 segundos"."""
    cuanto, unidad = (
        (segundos // 60, "minuto") if segundos >= 120 and segundos % 60 == 0 else (segundos, "segundo")
    )
    return f"{cuanto:g} {unidad}{'' if cuanto == 1 else 's'}"


def soltar_conexion():
    """Drop the database connection of this thread with whatever an interruption left open in it.

    An interruption may strike between two steps of a transaction's own bookkeeping, which then cannot be believed.
    The server undoes what was not committed; the next query opens a clean connection.
    """
    try:
        connection.close()
    finally:
        connection.connection = None
        connection.in_atomic_block = connection.needs_rollback = connection.closed_in_transaction = False
        connection.savepoint_ids, connection.atomic_blocks, connection.run_on_commit = [], [], []
