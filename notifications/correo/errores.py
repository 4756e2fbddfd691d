"""What an answer of the mail server means for the letter."""

import re
from enum import Enum

ESPERAS = (60, 300, 900, 3600, 4 * 3600, 4 * 3600, 12 * 3600)  # seconds before attempt 2, 3, …: about a day
MAX_INTENTOS = len(ESPERAS) + 1
# RFC 3463: no such mailbox, host, bad syntax, moved, null MX; disabled mailbox. 5.1.7 and 5.1.8 blame the sender.
_DE_LA_DIRECCION = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_MEJORADO = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Clase(Enum):
    """temporal: try later. rebote: the address does not exist. definitivo: refused for another reason."""

    TEMPORAL, REBOTE, DEFINITIVO = "temporal", "rebote", "definitivo"


TEMPORAL, REBOTE, DEFINITIVO = Clase


def clasificar(codigo, respuesta=""):
    """Return what a reply to one recipient or to the content means.

    A refusal is the address's own only when the server says so (5.1.x, or 550, 551, 553 without more): a full
    mailbox (5.2.2) or a policy (5.7.x, which also answers a server set up badly) must not strike it off.
    """
    if not 500 <= int(codigo) < 600:
        return TEMPORAL
    mejorado = _MEJORADO.search(_texto(respuesta))
    if mejorado:
        return REBOTE if mejorado.group() in _DE_LA_DIRECCION else DEFINITIVO
    return REBOTE if int(codigo) in (550, 551, 553) else DEFINITIVO


def describir(codigo, respuesta):
    """One line with what the server said."""
    return f"{codigo} {' '.join(_texto(respuesta).split())}"[:500]


def _texto(respuesta):
    return respuesta.decode("utf-8", "replace") if isinstance(respuesta, bytes) else str(respuesta)
