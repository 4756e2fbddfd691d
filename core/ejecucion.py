"""What a worker does with one task: claim it with a lease, run it, keep the lease, close it."""

import logging
import os
import secrets
import socket
import threading
import time
import traceback
from contextvars import ContextVar
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.exceptions import TimeoutException

from core.campana import MARGEN
from core.constants import EstadoTarea, ajuste
from core.desenlaces import MALOGRADAS, debe_desenlace, rematar
from core.errors import ErrorDeNegocio
from core.events import a_json
from core.interrupcion import (
    ArriendoPerdido,
    InterrupcionDeTarea,
    Puerta,
    TareaCancelada,
    TiempoAgotado,
    en_palabras,
    levantar_pendiente,
    limite_suave,
    soltar_conexion,
)
from core.latidos import latir_de_paso
from core.models import Tarea

registro = logging.getLogger("core.jobs")


class ErrorDefinitivo(Exception):
    """Raised by a task that no further attempt can mend: it becomes FALLIDA at once."""


class Reintentar(Exception):
    """Raised by a task that must wait for something outside; counts as an attempt.

    Args: segundos to wait, None for the usual pause.
    """

    def __init__(self, motivo="", *, segundos=None):
        self.segundos = segundos
        super().__init__(motivo)


_actual = ContextVar("tarea_actual", default=None)


def progreso_actual(por_ciento, texto=""):
    """Report the progress of the running task; a no-op outside one.

    Args: por_ciento 0..100; texto short, for the user.
    Raises: TareaCancelada, ArriendoPerdido, when the task has to stop here.
    """
    corrida = _actual.get()
    if corrida is not None:
        corrida.avanzar(max(0, min(100, int(por_ciento))), str(texto)[:200])


def tarea_actual():
    """Return the id of the running task, or None."""
    corrida = _actual.get()
    return corrida and corrida.tarea.pk


class Corrida:
    """One run of one claimed task; it writes to the row only while its lease holds.

    Progress and renewals go through a second connection in a thread, because the task may be inside a long
    transaction: written there they would be invisible and would lock the row against a cancel. When the run itself
    starts inside a transaction (tests, inline mode) the row is not visible to a second connection, and
    progress is written directly.
    """

    def __init__(self, tarea):
        self.tarea = tarea
        self.filtro = {"pk": tarea.pk, "arrendatario": tarea.arrendatario, "estado": EstadoTarea.EN_CURSO}
        self.directa = connection.in_atomic_block
        self.cancelada = self.perdida = False
        self.avance = self.escrito = (tarea.progreso, tarea.progreso_texto)
        self.renovada = time.monotonic()
        self.puerta, self._visto = Puerta(), None
        self._fin = threading.Event()
        self._hilo = None

    def __enter__(self):
        if not self.directa:
            self._hilo = threading.Thread(target=self._pulso, name=f"pulso-{self.tarea.pk}", daemon=True)
            self._hilo.start()
        return self

    def __exit__(self, *excepcion):
        self._fin.set()
        if self._hilo is not None:
            self._hilo.join(timeout=30)

    def avanzar(self, por_ciento, texto):
        self.avance = (por_ciento, texto)
        if self.directa:
            self._pulsar()
        levantar_pendiente()
        if motivo := self._motivo():
            raise motivo

    def _motivo(self):
        if self.cancelada:
            return TareaCancelada("Se pidió cancelar la tarea.")
        return ArriendoPerdido("Otro trabajador tomó la tarea.") if self.perdida else None

    def _insistir(self):
        """Interrupt the task that did not stop by itself a while after it was asked to."""
        motivo = self._motivo()
        if motivo is None:
            self._visto = None
        elif self._visto is None:
            self._visto = time.monotonic()
        elif time.monotonic() - self._visto >= ajuste("TAREAS_GRACIA_CANCELAR"):
            self.puerta.interrumpir(motivo)

    def _pulso(self):
        try:
            while not self._fin.wait(ajuste("TAREAS_PULSO_SEGUNDOS")):
                try:
                    self._pulsar()
                    self._insistir()
                    latir_de_paso()
                except Exception as error:  # the database is away: the lease decides, try again
                    registro.warning("Tarea %s: no se pudo renovar (%s).", self.tarea.pk, error)
                    connection.close()
        finally:
            connection.close()

    def _pulsar(self):
        """Look for a cancel; write progress when it changed and renew the lease when a third of it is gone."""
        arriendo = ajuste("TAREAS_ARRIENDO_SEGUNDOS")
        filas = Tarea.objects.filter(**self.filtro)
        avance = self.avance
        if avance != self.escrito or time.monotonic() - self.renovada > arriendo / 3:
            filas.update(
                progreso=avance[0],
                progreso_texto=avance[1],
                arrendada_hasta=timezone.now() + timedelta(seconds=arriendo),
            )
            self.escrito, self.renovada = avance, time.monotonic()
        cancelar = filas.values_list("cancelar", flat=True).first()
        self.perdida, self.cancelada = cancelar is None, bool(cancelar)


def reclamar(tarea_id):
    """Take a due task with a lease, in one UPDATE. Returns: the Tarea, or None when it is not to be run."""
    ahora = timezone.now()
    arrendatario = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(8)}"
    tomada = (
        Tarea.objects.listas(ahora=ahora, margen=MARGEN)
        .filter(pk=tarea_id)
        .update(
            estado=EstadoTarea.EN_CURSO,
            intentos=F("intentos") + 1,
            arrendatario=arrendatario,
            arrendada_hasta=ahora + timedelta(seconds=ajuste("TAREAS_ARRIENDO_SEGUNDOS")),
            iniciada_en=ahora,
            progreso=0,
            progreso_texto="",
        )
    )
    return Tarea.objects.get(pk=tarea_id, arrendatario=arrendatario) if tomada else None


def ejecutar_tarea(tarea_id):
    """Claim and run one task. Never raises for what the task does; safe to call twice for the same task.

    Returns: the state the task is left in, or "" when there was nothing to run.
    Writes: the Tarea; whatever its function writes.
    """
    latir_de_paso()
    tarea = reclamar(tarea_id)
    if tarea is None:
        return ""
    fatal = None
    with Corrida(tarea) as corrida:
        ficha = _actual.set(corrida)
        inicio = time.monotonic()
        try:
            cambios = _exito(_llamar(tarea, corrida))
        except InterrupcionDeTarea as error:
            cambios = _interrumpida(tarea, corrida, error)
            if cambios is None:
                return ""
        except Exception as error:
            cambios = _fallo(tarea, error)
        except BaseException as error:  # the worker is being stopped, or its hard limit struck
            cambios, fatal = _fallo(tarea, error), error
        finally:
            corrida.puerta.cerrar()
            _actual.reset(ficha)
    estado = _cerrar(tarea, corrida, cambios)
    if estado in MALOGRADAS and debe_desenlace(tarea.funcion):
        rematar(tarea.pk)
    registro.info("Tarea %s %s: %s en %.2f s", tarea.pk, tarea.funcion, estado, time.monotonic() - inicio)
    if fatal is not None:
        raise fatal
    return estado


def _interrumpida(tarea, corrida, error):
    """Return the changes of a run that was stopped, or None when it is another worker's now."""
    corrida.puerta.cerrar()
    if not corrida.directa:
        soltar_conexion()
    if isinstance(error, ArriendoPerdido):
        registro.warning("Tarea %s: perdió su arriendo y se detuvo.", tarea.pk)
        return None
    return {"estado": EstadoTarea.CANCELADA} if isinstance(error, TareaCancelada) else _fallo(tarea, error)


def _llamar(tarea, corrida):
    try:
        funcion = import_string(tarea.funcion)
    except ImportError as error:
        raise ErrorDefinitivo(f"No existe la función {tarea.funcion}.") from error
    with limite_suave(ajuste("Q_SOFT_TIMEOUT")):
        if not corrida.directa:
            corrida.puerta.abrir()
            try:
                return funcion(**tarea.args)
            finally:
                corrida.puerta.cerrar()
        # Inline inside a transaction: a failure must not spoil the outer one. A bare savepoint, because
        # atomic() here would forbid durable blocks inside the task.
        punto = transaction.savepoint()
        try:
            resultado = funcion(**tarea.args)
        except BaseException:
            transaction.savepoint_rollback(punto)
            raise
        transaction.savepoint_commit(punto)
        return resultado


def _exito(resultado):
    return {"estado": EstadoTarea.HECHA, "resultado": a_json(resultado), "progreso": 100, "error": ""}


def _decir(error):
    """Return what happened in one line for people: the text of what is foreseen, never the inside of a surprise."""
    if isinstance(error, TimeoutException):
        return limite_duro()
    if isinstance(error, (ErrorDefinitivo, Reintentar, ErrorDeNegocio, InterrupcionDeTarea)) and str(error):
        return " ".join(str(error).split())
    if isinstance(error, (OperationalError, InterfaceError)):
        return "La base de datos no respondió."
    return f"Error inesperado ({type(error).__name__})."


def limite_duro():
    """Return what is said of a task that its worker's guard killed."""
    return f"La tarea pasó el límite de {en_palabras(ajuste('Q_TIMEOUT'))} y su proceso se terminó por la fuerza."


def _fallo(tarea, error):
    """Return the changes of a failed attempt: wait for the next one, or end.

    The first line of the error is for people; after an empty line comes what happened, for whoever mends it.
    """
    lineas = traceback.format_exception(error)
    detalle = f"{type(error).__name__}: {error}\n\n{''.join(lineas)[-3500:]}"
    cambios = {"error": f"{_decir(error)}\n\n{detalle}".replace("\x00", "\ufffd")}
    sin_remedio = isinstance(error, (ErrorDefinitivo, TiempoAgotado, TimeoutException))
    if sin_remedio or tarea.intentos >= tarea.max_intentos:
        registro.error("Tarea %s %s falló: %s", tarea.pk, tarea.funcion, lineas[-1].strip())
        return cambios | {"estado": EstadoTarea.FALLIDA}
    esperas = ajuste("TAREAS_ESPERAS")
    espera = getattr(error, "segundos", None)
    if espera is None:
        espera = esperas[min(tarea.intentos, len(esperas)) - 1]
    return cambios | {
        "estado": EstadoTarea.PENDIENTE,
        "proximo_intento_en": timezone.now() + timedelta(seconds=espera),
    }


def _cerrar(tarea, corrida, cambios):
    """Write the end of the run, if the lease still holds. Returns: the state the row is left in."""
    ahora, estado = timezone.now(), cambios["estado"]
    desenlace = ahora if debe_desenlace(tarea.funcion) else None
    progreso, texto = corrida.avance
    cambios = {"progreso": progreso} | cambios | {"progreso_texto": texto}
    cambios |= {"arrendatario": "", "arrendada_hasta": None, "avisada_en": None}
    # Decided by the database, on the newest row: both flags may have been set while the task ran.
    if estado == EstadoTarea.CANCELADA:
        cambios |= {"terminada_en": ahora, "desenlace_en": desenlace}
    elif estado == EstadoTarea.PENDIENTE:
        cambios |= {
            "estado": _segun("cancelar", "estado", EstadoTarea.CANCELADA, estado),
            "terminada_en": _segun("cancelar", "terminada_en", ahora, None),
            "desenlace_en": _segun("cancelar", "desenlace_en", desenlace, None),
        }
    else:
        malo = desenlace if estado == EstadoTarea.FALLIDA else None
        cambios |= {
            "estado": _segun("repetir", "estado", EstadoTarea.PENDIENTE, estado),
            "intentos": _segun("repetir", "intentos", 0, F("intentos")),
            "proximo_intento_en": _segun("repetir", "proximo_intento_en", ahora, F("proximo_intento_en")),
            "terminada_en": _segun("repetir", "terminada_en", None, ahora),
            "desenlace_en": _segun("repetir", "desenlace_en", None, malo),
        }
    # The lease still has two thirds to go: insist for one, and leave the rest to the sweep.
    limite = time.monotonic() + ajuste("TAREAS_ARRIENDO_SEGUNDOS") / 3
    while True:
        try:
            if not Tarea.objects.filter(**corrida.filtro).update(**cambios, repetir=False):
                registro.warning("Tarea %s: su arriendo venció antes de cerrarla.", tarea.pk)
            break
        except Exception:
            if connection.in_atomic_block or time.monotonic() >= limite:
                raise
            connection.close()
            time.sleep(1)
    return Tarea.objects.filter(pk=tarea.pk).values_list("estado", flat=True).first() or ""


def _segun(marca, campo, si, si_no):
    """Return the SQL value of the field: one when the flag of the row is set, the other when it is not."""
    if si == si_no:
        return si  # a CASE of two NULL has no type
    tipo = Tarea._meta.get_field(campo)
    si, si_no = (v if isinstance(v, F) else Value(v, output_field=tipo) for v in (si, si_no))
    return Case(When(**{marca: True}, then=si), default=si_no, output_field=tipo)
