"""Where the files of reports live: made in a folder of their own, synced, and renamed into place.

A killed run leaves at most its folder, which the next run of the same report, or its end, removes; never half a file
under a final name. The final name depends on the report only, so that a second run replaces and never adds.
"""

import errno
import os
import shutil
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from documents.files.almacen import (
    MODO_ARCHIVO,
    crear_carpeta,
    disco,
    elegir_storage,
    huella_de,
    poner_en_su_sitio,
)
from reports.errors import SinEspacio

CARPETA, ESPERA = "reportes", "espera"


def ruta_de(reporte):
    """Final path of a report's file, relative to the storage."""
    return f"{CARPETA}/{reporte.pk % 256:02x}/{reporte.pk}.{reporte.formato}"


def _espera():
    """Folder of what is being made: on the disk of the final files, when they are on a disk of ours."""
    storage = elegir_storage()
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
        with disco(SinEspacio):
            crear_carpeta(carpeta)
            tempfile.tempdir = str(carpeta)
            yield carpeta
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
        huella = huella_de(archivo)
    os.chmod(ruta, MODO_ARCHIVO)
    return ruta.stat().st_size, huella


def adelantar(temporal, ruta):
    """Sends the bytes to a storage that is not a disk of ours, before the row's transaction opens."""
    storage = elegir_storage()
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
    storage = elegir_storage()
    if not isinstance(storage, FileSystemStorage):
        return
    poner_en_su_sitio(temporal, Path(storage.location) / ruta)


def abrir(ruta):
    """The file, open for reading bytes. Raises: FileNotFoundError."""
    return elegir_storage().open(ruta, "rb")


def borrar(ruta):
    """Removes a file; nothing happens when it is not there."""
    if ruta:
        elegir_storage().delete(ruta)
