"""Reads the office's rows into a Calendario; the only reader of the package."""

import datetime as dt

from django.apps import apps
from django.db.models import F, Q

from organization.calendar.calendario import Calendario, Cierre, Corte, Datos, DiaPropio, Semana, solo_fecha


def _modelo(nombre):
    # The models take their choices from this package's constants, so they cannot be imported at the top here.
    return apps.get_model("organization", nombre)


def leer_datos(desde, ambito=""):
    """Reads the rows in force on or after `desde`, of the entity and of sede `ambito`, in four queries."""
    alcance = Q(ambito="") | Q(ambito=ambito)
    return Datos(
        feriados=tuple(
            DiaPropio(**fila)
            for fila in _modelo("Feriado")
            .objects.filter(alcance, activo=True, fecha__gte=desde)
            .order_by("fecha")
            .values("fecha", "nombre", "tipo", "computable", "ambito", fuente=F("fuente_legal"))
        ),
        suspensiones=tuple(
            Cierre(**fila)
            for fila in _modelo("Suspension")
            .objects.filter(alcance, activa=True, hasta__gte=desde)
            .order_by("desde", "pk")
            .values("desde", "hasta", "motivo", sustento=F("documento_sustento"))
        ),
        jornadas=tuple(
            Semana(**{**fila, "dias": tuple(fila["dias"])})
            for fila in _modelo("Jornada")
            .objects.filter(alcance)
            .values("vigente_desde", "dias", "ambito", inicio=F("hora_inicio"), fin=F("hora_fin"))
        ),
        cortes=tuple(
            Corte(**fila) for fila in _modelo("CorteDigital").objects.values("vigente_desde", "modo")
        ),
    )


def cargar_calendario(desde, hasta=None, ambito=""):
    """Loads the calendar of a sede, or of the whole entity, in four queries.

    Rows are read from 1 January of `desde`'s year on, without upper end: looking further ahead is free,
    looking further behind reads once more. Nothing is kept between calls, so a change rules at once.

    Args: desde and hasta are dates in any order; hasta only widens the stretch to the earlier of both.
    """
    solo_fecha(desde, "desde")
    primera = min(desde, solo_fecha(hasta, "hasta")) if hasta is not None else desde
    inicio = dt.date(primera.year, 1, 1)
    return Calendario(
        datos=leer_datos(inicio, ambito),
        desde=inicio,
        ambito=ambito,
        recargar=lambda desde: leer_datos(desde, ambito),
    )
