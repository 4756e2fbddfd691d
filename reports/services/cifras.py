"""Care of the maintained figures: roll up, compare with a full count, correct, load without triggers."""

import contextlib
from collections import namedtuple

from django.db import connection, transaction

from core.db.disparadores import disparadores_aparte
from documents.models import TipoDocumento
from organization.models import Area
from reports.constants import CERROJO_CIFRAS, Medida
from reports.disparadores import ACUMULAR, CORREGIR, DIFERENCIAS, TABLAS

Diferencia = namedtuple("Diferencia", "medida dia area tipo clase prioridad cantidad tarde contado cifra")


def _en_turno(cursor, *, esperar=False):
    """Whether this transaction is the one that moves figures; writers and readers never wait for it."""
    if esperar:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CERROJO_CIFRAS])
        return True
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [CERROJO_CIFRAS])
    return cursor.fetchone()[0]


def acumular_cifras():
    """Moves the changes into the totals. Safe in several places at once: who comes second leaves it to the first.

    Returns: how many totals it touched.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM reports_cifradelta)")
        if not cursor.fetchone()[0] or not _en_turno(cursor):
            return 0
        cursor.execute(ACUMULAR)
        return cursor.rowcount


def comparar_cifras():
    """Every figure that differs from a full count of documents and derivations, in one snapshot.

    Reads both tables whole; nobody waits for it. Returns: list of Diferencia, empty when all is right.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(f"{DIFERENCIAS} ORDER BY medida, dia, area_id, tipo_id, clase, prioridad")
        return [Diferencia(*fila) for fila in cursor.fetchall()]


def recalcular_cifras():
    """Corrects every figure that differs, without stopping the writers, and rolls up.

    Returns: how many figures were wrong. Writes: Cifra, CifraDelta.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        _en_turno(cursor, esperar=True)  # two corrections at once would correct twice, or meet a roll-up
        cursor.execute(CORREGIR)
        corregidas = cursor.rowcount
        cursor.execute(ACUMULAR)
        cursor.execute("DELETE FROM reports_cifra WHERE n = 0 AND tarde = 0")
    return corregidas


@contextlib.contextmanager
def sin_disparadores(cursor):
    """Puts the triggers aside for a bulk load. Who uses it calls `recalcular_cifras` before the commit.

    Inside the caller's transaction: an interruption leaves the triggers as they were.
    """
    with disparadores_aparte(cursor, TABLAS, "cifras\\_%"):
        yield


def describir(diferencias):
    """One Spanish line for each difference."""
    areas = dict(Area.objects.values_list("pk", "sigla"))
    tipos = dict(TipoDocumento.objects.values_list("pk", "codigo"))
    for d in diferencias:
        partes = [f"área {areas.get(d.area, d.area)}"]
        if d.dia:
            partes.append(f"{d.dia:%d/%m/%Y}")
        if d.tipo:
            partes.append(f"tipo {tipos.get(d.tipo, d.tipo)}")
        partes += [parte for parte in (d.clase, d.prioridad) if parte]
        falla = f"dice {d.cifra} y son {d.contado}"
        if d.cantidad == 0:
            falla = f"de {d.contado}, fuera de plazo difieren en {d.tarde:+d}"
        yield f"{Medida(d.medida).label}: {', '.join(partes)}: {falla}"
