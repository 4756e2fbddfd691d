"""Speaks to the mail server: one connection for many letters, and a plain answer for each."""

import smtplib
from dataclasses import dataclass

from django.core.mail import get_connection

from notifications.correo.errores import DEFINITIVO, TEMPORAL, clasificar, describir

POR_CONEXION = 100  # servers close a connection after some hundred letters


@dataclass(frozen=True)
class Entrega:
    """What became of one letter: `clase` None means sent; `duda`, that nobody can tell.

    servidor: the server itself does not serve now, so the next letter would fare no better.
    """

    clase: object = None
    error: str = ""
    duda: bool = False
    servidor: bool = False


class Cartero:
    """Carries letters over one connection, renewed each hundred or when it breaks. Never raises for a letter."""

    def __init__(self, **opciones):
        self._opciones, self._conexion = opciones, None
        self._llevadas, self._en_datos = 0, False

    def __enter__(self):
        return self

    def __exit__(self, *excepcion):
        self.cerrar()

    def cerrar(self):
        """End the connection; a server that does not answer is left alone."""
        conexion, self._conexion, self._llevadas = self._conexion, None, 0
        if conexion is not None:
            try:
                conexion.close()
            except Exception:  # noqa: S110 nothing is lost: the letters were answered one by one
                pass

    def llevar(self, mensaje):
        """Hand one EmailMessage to the server. Returns: Entrega."""
        try:
            self._abrir()
        except Exception as error:
            self.cerrar()
            return Entrega(TEMPORAL, f"No se pudo conectar: {_que(error)}", servidor=True)
        self._en_datos = False
        try:
            self._conexion.send_messages([mensaje])
        except Exception as error:
            return self._tras(error)
        self._llevadas += 1
        return Entrega()

    def _abrir(self):
        if self._conexion is not None and (self._llevadas >= POR_CONEXION or self._cortada()):
            self.cerrar()
        if self._conexion is None:
            conexion = get_connection(**self._opciones)
            conexion.open()
            self._conexion = conexion
            self._vigilar(getattr(conexion, "connection", None))

    def _cortada(self):
        smtp = getattr(self._conexion, "connection", None)
        return isinstance(smtp, smtplib.SMTP) and smtp.sock is None

    def _vigilar(self, smtp):
        """Know whether the letter's content had begun to go out: before it, nothing can have arrived."""
        if isinstance(smtp, smtplib.SMTP):
            enviar = smtp.data

            def data(contenido):
                self._en_datos = True
                return enviar(contenido)

            smtp.data = data

    def _tras(self, error):
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            codigo, respuesta = next(iter(error.recipients.values()))
            return self._segun(codigo, respuesta)
        if isinstance(error, smtplib.SMTPDataError):
            return self._segun(error.smtp_code, error.smtp_error)
        con_smtp = isinstance(getattr(self._conexion, "connection", None), smtplib.SMTP)
        self.cerrar()
        # sender or credentials refused: the set-up's fault
        if isinstance(error, smtplib.SMTPResponseException):
            return Entrega(TEMPORAL, describir(error.smtp_code, error.smtp_error), servidor=True)
        if isinstance(error, ValueError | UnicodeError):  # refused by Django before a byte left
            return Entrega(DEFINITIVO, _que(error))
        if con_smtp and not self._en_datos:
            return Entrega(TEMPORAL, _que(error), servidor=True)
        return Entrega(TEMPORAL, f"Se cortó sin saber si llegó: {_que(error)}", duda=True)

    def _segun(self, codigo, respuesta):
        if int(codigo) == 421:
            self.cerrar()
        return Entrega(clasificar(codigo, respuesta), describir(codigo, respuesta))


def _que(error):
    return f"{type(error).__name__}: {error}"[:400]
