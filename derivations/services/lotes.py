"""The same act on many rows: each row in its own transaction, each with its own result."""

from dataclasses import dataclass

from core.errors import ErrorDeNegocio

MAX_LOTE = 200


@dataclass(frozen=True)
class Resultado:
    """What happened to one row of a batch."""

    pk: int
    numero: str
    hecho: bool
    mensaje: str = ""


def en_lote(filas, acto):
    """Runs an act on each row; a refusal of one stops no other.

    Args: filas is an iterable of (pk, printed number); acto is called with pk and may raise ErrorDeNegocio.
    Returns: list of Resultado in the given order.
    """
    resultados = []
    for pk, numero in filas:
        try:
            acto(pk)
        except ErrorDeNegocio as error:
            detalles = [d["message"] for d in error.detalles]
            resultados.append(Resultado(pk, numero, False, " ".join(detalles) or str(error)))
        else:
            resultados.append(Resultado(pk, numero, True))
    return resultados
