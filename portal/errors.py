"""Refusals of the public pages: the same words for a wrong key and an unknown number."""

from core.errors import ErrorDeNegocio


class NoCoincide(ErrorDeNegocio):
    codigo = "no_coincide"
    estado_http = 404
    mensaje = (
        "El número y la clave no coinciden. Revisa tu cargo: la clave tiene 10 caracteres, como K7Q2-M9XD-4T."
    )


class DemasiadosIntentos(ErrorDeNegocio):
    codigo = "demasiados_intentos"
    estado_http = 429
    mensaje = (
        "Hubo muchos intentos desde tu conexión. Espera %(minutos)s minutos y vuelve a probar, "
        "o acércate con tu cargo."
    )
