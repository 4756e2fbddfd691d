"""The stored bytes on their way out: checked before anything leaves, and again while they leave."""

import hashlib
import time
from contextlib import contextmanager

from documents.files.almacen import huella_de, obtener_almacen
from documents.files.servir import se_puede_servir
from documents.models import ArchivoAdjunto
from integrations.errors import FallaDefinitiva, FallaPropia


def revisar_archivos(envio, faltan):
    """Read whole every file that is to be sent, before the other side hears of the document.

    Returns: {sha256: ArchivoAdjunto}.
    Raises: FallaDefinitiva, naming the file, when it is damaged, missing or in quarantine; FallaPropia while it
        is under review.
    """
    filas = {a.hash_archivo: a for a in ArchivoAdjunto.objects.filter(documento_id=envio.documento_id)}
    for archivo in faltan:
        fila = filas.get(archivo["sha256"])
        if fila is None:
            raise FallaDefinitiva(f"El archivo «{archivo['nombre']}» ya no está en el documento.")
        if fila.en_cuarentena:
            raise FallaDefinitiva(f"El archivo «{fila.nombre}» está en cuarentena: no se envía.")
        if not se_puede_servir(fila):
            raise FallaPropia(f"El archivo «{fila.nombre}» aún está en revisión.")
        with _abierto(fila) as contenido:
            try:
                intacto = huella_de(contenido) == fila.hash_archivo
            except OSError:
                raise _ilegible(fila) from None
            if not intacto:
                raise _alterado(fila)
    return filas


@contextmanager
def cuerpo_de(fila, avance):
    """The bytes of a file as the body of a call. Args: avance() is called now and then."""
    with _abierto(fila) as contenido:
        yield Cuerpo(fila, contenido, avance)


@contextmanager
def _abierto(fila):
    try:
        contenido = obtener_almacen().abrir(fila.ruta)
    except FileNotFoundError:
        raise FallaDefinitiva(f"El archivo «{fila.nombre}» no está en el almacén.") from None
    except OSError:
        raise _ilegible(fila) from None
    with contenido:
        yield contenido


def _ilegible(fila):
    return FallaPropia(f"El archivo «{fila.nombre}» no se pudo leer.")


def _alterado(fila):
    return FallaDefinitiva(
        f"El archivo «{fila.nombre}» no coincide con su huella SHA-256: está dañado o fue alterado; no se envía."
    )


class Cuerpo:
    """Reads a stored file and keeps back its last bytes until the whole has the right SHA-256."""

    def __init__(self, fila, contenido, avance):
        self.len = fila.peso_bytes
        self._fila, self._contenido, self._avance = fila, contenido, avance
        self._huella, self._faltan, self._visto = hashlib.sha256(), fila.peso_bytes, time.monotonic()

    def __iter__(self):
        while trozo := self.read(64 * 1024):
            yield trozo

    def read(self, cuantos=64 * 1024):
        """The next bytes. Raises: FallaDefinitiva before the end of a file that is not the one stored."""
        if time.monotonic() - self._visto > 1:
            self._visto = time.monotonic()
            self._avance()
        try:
            trozo = self._contenido.read(min(cuantos, self._faltan)) if self._faltan else b""
            resto = self._contenido.read(1) if len(trozo) == self._faltan and trozo else b""
        except OSError:
            raise _ilegible(self._fila) from None
        self._huella.update(trozo)
        self._faltan -= len(trozo)
        corto = self._faltan and not trozo
        if (
            corto
            or resto
            or (trozo and not self._faltan and self._huella.hexdigest() != self._fila.hash_archivo)
        ):
            raise _alterado(self._fila)
        return trozo
