"""What the sweep does besides its own work: small rounds each time, and tasks that are asked for once a day.

Settings name them, so that the floor knows no upper application:
    BARRIDO_RONDAS = ["app.services.f", ...]      called as f() in every sweep; short, and safe in several places
    TAREAS_DIARIAS = {"app.tasks.f": hour, ...}   queued once a day, from that local hour on; the hour may be
                                                  "HH:MM", or ("HH:MM", "app.f") with a condition on the date
"""

import logging
from datetime import time

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core.jobs import encolar
from core.models import Tarea

registro = logging.getLogger("core.jobs")


class Rondas:
    """Runs them; says a failure once when it begins, and remembers which day it has already asked for."""

    def __init__(self):
        self._fallan, self._pedidas = {}, {}

    def vuelta(self):
        """Do every round and ask for what is due today. Never raises."""
        for ruta in getattr(settings, "BARRIDO_RONDAS", ()):
            self._intentar(ruta, import_string(ruta))
        for ruta, hora in getattr(settings, "TAREAS_DIARIAS", {}).items():
            self._intentar(f"diaria {ruta}", lambda ruta=ruta, hora=hora: self._pedir(ruta, hora))

    def _intentar(self, nombre, hacer):
        try:
            hacer()
        except Exception as error:
            if self._fallan.get(nombre) != repr(error):
                registro.exception("La ronda %s falla.", nombre)
            self._fallan[nombre] = repr(error)
        else:
            self._fallan.pop(nombre, None)

    def _pedir(self, ruta, cuando):
        ahora = timezone.localtime()
        hora, condicion = cuando if isinstance(cuando, list | tuple) else (cuando, None)
        if ahora.time() < hora_de(hora) or self._pedidas.get(ruta) == ahora.date():
            return
        if condicion and not import_string(condicion)(ahora.date()):
            self._pedidas[ruta] = ahora.date()
            return
        clave = f"diaria:{ruta}:{ahora:%Y-%m-%d}"
        with transaction.atomic():
            if not Tarea.objects.filter(clave=clave).exists():
                encolar(funcion=ruta, clave=clave, max_intentos=2)
        self._pedidas[ruta] = ahora.date()


def hora_de(valor):
    """Return the local time that the setting says: 7 and "07:00" are the same.

    Raises: ValueError when it is none.
    """
    return time(valor) if isinstance(valor, int) else time.fromisoformat(valor)
