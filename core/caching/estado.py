"""What operators see of the cache: use by group, keys and memory, Redis and breaker; and how it is emptied."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core.caching import almacen
from core.caching.constants import GENERAL, PREFIJO, PREFIJO_USO, TTL, ajuste, ttl_de
from core.caching.cortacircuito import Paso, circuito
from core.caching.generaciones import subir
from core.caching.metricas import CAMPOS, CORTES, contadores
from core.errors import DatosInvalidos
from core.events import registrar_evento

TOPE_DE_CLAVES = 200_000
_POR_VUELTA = 500
_GENERACION = re.compile(r"todo|documentos|catalogos|remitentes|(?:doc|area|usuario):\d{1,18}")
_GRUPO = re.compile(r"[a-z][a-z0-9_]{0,50}")


@dataclass
class UsoDeGrupo:
    """The figures of one group over some days; claves and octetos are None when they were not counted."""

    grupo: str
    ttl: int = 0
    aciertos: int = 0
    fallos: int = 0
    errores: int = 0
    omitidas: int = 0
    guardadas: int = 0
    us_cache: int = 0
    us_producir: int = 0
    claves: int | None = None
    octetos: int | None = None

    @property
    def consultas(self):
        return self.aciertos + self.fallos + self.errores + self.omitidas

    @property
    def tasa(self):
        """Hits per hundred questions, or None without questions."""
        return 100 * self.aciertos / self.consultas if self.consultas else None

    @property
    def ms_cache(self):
        """Milliseconds spent with Redis per question, or None."""
        preguntas = self.aciertos + self.fallos + self.errores
        return self.us_cache / 1000 / preguntas if preguntas else None

    @property
    def ms_producir(self):
        """Milliseconds that computing took, each time it was needed, or None."""
        veces = self.consultas - self.aciertos
        return self.us_producir / 1000 / veces if veces else None


@dataclass
class EstadoDeCache:
    """Everything `cache_estado` shows."""

    activa: bool
    responde: bool
    circuito: str
    pausa: float
    cortes: int = 0  # how often the processes met Redis failing
    servidor: dict = field(default_factory=dict)
    grupos: list = field(default_factory=list)
    generaciones: dict = field(default_factory=dict)
    contadas: bool = False
    parcial: bool = False


def estado(*, dias=1, contar=False, tope=TOPE_DE_CLAVES):
    """Reads the state of the cache.

    Args: dias of use, today included. contar walks the keys with SCAN, at most `tope`: for operators, never in a
        page that users open.
    Returns: EstadoDeCache; with Redis away, what is known without it.
    """
    contadores.enviar()
    paso, servidor = almacen.ejecutar(_del_servidor)
    responde = paso is Paso.HECHO
    dicho = EstadoDeCache(
        activa=ajuste("CACHE_ACTIVA"),
        responde=responde,
        circuito=circuito.estado,
        pausa=ajuste("CACHE_PAUSA_SEGUNDOS"),
        servidor=servidor or {},
        generaciones=_de_generaciones(),
    )
    usos = {grupo: UsoDeGrupo(grupo) for grupo in sorted({*TTL, *getattr(settings, "CACHE_TTL", {})})}
    if responde:
        uso_de_dias = almacen.ejecutar(lambda redis: _uso(redis, dias))[1] or {}
        dicho.cortes = uso_de_dias.pop(CORTES, 0)
        for campo, cuanto in uso_de_dias.items():
            grupo, _, nombre = campo.rpartition(":")
            if nombre in CAMPOS:
                uso = usos.setdefault(grupo, UsoDeGrupo(grupo))
                setattr(uso, nombre, getattr(uso, nombre) + cuanto)
        if contar:
            dicho.contadas, dicho.parcial = _contar(usos, tope)
    for uso in usos.values():
        uso.ttl = ttl_de(uso.grupo)
    dicho.grupos = list(usos.values())
    return dicho


def _del_servidor(redis):
    datos = redis.info()
    return {
        "version": datos.get("valkey_version") or datos.get("redis_version", ""),
        "memoria": datos.get("used_memory", 0),
        "tope": datos.get("maxmemory", 0),
        "claves": redis.dbsize(),
        "desalojadas": datos.get("evicted_keys", 0),
    }


def _uso(redis, dias):
    """{group:field: total} of the last days."""
    hoy = timezone.localdate()
    tubo = redis.pipeline(transaction=False)
    for n in range(dias):
        tubo.hgetall(f"{PREFIJO_USO}:{hoy - timedelta(days=n):%Y-%m-%d}")
    totales = {}
    for dia in tubo.execute():
        for campo, cuanto in dia.items():
            totales[campo.decode()] = totales.get(campo.decode(), 0) + int(cuanto)
    return totales


def _contar(usos, tope):
    """Fills keys and bytes of each group. Returns: (whether it could, whether it stopped at the limit)."""
    for uso in usos.values():
        uso.claves = uso.octetos = 0
    cursor, vistas = 0, 0
    while True:
        paso, vuelta = almacen.ejecutar(lambda redis, desde=cursor: _vuelta(redis, desde))
        if paso is not Paso.HECHO:
            return False, True
        cursor, filas = vuelta
        for clave, octetos in filas:
            grupo = clave.decode()[len(PREFIJO) + 1 :].partition(":")[0]
            uso = usos.setdefault(grupo, UsoDeGrupo(grupo, claves=0, octetos=0))
            uso.claves += 1
            uso.octetos += octetos or 0
        vistas += len(filas)
        if not cursor or vistas >= tope:
            return True, bool(cursor)


def _vuelta(redis, cursor):
    cursor, claves = redis.scan(cursor, match=f"{PREFIJO}:*", count=_POR_VUELTA)
    tubo = redis.pipeline(transaction=False)
    for clave in claves:
        tubo.memory_usage(clave)
    return cursor, list(zip(claves, tubo.execute(), strict=True))


def _de_generaciones():
    """Groups and slots in PostgreSQL, and the group with most slots."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(c), 0)::int, coalesce(max(c), 0)::int"
            " FROM (SELECT count(*) AS c FROM core_generacion GROUP BY grupo) g"
        )
        grupos, ranuras, maximo = cursor.fetchone()
    return {"grupos": grupos, "ranuras": ranuras, "maximo": maximo}


# Emptying


def generacion_de(grupo):
    """The generation that empties what the operator names: a kind of entry, a group of data, or everything (None).

    Raises: DatosInvalidos.
    """
    if grupo is None:
        return GENERAL
    if _GENERACION.fullmatch(grupo):
        return grupo
    if _GRUPO.fullmatch(grupo):
        return f"cache:{grupo}"
    raise DatosInvalidos(campos={"grupo": [f"No existe el grupo «{grupo}»."]})


@transaction.atomic
def vaciar(*, grupo=None, actor=None, ip=None):
    """Makes what is kept unreachable at once, in every process, with Redis or without it; it goes by its TTL.

    Args: grupo as in `generacion_de`.
    Writes: one generation, one event `cache_vaciada`.
    """
    subir(generacion_de(grupo))
    registrar_evento(tipo="cache_vaciada", actor=actor, ip=ip, detalle={"grupo": grupo or GENERAL})


def borrar_entradas(*, grupo=None):
    """Frees the memory of the entries of a kind, or of all, without touching other keys of Redis.

    Returns: how many were deleted, or None when Redis does not answer.
    """
    patron = f"{PREFIJO}:{grupo}:*" if grupo else f"{PREFIJO}:*"
    cursor, borradas = 0, 0
    while True:

        def vuelta(redis, desde=cursor):
            siguiente, claves = redis.scan(desde, match=patron, count=_POR_VUELTA)
            return siguiente, redis.unlink(*claves) if claves else 0

        paso, hecho = almacen.ejecutar(vuelta)
        if paso is not Paso.HECHO:
            return None
        cursor, cuantas = hecho
        borradas += cuantas
        if not cursor:
            return borradas
