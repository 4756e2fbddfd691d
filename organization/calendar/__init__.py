"""Working calendar: which days count, when a term ends and why.

Terms are computed here once, stored with their steps, and never recomputed silently. Every function takes
`calendario=`; without it the office's rows are read afresh. A list loads one calendar and passes it on.
Source: art. 144 to 149 TUO Ley 27444.
"""

from datetime import date

from organization.calendar.calendario import Calendario, Cierre, Corte, Datos, Dia, DiaPropio, Semana
from organization.calendar.carga import cargar_calendario
from organization.calendar.computo import (
    Comparacion,
    Plazo,
    calcular_plazo,
    comparar_pasos,
    contar_entre,
    fecha_legal_de,
    hoy_lima,
)
from organization.calendar.constants import ZONA
from organization.calendar.errors import CalendarioSinDiasHabiles, PlazoInvalido
from organization.calendar.textos import explicar, fecha_corta

__all__ = [
    "Calendario",
    "CalendarioSinDiasHabiles",
    "Cierre",
    "Comparacion",
    "Corte",
    "Datos",
    "Dia",
    "DiaPropio",
    "Plazo",
    "PlazoInvalido",
    "Semana",
    "cargar_calendario",
    "comparar_plazo",
    "dias_habiles_entre",
    "es_habil",
    "explicar",
    "fecha_corta",
    "fecha_legal",
    "habil_o_siguiente",
    "hoy_lima",
    "motivo_no_habil",
    "siguiente_habil",
    "sumar_dias_habiles",
]


def sumar_dias_habiles(desde, dias, *, calendario=None, pausas=(), distancia=0, hoy=None, ambito=""):
    """Counts a term of working days; see `calcular_plazo` for the rules, arguments and refusals."""
    calendario = calendario or cargar_calendario(desde, ambito=ambito)
    return calcular_plazo(desde, dias, calendario=calendario, pausas=pausas, distancia=distancia, hoy=hoy)


def es_habil(fecha, *, calendario=None, ambito=""):
    """True when terms count that day."""
    return (calendario or cargar_calendario(fecha, ambito=ambito)).es_habil(fecha)


def motivo_no_habil(fecha, *, calendario=None, ambito=""):
    """Why the day does not count ("sábado", "feriado: Jueves Santo"…), or an empty string when it does."""
    return (calendario or cargar_calendario(fecha, ambito=ambito)).motivo_no_habil(fecha)


def siguiente_habil(fecha, *, calendario=None, ambito=""):
    """First working day strictly after the given one."""
    return (calendario or cargar_calendario(fecha, ambito=ambito)).siguiente_habil(fecha)


def habil_o_siguiente(fecha, *, calendario=None, ambito=""):
    """The day itself when it works, else the next that does."""
    return (calendario or cargar_calendario(fecha, ambito=ambito)).habil_o_siguiente(fecha)


def dias_habiles_entre(a, b, *, calendario=None, pausas=(), hoy=None, ambito=""):
    """Working days of (a, b], negative when b is before a: left when a is today and b the due day."""
    calendario = calendario or cargar_calendario(a, b, ambito)
    return contar_entre(a, b, calendario=calendario, pausas=pausas, hoy=hoy)


def fecha_legal(instante, canal, *, calendario=None, ambito=""):
    """The day on which something presented at `instante` counts as received; see `fecha_legal_de`."""
    if calendario is None:
        if instante.tzinfo is None:
            raise ValueError("instante must be timezone-aware.")
        calendario = cargar_calendario(instante.astimezone(ZONA).date(), ambito=ambito)
    return fecha_legal_de(instante, canal, calendario=calendario)


def comparar_plazo(pasos, calendario=None, *, pausas=None, ambito=""):
    """Says whether today's calendar gives a stored term another end; see `comparar_pasos`. Writes nothing."""
    if calendario is None and pasos:
        calendario = cargar_calendario(date.fromisoformat(pasos[0]["fecha"]), ambito=ambito)
    return comparar_pasos(pasos, calendario=calendario, pausas=pausas)
