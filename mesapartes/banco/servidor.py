"""The servers that are measured: the product's web server with production settings, and a Valkey of the bench's own."""

import contextlib
import os
import signal
import socket
import time
from pathlib import Path

import psutil

from core.embedded import arrancar, detener
from core.embedded.rutas import huella
from core.embedded.servicio import procesos
from mesapartes.servidor import ETIQUETA, Proceso, entorno_base, esperar_web, orden_web

HOST = "127.0.0.1"
WSGI = "mesapartes.wsgi:application"
# What an operator's .env could change of the measurement. Empty: the embedded servers.
FIJOS = {
    "DEBUG": "0",
    "DATABASE_URL": "",
    "DB_HOST": "",
    "DB_PORT": "",
    "DB_NAME": "mesa",
    "DB_USER": "mesa",
    "DB_PASSWORD": "",
    "REDIS_HOST": "",
    "REDIS_PASSWORD": "",
    "REDIS_SENTINELS": "",
    "STATIC_HOST": "",
    "STATIC_ROOT": "",
    "CLAMD_URL": "",
    "MESA_DEMO": "0",
    "MESA_PROXIES": "0",
    "LOG_LEVEL": "INFO",
    "CACHE_ACTIVA": "1",
    "WEB_WORKERS": "2",
    "WEB_THREADS": "4",
    "ALLOWED_HOSTS": "localhost,127.0.0.1",
    "CSRF_TRUSTED_ORIGINS": "",
}
SIN_CACHE = {"CACHE_ACTIVA": "0"}


def entorno_de(var, *, redis_url=""):
    """Environment of every process of a run on this data folder."""
    return {**os.environ, **FIJOS, "MESA_VAR": str(var), "REDIS_URL": redis_url}


def puerto_libre():
    """A port of loopback that nobody uses now."""
    with socket.create_server((HOST, 0)) as prueba:
        return prueba.getsockname()[1]


def marca_de(rutas):
    """What every server of a bench on this volume carries in its environment."""
    return f"banco-{huella(rutas.var)}"


class ServidorWeb:
    """One start of the web server; as a context manager it is stopped at the end."""

    def __init__(self, rutas, entorno, *, aplicacion=WSGI):
        self.puerto = puerto_libre()
        self.direccion = f"http://{HOST}:{self.puerto}"
        entorno = {**entorno, "PUBLIC_BASE_URL": self.direccion, "MESA_PROCESO": "web"}
        entorno = entorno | {k: v for k, v in entorno_base(HOST, self.puerto, marca_de(rutas)).items()
                             if k in (ETIQUETA, "PYTHONUNBUFFERED")}  # fmt: skip
        orden = orden_web(HOST, self.puerto, entorno, aplicacion)
        self.proceso = Proceso("web", orden, entorno, rutas.registros / "banco-web.log")
        self.segundos = None

    def __enter__(self):
        inicio = time.monotonic()
        self.proceso.lanzar()
        try:
            esperar_web(f"{self.direccion}/", self.proceso)
        except BaseException:
            self.proceso.matar()
            raise
        self.segundos = time.monotonic() - inicio
        return self

    def __exit__(self, *_):
        self.proceso.pedir_fin()
        with contextlib.suppress(Exception):
            self.proceso.popen.wait(12)
        self.proceso.matar()
        with contextlib.suppress(Exception):
            self.proceso.popen.wait(5)

    def obreros(self):
        """Processes that answer requests, without the one that starts them."""
        with contextlib.suppress(psutil.Error):
            hijos = psutil.Process(self.proceso.popen.pid).children(recursive=True)
            return [h for h in hijos if "resource_tracker" not in " ".join(h.cmdline())]
        return []


class ValkeyPropio:
    """A Valkey that only the measured server uses: it can be emptied, stopped and hung."""

    def __init__(self, var):
        self.var = Path(var) / "redis-banco"

    def __enter__(self):
        self.rutas = arrancar(self.var, solo=("valkey",))
        return self

    def __exit__(self, *_):
        self.despertar()
        detener(self.var)

    @property
    def url(self):
        return f"unix://{self.rutas.socket_valkey}"

    def vaciar(self):
        """Forget every key."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as conexion:
            conexion.settimeout(5)
            conexion.connect(str(self.rutas.socket_valkey))
            conexion.sendall(b"FLUSHALL\r\n")
            conexion.recv(64)

    def parar(self):
        """From now on it refuses connections."""
        detener(self.var)

    def arrancar(self):
        """Start it again after `parar`."""
        self.rutas = arrancar(self.var, solo=("valkey",))

    def colgar(self):
        """From now on it accepts and never answers."""
        self._senal(signal.SIGSTOP)

    def despertar(self):
        """Undo `colgar`."""
        self._senal(signal.SIGCONT)

    def _senal(self, senal):
        if senal == signal.SIGSTOP:
            self.pid = procesos(self.rutas)["valkey"]
        pid = getattr(self, "pid", None)
        if pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, senal)


def memoria_de(procesos_):
    """{"rss_mb", "pss_mb"} of each process, the largest first; PSS shares what several processes share."""
    filas = []
    for proceso in procesos_:
        with contextlib.suppress(psutil.Error, OSError):
            completa = proceso.memory_full_info()
            filas.append(
                {
                    "rss_mb": round(completa.rss / 2**20),
                    "pss_mb": round(getattr(completa, "pss", completa.rss) / 2**20),
                }
            )
    return sorted(filas, key=lambda fila: -fila["rss_mb"])
