"""What "due soon" means: the working days from which a term is shown in amber."""

from django.conf import settings

from organization.calendar import sumar_dias_habiles


def umbral_dias():
    """Working days from which a term is shown in amber."""
    return getattr(settings, "PLAZO_UMBRAL_DIAS", 3)


def primer_dia_holgado(hoy, calendario=None):
    """The first day that is no longer "due soon"."""
    return sumar_dias_habiles(hoy, umbral_dias() + 1, calendario=calendario).vence_el
