"""A letter: what a mail says, once, and its two forms, plain text and HTML."""

from dataclasses import dataclass, field

from django.template.loader import render_to_string

from notifications.correo.textos import absoluta, ajustar, asunto_seguro
from organization.models import Entidad


@dataclass
class Carta:
    """The content of a mail, free of format.

    parrafos: sentences, in order. datos: [(label, value)]. listas: [(title, [(text, link or "")])].
    boton: (text, link). cierre: sentences after everything else. motivo: why this person receives it.
    """

    asunto: str
    titulo: str = ""
    saludo: str = ""
    parrafos: list = field(default_factory=list)
    datos: list = field(default_factory=list)
    listas: list = field(default_factory=list)
    boton: tuple = ()
    cierre: list = field(default_factory=list)
    motivo: str = ""
    baja: tuple = ()
    urgente: bool = False


def entidad():
    """The office that signs."""
    return Entidad.objects.first() or Entidad(nombre="Mesa de Partes", sigla="")


def escribir(carta, *, firma=None):
    """Return (subject, plain text, HTML) of a letter.

    Args: firma is the Entidad when it has been read already, as a batch does.
    """
    contexto = {
        "carta": carta,
        "titulo": carta.titulo or carta.asunto,
        "boton": (carta.boton[0], absoluta(carta.boton[1])) if carta.boton else (),
        "listas": [
            (titulo, [(texto, absoluta(enlace)) for texto, enlace in filas])
            for titulo, filas in carta.listas
            if filas
        ],
        "datos": [(nombre, valor) for nombre, valor in carta.datos if valor not in ("", None)],
        "baja": (carta.baja[0], absoluta(carta.baja[1])) if carta.baja else (),
        "entidad": firma or entidad(),
    }
    texto = render_to_string("notifications/correo/carta.txt", contexto)
    html = render_to_string("notifications/correo/carta.html", contexto)
    return asunto_seguro(carta.asunto), ajustar(texto), html
