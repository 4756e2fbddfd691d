"""Named screens: what each asks the database when its own door draws it.

settings.PANTALLAS names, for each screen, a function of an application's `pantallas` module. It receives a Contexto
and either opens a door (`ctx.abrir(url)`), whose every query is noted, or returns querysets, or both.
"""

import inspect
import uuid
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage import default_storage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.cache import caches
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.manager import BaseManager
from django.test import RequestFactory
from django.urls import resolve
from django.utils.module_loading import import_string
from django_htmx.middleware import HtmxDetails

from core.db.formas import forma_de
from core.db.medidor import sin_medir

SE_EXPLICAN = ("SELECT", "WITH", "(SELECT")


class PantallaSinDatos(Exception):
    """The database has nothing that this screen could show."""


class Contexto:
    """What a screen is drawn with: the person who looks, and the doors."""

    def __init__(self, usuario, captura=None):
        self.usuario, self._captura = usuario, captura or Captura()

    @contextmanager
    def aparte(self):
        """What is asked inside is not the screen's: it looks for something to show."""
        self._captura.activa = False
        try:
            yield
        finally:
            self._captura.activa = True

    def abrir(self, url, *, usuario=None, htmx=False):
        """Draw the page at an address of the site, as this person. Returns: the answer, whole.

        The view runs as it is, without its middleware: no session is read or written. Raises: PantallaSinDatos
        when the answer is a refusal.
        """
        cabeceras = {"HTTP_HX_REQUEST": "true"} if htmx else {}
        servidor = next((h for h in settings.ALLOWED_HOSTS if h[0] not in ".*["), "localhost")
        request = RequestFactory(SERVER_NAME=servidor).get(url, secure=settings.HTTPS, **cabeceras)
        request.user = usuario or self.usuario
        request.session = SessionStore()
        request._messages = default_storage(request)
        request.htmx = HtmxDetails(request)
        request._dont_enforce_csrf_checks = True
        request.resolver_match = hallada = resolve(request.path_info)
        respuesta = hallada.func(request, *hallada.args, **hallada.kwargs)
        if callable(getattr(respuesta, "render", None)):
            respuesta.render()
        if respuesta.status_code >= 400:
            raise PantallaSinDatos(f"{request.path_info} respondió {respuesta.status_code}")
        return respuesta

    def abrir_como_anonimo(self, url, **opciones):
        return self.abrir(url, usuario=AnonymousUser(), **opciones)


class Captura:
    """Execute wrapper that notes each statement to explain, once per shape, with how many times it was asked."""

    def __init__(self):
        self.por_forma, self.activa = {}, True

    def __call__(self, execute, sql, params, many, context):
        if self.activa and not many and isinstance(sql, str):
            self.notar(sql, params)
        return execute(sql, params, many, context)

    def notar(self, sql, params):
        if sql.lstrip()[:7].upper().startswith(SE_EXPLICAN):
            forma = forma_de(sql)
            veces = self.por_forma[forma][2] if forma in self.por_forma else 0
            self.por_forma[forma] = (sql, params, veces + 1)

    @property
    def consultas(self):
        """[(sql, params, times)] in the order first asked."""
        return list(self.por_forma.values())


@contextmanager
def sin_cache():
    """No cache for this process, so that a door asks the database what it would otherwise remember."""
    cache = caches["default"]
    prefijo, activa = cache.key_prefix, settings.CACHE_ACTIVA
    cache.key_prefix, settings.CACHE_ACTIVA = f"explicar-{uuid.uuid4().hex[:12]}", False
    try:
        yield
    finally:
        cache.key_prefix, settings.CACHE_ACTIVA = prefijo, activa


def capturar(funcion, usuario, *, espera_ms=30_000):
    """[(sql, params, times)] that a screen, a queryset or a callable asks. Whatever it writes is undone.

    Args: funcion takes a Contexto, a `usuario`, or nothing; may return querysets.
    """
    captura = Captura()
    with sin_medir(connection), sin_cache(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(espera_ms)}")
        with connection.execute_wrapper(captura):
            devuelto = _llamar(funcion, usuario, captura) if callable(funcion) else funcion
        transaction.set_rollback(True)
    for qs in _querysets(devuelto):
        with suppress(EmptyResultSet):
            captura.notar(*qs.query.sql_with_params())
    return captura.consultas


def _llamar(funcion, usuario, captura):
    try:
        nombres = list(inspect.signature(funcion).parameters)
    except (TypeError, ValueError):
        nombres = []
    if nombres[:1] == ["ctx"]:
        return funcion(Contexto(usuario, captura))
    if "usuario" in nombres:
        return funcion(usuario=usuario)
    return funcion()


def _querysets(devuelto):
    if isinstance(devuelto, BaseManager):
        devuelto = devuelto.all()
    if isinstance(devuelto, QuerySet):
        return [devuelto]
    if isinstance(devuelto, dict):
        devuelto = devuelto.values()
    elif not isinstance(devuelto, list | tuple):
        return []
    return [qs for qs in devuelto if isinstance(qs, QuerySet)]


def pantallas():
    """Name -> function of every screen, in the order of the settings."""
    return {nombre: import_string(ruta) for nombre, ruta in settings.PANTALLAS.items()}


def titulo_de(funcion):
    """First line of the docstring of a screen."""
    return (inspect.getdoc(funcion) or "").partition("\n")[0]


def usuario_tipico():
    """Who a screen is drawn for when nobody is named: whom settings.PANTALLAS_USUARIO answers."""
    return import_string(settings.PANTALLAS_USUARIO)()


def resolver(ruta, argumentos=()):
    """The object that a dotted path names, module first, attributes after; called when it takes `argumentos`.

    Raises: ImportError, AttributeError.
    """
    partes = ruta.split(".")
    for corte in range(len(partes), 0, -1):
        nombre = ".".join(partes[:corte])
        try:
            objeto = import_module(nombre)
        except ModuleNotFoundError as error:
            if not nombre.startswith(error.name or "-"):
                raise
            continue
        for atributo in partes[corte:]:
            objeto = getattr(objeto, atributo)
        return partial(objeto, *argumentos) if argumentos else objeto
    raise ImportError(f"No existe {ruta}.")
