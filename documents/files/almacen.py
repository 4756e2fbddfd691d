"""Where the bytes live: one file per content, named by its SHA-256, never changed.

The local store writes to a staging folder of the same disk, syncs, and renames: a kill leaves either the
whole file or a leftover in the staging folder, never half a file under a final name. Any other storage
(S3-compatible) goes through Django's own `save`.
"""

import errno
import hashlib
import os
import re
import shutil
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection

from documents.files.errores import SinEspacio

TROZO = 1024 * 1024
CARPETA_ESPERA = "espera"
MODO_ARCHIVO, MODO_CARPETA = 0o640, 0o750
RUTA = re.compile(r"^(?:(?:miniaturas|textos)/)?[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})(?:\.png|\.txt)?$")


def ruta_de(huella):
    """Final path of a content, relative to the storage: ab/cd/<sha256>."""
    return f"{huella[:2]}/{huella[2:4]}/{huella}"


def ruta_miniatura(huella):
    """Path of a content's thumbnail."""
    return f"miniaturas/{ruta_de(huella)}.png"


def ruta_texto(huella):
    """Path of a content's text."""
    return f"textos/{ruta_de(huella)}.txt"


def candado(huella):
    """Holds the content's lock until the transaction ends: storing and sweeping never cross."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(huella[:16], 16) - (1 << 63)])


def huella_de(archivo):
    """SHA-256 of an open file, from where it stands, in hexadecimal."""
    return hashlib.file_digest(archivo, "sha256").hexdigest()


@contextmanager
def disco(rechazo=SinEspacio):
    """Turns a full disk into a refusal that says so: a class of error."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise rechazo() from error
        raise


def elegir_storage():
    """Django's storage where files are kept, by settings."""
    return storages["archivos" if "archivos" in settings.STORAGES else "default"]


def obtener_almacen():
    """The store of the documents' files, by settings."""
    storage = elegir_storage()
    return AlmacenLocal(storage) if isinstance(storage, FileSystemStorage) else AlmacenRemoto(storage)


class _Almacen:
    """What both stores share. Paths are relative, and only those of this module."""

    def __init__(self, storage):
        self.storage = storage

    @staticmethod
    def _comprobar(ruta):
        if not RUTA.match(ruta):
            raise ValueError(f"Ruta ajena al almacén de archivos: {ruta!r}")
        return ruta

    @contextmanager
    def temporal(self):
        """Path of a new empty file, private to this process; removed at the end if it is still there."""
        ruta = self._nuevo_temporal()
        try:
            yield ruta
        finally:
            ruta.unlink(missing_ok=True)


class AlmacenLocal(_Almacen):
    """Files under one folder of this machine (or a shared mount)."""

    @property
    def raiz(self):
        return Path(self.storage.location)

    def _nuevo_temporal(self):
        carpeta = self.raiz / CARPETA_ESPERA
        crear_carpeta(carpeta)
        ruta = carpeta / f"{uuid.uuid4().hex}.parte"
        os.close(os.open(ruta, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODO_ARCHIVO))
        return ruta

    def _final(self, ruta):
        return self.raiz / self._comprobar(ruta)

    def adelantar(self, temporal, ruta):
        """Sends the bytes before the row's transaction opens; here there is nothing to send."""

    def colocar(self, temporal, ruta):
        """Renames a synced temporary to its final path and syncs the folder.

        The same content already there is replaced by itself, which also heals a damaged copy.
        """
        destino = self._final(ruta)
        with disco():
            os.utime(temporal)
            poner_en_su_sitio(temporal, destino)

    def peso(self, ruta):
        """Size in bytes, or None when the file is missing."""
        try:
            return self._final(ruta).stat().st_size
        except FileNotFoundError:
            return None

    def abrir(self, ruta):
        """The file, open for reading bytes. Raises: FileNotFoundError."""
        return open(self._final(ruta), "rb")  # noqa: SIM115

    @contextmanager
    def en_disco(self, ruta):
        """A local path with the bytes. Raises: FileNotFoundError."""
        final = self._final(ruta)
        if not final.is_file():
            raise FileNotFoundError(ruta)
        yield final

    def borrar(self, ruta):
        """Removes a file; nothing happens when it is not there."""
        self._final(ruta).unlink(missing_ok=True)

    def modificado(self, ruta):
        """Seconds since the epoch of the last placing, or None."""
        try:
            return self._final(ruta).stat().st_mtime
        except FileNotFoundError:
            return None

    def listar(self):
        """Yields the path of every stored file of this module, in no order."""
        for base in ("", "miniaturas", "textos"):
            for carpeta in (self.raiz / base).glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]"):
                for archivo in carpeta.iterdir():
                    ruta = archivo.relative_to(self.raiz).as_posix()
                    if RUTA.match(ruta):
                        yield ruta

    def temporales_viejos(self, antes_de):
        """Staging leftovers of killed processes, last written before an instant (seconds)."""
        for archivo in (self.raiz / CARPETA_ESPERA).glob("*.parte"):
            if archivo.stat().st_mtime < antes_de:
                yield archivo


class AlmacenRemoto(_Almacen):
    """Any other Django storage; bytes travel outside the row's transaction."""

    def _nuevo_temporal(self):
        descriptor, nombre = tempfile.mkstemp(
            prefix="mesa-", suffix=".parte", dir=settings.FILE_UPLOAD_TEMP_DIR
        )
        os.close(descriptor)
        return Path(nombre)

    def adelantar(self, temporal, ruta):
        if self.peso(ruta) != temporal.stat().st_size:
            with open(temporal, "rb") as archivo:
                self._guardar(ruta, File(archivo))

    def colocar(self, temporal, ruta):
        """Makes sure the bytes sent before are still there; the sweep may have removed an old copy."""
        self.adelantar(temporal, ruta)

    def _guardar(self, ruta, contenido):
        if self.storage.exists(self._comprobar(ruta)):
            self.storage.delete(ruta)
        guardada = self.storage.save(ruta, contenido)
        if guardada != ruta:  # someone stored the same content meanwhile
            self.storage.delete(guardada)

    def peso(self, ruta):
        return self.storage.size(ruta) if self.storage.exists(self._comprobar(ruta)) else None

    def abrir(self, ruta):
        return self.storage.open(self._comprobar(ruta), "rb")

    @contextmanager
    def en_disco(self, ruta):
        with self.temporal() as temporal, self.abrir(ruta) as origen:
            with open(temporal, "wb") as destino, disco():
                shutil.copyfileobj(origen, destino, TROZO)
            yield temporal

    def borrar(self, ruta):
        self.storage.delete(self._comprobar(ruta))

    def modificado(self, ruta):
        return self.storage.get_modified_time(ruta).timestamp() if self.storage.exists(ruta) else None

    def listar(self, carpeta="", nivel=0):
        """Yields the path of every stored file of this module, in no order."""
        carpetas, archivos = self.storage.listdir(carpeta)
        for nombre in archivos:
            ruta = f"{carpeta}/{nombre}".lstrip("/")
            if RUTA.match(ruta):
                yield ruta
        for nombre in carpetas:
            if nivel or nombre in ("miniaturas", "textos") or re.fullmatch("[0-9a-f]{2}", nombre):
                yield from self.listar(f"{carpeta}/{nombre}".lstrip("/"), nivel + 1)

    def temporales_viejos(self, antes_de):
        for archivo in Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir()).glob("mesa-*.parte"):
            if archivo.stat().st_mtime < antes_de:
                yield archivo


def guardar_derivado(almacen, origen, ruta):
    """Stores a file made from a content (thumbnail, text) with the same care as an upload."""
    with almacen.temporal() as temporal:
        with disco(), open(temporal, "wb") as destino, open(origen, "rb") as entrada:
            shutil.copyfileobj(entrada, destino, TROZO)
            destino.flush()
            os.fsync(destino.fileno())
        almacen.colocar(temporal, ruta)


def poner_en_su_sitio(temporal, final):
    """Renames a synced file of the same disk to its final path, and syncs the folder."""
    crear_carpeta(final.parent)
    os.replace(temporal, final)
    _sincronizar_carpeta(final.parent)


def crear_carpeta(carpeta):
    """Makes a folder and its parents, each synced into its own parent."""
    if carpeta.is_dir():
        return
    if not carpeta.parent.is_dir():
        crear_carpeta(carpeta.parent)
    try:
        carpeta.mkdir(mode=MODO_CARPETA)
    except FileExistsError:
        return
    _sincronizar_carpeta(carpeta.parent)


def _sincronizar_carpeta(carpeta):
    descriptor = os.open(carpeta, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
