"""What the sweep does besides its own work: small rounds each time, and tasks that are asked for once a day.

Settings name them, so that the floor knows no upper application:
    BARRIDO_RONDAS = ["app.services.f", ...]      called as f() in every sweep; short, and safe in several places
    TAREAS_DIARIAS = {"app.tasks.f": hour, ...}   queued once a day, from that local hour on; the hour may be
                                                  "HH:MM", or ("HH:MM", "app.f") with a condition on the date
"""

import logging
from datetime import datetime, time, timedelta
from functools import wraps
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core.constants import LATIDO_RONDA
from core.jobs import encolar
from core.latidos import latir
from core.models import Tarea

registro = logging.getLogger("core.jobs")

ENTRE_DOS_AVISOS = 30  # seconds


def cada(segundos):
    """Make a round that looks at most once in so many seconds in each process; the sweep calls more often.

    What fails is tried again in the next sweep, so that it goes on being said until it works.
    """

    def envolver(hacer):
        mirado = -segundos

        @wraps(hacer)
        def ronda():
            nonlocal mirado
            if monotonic() - mirado >= segundos:
                hacer()
                mirado = monotonic()

        return ronda

    return envolver


def clave_diaria(ruta, dia):
    """Return the key of the task that a day asks for."""
    return f"diaria:{ruta}:{dia:%Y-%m-%d}"


def latido_de(ronda):
    """Return the name under which a round leaves word of how it went."""
    return f"{LATIDO_RONDA} {ronda}"[:100]


class Rondas:
    """Runs them; says a failure once when it begins, and remembers which day it has already asked for."""

    def __init__(self):
        self._fallan, self._pedidas, self._dichas = {}, {}, {}

    def vuelta(self):
        """Do every round and ask for what is due today. Never raises."""
        for ruta in getattr(settings, "BARRIDO_RONDAS", ()):
            self._intentar(ruta, lambda ruta=ruta: import_string(ruta)())
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
        self._decir(nombre, self._fallan.get(nombre, "bien"))

    def _decir(self, nombre, como):
        """Leave word of how the round went: when that changes, and now and then."""
        antes, en = self._dichas.get(nombre, (None, 0.0))
        if como == antes and monotonic() - en < ENTRE_DOS_AVISOS:
            return
        try:
            latir(latido_de(nombre), como)
            self._dichas[nombre] = (como, monotonic())
        except Exception as error:
            registro.debug("No se pudo anotar la ronda %s (%s).", nombre, error)

    def _pedir(self, ruta, cuando):
        ahora = timezone.localtime()
        hora, condicion = _leer(cuando)
        if ahora.time() < hora or self._pedidas.get(ruta) == ahora.date():
            return
        if condicion and not condicion(ahora.date()):
            self._pedidas[ruta] = ahora.date()
            return
        clave = clave_diaria(ruta, ahora.date())
        with transaction.atomic():
            if not Tarea.objects.filter(clave=clave).exists():
                encolar(funcion=ruta, clave=clave, max_intentos=2)
        self._pedidas[ruta] = ahora.date()


def _leer(cuando):
    """Return (local time, condition on the date or None) of what the setting says."""
    hora, condicion = cuando if isinstance(cuando, list | tuple) else (cuando, None)
    return hora_de(hora), condicion and import_string(condicion)


def proxima(cuando, desde, *, dias=31):
    """Return the first moment, from that local date on, at which the setting asks; None when none is near."""
    hora, condicion = _leer(cuando)
    for n in range(dias):
        dia = desde + timedelta(days=n)
        if condicion is None or condicion(dia):
            return timezone.make_aware(datetime.combine(dia, hora))
    return None


def hora_de(valor):
    """Return the local time that the setting says: 7 and "07:00" are the same.

    Raises: ValueError when it is none.
    """
    return time(valor) if isinstance(valor, int) else time.fromisoformat(valor)
