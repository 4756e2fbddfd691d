"""Refusals of the notifications."""

from core.errors import Conflicto


class NoSeReenvia(Conflicto):
    """Only what failed, bounced or is in doubt goes again; what went or waits does not."""

    codigo = "correo_no_reenviable"
    mensaje = "El correo está %(estado)s: no se reenvía."


class DireccionSigueRebotada(Conflicto):
    """The address is struck off: the mark is lifted first."""

    codigo = "direccion_rebotada"
    mensaje = "La dirección %(correo)s está marcada como rebotada: levanta la marca y vuelve a enviar."


class EnvioNoCorresponde(Conflicto):
    """The sending is not in the state that the act needs."""

    codigo = "envio_no_corresponde"
    mensaje = "El envío está %(estado)s: no se puede %(accion)s."
