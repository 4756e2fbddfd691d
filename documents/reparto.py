"""How the documents are spread over areas, types and states, as the database's own statistics tell it.

Only to choose the cheaper of two walks that give the same rows: an old or missing figure costs time, never rows.
"""

import time
from dataclasses import dataclass, field

from django.db import connection

VIGENCIA_S = 600
_SIN_DATOS = 0.1  # share of a value that the statistics do not name, before the first ANALYZE
_SQL = """
SELECT s.tablename, s.attname, s.most_common_vals::text::text[], s.most_common_freqs, greatest(c.reltuples, 0)
  FROM pg_stats s JOIN pg_class c ON c.oid = format('%I.%I', s.schemaname, s.tablename)::regclass
 WHERE s.schemaname = current_schema() AND (s.tablename, s.attname) IN (
       ('documents_documento', 'estado'), ('documents_documento', 'prioridad'),
       ('documents_documento', 'tipo_documento_id'), ('documents_presenciaarea', 'area_id'))
"""


@dataclass
class Reparto:
    """documentos: how many there are. partes: {(column, value as text): share}, area_id's per document."""

    documentos: float = 0
    partes: dict = field(default_factory=dict)

    def parte(self, columna, *valores):
        """Share of the documents that hold one of the values, between almost none and all."""
        conocida = any(c == columna for c, _ in self.partes)
        suma = sum(self.partes.get((columna, str(v)), 0 if conocida else _SIN_DATOS) for v in valores)
        return min(max(suma, 1e-6), 1.0)


_guardado = {"hasta": 0.0, "reparto": Reparto()}


def reparto():
    """The spread, read again every ten minutes in each process."""
    ahora = time.monotonic()
    if ahora >= _guardado["hasta"]:
        _guardado.update(hasta=ahora + VIGENCIA_S, reparto=_leer())
    return _guardado["reparto"]


def _leer():
    with connection.cursor() as cursor:
        cursor.execute(_SQL)
        filas = cursor.fetchall()
    documentos = max((n for tabla, *_, n in filas if tabla == "documents_documento"), default=0)
    leido = Reparto(documentos=max(documentos, 1))
    for tabla, columna, valores, frecuencias, total in filas:
        por_documento = total / leido.documentos if tabla != "documents_documento" else 1
        for valor, frecuencia in zip(valores or (), frecuencias or (), strict=True):
            leido.partes[columna, valor] = frecuencia * por_documento
    return leido
