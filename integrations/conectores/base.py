"""What every connector offers, whatever its protocol."""

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


class Conector:
    """One conversation with one partner. `medida` is what it cost so far (integrations.cliente.Medida).

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
    def medida(self):
        raise NotImplementedError

    def probar(self):
        """Ask whether the partner answers and takes the credential. Returns: text for people."""
        raise NotImplementedError

    def registrar(self, *, clave, contenido):
        """Hand over the document without its files. Returns: EstadoRemoto with its id."""
        raise NotImplementedError

    def subir(self, *, clave, id_remoto, archivo, cuerpo):
        """Hand over one file.

        Args: archivo as in contenido["archivos"]; cuerpo has `read(n)` and `len`, and yields the stored bytes.
        """
        raise NotImplementedError

    def consultar(self, *, clave, id_remoto):
        """Ask for the state of a document. Returns: EstadoRemoto."""
        raise NotImplementedError

    def sin_secretos(self, texto):
        """The text without any part of the credential, whoever put it there."""
        return texto
