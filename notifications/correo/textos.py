"""The text of a mail: safe headers, lines of 78 characters, absolute links."""

import re
import textwrap
import unicodedata

from django.conf import settings

from core.texto import recortar

ANCHO = 78
LARGO_ASUNTO = 150
_BLANCOS = re.compile(r"\s+")


def limpio(texto):
    """The text on one line, without control or formatting characters: what a header may hold."""
    visible = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in str(texto or "")
        if unicodedata.category(c) not in ("Cf", "Cs", "Co")
    )
    return _BLANCOS.sub(" ", visible).strip()


def asunto_seguro(texto):
    """A subject that can bring no other header with it, of at most 150 characters."""
    return recortar(limpio(texto) or "Aviso de Mesa de Partes", LARGO_ASUNTO)


def absoluta(enlace):
    """The address of a page of ours as a person opens it from a mail; others pass unchanged."""
    enlace = str(enlace or "")
    return f"{settings.PUBLIC_BASE_URL}{enlace}" if enlace.startswith("/") else enlace


def ajustar(texto):
    """The text in lines of at most 78 characters; addresses are never broken, blank lines stay one."""
    lineas = []
    for linea in texto.strip().splitlines():
        linea = linea.rstrip()
        if len(linea) <= ANCHO:
            lineas.append(linea)
            continue
        sangria = re.match(r"\s*(?:- )?", linea).group()
        lineas += textwrap.wrap(
            linea,
            ANCHO,
            subsequent_indent=" " * len(sangria),
            break_long_words=False,
            break_on_hyphens=False,
        )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lineas)) + "\n"
