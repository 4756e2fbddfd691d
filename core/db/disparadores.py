"""Triggers of some tables put aside during a bulk load."""

import contextlib


@contextlib.contextmanager
def disparadores_aparte(cursor, tablas, patron):
    """Disables the triggers of the tables whose name is LIKE `patron`, and enables them at the end.

    Inside the caller's transaction: an interruption leaves the triggers as they were.
    """
    cursor.execute(
        "SELECT c.oid::regclass::text, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND t.tgname LIKE %s AND t.tgenabled <> 'D' AND t.tgrelid = ANY(%s::regclass[])",
        [patron, list(tablas)],
    )
    apartados = cursor.fetchall()
    _alterar(cursor, "DISABLE", apartados)
    yield
    _alterar(cursor, "ENABLE", apartados)


def _alterar(cursor, orden, disparadores):
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks pending cannot be altered
    for tabla, disparador in disparadores:
        cursor.execute(f'ALTER TABLE {tabla} {orden} TRIGGER "{disparador}"')
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
