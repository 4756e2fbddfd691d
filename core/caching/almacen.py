"""Redis, seen from the cache: get and set through the breaker, on the raw client, which does not hide failures."""

import random

from django_redis import get_redis_connection

from core.caching.constants import ajuste
from core.caching.cortacircuito import Paso, circuito

_DISPERSION = 0.1  # entries of one moment do not all end at the same one


def cliente():
    """The raw client of the "default" cache: short timeouts, no retries, exceptions told."""
    return get_redis_connection("default")


def disponible():
    """False while the breaker skips Redis."""
    return not circuito.abierto


def ejecutar(orden):
    """Runs orden(client) through the breaker. Returns: (Paso, value)."""

    def accion():
        redis = cliente()
        try:
            return orden(redis)
        except Exception:
            # The other idle connections died with this one; those in use belong to other threads.
            redis.connection_pool.disconnect(inuse_connections=False)
            raise

    return circuito.ejecutar(accion)


def leer(clave):
    """The bytes of a key. Returns: (Paso, bytes or None)."""
    return ejecutar(lambda redis: redis.get(clave))


def guardar(clave, crudo, ttl):
    """Keeps the bytes up to ttl seconds. Returns: Paso; OMITIDO also when they are too many."""
    if len(crudo) > ajuste("CACHE_MAX_BYTES"):
        return Paso.OMITIDO
    vida_ms = max(1000, int(ttl * 1000 * (1 - _DISPERSION * random.random())))
    return ejecutar(lambda redis: redis.set(clave, crudo, px=vida_ms))[0]
