"""Keys: the same question gives the same key in every process; long ones are hashed."""

import hashlib
from decimal import Decimal
from uuid import UUID

import orjson
from django.utils import timezone

from core.caching.constants import FORMATO, PREFIJO

_LARGO_LEGIBLE = 120


def _otros(valor):
    if isinstance(valor, set | frozenset):
        return sorted(valor, key=lambda v: (type(v).__name__, v))
    if isinstance(valor, Decimal | UUID):
        return [type(valor).__name__, str(valor)]
    raise TypeError(f"{type(valor).__name__} has no place in a key of the cache: use plain values.")


def canonico(partes):
    """Plain values as bytes: dicts and sets in order, 1 apart from "1". Raises: TypeError for anything else."""
    return orjson.dumps(
        partes,
        default=_otros,
        option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS,
    )


def clave_de(grupo, clave, generaciones, *, version=1):
    """The key in Redis of an entry: group, shape of the code, local day, question and generations."""
    dia = timezone.localdate().toordinal()
    texto = canonico([FORMATO, version, dia, clave, generaciones.valores])
    if len(texto) > _LARGO_LEGIBLE or b" " in texto:
        return f"{PREFIJO}:{grupo}:{hashlib.sha256(texto).hexdigest()}"
    return f"{PREFIJO}:{grupo}:{texto.decode()}"
