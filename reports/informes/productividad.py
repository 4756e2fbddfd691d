"""Work of each area and person in a period: received, attended, on time, and how long it took."""

from django.db import connection

from reports.informes.base import Columna
from reports.informes.periodicos import InformeDeCifras
from reports.metricas import tiempos_de

COLUMNAS = [
    Columna("area", "Área", 34),
    Columna("persona", "Persona", 30),
    Columna("recibidos", "Recibidos", 11, "entero"),
    Columna("atendidos", "Atendidos", 11, "entero"),
    Columna("con_plazo", "Con plazo", 11, "entero"),
    Columna("a_tiempo", "A tiempo", 11, "entero"),
    Columna("parte", "A tiempo, de los que tienen plazo", 14, "porcentaje"),
    Columna("horas", "Media en horas hábiles", 12, "horas"),
]
# On time: on or before the last day of the area, of those that had one.
_DE_CADA_UNO = """
SELECT d.area_destino_id, {quien}, count(*), {con_plazo}, {a_tiempo}
FROM derivations_derivacion d
WHERE NOT d.es_copia AND d.{cuando} >= %(inicio)s AND d.{cuando} < %(fin)s {estado} {areas}
GROUP BY 1, 2
"""
_RECIBIDOS = {
    "quien": "usuario_recibe_id",
    "cuando": "fecha_recepcion",
    "estado": "",
    "con_plazo": "0",
    "a_tiempo": "0",
}
_ATENDIDOS = {
    "quien": "usuario_atiende_id",
    "cuando": "fecha_atencion",
    "estado": "AND d.estado = 'ATENDIDO'",
    "con_plazo": "count(d.fecha_limite_atencion)",
    "a_tiempo": "count(*) FILTER (WHERE"
    " (d.fecha_atencion AT TIME ZONE 'America/Lima')::date <= d.fecha_limite_atencion)",
}
_HORAS = "SELECT area, usuario_atiende_id, avg(s)::float / 3600 FROM tiempos GROUP BY 1, 2"
_NOMBRES = """
SELECT a.id, a.nombre, u.id, trim(concat_ws(' ', u.first_name, u.last_name))
FROM unnest(%(areas)s::bigint[], %(personas)s::bigint[]) AS p (area, persona)
JOIN organization_area a ON a.id = p.area LEFT JOIN organization_usuario u ON u.id = p.persona
ORDER BY a.nombre, a.id, 4 NULLS LAST, u.id
"""


class Productividad(InformeDeCifras):
    codigo = "productividad"
    titulo = "Productividad por área y persona"
    descripcion = "Lo que cada persona recibió y atendió, cuánto a tiempo y en cuántas horas hábiles."
    apaisado = False

    def columnas(self, filtros):
        return COLUMNAS

    def filas_de(self, ambito, filtros):
        areas, periodo = filtros.areas(ambito), filtros.periodo
        valores = {
            "inicio": periodo.inicio,
            "fin": periodo.fin,
            "areas": None if areas is None else sorted(areas),
        }
        donde = "" if areas is None else "AND d.area_destino_id = ANY(%(areas)s)"
        with connection.cursor() as cursor:
            recibidos = _por_persona(cursor, _DE_CADA_UNO.format(areas=donde, **_RECIBIDOS), valores)
            atendidos = _por_persona(cursor, _DE_CADA_UNO.format(areas=donde, **_ATENDIDOS), valores)
            tiempos = tiempos_de(areas, periodo, "usuario_atiende_id")
            horas = _por_persona(cursor, tiempos[0] + _HORAS, tiempos[1]) if tiempos else {}
            pares = sorted({*recibidos, *atendidos}, key=lambda par: (par[0], par[1] or 0))
            cursor.execute(
                _NOMBRES, {"areas": [par[0] for par in pares], "personas": [par[1] for par in pares]}
            )
            nombres = cursor.fetchall()
        filas = []
        for area, nombre, persona, quien in nombres:
            par = (area, persona)
            atendido, con_plazo, a_tiempo = atendidos.get(par, (0, 0, 0))
            filas.append(
                (
                    nombre,
                    quien or "El sistema",
                    recibidos.get(par, (0,))[0],
                    atendido,
                    con_plazo,
                    a_tiempo,
                    a_tiempo / con_plazo if con_plazo else None,
                    horas[par][0] if par in horas else None,
                )
            )
        return filas

    def resumen(self, ambito, filtros):
        filas = self.lista(ambito, filtros)
        return [
            ("Recibidos", sum(fila[2] for fila in filas)),
            ("Atendidos", sum(fila[3] for fila in filas)),
            ("Con plazo", sum(fila[4] for fila in filas)),
            ("A tiempo", sum(fila[5] for fila in filas)),
        ]


def _por_persona(cursor, sql, valores):
    """{(area, person or None): the rest of the row}."""
    cursor.execute(sql, valores)
    return {(area, persona): resto for area, persona, *resto in cursor.fetchall()}
