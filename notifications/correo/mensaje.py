"""The message that travels: from an outbox row and its letter to headers and two bodies."""

import hashlib
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications.correo.carta import entidad, escribir
from notifications.correo.redaccion import carta_de
from notifications.correo.textos import limpio
from notifications.correo.tipos import MASIVO, Ciudadano


def mensaje_id(clave):
    """The Message-ID of a mail: always the same, so that a copy sent by hand joins the first in the reader."""
    huella = hashlib.sha256(f"{settings.PUBLIC_BASE_URL} {clave}".encode()).hexdigest()[:32]
    return f"<{huella}@{urlsplit(settings.PUBLIC_BASE_URL).hostname}>"


def de_parte_de(firma):
    """The From line: the setting's, with the office's name when it brings none."""
    nombre, direccion = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((nombre or limpio(firma.nombre), direccion))


def _para_la_baja():
    """Where somebody asks to get no more: a person of the office reads it and marks the address."""
    return settings.CORREO_RESPONDER_A or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def armar(correo, *, firma=None):
    """Return the EmailMultiAlternatives of an outbox row; sends nothing.

    Args: correo with usuario, remitente, documento and masivo joined when a batch is built; firma the Entidad.
    """
    firma = firma or entidad()
    carta = carta_de(correo)
    asunto, texto, html = escribir(carta, firma=firma)
    mensaje = EmailMultiAlternatives(
        subject=asunto,
        body=texto,
        from_email=de_parte_de(firma),
        to=[correo.para],
        reply_to=[settings.CORREO_RESPONDER_A] if settings.CORREO_RESPONDER_A else None,
        headers={
            "Message-ID": correo.mensaje_id or mensaje_id(correo.clave),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    if carta.urgente:
        mensaje.extra_headers |= {"Importance": "high", "X-Priority": "1"}
    if correo.tipo == MASIVO or correo.tipo in Ciudadano.values:
        mensaje.extra_headers["List-Unsubscribe"] = (
            f"<mailto:{_para_la_baja()}?subject=No%20recibir%20avisos>"
        )
    mensaje.attach_alternative(html, "text/html")
    return mensaje
