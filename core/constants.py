"""Fixed words of the core: event types it writes, task states, defaults of the job machinery."""

from django.conf import settings
from django.db import models


class EstadoTarea(models.TextChoices):
    PENDIENTE = "PENDIENTE", "Pendiente"
    EN_CURSO = "EN_CURSO", "En curso"
    HECHA = "HECHA", "Hecha"
    FALLIDA = "FALLIDA", "Fallida"
    CANCELADA = "CANCELADA", "Cancelada"


ESTADOS_VIVOS = (EstadoTarea.PENDIENTE, EstadoTarea.EN_CURSO)
ESTADOS_FINALES = (EstadoTarea.HECHA, EstadoTarea.FALLIDA, EstadoTarea.CANCELADA)

TAREA_REINTENTADA = "tarea_reintentada"
TAREA_CANCELADA = "tarea_cancelada"

SIN_DOCUMENTO = 0
HASH_INICIAL = "0" * 64
CERROJO_CADENA = 0x4D50  # class of the advisory locks that serialise one event chain

LATIDO_TRABAJADOR = "trabajador"
LATIDO_BARRIDO = "barrido"
LATIDO_PROCESO = "proceso"
LATIDO_RONDA = "ronda"
SIN_REDIS = "sin redis"

TOPE_CONTEO = 10_000

PREDETERMINADOS = {
    "TAREAS_ARRIENDO_SEGUNDOS": 90,  # a killed worker's task is free again after this
    "TAREAS_BARRIDO_SEGUNDOS": 5,  # pause between two sweeps
    "TAREAS_REAVISO_SEGUNDOS": 15,  # a due task nobody took is rung again after this
    "Q_SOFT_TIMEOUT": 1500,  # seconds a task may run before TiempoAgotado
    "Q_TIMEOUT": 1800,  # seconds before the worker that runs it is killed
    "TAREAS_ESPERAS": [5, 30, 120, 600],  # seconds before attempt 2, 3, ...
    "TAREAS_PULSO_SEGUNDOS": 1,  # how often a running task looks for a cancel and writes its progress
    "TAREAS_GRACIA_CANCELAR": 2,  # a cancelled task that reached no progress point in this time is interrupted
    "TAREAS_LATIDO_SEGUNDOS": 5,  # how often each worker process, and the queue as a whole, gives a heartbeat
    "TAREAS_SILENCIO_SEGUNDOS": 30,  # without one for this long people are told that work stands still
    "TAREAS_LATIDO_MAXIMO": 120,  # and after this the workers of the machine are started anew
    "TAREAS_ATRASO_MAXIMO": 300,  # a due task older than this makes the queue unhealthy
    "TAREAS_DIAS": 90,  # done and cancelled tasks are removed after this
    "TAREAS_TIMBRE_TIMEOUT": 0.3,  # longest wait for Redis when ringing
    "TAREAS_TIMBRE_PAUSA": 5,  # after a failed ring, do not try again for this long
}


def ajuste(nombre):
    """Return the setting, or the default of PREDETERMINADOS when settings does not define it."""
    return getattr(settings, nombre, PREDETERMINADOS[nombre])


def titulo_de(funcion):
    """Return what a task's function is called for people: settings.TAREAS_TITULOS, or its name in words."""
    titulo = getattr(settings, "TAREAS_TITULOS", {}).get(funcion)
    return titulo or funcion.rpartition(".")[2].replace("_", " ").capitalize()
