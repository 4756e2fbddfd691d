"""Reads the office's rows into a Calendario; the only reader of the package."""

import datetime as dt

from django.db import connection

from organization.calendar.calendario import Calendario, Cierre, Corte, Datos, DiaPropio, Semana, solo_fecha

_SQL = """
SELECT (SELECT json_agg(json_build_array(fecha, nombre, tipo, fuente_legal, computable, ambito) ORDER BY fecha)
          FROM organization_feriado
         WHERE ambito IN ('', %(ambito)s) AND activo AND fecha >= %(desde)s),
       (SELECT json_agg(json_build_array(desde, hasta, motivo, documento_sustento) ORDER BY desde, id)
          FROM organization_suspension
         WHERE ambito IN ('', %(ambito)s) AND activa AND hasta >= %(desde)s),
       (SELECT json_agg(json_build_array(vigente_desde, dias, hora_inicio, hora_fin, ambito)
                        ORDER BY vigente_desde DESC)
          FROM organization_jornada WHERE ambito IN ('', %(ambito)s)),
       (SELECT json_agg(json_build_array(vigente_desde, modo) ORDER BY vigente_desde DESC)
          FROM organization_cortedigital)
"""
_fecha, _hora = dt.date.fromisoformat, dt.time.fromisoformat


def leer_datos(desde, ambito=""):
    """Reads the rows in force on or after `desde`, of the entity and of sede `ambito`, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"desde": desde, "ambito": ambito})
        feriados, suspensiones, jornadas, cortes = (filas or () for filas in cursor.fetchone())
    return Datos(
        feriados=tuple(DiaPropio(_fecha(fecha), *resto) for fecha, *resto in feriados),
        suspensiones=tuple(Cierre(_fecha(a), _fecha(b), *resto) for a, b, *resto in suspensiones),
        jornadas=tuple(
            Semana(_fecha(vigente), tuple(dias), _hora(inicio), _hora(fin), de)
            for vigente, dias, inicio, fin, de in jornadas
        ),
        cortes=tuple(Corte(_fecha(vigente), modo) for vigente, modo in cortes),
    )


def cargar_calendario(desde, hasta=None, ambito=""):
    """Loads the calendar of a sede, or of the whole entity, in one query.

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
