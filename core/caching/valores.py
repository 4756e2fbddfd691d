"""Values as bytes: only plain types go in, and only plain types come out.

Pickle, because what comes back is exactly what was kept (tuples, dates, Decimal, integer keys), which JSON cannot
say; closed to every class but those below, in both directions, so bytes planted in Redis run nothing.
"""

import io
import pickle  # noqa: S403 only through the two closed classes below
import zlib

from core.caching.constants import ajuste

_CLASES = {
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("decimal", "Decimal"),
    ("uuid", "UUID"),
    ("builtins", "frozenset"),
    ("builtins", "set"),
    ("builtins", "bytearray"),
}
_CLARO, _COMPRIMIDO = b"0", b"1"


class NoSeGuarda(TypeError):
    """The value holds something that is not plain data."""


class _Escritor(pickle.Pickler):
    def reducer_override(self, objeto):
        clase = objeto if isinstance(objeto, type) else type(objeto)
        if (clase.__module__, clase.__qualname__) not in _CLASES:
            raise NoSeGuarda(f"{clase.__module__}.{clase.__qualname__} is not kept in the cache.")
        return NotImplemented


class _Lector(pickle.Unpickler):
    def find_class(self, modulo, nombre):
        if (modulo, nombre) not in _CLASES:
            raise NoSeGuarda(f"{modulo}.{nombre} does not come out of the cache.")
        return super().find_class(modulo, nombre)


def a_bytes(valor):
    """The value as bytes. Raises: NoSeGuarda for a model instance, an enum, a lazy or safe text, ..."""
    salida = io.BytesIO()
    _Escritor(salida, protocol=5).dump(valor)
    cuerpo = salida.getvalue()
    if len(cuerpo) > ajuste("CACHE_COMPRIMIR_BYTES"):
        breve = zlib.compress(cuerpo, 1)
        if len(breve) < 0.8 * len(cuerpo):
            return _COMPRIMIDO + breve
    return _CLARO + cuerpo


def de_bytes(crudo):
    """The value kept. Raises: NoSeGuarda, or whatever pickle and zlib raise at spoilt bytes."""
    cuerpo = crudo[1:]
    if crudo[:1] == _COMPRIMIDO:
        cuerpo = zlib.decompress(cuerpo)
    elif crudo[:1] != _CLARO:
        raise NoSeGuarda("Bytes of another format.")
    return _Lector(io.BytesIO(cuerpo)).load()
