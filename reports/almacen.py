"""Where the files of reports live: made in a folder of their own, synced, and renamed into place.

A killed run leaves at most its folder, which the next run of the same report, or its end, removes; never half a file
under a final name. The final name depends on the report only, so that a second run replaces and never adds.
"""

import errno
import hashlib
import os
import shutil
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, storages

from reports.errors import SinEspacio

CARPETA, ESPERA = "reportes", "espera"
MODO_CARPETA, MODO_ARCHIVO = 0o750, 0o640
SIN_LUGAR = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def ruta_de(reporte):
    """Final path of a report's file, relative to the storage."""
    return f"{CARPETA}/{reporte.pk % 256:02x}/{reporte.pk}.{reporte.formato}"


def _storage():
    return storages["archivos" if "archivos" in settings.STORAGES else "default"]


def _espera():
    """Folder of what is being made: on the disk of the final files, when they are on a disk of ours."""
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        return Path(storage.location) / CARPETA / ESPERA
    return Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir()) / f"mesa-{CARPETA}"


@contextmanager
def taller(reporte_id):
    """A new private folder for making one report, removed at the end; whatever earlier runs left goes first.

    The temporaries of libraries are made inside it too.
    Raises: SinEspacio when the disk fills up inside the block.
    """
    limpiar(reporte_id)
    carpeta = _espera() / f"{reporte_id}-{uuid.uuid4().hex[:8]}"
    antes = tempfile.tempdir
    try:
        carpeta.mkdir(mode=MODO_CARPETA, parents=True)
        tempfile.tempdir = str(carpeta)
        yield carpeta
    except OSError as error:
        if error.errno in SIN_LUGAR:
            raise SinEspacio() from error
        raise
    finally:
        tempfile.tempdir = antes
        shutil.rmtree(carpeta, ignore_errors=True)


def limpiar(reporte_id):
    """Removes the folders of the runs of a report."""
    for resto in _espera().glob(f"{reporte_id}-*"):
        shutil.rmtree(resto, ignore_errors=True)


def cerrar(ruta):
    """Makes sure that a written file is on the disk. Returns: (bytes, SHA-256)."""
    with open(ruta, "rb") as archivo:
        os.fsync(archivo.fileno())
        huella = hashlib.file_digest(archivo, "sha256").hexdigest()
    os.chmod(ruta, MODO_ARCHIVO)
    return ruta.stat().st_size, huella


def adelantar(temporal, ruta):
    """Sends the bytes to a storage that is not a disk of ours, before the row's transaction opens."""
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        return
    borrar(ruta)
    with open(temporal, "rb") as archivo:
        guardada = storage.save(ruta, File(archivo))
    if guardada != ruta:
        storage.delete(guardada)
        raise OSError(errno.EEXIST, "the storage did not keep the name", ruta)


def colocar(temporal, ruta):
    """Renames a closed file to its final path and syncs the folder; elsewhere it has been sent before."""
    storage = _storage()
    if not isinstance(storage, FileSystemStorage):
        return
    final = Path(storage.location) / ruta
    final.parent.mkdir(mode=MODO_CARPETA, parents=True, exist_ok=True)
    os.replace(temporal, final)
    descriptor = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def abrir(ruta):
    """The file, open for reading bytes. Raises: FileNotFoundError."""
    return _storage().open(ruta, "rb")


def borrar(ruta):
    """Removes a file; nothing happens when it is not there."""
    if ruta:
        _storage().delete(ruta)
