"""Empties the test database after a test that committed: a tenth of the time TRUNCATE takes, and the same emptiness.

TRUNCATE makes new files for every table and its indexes, and Django then writes its permissions again. Here the tables
that hold rows are emptied by DELETE, unless they hold many; and the two that Django would fill again stay as they are.
"""

from django.core.management.commands import flush
from django.db import OperationalError, transaction

MUCHO = 16 * 1024 * 1024  # bytes in all; from here on TRUNCATE is the quicker one
DE_DJANGO = {"django_content_type", "auth_permission"}  # written by post_migrate, touched by no test


def instalar(conexion):
    """Make `flush` and the end of the tests with transaction=True empty the test database this way.

    For every connection: once Playwright runs its loop in this thread, Django gives it another one.
    """
    _exigir_de_prueba(conexion)
    operaciones = type(conexion.ops)
    operaciones.sql_flush = lambda _ops, _estilo, tablas, **_: sorted(set(tablas) - DE_DJANGO)
    operaciones.execute_sql_flush = lambda ops, tablas: _con_paciencia(ops.connection, tablas)
    flush.emit_post_migrate_signal = lambda *_args, **_opciones: None


def _exigir_de_prueba(conexion):
    if not str(conexion.settings_dict["NAME"]).startswith("test"):
        raise RuntimeError(f"{conexion.settings_dict['NAME']} is not a test database.")


def _con_paciencia(conexion, tablas):
    """A page whose browser has gone may still be writing in the server, which makes a ring with the locks."""
    _exigir_de_prueba(conexion)
    for _ in range(3):
        try:
            return _vaciar(conexion, tablas)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "40P01":
                raise
    return _vaciar(conexion, tablas)


def _vaciar(conexion, tablas):
    nombres = [conexion.ops.quote_name(tabla) for tabla in tablas]
    with transaction.atomic(using=conexion.alias), conexion.cursor() as cursor:
        # Waits for whoever is still writing, so that no row comes after; who only reads is left alone.
        cursor.execute(f"LOCK TABLE {', '.join(nombres)} IN SHARE MODE")
        cursor.execute(
            " UNION ALL ".join(f"(SELECT {n} FROM {tabla} LIMIT 1)" for n, tabla in enumerate(nombres))
        )
        con_filas = [nombres[n] for (n,) in cursor.fetchall()]
        cursor.execute(
            "SELECT coalesce(sum(pg_relation_size(oid)), 0) FROM pg_class WHERE oid = ANY(%s::regclass[])",
            [con_filas],
        )
        mucho = cursor.fetchone()[0] > MUCHO
        # No trigger speaks: neither the references, nor those that guard the trace and raise the generations.
        cursor.execute("SET LOCAL session_replication_role = replica")
        if mucho:
            cursor.execute(f"TRUNCATE {', '.join(nombres)}")
            return
        for tabla in con_filas:
            cursor.execute(f"DELETE FROM {tabla}")
