"""Supervisor of one machine: starts every process of Mesa de Partes, keeps it up and stops it. See script/server."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from pathlib import Path

import environ
import psutil

from core.embedded import ErrorEmbebido, arrancar, detener, estado, rutas_de
from core.embedded.rutas import explicar_oserror, huella, preparar
from mesapartes.preparacion import USUARIOS_DEMO

RAIZ = Path(__file__).resolve().parent.parent
ETIQUETA = "MESA_SERVIDOR"  # in the environment of every child: finds what a killed supervisor left
ESPERA_PARADA_S = 20.0
ESPERA_WEB_S = 40.0
CAIDAS_MAXIMAS, VENTANA_CAIDAS_S = 5, 60.0


class Alto(Exception):
    """A reason, in one Spanish line, to stop everything."""


class Proceso:
    """One child in a session of its own, with its log, started again when it falls."""

    def __init__(self, nombre, orden, entorno, registro):
        self.nombre, self.orden, self.entorno, self.registro = nombre, orden, entorno, registro
        self.popen, self.caidas = None, deque(maxlen=CAIDAS_MAXIMAS)

    def lanzar(self):
        if self.registro.exists() and self.registro.stat().st_size > 20 * 2**20:
            self.registro.replace(self.registro.with_suffix(".anterior"))
        with open(self.registro, "ab") as salida:
            self.popen = subprocess.Popen(
                self.orden,
                cwd=RAIZ,
                env=self.entorno,
                stdin=subprocess.DEVNULL,
                stdout=salida,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ultima_linea(self):
        with contextlib.suppress(OSError):
            lineas = [
                linea for linea in self.registro.read_text(errors="replace").splitlines() if linea.strip()
            ]
            return lineas[-1][:300] if lineas else ""
        return ""

    def vigilar(self):
        """Start it again if it fell; raises Alto when it falls again and again."""
        if self.popen.poll() is None:
            return
        self.caidas.append(time.monotonic())
        self.matar()  # what it may have left in its group
        if len(self.caidas) == CAIDAS_MAXIMAS and self.caidas[-1] - self.caidas[0] < VENTANA_CAIDAS_S:
            raise Alto(
                f"El proceso «{self.nombre}» cae una y otra vez: {self.ultima_linea()} ({self.registro})"
            )
        time.sleep(min(len(self.caidas), 3) * 0.5)
        self.lanzar()

    def pedir_fin(self):
        """TERM to the main process only: a cluster of workers told as a group hangs and loses its tasks."""
        if self.popen and self.popen.poll() is None:
            self.popen.terminate()

    def matar(self):
        if self.popen:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.popen.pid, signal.SIGKILL)


def retirar_huerfanos(marca, *, aviso=True):
    """End what an earlier supervisor of the same data left running when it was killed."""
    suyos = []
    for proceso in psutil.process_iter(["environ"]):
        if (proceso.info["environ"] or {}).get(ETIQUETA) == marca and proceso.pid != os.getpid():
            suyos.append(proceso)
    if not suyos:
        return
    if aviso:
        print("mesa: retirando procesos de un arranque anterior", flush=True)
    numeros = {proceso.pid for proceso in suyos}
    for proceso in suyos:
        with contextlib.suppress(psutil.Error):
            if proceso.ppid() not in numeros:
                proceso.terminate()
    _, vivos = psutil.wait_procs(suyos, timeout=5)
    for proceso in vivos:
        with contextlib.suppress(psutil.Error):
            proceso.kill()
    psutil.wait_procs(vivos, timeout=5)


def revisar_puerto(host, puerto):
    """Raises Alto when the address is taken or is not of this machine."""
    try:
        destinos = socket.getaddrinfo(host, puerto, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        familia, tipo, proto, _, direccion = destinos[0]
        with socket.socket(familia, tipo, proto) as prueba:
            prueba.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            prueba.bind(direccion)
    except PermissionError:
        raise Alto(
            f"El puerto {puerto} está reservado para root: elige uno desde 1024, como PORT=8000."
        ) from None
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == 99:
            raise Alto(f"HOST={host} no es una dirección de esta máquina.") from None
        raise Alto(
            f"El puerto {puerto} está ocupado por otro programa: elige otro, como PORT={puerto + 1}."
        ) from None


def leer_puerto():
    texto = os.environ.get("PORT") or "8000"
    if not texto.isdigit() or not 0 < int(texto) < 65536:
        raise Alto(f"PORT={texto} no es un puerto: usa un número de 1 a 65535.")
    return int(texto)


def entorno_base(host, puerto, marca):
    """Environment of every child; what the operator set is kept."""
    abierto = host in ("0.0.0.0", "::")  # noqa: S104 - only asked, never chosen here
    visible = socket.gethostname() if abierto else host
    nombre = f"[{visible}]" if ":" in visible else visible
    base = {**os.environ, ETIQUETA: marca, "PYTHONUNBUFFERED": "1"}
    base["PUBLIC_BASE_URL"] = os.environ.get("PUBLIC_BASE_URL") or f"http://{nombre}:{puerto}"
    if not os.environ.get("ALLOWED_HOSTS"):
        nombres = {"localhost", "127.0.0.1", "[::1]", nombre}
        if abierto:
            with contextlib.suppress(OSError):
                nombres |= {
                    fila[4][0] for fila in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
                }
        base["ALLOWED_HOSTS"] = ",".join(sorted(nombres))
    return base


def orden_web(host, puerto, entorno, aplicacion="mesapartes.wsgi:application"):
    """Command line of the web server: processes and threads as WEB_WORKERS and WEB_THREADS say."""
    orden = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(puerto)]
    orden += ["--workers", entorno.get("WEB_WORKERS") or "2"]
    orden += ["--blocking-threads", entorno.get("WEB_THREADS") or "4"]
    orden += ["--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning"]
    return [*orden, aplicacion]


def esperar_web(direccion, web):
    """Wait until the first answer; raises Alto when the process falls or stays silent."""
    limite = time.monotonic() + ESPERA_WEB_S
    while time.monotonic() < limite:
        if web.popen.poll() is not None:
            raise Alto(f"El servidor web no arrancó: {web.ultima_linea()} ({web.registro})")
        try:
            with urllib.request.urlopen(direccion, timeout=5):  # noqa: S310 - our own address
                return
        except urllib.error.HTTPError:
            return  # any answer is an answer
        except OSError:
            time.sleep(0.1)
    raise Alto(f"El servidor web no respondió en {ESPERA_WEB_S:.0f} s: {web.ultima_linea()} ({web.registro})")


def servir(rutas):
    """Start everything, print the address, and watch until told to stop."""
    host, puerto = os.environ.get("HOST") or "127.0.0.1", leer_puerto()
    marca = huella(rutas.var)
    retirar_huerfanos(marca)
    revisar_puerto(host, puerto)
    propios = []
    if not os.environ.get("DATABASE_URL") and not os.environ.get("DB_HOST"):
        propios.append("postgres")
    if not any(os.environ.get(nombre) for nombre in ("REDIS_URL", "REDIS_HOST", "REDIS_SENTINELS")):
        propios.append("valkey")
    base = entorno_base(host, puerto, marca)
    python = [sys.executable]
    procesos = []
    try:
        if propios:
            arrancar(rutas.var, solo=propios)
        hecho = subprocess.run(
            [*python, "-m", "mesapartes.preparacion"],
            env=base,
            cwd=RAIZ,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        lineas = hecho.stdout.splitlines()
        print(*lineas[:-1], sep="\n", end="\n" if len(lineas) > 1 else "", flush=True)
        if hecho.returncode != 0:
            raise Alto("")
        trabajador = {**base, "MESA_PROCESO": "trabajador"}
        manage = [*python, str(RAIZ / "manage.py")]
        granian = orden_web(host, puerto, base)
        web = Proceso("web", granian, {**base, "MESA_PROCESO": "web"}, rutas.registros / "web.log")
        procesos += [
            web,
            # Workers, their sweep and the watch over both; it lets running tasks end for 15 s.
            Proceso(
                "trabajador",
                [*manage, "trabajar", "--gracia", "15"],
                trabajador,
                rutas.registros / "trabajador.log",
            ),
        ]
        web.lanzar()
        visible = "127.0.0.1" if host == "0.0.0.0" else "[::1]" if host == "::" else host  # noqa: S104
        esperar_web(f"http://{visible}:{puerto}/", web)
        for proceso in procesos[1:]:
            proceso.lanzar()
        presentar(f"http://{visible}:{puerto}/", rutas, demo=lineas[-1:] == ["demo"])
        vigilar(procesos, rutas, propios)
    finally:
        parar(procesos, rutas, propios)


def presentar(direccion, rutas, *, demo):
    print(f"\nMesa de Partes está en {direccion}")
    if demo:
        print(f"Usuarios de demostración: {', '.join(USUARIOS_DEMO)}")
        print(f"Contraseña de todos: {os.environ.get('DEMO_PASSWORD') or 'mesa-demo'}")
    print(f"Datos en {rutas.datos}; registros en {rutas.registros}. Ctrl-C detiene todo.", flush=True)


def vigilar(procesos, rutas, propios):
    """Look at every process each second, and at the embedded servers each ten."""
    vuelta = 0
    while True:
        time.sleep(1)
        vuelta += 1
        for proceso in procesos:
            proceso.vigilar()
        if propios and vuelta % 10 == 0:
            activos = estado(rutas.var)
            if not all(activos[nombre] for nombre in propios):
                print("mesa: un servidor de datos se cayó; arrancándolo de nuevo", flush=True)
                arrancar(rutas.var, solo=propios)


def parar(procesos, rutas, propios):
    """Stop the children in order, then the embedded servers; a second Ctrl-C does not wait for tasks."""
    lanzados = [proceso for proceso in procesos if proceso.popen]
    if lanzados:
        print("\nmesa: deteniendo", flush=True)
    for proceso in lanzados:
        proceso.pedir_fin()
    limite = time.monotonic() + ESPERA_PARADA_S
    with contextlib.suppress(KeyboardInterrupt):
        while any(proceso.popen.poll() is None for proceso in lanzados) and time.monotonic() < limite:
            time.sleep(0.05)
    for senal in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(senal, signal.SIG_IGN)
    for proceso in lanzados:
        proceso.matar()
    retirar_huerfanos(huella(rutas.var), aviso=False)
    if propios:
        with contextlib.suppress(ErrorEmbebido):
            detener(rutas.var)


def _interrumpir(_senal, _marco):
    raise KeyboardInterrupt


def main():
    """Serve until stopped; returns the exit code. Every failure is one line."""
    environ.Env.read_env(RAIZ / ".env")
    os.environ["MESA_VAR"] = os.environ.get("MESA_VAR") or str(RAIZ / "var")
    rutas = rutas_de(os.environ["MESA_VAR"])
    os.environ["MESA_VAR"] = str(rutas.var)
    for senal in (
        signal.SIGINT,
        signal.SIGTERM,
        signal.SIGHUP,
    ):  # INT too: a background shell starts it ignored
        signal.signal(senal, _interrumpir)
    try:
        preparar(rutas)
        with open(rutas.var / "servidor.candado", "w") as candado:
            try:
                fcntl.flock(candado, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Alto(f"script/server ya está en marcha con los datos de {rutas.var}.") from None
            servir(rutas)
    except KeyboardInterrupt:
        return 0
    except (Alto, ErrorEmbebido) as error:
        if str(error):
            print(f"mesa: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"mesa: {explicar_oserror(error, error.filename or rutas.var)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
