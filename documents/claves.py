"""Keys of the search index: who may see a document, its sender, type, month and year, each as one integer.

The triggers of documents/migrations/0007_fichabusqueda.py write the same ones.
"""

from datetime import UTC, datetime

from organization.constants import P

TODOS = 0
_PERSONA, _REMITENTE, _TIPO = 10**9, -(10**9), -(10**6)


def claves_de(usuario):
    """Keys of which a document must have one to be seen by the user."""
    if usuario.tiene_permiso(P.DOCUMENTO_VER_TODO):
        return [TODOS, _PERSONA + usuario.pk]
    return [*sorted(usuario.alcance.areas_con(P.DOCUMENTO_VER)), _PERSONA + usuario.pk]


def clave_remitente(pk):
    return _REMITENTE - pk


def clave_tipo(pk):
    return _TIPO - pk


def clave_anio(anio):
    return -anio


def mes_de(instante):
    """Months since year 0 of an instant, in UTC; its negative is the key."""
    utc = instante.astimezone(UTC)
    return utc.year * 12 + utc.month - 1


def inicio_de_mes(mes):
    return datetime(mes // 12, mes % 12 + 1, 1, tzinfo=UTC)


def clave_mes(mes):
    return -mes
