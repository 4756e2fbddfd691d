"""What follows a task that ended otherwise than HECHA: the owner of its leftovers is told, once it is certain.

Settings name who is told, so that the floor knows no upper application:
    TAREAS_AL_TERMINAR = {"app.tasks.f": "app.services.g", ...}

g(tarea_id=, estado=, args=) runs after the end is committed, in a short transaction of its own that holds the task
against a retry. `Tarea.desenlace_en` says that it is still owed: a process that dies in between, or a call that
fails, leaves it to the next sweeps. So it may run twice, and it must be safe twice.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core.constants import EstadoTarea
from core.models import Tarea

registro = logging.getLogger("core.jobs")

MALOGRADAS = (EstadoTarea.FALLIDA, EstadoTarea.CANCELADA)
ESPERA = timedelta(seconds=30)  # before a sweep takes over, and between two attempts
RENUNCIA = timedelta(days=1)
LOTE = 100


def debe_desenlace(funcion):
    """Return whether someone wants to know how the tasks of this function end."""
    return funcion in getattr(settings, "TAREAS_AL_TERMINAR", {})


def rematar(tarea_id):
    """Tell the owner how the task ended, if that is still owed. Never raises. Writes: what the owner writes."""
    try:
        with transaction.atomic():
            tarea = (
                Tarea.objects.select_for_update(of=("self",), no_key=True)
                .filter(pk=tarea_id, desenlace_en__isnull=False, estado__in=MALOGRADAS)
                .first()
            )
            if tarea is None:
                return
            ruta = getattr(settings, "TAREAS_AL_TERMINAR", {}).get(tarea.funcion)
            if ruta:
                import_string(ruta)(tarea_id=tarea.pk, estado=tarea.estado, args=tarea.args)
            Tarea.objects.filter(pk=tarea.pk).update(desenlace_en=None)
    except Exception:
        registro.exception("Tarea %s: falló lo que sigue a su final; se intentará de nuevo.", tarea_id)


def rematar_pendientes():
    """Tell what processes that died, or calls that failed, still owe; gives up after a day. Returns: how many."""
    ahora = timezone.now()
    debidas = Tarea.objects.filter(desenlace_en__lte=ahora - ESPERA).order_by("desenlace_en")
    claves = list(debidas.values_list("pk", "terminada_en")[:LOTE])
    for pk, terminada_en in claves:
        if terminada_en is None or terminada_en < ahora - RENUNCIA:
            registro.error("Tarea %s: se renuncia a lo que sigue a su final.", pk)
            Tarea.objects.filter(pk=pk).update(desenlace_en=None)
            continue
        Tarea.objects.filter(pk=pk, desenlace_en__isnull=False).update(desenlace_en=ahora)
        rematar(pk)
    return len(claves)
