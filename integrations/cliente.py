"""The HTTP client of the integrations: checked addresses, no redirects, bounded time and size, no secrets in texts.

Built on requests, whose sessions other protocols (SOAP) take as they are: `sesion()` is safe by itself.
"""

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings
from django.db import connection
from django.utils import timezone
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from integrations.constants import MAX_RESPUESTA_BYTES
from integrations.errors import Falla
from integrations.redes import direcciones_de

_vigia = ContextVar("vigia", default=None)
AGENTE = "MesaDePartes/1"
_DIRECCION_TORCIDA = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)
MAX_DIRECCIONES = 4  # of one name: each may take its whole time to answer


class _Comprobada:
    """Mixin of a connection that is opened to the very address that was checked."""

    cifrada = False

    def request(self, *args, **kwargs):
        """As urllib3's, but a body may wait for the other side as long as an answer may."""
        if vigia := _vigia.get():
            self.timeout = vigia.respuesta_segundos
        return super().request(*args, **kwargs)

    def _new_conn(self):
        vigia, error = _vigia.get(), None
        espera = vigia.conexion_segundos if vigia else self.timeout
        pares = direcciones_de(self._dns_host, self.port, cifrada=self.cifrada)
        for familia, lugar in pares[:MAX_DIRECCIONES]:
            enchufe = socket.socket(familia, socket.SOCK_STREAM)
            try:
                for opcion in self.socket_options or ():
                    enchufe.setsockopt(*opcion)
                enchufe.settimeout(espera)
                enchufe.connect(lugar)
            except OSError as fallo:
                enchufe.close()
                error = fallo
                continue
            if vigia:
                vigia.cuidar(enchufe)
            return enchufe
        if isinstance(error, TimeoutError):
            raise urllib3.exceptions.ConnectTimeoutError(self, "connect timeout") from None
        raise NewConnectionError(self, "refused") from None


class _Conexion(_Comprobada, HTTPConnection):
    pass


class _ConexionCifrada(_Comprobada, HTTPSConnection):
    cifrada = True


class _Pozo(HTTPConnectionPool):
    ConnectionCls = _Conexion


class _PozoCifrado(HTTPSConnectionPool):
    ConnectionCls = _ConexionCifrada


class AdaptadorComprobado(HTTPAdapter):
    """Opens every connection through `direcciones_de`; never retries by itself."""

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pozo, "https": _PozoCifrado}


class Vigia:
    """Cuts the sockets of a call that lasts longer than it may: read time-outs count only each silence."""

    def __init__(self, *, conexion_segundos, respuesta_segundos):
        self.conexion_segundos, self.respuesta_segundos = conexion_segundos, respuesta_segundos
        self._copias, self.cortado = [], False

    def cuidar(self, enchufe):
        """Keep a second handle of a socket, which TLS will take over."""
        self._copias.append(enchufe.dup())
        if self.cortado:
            self._cortar()

    def _cortar(self):
        self.cortado = True
        for copia in self._copias:
            try:
                copia.shutdown(socket.SHUT_RDWR)
            except OSError:  # already closed by the other side
                continue

    @contextmanager
    def plazo(self, segundos):
        """Bound what is inside."""
        reloj = threading.Timer(segundos, self._cortar)
        reloj.daemon = True
        ficha = _vigia.set(self)
        reloj.start()
        try:
            yield
        finally:
            reloj.cancel()
            _vigia.reset(ficha)

    def cerrar(self):
        while self._copias:
            self._copias.pop().close()


@dataclass
class Respuesta:
    """What came back: status, headers and at most MAX_RESPUESTA_BYTES of body."""

    estado: int
    cabeceras: Mapping  # blind to case
    cuerpo: bytes

    @property
    def es_exito(self):
        return 200 <= self.estado < 300

    @property
    def espera_pedida(self):
        """Seconds of Retry-After, or None."""
        texto = self.cabeceras.get("Retry-After", "").strip()
        if texto.isdecimal():
            return int(texto[:9])
        try:
            return max(0, (parsedate_to_datetime(texto) - timezone.now()).total_seconds())
        except (ValueError, TypeError, IndexError):
            return None


@dataclass
class Medida:
    """What the calls of one attempt cost."""

    llamadas: int = 0
    enviados: int = 0
    recibidos: int = 0
    estado_http: int | None = None


def sesion():
    """A requests session that only calls where it may; it reads no proxy, netrc nor cookie of the machine."""
    nueva = requests.Session()
    nueva.trust_env = False
    nueva.verify = settings.INTEGRACIONES_CA or True
    nueva.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    nueva.headers = requests.structures.CaseInsensitiveDict(
        {"User-Agent": AGENTE, "Accept": "application/json", "Accept-Encoding": "identity"}
    )
    for esquema in ("http://", "https://"):
        nueva.mount(esquema, AdaptadorComprobado())
    return nueva


def exigir_sin_transaccion():
    """Refuses to call another system while a transaction is open (a programming error)."""
    if any(not bloque._from_testcase for bloque in connection.atomic_blocks):
        raise RuntimeError("No transaction may be open during a network call.")


class Cliente:
    """Calls under one base address, with the headers and time-outs of one integration.

    Use as a context manager; `medida` adds up what its calls cost.
    """

    def __init__(self, *, url_base, cabeceras, conexion_segundos, respuesta_segundos, total_segundos):
        self._base, self._cabeceras = url_base.rstrip("/"), cabeceras
        self._esperas, self._total = (conexion_segundos, respuesta_segundos), total_segundos
        self._sesion, self.medida = sesion(), Medida()
        self._vigia = Vigia(conexion_segundos=conexion_segundos, respuesta_segundos=respuesta_segundos)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._sesion.close()
        self._vigia.cerrar()

    def pedir(self, metodo, ruta, *, cuerpo=None, cabeceras=None):
        """Make one call. Redirects come back as they are.

        Args: ruta under the base, already quoted; cuerpo bytes, or an object with `read` and `len`.
        Returns: Respuesta, whatever its status.
        Raises: Falla, with a text for people, when there is no whole answer.
        """
        exigir_sin_transaccion()
        url = f"{self._base}/{ruta}"
        servidor = urlsplit(url).hostname
        self.medida.llamadas += 1
        self.medida.estado_http = None
        inicio = time.monotonic()
        with self._vigia.plazo(self._total):
            try:
                return self._pedir(metodo, url, cuerpo, self._cabeceras | (cabeceras or {}))
            except (requests.RequestException, HTTPError, OSError) as error:
                if self._vigia.cortado:
                    texto = f"{servidor} no terminó de responder en {time.monotonic() - inicio:.0f} s."
                else:
                    texto = _en_palabras(error, servidor)
                # Without the library's own text: it may hold headers and whole addresses.
                raise Falla(texto, estado_http=self.medida.estado_http) from None

    def _pedir(self, metodo, url, cuerpo, cabeceras):
        with self._sesion.request(
            metodo,
            url,
            data=cuerpo,
            headers=cabeceras,
            timeout=self._esperas,
            allow_redirects=False,
            stream=True,
        ) as respuesta:
            self.medida.enviados += len(cuerpo) if isinstance(cuerpo, bytes) else getattr(cuerpo, "len", 0)
            self.medida.estado_http = respuesta.status_code
            leido = self._leer(respuesta)
            if self._vigia.cortado:  # headers cut in the middle read as if they were whole
                raise OSError
            return Respuesta(respuesta.status_code, respuesta.headers, leido)

    def _leer(self, respuesta):
        """The body, undecoded: a compressed one that nobody asked for could grow without end."""
        servidor = urlsplit(respuesta.url).hostname
        if respuesta.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
            raise Falla(
                f"{servidor} respondió comprimido sin que se pida.", estado_http=respuesta.status_code
            )
        partes, total = [], 0
        while parte := respuesta.raw.read(16 * 1024, decode_content=False):
            total += len(parte)
            self.medida.recibidos += len(parte)
            if total > MAX_RESPUESTA_BYTES:
                raise Falla(
                    f"La respuesta de {servidor} pasa de {MAX_RESPUESTA_BYTES // 1024} KB.",
                    estado_http=respuesta.status_code,
                )
            partes.append(parte)
        return b"".join(partes)


def _en_palabras(error, servidor):
    """What happened, for people."""
    if isinstance(error, requests.exceptions.SSLError):
        return f"El certificado de {servidor} no es válido o no se pudo cifrar la conexión."
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"{servidor} no contesta: no se pudo conectar a tiempo."
    if isinstance(error, (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError)):
        return f"{servidor} no respondió a tiempo."
    if isinstance(error, requests.exceptions.ConnectionError):
        causa = error.args[0] if error.args else None
        if isinstance(getattr(causa, "reason", None), NewConnectionError):
            return f"{servidor} rechaza la conexión."
        return f"{servidor} cortó la conexión."
    if isinstance(error, _DIRECCION_TORCIDA):
        return "La dirección de la integración no es válida."
    if isinstance(error, requests.RequestException):
        return f"No se pudo hablar con {servidor}."
    return f"{servidor} cortó la respuesta a la mitad."
