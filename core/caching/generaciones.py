"""Generations: one number per group of data, raised in PostgreSQL by the very transaction that changes the data."""

import contextlib
from dataclasses import dataclass

from django.db import connection, transaction

from core.caching.constants import CATALOGOS, CUBOS_DE_DOCUMENTO, REMITENTES
from core.db.disparadores import disparadores_aparte

# `propia`: this transaction raised the group and is still open, so what it reads may never be committed.
_LEER = """
SELECT grupo, sum(n)::text,
       bool_or(transaccion = pg_current_xact_id_if_assigned()::text::bigint
               AND subida_en = transaction_timestamp()) AS propia
FROM core_generacion WHERE grupo = ANY(%s) GROUP BY grupo
"""
RANURAS_MAXIMAS = 64


@dataclass(frozen=True)
class Generaciones:
    """What `generaciones` read: ((group, number), ...) by name, and whether this transaction raised one itself."""

    valores: tuple
    propias: bool = False

    @property
    def grupos(self):
        return tuple(grupo for grupo, _ in self.valores)

    def con(self, otras):
        """Both readings as one; the earlier number of a group rules."""
        juntas = dict(otras.valores) | dict(self.valores)
        return Generaciones(tuple(sorted(juntas.items())), self.propias or otras.propias)


def generaciones(*grupos):
    """Reads the numbers of the groups in one query. Call it BEFORE reading the data they stand for.

    Returns: Generaciones; a group never raised counts as "0".
    """
    pedidos = sorted(set(grupos))
    if not pedidos:
        return Generaciones(())
    with connection.cursor() as cursor:
        cursor.execute(_LEER, [pedidos])
        filas = cursor.fetchall()
    numeros = {grupo: numero for grupo, numero, _ in filas}
    return Generaciones(
        tuple((grupo, numeros.get(grupo, "0")) for grupo in pedidos), any(propia for *_, propia in filas)
    )


def subir(*grupos):
    """Raises the groups in the transaction of the write; only for data whose table has no trigger of the cache.

    Raises: TransactionManagementError outside `atomic`: data and number must be committed together.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "subir() goes inside the atomic block that writes the data."
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_subir(%s::text[])", [list(grupos)])


def compactar(*, mas_de=RANURAS_MAXIMAS):
    """Joins the slots of groups that have more than `mas_de`, without changing any sum or waiting for a writer.

    Returns: how many rows were taken away.
    """
    quitadas = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT grupo FROM core_generacion GROUP BY grupo HAVING count(*) > %s", [mas_de])
        for (grupo,) in cursor.fetchall():
            cursor.execute(
                """
                WITH libres AS (SELECT id, n FROM core_generacion WHERE grupo = %s FOR UPDATE SKIP LOCKED),
                     queda AS (SELECT min(id) AS id, sum(n) AS n FROM libres),
                     suma AS (UPDATE core_generacion g SET n = queda.n FROM queda WHERE g.id = queda.id)
                DELETE FROM core_generacion g USING libres, queda
                WHERE g.id = libres.id AND g.id <> queda.id
                """,
                [grupo],
            )
            quitadas += cursor.rowcount
    return quitadas


# Names of groups


def grupo_documento(pk):
    """The group of one document; documents share 4,096 of them, so that the table stays small."""
    return f"doc:{int(pk) % CUBOS_DE_DOCUMENTO}"


def grupo_area(pk):
    return f"area:{int(pk)}"


def grupo_usuario(pk):
    return f"usuario:{int(pk)}"


def grupos_de_detalle(pk):
    """What one document's detail depends on, besides the user (see `respuesta_en_cache`)."""
    return [grupo_documento(pk), CATALOGOS, REMITENTES]


def grupos_de_lista(areas):
    """What a list of the documents of these areas depends on, besides the user."""
    return [*(grupo_area(area) for area in areas), CATALOGOS, REMITENTES]


# Triggers


@contextlib.contextmanager
def sin_disparadores(cursor, tablas):
    """Puts aside the cache's triggers of the tables during a bulk load, and empties the whole cache at its end.

    Inside the caller's transaction: an interruption leaves the triggers as they were.
    """
    with disparadores_aparte(cursor, tablas, "cache\\_%"):
        yield
    cursor.execute("SELECT core_subir('{todo}')")
