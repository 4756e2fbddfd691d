"""The bell: tells the django-q2 workers through Redis that a task is due. It may fail, never delay, never raise."""

import logging
import threading
import time
from datetime import timedelta

import redis
from django_q.brokers.redis_broker import Redis as BrokerRedis
from django_q.conf import Conf
from django_q.tasks import async_task
from django_redis import get_redis_connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.constants import ajuste

registro = logging.getLogger("core.jobs")

MARGEN = timedelta(seconds=1)  # clocks of two machines may differ this much

_candado = threading.Lock()
_estado = {"broker": None, "muda_hasta": 0.0}


class BrokerMesa(BrokerRedis):
    """The cluster's queue; waits for an absent Redis by asking each second.

    Without it the process that pulls tasks sleeps ten seconds and dies at the first failure.
    Source: Q_CLUSTER["broker_class"].
    """

    def dequeue(self):
        try:
            tareas = super().dequeue()
        except redis.RedisError as error:
            if not getattr(self, "_ausente", False):
                registro.warning("El trabajador espera a Redis (%s).", type(error).__name__)
            self._ausente = True
            self.connection.connection_pool.disconnect()
            time.sleep(1)
            return None
        self._ausente = False
        return tareas


class BrokerBreve(BrokerRedis):
    """The same queue through a connection that gives up at once, for ringing."""

    @staticmethod
    def get_connection(list_key=None):
        limites = {
            "socket_timeout": ajuste("TAREAS_TIMBRE_TIMEOUT"),
            "socket_connect_timeout": ajuste("TAREAS_TIMBRE_TIMEOUT"),
            "retry": Retry(NoBackoff(), 0),
        }
        if Conf.DJANGO_REDIS:  # Sentinel: the timeouts are those of that cache
            return get_redis_connection(Conf.DJANGO_REDIS)
        if isinstance(Conf.REDIS, str):
            return redis.from_url(Conf.REDIS, **limites)
        opciones = dict(Conf.REDIS)
        url = opciones.pop("url", None)
        return (
            redis.from_url(url, **{**opciones, **limites}) if url else redis.Redis(**{**opciones, **limites})
        )


def _broker():
    if _estado["broker"] is None:
        with _candado:
            _estado["broker"] = _estado["broker"] or BrokerBreve()
    return _estado["broker"]


def olvidar():
    """Drop the connection and the breaker (tests; after a fork redis-py does it by itself)."""
    _estado.update(broker=None, muda_hasta=0.0)


def _intentar(accion, *, insistir=False):
    """Run the action against Redis; on failure stay silent for a few seconds. Returns: (worked, value)."""
    if time.monotonic() < _estado["muda_hasta"] and not insistir:
        return False, None
    try:
        valor = accion(_broker())
    except Exception as error:  # whatever goes wrong with the bell, the row stays and the sweeper rings again
        if time.monotonic() >= _estado["muda_hasta"]:
            registro.warning("No se pudo avisar al trabajador por Redis (%s).", type(error).__name__)
        _estado["muda_hasta"] = time.monotonic() + ajuste("TAREAS_TIMBRE_PAUSA")
        return False, None
    _estado["muda_hasta"] = 0.0
    return True, valor


def tocar(tarea_id):
    """Ring for one task. Returns: whether Redis took it."""
    if Conf.SYNC:
        async_task("core.tasks.ejecutar", str(tarea_id), save=False)
        return True
    return _intentar(
        lambda broker: async_task(
            "core.tasks.ejecutar", str(tarea_id), broker=broker, save=False, group="tareas"
        )
    )[0]


def pedir_latido():
    """Queue a heartbeat for whichever worker takes it. Returns: whether Redis took it."""
    return _intentar(
        lambda broker: async_task("core.tasks.latir", broker=broker, save=False, group="latido")
    )[0]


def responde():
    """Return whether Redis answers now, without regard to the breaker."""
    return _intentar(lambda broker: broker.connection.ping(), insistir=True)[0]


def profundidad():
    """Return how many rings wait in Redis, or None when it does not answer."""
    return _intentar(lambda broker: broker.queue_size(), insistir=True)[1]
