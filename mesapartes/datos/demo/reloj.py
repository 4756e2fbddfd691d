"""A clock that the demonstration moves, and the office hours it moves along."""

import contextlib
import datetime as dt
import random
from unittest import mock

from documents import codes
from documents.files import deteccion, espera
from documents.files.aislado import Informe
from organization.calendar.constants import ZONA

ABRE, CIERRA = 8 * 60, 16 * 60 + 30  # minutes of the day


class Reloj:
    """Time as the services see it. `ahora` is an aware datetime and only goes forward."""

    def __init__(self, *, calendario, fin):
        self.calendario, self.fin = calendario, fin
        self.ahora = fin

    def en(self, dia, minuto, segundo=0):
        """The instant of a local day and minute."""
        return dt.datetime.combine(dia, dt.time(int(minuto) // 60, int(minuto) % 60, segundo), ZONA)

    def despues(self, minutos):
        """The instant after so many minutes of office hours from now; nights and holidays do not count."""
        local = self.ahora.astimezone(ZONA)
        dia, minuto = local.date(), local.hour * 60 + local.minute
        if not self.calendario.es_habil(dia) or minuto >= CIERRA:
            dia, minuto = self.calendario.siguiente_habil(dia), ABRE
        minuto = max(minuto, ABRE) + minutos
        while minuto >= CIERRA:
            minuto = ABRE + (minuto - CIERRA)
            dia = self.calendario.siguiente_habil(dia)
        return self.en(dia, minuto, local.second)


@contextlib.contextmanager
def tiempo_movido(reloj, semilla):
    """Inside, timezone.now() is the clock's, keys of citizens follow the seed, and files are read in this process.

    The files are the demonstration's own, so the separate process that guards against hostile ones is not needed.
    """
    azar = random.Random(f"{semilla}:claves")
    with (
        mock.patch("django.utils.timezone.now", lambda: reloj.ahora),
        mock.patch.object(codes, "_al_azar", lambda largo: "".join(azar.choices(codes.ALFABETO, k=largo))),
        mock.patch.object(
            espera.aislado, "examinar", lambda ruta, segundos: Informe(**deteccion.examinar(ruta))
        ),
    ):
        yield reloj


def dias_de_trabajo(calendario, ahora, cuantos):
    """The last working days up to now, oldest first; today only when the office has been open for a while."""
    local = ahora.astimezone(ZONA)
    dia = local.date()
    if local.hour * 60 + local.minute < ABRE + 40:
        dia -= dt.timedelta(days=1)
    dias = []
    while len(dias) < cuantos:
        if calendario.es_habil(dia):
            dias.append(dia)
        dia -= dt.timedelta(days=1)
    return dias[::-1]
