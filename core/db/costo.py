"""What each index costs a registration, in time and in space, measured on copies that nobody else sees.

A copy of the table is filled with recent real rows inside a transaction that is undone: the real table is only
read. Each index is then made on the copy, alone, and the same newer rows are inserted with it and without any.
"""

import statistics
import time

from django.db import connection, transaction

from core.db import catalogo
from core.db.medidor import sin_medir

TABLAS = (
    *("documents_documento", "documents_presenciaarea", "documents_fichabusqueda"),
    *("derivations_derivacion", "core_evento"),
)
FILAS, LOTE, VUELTAS = 100_000, 2_000, 5


def costo_de(tabla, *, filas=FILAS, lote=LOTE, vueltas=VUELTAS):
    """What the indexes of a table cost. Times in microseconds per row inserted; sizes in bytes of the real ones.

    Args: filas the copy starts with; lote rows inserted each time; vueltas repetitions, whose lower quartile counts.
    Returns: {"tabla", "filas", "lote", "sin_indices_us", "indices": [{"nombre", "us", "bytes", "definicion"}]}.
    """
    indices = [i for i in catalogo.indices() if i["tabla"] == tabla and i["valido"]]
    with sin_medir(connection), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 3000")
        hay = _copiar(cursor, tabla, _llave_de(indices), filas, lote)
        base, con = [], {i["nombre"]: [] for i in indices}
        for _ in range(vueltas):
            for i in indices:
                # Without and with, one after the other: whatever else the machine does weighs on both.
                base.append(_insertar(cursor, None))
                con[i["nombre"]].append(_insertar(cursor, _en_la_copia(i)))
        transaction.set_rollback(True)
    sin = _cuartil(base)
    por_fila = 1e6 / max(1, hay)
    return {
        "tabla": tabla,
        "filas": filas,
        "lote": hay,
        "sin_indices_us": round(sin * por_fila, 2),
        "indices": [
            {
                "nombre": i["nombre"],
                "us": round(max(0.0, _cuartil(con[i["nombre"]]) - sin) * por_fila, 2),
                "bytes": i["bytes"],
                "definicion": i["definicion"],
            }
            for i in indices
        ],
    }


def _cuartil(segundos):
    """The lower quartile: other work on the machine only ever adds time, and the median would charge it to an index."""
    return statistics.quantiles(segundos, n=4)[0] if len(segundos) > 1 else sum(segundos)


def _llave_de(indices):
    """The column of the primary key, quoted: the newest rows are those with the largest."""
    return next((i["columnas"][0] for i in indices if i["primario"]), "id")


def _copiar(cursor, tabla, llave, filas, lote):
    """Make the copy and, apart, the rows to insert: the newest. Returns how many these are."""
    citada = connection.ops.quote_name(tabla)
    columnas = _columnas(cursor, tabla)
    # A plain table, not a temporary one: those write no log, and half of what an index costs is its log. Generated
    # columns are copied as values: making them costs the same with any index, and hides what an index costs.
    cursor.execute(f"CREATE TABLE costo_copia (LIKE {citada})")
    nuevas = f"SELECT {columnas} FROM {citada} ORDER BY {llave} DESC LIMIT {int(lote)}"  # noqa: S608 - quoted names
    cursor.execute(f"CREATE TEMP TABLE costo_lote ON COMMIT DROP AS {nuevas}")
    cursor.execute(
        f"INSERT INTO costo_copia ({columnas}) SELECT {columnas} FROM {citada} "  # noqa: S608
        f"WHERE {llave} < (SELECT coalesce(min({llave}), 0) FROM costo_lote) ORDER BY {llave} DESC LIMIT {int(filas)}"
    )
    cursor.execute("SELECT count(*) FROM costo_lote")
    return cursor.fetchone()[0]


def _columnas(cursor, tabla):
    """The columns of a table, quoted and in order."""
    cursor.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
        [tabla],
    )
    return cursor.fetchone()[0]


def _en_la_copia(indice):
    """The definition of an index, on the copy."""
    cabeza, _, resto = indice["definicion"].partition(" USING ")
    return (
        f"CREATE {'UNIQUE ' if ' UNIQUE ' in cabeza else ''}INDEX costo_indice ON costo_copia USING {resto}"
    )


def _insertar(cursor, definicion):
    """Seconds to insert the rows with that index alone, or none; the copy is left as it was."""
    columnas = _columnas(cursor, "costo_copia")
    cursor.execute("SAVEPOINT costo_antes")
    if definicion:
        cursor.execute(definicion)
    inicio = time.perf_counter()
    cursor.execute(f"INSERT INTO costo_copia ({columnas}) SELECT {columnas} FROM costo_lote")  # noqa: S608
    segundos = time.perf_counter() - inicio
    cursor.execute("ROLLBACK TO SAVEPOINT costo_antes")
    cursor.execute("RELEASE SAVEPOINT costo_antes")
    return segundos
