"""What the tests of the cache share: threads, processes and a Valkey to be mistreated."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.embedded.binarios import valkey_bin

RAIZ = Path(__file__).resolve().parents[2]


def otra_conexion(funcion):
    """The function, closing the connection of the thread that runs it."""

    def correr():
        try:
            return funcion()
        finally:
            connection.close()

    return correr


def en_hilo(funcion, espera=10):
    """Runs the function in another thread and waits. Returns its value. Raises: what it raised, or TimeoutError."""
    caja = {}

    def correr():
        try:
            caja["valor"] = funcion()
        except BaseException as error:
            caja["error"] = error

    hilo = threading.Thread(target=correr, daemon=True)
    hilo.start()
    hilo.join(espera)
    if hilo.is_alive():
        raise TimeoutError("The thread is still waiting.")
    if "error" in caja:
        raise caja["error"]
    return caja.get("valor")


class Valkey:
    """A private Valkey on a unix socket, to be stopped, hung and killed."""

    def __init__(self, carpeta, *, persiste=False):
        self.carpeta = tempfile.mkdtemp(prefix="mesa-v-")  # a short path: sockets allow a hundred letters
        self.socket = f"{self.carpeta}/v.sock"
        self._orden = [
            *(valkey_bin(), "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", self.carpeta),
            *("--appendonly", "yes" if persiste else "no", "--appendfsync", "always"),
        ]
        self.registro = open(f"{carpeta}/valkey.log", "ab")
        self.proceso = None

    def abrir(self):
        self.proceso = subprocess.Popen(self._orden, stdout=self.registro, stderr=self.registro)
        limite = time.monotonic() + 20
        cliente = redis.Redis(unix_socket_path=self.socket, retry=Retry(NoBackoff(), 0))
        while time.monotonic() < limite:
            try:
                return cliente.ping()
            except redis.RedisError:
                time.sleep(0.02)
        raise TimeoutError("Valkey did not start.")

    def matar(self, senal=signal.SIGKILL):
        self.proceso.send_signal(senal)
        self.proceso.wait(20)
        Path(self.socket).unlink(missing_ok=True)

    def colgar(self):
        self.proceso.send_signal(signal.SIGSTOP)

    def soltar(self):
        self.proceso.send_signal(signal.SIGCONT)

    def cerrar(self):
        if self.proceso and self.proceso.poll() is None:
            self.soltar()
            self.matar()
        self.registro.close()
        shutil.rmtree(self.carpeta, ignore_errors=True)


def proceso_de_cache(modulo, caso, socket, *, pausa=5):
    """Starts a process of the tests with the test's database and that Valkey. Returns: Popen."""
    entorno = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.core.ajustes_cache",
        "PRUEBA_AJUSTES": os.environ["DJANGO_SETTINGS_MODULE"],
        "PRUEBA_BASE": connection.settings_dict["NAME"],
        "PRUEBA_VALKEY": socket,
        "PRUEBA_PAUSA": str(pausa),
        "MESA_PRUEBAS_VAR": str(settings.MESA_VAR),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(RAIZ), os.environ.get("PYTHONPATH")))),
    }
    return subprocess.Popen(
        [sys.executable, "-m", modulo, json.dumps(caso)],
        cwd=RAIZ,
        env=entorno,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def resultado(proceso, espera=120):
    """What the process printed. Raises: AssertionError with its complaint when it failed."""
    salida, queja = proceso.communicate(timeout=espera)
    assert proceso.returncode == 0, queja[-3000:]
    return json.loads(salida.splitlines()[-1])
