"""Reads of the maintained figures, in one statement: one snapshot, whatever is written meanwhile."""

# ruff: noqa: S608 - every part of the SQL is a constant of this module

from collections import namedtuple

from django.db import connection

from reports.constants import Medida

# que: medida * 10 + which grouping. n and otro: two counts whose meaning depends on it.
Fila = namedtuple("Fila", "que area dia tipo clase n otro")

EXISTENCIA_AREA, EXISTENCIA_TIPO, EXISTENCIA_PRIORIDAD = 13, 15, 16
PLAZO, SILENCIO_DIA, CON_PLAZO, EN_AREA, CANAL = 20, 25, 30, 40, 60
REGISTRO_DIA, REGISTRO_TIPO, REGISTRO_AREA = 53, 55, 56
ATENCION_DIA, ATENCION_AREA = 73, 74  # by area, also by clase: with a term or without
RECEPCION_DIA, RECEPCION_AREA = 81, 82
ATENCION_ANTES, REGISTRO_HOY, RECEPCION_HOY, ATENCION_HOY = 90, 91, 92, 93


def _vivas(medida, condicion=""):
    """Totals and what is not in them yet, of one measure. Both halves carry the conditions, for the index."""
    donde = f"WHERE medida = {medida.value} {condicion} {{areas}}"
    columnas = "dia, area_id, tipo_id, clase, prioridad, n, tarde"
    return (
        f"(SELECT {columnas} FROM reports_cifra {donde}"
        f" UNION ALL SELECT {columnas} FROM reports_cifradelta {donde}) f"
    )


_EN_PERIODO = "AND dia BETWEEN %(desde)s AND %(hasta)s"
_HOY = "AND dia = %(hoy)s"
_LEER = f"""
SELECT 10 + GROUPING(area_id, tipo_id, prioridad), area_id, NULL::date, tipo_id,
       CASE GROUPING(prioridad) WHEN 0 THEN prioridad ELSE clase END, sum(n)::bigint, 0::bigint
FROM {_vivas(Medida.EXISTENCIA)} GROUP BY GROUPING SETS ((area_id, clase), (tipo_id), (prioridad))
UNION ALL
SELECT 20, area_id, NULL, NULL, clase, coalesce(sum(n) FILTER (WHERE dia < %(holgado)s), 0)::bigint, sum(n)::bigint
FROM {_vivas(Medida.PLAZO, "AND dia >= %(hoy)s")} GROUP BY area_id, clase
UNION ALL
SELECT 25, NULL, dia, NULL, clase, sum(n)::bigint, 0
FROM {_vivas(Medida.PLAZO, "AND dia >= %(hoy)s AND clase = 'POSITIVO'")} GROUP BY dia, clase
UNION ALL
SELECT 30, area_id, NULL, NULL, clase, sum(n)::bigint, 0 FROM {_vivas(Medida.CON_PLAZO)} GROUP BY area_id, clase
UNION ALL
SELECT 40, NULL, NULL, width_bucket(dia, %(cortes)s::date[]), '', sum(n)::bigint, 0
FROM {_vivas(Medida.EN_AREA, "AND dia >= (%(cortes)s::date[])[1]")} GROUP BY 4
UNION ALL
SELECT 50 + GROUPING(dia, tipo_id, area_id), area_id, dia, tipo_id, '', sum(n)::bigint, 0
FROM {_vivas(Medida.REGISTRO, _EN_PERIODO)} GROUP BY GROUPING SETS ((dia), (tipo_id), (area_id))
UNION ALL
SELECT 60, NULL, NULL, NULL, clase, sum(n)::bigint, 0 FROM {_vivas(Medida.CANAL, _EN_PERIODO)} GROUP BY clase
UNION ALL
SELECT 70 + GROUPING(dia, area_id, clase), area_id, dia, NULL, clase, sum(n)::bigint, sum(tarde)::bigint
FROM {_vivas(Medida.ATENCION, _EN_PERIODO)} GROUP BY GROUPING SETS ((dia), (area_id, clase))
UNION ALL
SELECT 80 + GROUPING(dia, area_id), area_id, dia, NULL, '', sum(n)::bigint, 0
FROM {_vivas(Medida.RECEPCION, _EN_PERIODO)} GROUP BY GROUPING SETS ((dia), (area_id))
UNION ALL
SELECT 90, NULL, NULL, NULL, clase, sum(n)::bigint, sum(tarde)::bigint
FROM {_vivas(Medida.ATENCION, "AND dia BETWEEN %(antes_desde)s AND %(antes_hasta)s")} GROUP BY clase
UNION ALL
SELECT 91, NULL, NULL, NULL, clase, sum(n)::bigint, 0 FROM {_vivas(Medida.CANAL, _HOY)} GROUP BY clase
UNION ALL
SELECT 92, NULL, NULL, NULL, '', sum(n)::bigint, 0 FROM {_vivas(Medida.RECEPCION, _HOY)}
UNION ALL
SELECT 93, NULL, NULL, NULL, '', sum(n)::bigint, sum(tarde)::bigint FROM {_vivas(Medida.ATENCION, _HOY)}
"""
# One pass; the margins are added up by who reads. Never more days than DIAS_MAXIMOS.
_COHORTE = """
SELECT area_actual_id, estado, tipo_documento_id, prioridad, count(*)
FROM documents_documento
WHERE fecha_recepcion >= %(inicio)s AND fecha_recepcion < %(fin)s {areas}
GROUP BY 1, 2, 3, 4
"""


def consulta_de_figuras(*, areas, **valores):
    """(SQL, arguments) of `leer_figuras`."""
    condicion = "" if areas is None else "AND area_id = ANY(%(areas)s)"
    return _LEER.format(areas=condicion), {**valores, "areas": None if areas is None else sorted(areas)}


def leer_figuras(**valores):
    """The figures of some areas, grouped as a dashboard shows them.

    Args: areas are ids, or None for all; hoy the local day; holgado the first day no longer due soon; cortes the
        first days of each group of ageing, oldest first; desde, hasta the period; antes_desde, antes_hasta the
        one that it is compared with.
    Returns: list of Fila.
    """
    sql, valores = consulta_de_figuras(**valores)
    with connection.cursor() as cursor:
        cursor.execute(sql, valores)
        return [Fila(*fila) for fila in cursor.fetchall()]


def leer_cohorte(*, areas, inicio, fin):
    """Documents received in [inicio, fin), as they are now: rows (area, estado, tipo, prioridad, n)."""
    condicion = "" if areas is None else "AND area_actual_id = ANY(%(areas)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            _COHORTE.format(areas=condicion),
            {"inicio": inicio, "fin": fin, "areas": None if areas is None else sorted(areas)},
        )
        return cursor.fetchall()
