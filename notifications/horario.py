"""When people may be disturbed: working days of the calendar, inside the hours of the setting, in Lima."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from core.rondas import hora_de
from organization.calendar import cargar_calendario
from organization.calendar.constants import ZONA


def ventana():
    """(first, last) local hours of the alerts; the last one is already outside."""
    desde, hasta = settings.AVISOS_HORARIO
    return hora_de(desde), hora_de(hasta)


def en_horario(ahora=None, *, desde=None):
    """Return whether an alert may go out at that moment.

    Args: ahora aware, in any zone; desde an earlier first hour, as the daily summary has.
    """
    local = (ahora or timezone.now()).astimezone(ZONA)
    inicio, fin = ventana()
    if not (desde or inicio) <= local.time() < fin:
        return False
    return cargar_calendario(local.date()).es_habil(local.date())


def hora_del_resumen():
    """The local hour of the chiefs' daily summary."""
    return hora_de(settings.RESUMEN_HORA)


def umbral_de(fecha_limite, hoy, *, calendario):
    """Which alert a last day deserves today.

    Returns: 3, 2 or 1 working days left (the last day itself counts as 1, for whoever missed it), 0 when it has
        passed, None when it is farther away.
    """
    if hoy > fecha_limite:
        return 0
    quedan = calendario.dias_habiles_entre(hoy, fecha_limite)
    return None if quedan > 3 else max(1, quedan)


def rango_de_limites(hoy, *, calendario, atraso=5):
    """(first, last) last days that today may call for an alert: at most so many working days overdue, or 3 ahead.

    What fell due long ago is in the summary and in the trays; telling it today would be no news.
    """
    primera = hoy
    for _ in range(atraso):
        primera -= timedelta(days=1)
        while not calendario.es_habil(primera):
            primera -= timedelta(days=1)
    ultima = hoy
    for _ in range(3):
        ultima = calendario.siguiente_habil(ultima)
    return primera, ultima
