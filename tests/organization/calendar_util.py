"""Calendars made by hand, without the database."""

import datetime as dt

from organization.calendar import Calendario, Corte, Datos, DiaPropio, Semana
from organization.calendar.datos import cortes_iniciales, feriados_iniciales, jornadas_iniciales

D = dt.date.fromisoformat
SOLO_NACIONALES = Calendario()


def calendario(*, feriados=(), suspensiones=(), jornadas=(), cortes=(), **otros):
    datos = Datos(tuple(feriados), tuple(suspensiones), tuple(jornadas), tuple(cortes))
    return Calendario(datos=datos, **otros)


def del_datos():
    """The calendar of the first data, built without the database."""
    return calendario(
        feriados=[
            DiaPropio(f["fecha"], f["nombre"], f["tipo"], f["fuente_legal"], f["computable"], f["ambito"])
            for f in feriados_iniciales()
            if f["activo"]
        ],
        jornadas=[
            Semana(j["vigente_desde"], tuple(j["dias"]), j["hora_inicio"], j["hora_fin"])
            for j in jornadas_iniciales()
        ],
        cortes=[Corte(c["vigente_desde"], c["modo"]) for c in cortes_iniciales()],
    )
