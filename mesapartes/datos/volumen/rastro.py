"""The hash chain of one document's events, written as fast as it can be."""

from hashlib import sha256

import orjson

from core.constants import HASH_INICIAL
from mesapartes.datos.volumen.copia import NULO, json_de_copia


def canonico(valor):
    """JSON with sorted keys and no blanks: the bytes that core.events.calcular_hash signs, for plain values.

    Plain means text, whole numbers, booleans, None, lists and dicts of them; a test compares both.
    """
    return orjson.dumps(valor, option=orjson.OPT_SORT_KEYS).decode()


class Rastro:
    """Appends events to a list of rows, one document after another."""

    def __init__(self, filas):
        self.filas = filas
        self.abrir(0)

    def abrir(self, documento_id):
        """Starts the chain of a new document."""
        self.documento_id, self.secuencia, self.anterior = documento_id, 0, HASH_INICIAL

    def anotar(self, tipo, actor_id, area_id, ocurrido_en, *, antes=None, despues=None, detalle=None):
        """One event. Args: ocurrido_en as the hash writes it: UTC, six decimals and Z."""
        self.secuencia += 1
        antes, despues, detalle = (None if v is None else canonico(v) for v in (antes, despues, detalle))
        actor = "null" if actor_id is None else actor_id
        cuerpo = (
            f'{{"actor_id":{actor},"antes":{antes or "null"},"area_id":{area_id},"despues":{despues or "null"},'
            f'"detalle":{detalle or "null"},"documento_id":{self.documento_id},"hash_anterior":"{self.anterior}",'
            f'"ip":null,"ocurrido_en":"{ocurrido_en}","secuencia":{self.secuencia},"tipo":"{tipo}"}}'
        )
        huella = sha256(cuerpo.encode()).hexdigest()
        actor = NULO if actor_id is None else actor_id
        datos = "\t".join(NULO if v is None else json_de_copia(v) for v in (antes, despues, detalle))
        self.filas.append(
            f"{tipo}\t{self.documento_id}\t{self.secuencia}\t{actor}\t{area_id}\t{ocurrido_en}\t{datos}\t"
            f"{self.anterior}\t{huella}"
        )
        self.anterior = huella
