"""The three ways to keep something: a call, a decorator of functions, a decorator of views."""

import functools
import inspect
import logging
import time

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.http import HttpResponse

from core.caching import almacen
from core.caching.claves import clave_de
from core.caching.constants import CATALOGOS, GENERAL, ajuste, ttl_de
from core.caching.cortacircuito import Paso
from core.caching.generaciones import Generaciones, generaciones, grupo_usuario
from core.caching.metricas import contadores
from core.caching.primeros import primeros
from core.caching.valores import NoSeGuarda, a_bytes, de_bytes

registro = logging.getLogger("core.caching")
_NADA = object()
_CABECERAS = ("Content-Disposition", "Content-Language")


def en_cache(*, grupo, clave, producir, generaciones=(), ttl=None, version=1):
    """The value kept for this question, or the one that `producir()` gives now, which is then kept.

    Args: grupo names what it is ("listar_documentos"), for its TTL and its figures. clave: every plain value
        the answer depends on. generaciones: the groups of data it reads (names), or the Generaciones already read
        before the data. version: raise it when the shape of the value changes.
    Returns: plain data. Never permissions, never model instances.
    Raises: what producir raises. A failing Redis is never seen.
    """
    entrada = _Entrada.abrir(grupo, clave, generaciones, ttl, version)
    valor = entrada.leer()
    if valor is not _NADA:
        return valor
    if not entrada.guarda or connection.in_atomic_block:  # nobody waits holding a lock of the database
        return entrada.producir(producir)
    with primeros.turno(entrada.clave) as primero:
        # Its data were read after the same generations, so what another thread kept is as new as its own.
        valor = _NADA if primero else entrada.leer()
        return entrada.producir(producir) if valor is _NADA else valor


class _Entrada:
    """One use of the cache: which key, whether it may be used, and what it cost."""

    def __init__(self, grupo, *, clave=None, ttl=None, motivo=""):
        self.grupo, self.clave, self.ttl = grupo, clave, ttl
        self.guarda = not motivo
        self._cuentas = {"omitidas": 1} if motivo == "omitida" else {}

    @classmethod
    def abrir(cls, grupo, clave, pedidas, ttl, version):
        """Reads the generations: whatever is read after this is at least as new as the key."""
        if not ajuste("CACHE_ACTIVA"):
            return cls(grupo, motivo="inactiva")
        if not almacen.disponible():
            return cls(grupo, motivo="omitida")
        leidas = _leer_generaciones(grupo, pedidas)
        if leidas.propias:  # what this transaction sees may be undone, or change again under the same number
            return cls(grupo, motivo="omitida")
        return cls(grupo, clave=clave_de(grupo, clave, leidas, version=version), ttl=ttl or ttl_de(grupo))

    def leer(self):
        """The value kept, or _NADA."""
        if not self.guarda:
            return _NADA
        inicio = time.perf_counter()
        paso, crudo = almacen.leer(self.clave)
        valor = _NADA
        if paso is not Paso.HECHO:
            self.guarda = False
            self._cuentas = {"errores" if paso is Paso.FALLO else "omitidas": 1}
        elif crudo is None:
            self._cuentas = {"fallos": 1}
        else:
            try:
                valor = de_bytes(crudo)
            except Exception:
                registro.exception("Se descarta una entrada ilegible de la cache (%s).", self.grupo)
                self._cuentas = {"errores": 1}
        self._cuentas["us_cache"] = _micros(inicio)
        if valor is not _NADA:
            contadores.contar(self.grupo, aciertos=1, us_cache=self._cuentas["us_cache"])
        return valor

    def producir(self, producir):
        inicio = time.perf_counter()
        valor = producir()
        self._cuentas["us_producir"] = _micros(inicio)
        self.guardar(valor)
        return valor

    def guardar(self, valor):
        """Keeps the value, when this entry may, and counts the use."""
        crudo = None
        if self.guarda or ajuste("CACHE_ESTRICTA"):
            try:
                crudo = a_bytes(valor)
            except NoSeGuarda:
                if ajuste("CACHE_ESTRICTA"):
                    raise
                registro.exception("Un valor de %s no se puede guardar en la cache.", self.grupo)
        if self.guarda and crudo is not None:
            inicio = time.perf_counter()
            paso = almacen.guardar(self.clave, crudo, self.ttl)
            if paso is Paso.HECHO:
                self._cuentas["guardadas"] = 1
            elif paso is Paso.FALLO:
                self._cuentas["errores"] = self._cuentas.get("errores", 0) + 1
            self._cuentas["us_cache"] = self._cuentas.get("us_cache", 0) + _micros(inicio)
        contadores.contar(self.grupo, **self._cuentas)


def _micros(inicio):
    return int((time.perf_counter() - inicio) * 1_000_000)


def _leer_generaciones(grupo, pedidas):
    """The generations asked for, and those that empty this group or everything, in one query at most two."""
    if isinstance(pedidas, Generaciones):
        return (
            pedidas
            if GENERAL in pedidas.grupos and f"cache:{grupo}" in pedidas.grupos
            else pedidas.con(generaciones(GENERAL, f"cache:{grupo}"))
        )
    return generaciones(GENERAL, f"cache:{grupo}", *pedidas)


def con_cache(*, grupo, generaciones=(), ttl=None, version=1, clave=None):
    """Decorator: keeps what a function of plain arguments returns.

    Args: generaciones: names, or a callable that gives them from the same arguments. clave: a callable that gives
        the question from the arguments, when they are not plain values; by default all of them, by name.
    The function gains `.sin_cache(...)`, which always computes.
    """

    def decorar(funcion):
        firma = inspect.signature(funcion)

        @functools.wraps(funcion)
        def envoltura(*args, **kwargs):
            if clave is not None:
                pregunta = clave(*args, **kwargs)
            else:
                ligados = firma.bind(*args, **kwargs)
                ligados.apply_defaults()
                pregunta = dict(ligados.arguments)
            return en_cache(
                grupo=grupo,
                clave=[f"{funcion.__module__}.{funcion.__qualname__}", pregunta],
                producir=lambda: funcion(*args, **kwargs),
                generaciones=generaciones(*args, **kwargs) if callable(generaciones) else generaciones,
                ttl=ttl,
                version=version,
            )

        envoltura.sin_cache = funcion
        return envoltura

    return decorar


# Answers


def clave_de_usuario(usuario):
    """Who asks, as part of a key: the user and what they may do in each area they reach, today."""
    alcance = usuario.alcance
    return [usuario.pk, alcance.total, {str(area): permisos for area, permisos in alcance.por_area.items()}]


def respuesta_en_cache(*, grupo, generaciones, ttl=None, version=1, varia=()):
    """Decorator of a view (function, or `get` of a class): keeps the bytes of the answer to ONE user.

    The key has the user, the areas they reach with their permissions, the path, the query in order and the
    headers named in `varia`; `usuario:<id>` and `catalogos` are added to the generations. Only a GET answered 200
    without cookies is kept. Not for pages with a form: their CSRF token belongs to a session. Checks that must run
    each time (reserved documents, audit) go outside it.

    Args: generaciones: names, or a callable(request, **kwargs of the address) that gives them.
    """

    def decorar(vista):
        @functools.wraps(vista)
        def envoltura(*args, **kwargs):
            request = next(arg for arg in args[:2] if hasattr(arg, "method"))
            usuario = request.user
            if not usuario.is_authenticated:
                raise ImproperlyConfigured("respuesta_en_cache keeps answers to a user who has entered.")
            if request.method != "GET":
                return vista(*args, **kwargs)
            propias = generaciones(request, **kwargs) if callable(generaciones) else generaciones
            pregunta = [
                f"{vista.__module__}.{vista.__qualname__}",
                clave_de_usuario(usuario),
                request.path,
                sorted((nombre, request.GET.getlist(nombre)) for nombre in request.GET),
                [request.headers.get(nombre, "") for nombre in ("Accept", *varia)],
            ]
            entrada = _Entrada.abrir(
                grupo, pregunta, [*propias, CATALOGOS, grupo_usuario(usuario.pk)], ttl, version
            )
            guardada = entrada.leer()
            if guardada is not _NADA:
                return _responder(guardada)
            inicio = time.perf_counter()
            respuesta = vista(*args, **kwargs)
            if hasattr(respuesta, "render") and not respuesta.is_rendered:
                respuesta.add_post_render_callback(lambda hecha: _guardar_respuesta(entrada, hecha, inicio))
            else:
                _guardar_respuesta(entrada, respuesta, inicio)
            return respuesta

        return envoltura

    return decorar


def _guardar_respuesta(entrada, respuesta, inicio):
    """Keeps content, type and the few headers that belong to the content; a refusal is never kept."""
    entrada._cuentas["us_producir"] = _micros(inicio)
    if respuesta.status_code != 200 or respuesta.streaming or respuesta.cookies:
        entrada.guarda = False
        contadores.contar(entrada.grupo, **entrada._cuentas)
        return
    cabeceras = {nombre: respuesta[nombre] for nombre in _CABECERAS if nombre in respuesta}
    entrada.guardar((bytes(respuesta.content), str(respuesta["Content-Type"]), cabeceras))


def _responder(guardada):
    contenido, tipo, cabeceras = guardada
    return HttpResponse(contenido, content_type=tipo, headers=cabeceras)
