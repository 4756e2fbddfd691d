"""What every connector offers, whatever its protocol."""

from abc import ABC, abstractmethod
from dataclasses import dataclass


@dataclass(frozen=True)
class EstadoRemoto:
    """What the other side says of a document.

    id is "" when it does not know it; archivos are the SHA-256 it says it already has.
    """

    id: str
    estado: str = ""
    numero: str = ""
    motivo: str = ""
    archivos: frozenset = frozenset()


class Conector(ABC):
    """One conversation with one partner.

    Every act raises Falla or one of its kinds; none writes to the database, and all may be repeated: the partner
    recognises a document by its `clave` and a file by its SHA-256.
    """

    def __init__(self, integracion):
        self.integracion = integracion

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    @property
    @abstractmethod
    def medida(self):
        """What the calls cost so far (integrations.cliente.Medida)."""

    @abstractmethod
    def probar(self):
        """Ask whether the partner answers and takes the credential. Returns: text for people."""

    @abstractmethod
    def registrar(self, *, clave, contenido):
        """Hand over the document without its files. Returns: EstadoRemoto with its id."""

    @abstractmethod
    def subir(self, *, clave, id_remoto, archivo, cuerpo):
        """Hand over one file.

        Args: archivo as in contenido["archivos"]; cuerpo has `read(n)` and `len`, and yields the stored bytes.
        """

    @abstractmethod
    def consultar(self, *, clave, id_remoto):
        """Ask for the state of a document. Returns: EstadoRemoto."""
