"""Attention times in working hours, from the rows of a bounded period: exact mean, median and ninetieth percentile.

Nothing of this is maintained: hours depend on the calendar, and a holiday added later must change them. One pass over
an index that holds all it needs; the answer is cached.
"""

# ruff: noqa: S608 - every part of the SQL is a constant of this module

from django.db import connection
from django.utils import timezone

from organization.calendar import cargar_calendario, hoy_lima
from organization.calendar.constants import ZONA
from organization.models import Area
from reports.cache import figuras_en_cache
from reports.periodo import Periodo
from reports.permissions import ambito_de

_ATENCIONES = """
FROM derivations_derivacion d
WHERE d.estado = 'ATENDIDO' AND NOT d.es_copia AND d.fecha_atencion >= %(inicio)s AND d.fecha_atencion < %(fin)s
"""
_DIA = "(d.{campo} AT TIME ZONE 'America/Lima')::date"
# Working seconds from the first day of the calendar to a moment: those of the days before, and those of its own day.
_RELOJ = """{c}.antes + least(greatest(
    extract(epoch FROM (d.{campo} AT TIME ZONE 'America/Lima')::time) - {c}.abre, 0), {c}.largo)"""
# One row for each attention: its area, its working seconds `s`, and the columns that whoever asks adds.
_TIEMPOS = f"""
WITH cal AS MATERIALIZED (
    SELECT * FROM unnest(%(dias)s::date[], %(abre)s::int[], %(largo)s::int[], %(antes)s::int[])
        AS c (dia, abre, largo, antes)
), tiempos AS (
    SELECT d.area_destino_id AS area{{mas}},
           ({_RELOJ.format(c="f", campo="fecha_atencion")}) - ({_RELOJ.format(c="i", campo="fecha_recepcion")}) AS s
    FROM (SELECT d.area_destino_id, d.fecha_recepcion, d.fecha_atencion{{de_la_tabla}} {_ATENCIONES} {{areas}}) d
    JOIN cal i ON i.dia = {_DIA.format(campo="fecha_recepcion")}
    JOIN cal f ON f.dia = {_DIA.format(campo="fecha_atencion")}
)
"""
_MEDIR = """
SELECT area, count(*), avg(s)::float, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY s)
FROM tiempos GROUP BY GROUPING SETS ((area), ())
"""


def calcular_metricas(usuario, desde=None, hasta=None, areas=None, *, ip=None):
    """Time of each attention of the period, from the reception in the area, in working hours of the entity's calendar.

    Args: as obtener_estadisticas. A document attended again after being reopened counts each time.
    Returns: a plain dict: `total` and one row of por_area with atenciones, media_horas, mediana_horas and p90_horas
        (two decimals; None without attentions).
    Raises: AccionProhibida (403), DatosInvalidos (422).
    """
    ambito = ambito_de(usuario, areas, ip=ip)
    return leer_metricas(ambito, Periodo.leer(hoy_lima(), desde, hasta))


def leer_metricas(ambito, periodo):
    """The same for areas that the caller has already been allowed."""
    return figuras_en_cache("calcular_metricas", ambito, periodo, _calcular)


def _calcular(ambito, periodo):
    por_area = _medir(ambito, periodo)
    total = por_area.pop(None, None)
    nombres = (
        Area.objects.filter(pk__in=por_area).order_by("nombre", "pk").values_list("pk", "sigla", "nombre")
    )
    return {
        "calculado_en": timezone.localtime().isoformat(timespec="seconds"),
        "desde": periodo.desde.isoformat(),
        "hasta": periodo.hasta.isoformat(),
        "todas_las_areas": ambito is None,
        "total": _figuras(total),
        "por_area": [
            {"area": pk, "sigla": sigla, "nombre": nombre, **_figuras(por_area[pk])}
            for pk, sigla, nombre in nombres
        ],
    }


def _medir(ambito, periodo):
    """{area id, or None for all of them: (count, mean, [median, p90])}, in seconds."""
    tiempos = tiempos_de(ambito, periodo)
    if tiempos is None:
        return {}
    sql, valores = tiempos
    with connection.cursor() as cursor:
        cursor.execute(sql + _MEDIR, valores)
        return {area: medidas for area, *medidas in cursor.fetchall()}


def tiempos_de(ambito, periodo, *columnas):
    """The statement's beginning that defines `tiempos`: one row for each attention measured, with its working seconds.

    Args: ambito as ambito_de gives it; columnas of the derivation to be had besides `area` and `s`.
    Returns: (SQL, parameters), or None when there is no attention.
    """
    filtro = "" if ambito is None else "AND d.area_destino_id = ANY(%(areas)s)"
    valores = {
        "inicio": periodo.inicio,
        "fin": periodo.fin,
        "areas": None if ambito is None else sorted(ambito),
    }
    with connection.cursor() as cursor:
        # Behind OFFSET 0: else the planner walks every reception of ten years, in order, up to the first of these.
        cursor.execute(
            f"SELECT min(f) FROM (SELECT d.fecha_recepcion AS f {_ATENCIONES} {filtro} OFFSET 0) x", valores
        )
        primera = cursor.fetchone()[0]
    if primera is None:
        return None
    mas = [f", d.{columna}" for columna in columnas]
    nuevas = [columna for columna in mas if columna not in (", d.fecha_recepcion", ", d.fecha_atencion")]
    calendario = jornadas(primera.astimezone(ZONA).date(), periodo.hasta)
    sql = _TIEMPOS.format(areas=filtro, mas="".join(mas), de_la_tabla="".join(nuevas))
    return sql, valores | calendario


def jornadas(desde, hasta):
    """The calendar as columns: each day, the second it opens at, how many it works, and how many worked before it."""
    calendario = cargar_calendario(desde)
    columnas = {"dias": [], "abre": [], "largo": [], "antes": []}
    antes = 0
    for dia in Periodo(desde, hasta, True).dias:
        horario = calendario.horario(dia)
        abre, cierra = (_segundo(hora) for hora in horario) if horario else (0, 0)
        for nombre, valor in zip(columnas, (dia, abre, cierra - abre, antes), strict=True):
            columnas[nombre].append(valor)
        antes += cierra - abre
    return columnas


def _segundo(hora):
    return hora.hour * 3600 + hora.minute * 60 + hora.second


def _figuras(medidas):
    if medidas is None:
        return {"atenciones": 0, "media_horas": None, "mediana_horas": None, "p90_horas": None}
    cuantas, media, (mediana, p90) = medidas
    media, mediana, p90 = (round(s / 3600, 2) for s in (media, mediana, p90))
    return {"atenciones": cuantas, "media_horas": media, "mediana_horas": mediana, "p90_horas": p90}
