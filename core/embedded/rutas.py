"""Where the embedded servers keep things, and how their folders are made."""

import base64
import contextlib
import errno
import hashlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

PUERTO_PG = 5432  # only names the socket file: nothing listens on the network
LARGO_MAXIMO_SOCKET = 107


class ErrorEmbebido(Exception):
    """A reason, in one Spanish line, why the embedded servers cannot do what was asked."""


@dataclass(frozen=True)
class Rutas:
    """Paths that follow from one data folder (`var`) and its folder of sockets."""

    var: Path
    sockets: Path

    @property
    def claves(self):
        return self.var / "claves"

    @property
    def temporales(self):
        return self.var / "tmp"

    @property
    def archivos(self):
        return self.var / "archivos"

    @property
    def registros(self):
        return self.var / "registros"

    @property
    def nota_sockets(self):
        """File that remembers the folder of sockets, so every process finds the same one."""
        return self.var / "sockets.ruta"

    @property
    def nota_datos(self):
        """File that remembers where the data went when the servers' account cannot reach `var`."""
        return self.var / "datos.ruta"

    @property
    def datos(self):
        return Path(_leer(self.nota_datos) or self.var)

    @property
    def postgres(self):
        return self.datos / "postgres"

    @property
    def valkey(self):
        return self.datos / "valkey"

    @property
    def socket_postgres(self):
        return self.sockets / f".s.PGSQL.{PUERTO_PG}"

    @property
    def socket_valkey(self):
        return self.sockets / "v.sock"


def _leer(archivo):
    try:
        return archivo.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def huella(var):
    """Ten characters that stand for the data folder in names elsewhere on the machine."""
    return hashlib.sha256(str(var).encode()).hexdigest()[:10]


def sockets_de(var):
    """The folder of sockets for `var`: under $XDG_RUNTIME_DIR, else under the temporary folder (short path)."""
    uid = os.geteuid()
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    # As root the servers run under another account, which cannot enter root's runtime folder.
    if uid == 0 or not base or not os.access(base, os.W_OK | os.X_OK):
        base = tempfile.gettempdir()
    carpeta = Path(base) / f"mesa-{uid}-{huella(var)}"
    if len(str(carpeta / f".s.PGSQL.{PUERTO_PG}")) > LARGO_MAXIMO_SOCKET:
        carpeta = Path("/tmp") / carpeta.name  # noqa: S108 - unix sockets need a short path; the folder is 0700
    return carpeta


def rutas_de(var):
    """Paths of a data folder; reads at most one small file and writes nothing."""
    var = Path(var).expanduser().resolve()
    return Rutas(var=var, sockets=Path(_leer(var / "sockets.ruta") or sockets_de(var)))


def explicar_oserror(error, lugar):
    """One Spanish line for an operating system error at `lugar`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"No queda espacio en el disco de {lugar}: libera espacio y vuelve a intentarlo."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"No se puede escribir en {lugar}: da permiso a este usuario o elige otra carpeta con MESA_VAR."
        )
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return f"{lugar} no es una carpeta: elige otra con MESA_VAR."
    return f"No se puede usar {lugar}: {error.strerror or error}. Elige otra carpeta con MESA_VAR."


def crear_carpeta(carpeta, modo):
    """Make one folder with exactly this mode when it does not exist; leave an existing one as it is."""
    if carpeta.is_dir():
        return
    carpeta.mkdir(parents=True)
    carpeta.chmod(modo)


def preparar(rutas):
    """Make the data folder and its rooms.

    Raises: ErrorEmbebido when the folder cannot be made or written, or its disk is full.
    """
    try:
        crear_carpeta(rutas.var, 0o755)
        for carpeta, modo in (
            (rutas.claves, 0o700),
            (rutas.temporales, 0o700),
            (rutas.archivos, 0o750),
            (rutas.registros, 0o750),
        ):
            crear_carpeta(carpeta, modo)
        prueba = rutas.var / f".prueba-{os.getpid()}"
        prueba.write_bytes(b"x" * 4096)
        prueba.unlink()
    except OSError as error:
        raise ErrorEmbebido(explicar_oserror(error, rutas.var)) from error


def preparar_sockets(rutas, uid, gid):
    """Make the folder of sockets, private to `uid`, and remember it. Returns the Rutas to use.

    Raises: ErrorEmbebido when somebody else owns it or its path is too long.
    """
    candidatas = list(dict.fromkeys([rutas.sockets, sockets_de(rutas.var)]))
    motivo = ""
    for carpeta in candidatas:
        if len(str(carpeta / f".s.PGSQL.{PUERTO_PG}")) > LARGO_MAXIMO_SOCKET:
            motivo = f"La ruta {carpeta} es demasiado larga para un socket: define TMPDIR con una ruta corta."
            continue
        try:
            with contextlib.suppress(FileExistsError):
                carpeta.mkdir(mode=0o700)
            hecho = carpeta.lstat()
            if not stat.S_ISDIR(hecho.st_mode) or hecho.st_uid not in (os.geteuid(), uid):
                motivo = f"{carpeta} es de otro usuario: bórrala o define TMPDIR con otra carpeta."
                continue
            if os.geteuid() == 0 and hecho.st_uid != uid:
                os.chown(carpeta, uid, gid)
            carpeta.chmod(0o700)
            nuevas = Rutas(var=rutas.var, sockets=carpeta)
            escribir(nuevas.nota_sockets, str(carpeta))
            return nuevas
        except OSError as error:
            motivo = explicar_oserror(error, carpeta)
    raise ErrorEmbebido(motivo)


def escribir(archivo, texto):
    """Replace a small file at once, so no reader sees half of it."""
    if _leer(archivo) == texto:
        return
    temporal = archivo.with_name(f"{archivo.name}.{os.getpid()}")
    temporal.write_text(texto + "\n", encoding="utf-8")
    temporal.replace(archivo)


def clave_fernet():
    """A new Fernet key: 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def crear_claves(rutas):
    """Make SECRET_KEY and ENCRYPTION_KEY under `var/claves` once; existing ones are never touched."""
    preparar(rutas)
    for nombre, hacer in (
        ("secret_key", lambda: secrets.token_urlsafe(64)),
        ("encryption_key", clave_fernet),
    ):
        archivo = rutas.claves / nombre
        if _leer(archivo):
            continue
        temporal = archivo.with_name(f"{nombre}.{os.getpid()}")
        try:
            descriptor = os.open(temporal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as salida:
                salida.write(hacer() + "\n")
                salida.flush()
                os.fsync(salida.fileno())
            temporal.replace(archivo)
        except OSError as error:
            raise ErrorEmbebido(explicar_oserror(error, archivo)) from error
