"""What django-q2 runs: everything else is a Tarea that `ejecutar` looks up."""

from datetime import timedelta

from django.utils import timezone

from core import caching, jobs, latidos
from core.constants import EstadoTarea, ajuste


def ejecutar(tarea_id):
    """Run the task with this id, if it is due; ring again at once when it has to repeat."""
    estado = jobs.ejecutar_tarea(int(tarea_id))
    if estado == EstadoTarea.PENDIENTE:
        jobs.tocar_si_lista(int(tarea_id))
    return str(estado)


def latir():
    """Record that a worker takes work from the queue and finishes it."""
    latidos.latir_trabajador()


def probar():
    """Does nothing: shows that work flows from whoever asks for it to the worker, and how fast."""
    return "bien"


def compactar_generaciones():
    """Joins the rows of generations that many writers at once left behind, each night; most find nothing to do."""
    return {"filas": caching.compactar()}


def purgar():
    """Removes the tasks done or cancelled more than TAREAS_DIAS ago; failed ones stay to be looked at."""
    return {"tareas": jobs.purgar_tareas(antes_de=timezone.now() - timedelta(days=ajuste("TAREAS_DIAS")))}
