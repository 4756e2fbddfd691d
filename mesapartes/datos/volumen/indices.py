"""Puts indexes and foreign keys aside during a load, and makes them again exactly as the catalogue described them."""

_INDICES = """
SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
FROM pg_index i
WHERE i.indrelid = ANY(%s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid)
ORDER BY i.indrelid::regclass::text, i.indexrelid::regclass::text
"""
# Foreign keys last: they read the tables once more, and want the unique index of the other side.
_RESTRICCIONES = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', c.conrelid::regclass, c.conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
FROM pg_constraint c
WHERE c.conrelid = ANY(%s::regclass[]) AND c.contype = ANY(%s)
ORDER BY c.conrelid::regclass::text, c.conname
"""


def apartar(cursor, tablas):
    """Drops secondary indexes, unique constraints and foreign keys of the tables; primary keys stay.

    Inside the caller's transaction, so whatever interrupts the load, the database keeps them as they were.
    Returns: list of statements that make them again, in the order they must run.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks pending cannot be altered
    grupos = []
    for consulta, argumentos in (
        (_RESTRICCIONES, [tablas, ["f"]]),
        (_INDICES, [tablas]),
        (_RESTRICCIONES, [tablas, ["u"]]),
    ):
        cursor.execute(consulta, argumentos)
        grupos.append(cursor.fetchall())
    for quitar, _ in [fila for grupo in grupos for fila in grupo]:
        cursor.execute(quitar)
    ajenas, indices, unicas = ([poner for _, poner in grupo] for grupo in grupos)
    return [*unicas, *indices, *ajenas]


def reponer(cursor, ordenes, avance=lambda hechas, total: None):
    """Makes again what `apartar` put aside; every row is checked by it. Raises: IntegrityError."""
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for n, orden in enumerate(ordenes, 1):
        cursor.execute(orden)
        avance(n, len(ordenes))
