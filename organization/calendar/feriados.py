"""National holidays of Peru, by year, with the norm behind each."""

from functools import lru_cache

import holidays

from organization.calendar.constants import FUENTE_NACIONAL, FUENTES_NACIONALES, ULTIMO_ANIO

# Easter Sunday is in the package's list but in no Peruvian norm: it matters to a week that works Sundays.
_FUERA = frozenset({"Domingo de Resurrección"})


@lru_cache(maxsize=256)
def feriados_nacionales(anio):
    """Gives the national holidays of a year.

    Returns: dict date -> (nombre, fuente). Memoised for the process: laws change with the package.
    Raises: ValueError beyond the last year the package knows, where silence would mean "no holidays".
    """
    if anio > ULTIMO_ANIO:
        raise ValueError(f"No national holidays known for {anio}.")
    propios = {}
    for fecha, nombres in holidays.country_holidays("PE", years=anio, language="es", expand=False).items():
        utiles = [n.replace(" Los ", " los ") for n in nombres.split("; ") if n not in _FUERA]
        if utiles:
            fuente = FUENTES_NACIONALES.get((fecha.month, fecha.day), FUENTE_NACIONAL)
            propios[fecha] = ("; ".join(utiles), fuente)
    return propios
