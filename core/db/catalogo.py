"""Reads PostgreSQL's own catalogue and counters, without waiting long for whoever changes a table."""

from django.db import connection, transaction
from django.db.utils import OperationalError

from core.db.medidor import sin_medir

ESPERA_CERROJO_MS = 3000


class CatalogoOcupado(Exception):
    """Another process holds a table, as a migration does, and its size cannot be read now."""

    def __init__(self):
        super().__init__("Otro proceso tiene bloqueada una tabla (¿una migración?). Inténtalo en un momento.")


def leer(consulta, params=None):
    """[dict] of a statement on the catalogue. Raises: CatalogoOcupado."""
    try:
        with sin_medir(connection), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {ESPERA_CERROJO_MS}")
            cursor.execute(consulta, params)
            nombres = [columna.name for columna in cursor.description]
            return [dict(zip(nombres, fila, strict=True)) for fila in cursor.fetchall()]
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == "55P03":
            raise CatalogoOcupado from error
        raise


_INDICES = """
SELECT t.relname AS tabla, i.relname AS nombre, am.amname AS metodo,
       x.indisunique AS unico, x.indisprimary AS primario, x.indisvalid AND x.indisready AS valido,
       EXISTS (SELECT 1 FROM pg_constraint r WHERE r.conindid = x.indexrelid) AS de_restriccion,
       EXISTS (SELECT 1 FROM pg_constraint r WHERE r.conrelid = x.indrelid AND r.contype = 'f'
                  AND r.conkey[1] = x.indkey[0]) AS de_foranea,
       coalesce(pg_get_expr(x.indpred, x.indrelid), '') AS predicado,
       ARRAY(SELECT pg_get_indexdef(x.indexrelid, k, true) FROM generate_series(1, x.indnkeyatts) k) AS columnas,
       ARRAY(SELECT c.oid::int FROM unnest(x.indclass) WITH ORDINALITY c(oid, n) ORDER BY n) AS clases,
       ARRAY(SELECT o::int FROM unnest(x.indoption) WITH ORDINALITY s(o, n) ORDER BY n) AS sentidos,
       x.indnatts > x.indnkeyatts AS con_extra,
       pg_get_indexdef(x.indexrelid) AS definicion,
       pg_relation_size(x.indexrelid) AS bytes,
       greatest(t.reltuples, 0)::bigint AS filas,
       coalesce(s.idx_scan, 0) AS usos, coalesce(s.idx_tup_read, 0) AS entradas_leidas,
       coalesce(s.idx_tup_fetch, 0) AS filas_traidas, s.last_idx_scan AS ultimo_uso
  FROM pg_index x
  JOIN pg_class i ON i.oid = x.indexrelid
  JOIN pg_class t ON t.oid = x.indrelid AND t.relkind IN ('r', 'm', 'p')
  JOIN pg_am am ON am.oid = i.relam
  JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
  LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = x.indexrelid
 ORDER BY t.relname, i.relname
"""
_ENTERAS = """
SELECT c.relname AS tabla, greatest(c.reltuples, 0)::bigint AS filas, s.seq_scan AS veces,
       s.seq_tup_read AS filas_leidas, s.last_seq_scan AS ultima
  FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
 WHERE s.schemaname = 'public' AND c.reltuples >= %s AND s.seq_scan > 0
 ORDER BY s.seq_tup_read DESC
"""


def indices():
    """[dict] of every index of the schema, with its use since the counters began."""
    return leer(_INDICES)


def lecturas_enteras(grande):
    """[dict] of big tables that were read without an index, the most read first."""
    return leer(_ENTERAS, [grande])


def columnas_de(tabla):
    """Names of a table's columns."""
    filas = leer(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
        [tabla],
    )
    return {fila["attname"] for fila in filas}


def cuentas_desde():
    """When the counters of use were last reset; None when they never were."""
    (fila,) = leer("SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()")
    return fila["stats_reset"]
