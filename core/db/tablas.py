"""How big each table is, how much of it is dead, and when PostgreSQL last looked after it."""

from core.db.catalogo import leer

# The estimate of bloat compares the pages a table has with those its rows would fill: 28 bytes of header and pointer
# for each row, its columns' mean widths, pages of 8,168 useful bytes filled to the fillfactor.
_CONSULTA = """
WITH anchos AS (
    SELECT schemaname, tablename, sum((1 - null_frac) * avg_width) AS ancho
      FROM pg_stats WHERE schemaname = 'public' GROUP BY 1, 2
)
SELECT c.relname AS tabla,
       greatest(c.reltuples, 0)::bigint AS filas,
       pg_relation_size(c.oid) AS tabla_bytes,
       pg_indexes_size(c.oid) AS indices_bytes,
       coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) AS toast_bytes,
       pg_total_relation_size(c.oid) AS total_bytes,
       s.n_dead_tup AS muertas,
       CASE WHEN c.relpages > 10 AND a.ancho IS NOT NULL THEN
           greatest(0, 1 - ceil(c.reltuples * (28 + 8 * ceil(a.ancho / 8)) / 8168
                    * 100 / coalesce(substring(array_to_string(c.reloptions, ',') FROM 'fillfactor=(\\d+)')::int, 100))
                    / c.relpages) END AS hinchazon,
       greatest(s.last_vacuum, s.last_autovacuum) AS vacuum_en,
       greatest(s.last_analyze, s.last_autoanalyze) AS analyze_en,
       s.n_mod_since_analyze AS cambios_sin_analyze,
       CASE WHEN io.heap_blks_hit + io.heap_blks_read > 0
            THEN io.heap_blks_hit::float / (io.heap_blks_hit + io.heap_blks_read) END AS aciertos_tabla,
       CASE WHEN io.idx_blks_hit + io.idx_blks_read > 0
            THEN io.idx_blks_hit::float / (io.idx_blks_hit + io.idx_blks_read) END AS aciertos_indices,
       s.seq_scan AS lecturas_enteras, s.seq_tup_read AS filas_de_lecturas_enteras, s.idx_scan AS lecturas_por_indice
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
  JOIN pg_stat_user_tables s ON s.relid = c.oid
  JOIN pg_statio_user_tables io ON io.relid = c.oid
  LEFT JOIN anchos a ON a.tablename = c.relname
 WHERE c.relkind IN ('r', 'm')
 ORDER BY pg_total_relation_size(c.oid) DESC, c.relname
"""
TABLA_DE_DOCUMENTOS = "documents_documento"
HINCHAZON_MALA, MUERTAS_MALAS, FILAS_MINIMAS = 0.5, 0.2, 10_000


def tablas():
    """[dict] of every table, the biggest first; sizes in bytes, ratios from 0 to 1, None where there is no data.

    Raises: CatalogoOcupado.
    """
    return leer(_CONSULTA)


def resumen(filas):
    """Totals: bytes of everything, documents, and bytes of database for each document (None without them)."""
    total = sum(f["total_bytes"] for f in filas)
    documentos = next((f["filas"] for f in filas if f["tabla"] == TABLA_DE_DOCUMENTOS), 0)
    return {
        "total_bytes": total,
        "tablas_bytes": sum(f["tabla_bytes"] for f in filas),
        "indices_bytes": sum(f["indices_bytes"] for f in filas),
        "toast_bytes": sum(f["toast_bytes"] for f in filas),
        "documentos": documentos,
        "bytes_por_documento": round(total / documentos) if documentos else None,
        "bytes_por_documento_por_tabla": {
            f["tabla"]: round(f["total_bytes"] / documentos) for f in filas if documentos and f["filas"]
        },
    }


def avisos(filas):
    """Sentences about tables that need care, each with its statement."""
    dichos = []
    for f in filas:
        if f["filas"] < FILAS_MINIMAS:
            continue
        if f["muertas"] > MUERTAS_MALAS * f["filas"]:
            dichos.append(f"{f['tabla']}: {f['muertas']} filas muertas. VACUUM {f['tabla']};")
        elif (f["hinchazon"] or 0) > HINCHAZON_MALA:
            dichos.append(
                f"{f['tabla']}: {100 * f['hinchazon']:.0f} % de sus páginas sobran. VACUUM FULL {f['tabla']}; "
                "(la bloquea mientras dura)"
            )
        if f["analyze_en"] is None:
            dichos.append(f"{f['tabla']}: nunca se analizó. ANALYZE {f['tabla']};")
        elif f["cambios_sin_analyze"] > MUERTAS_MALAS * f["filas"]:
            dichos.append(
                f"{f['tabla']}: {f['cambios_sin_analyze']} cambios desde el último ANALYZE. ANALYZE {f['tabla']};"
            )
    return dichos
