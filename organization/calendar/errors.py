"""Refusals of the working calendar."""

from core.errors import DatosInvalidos, ErrorDeNegocio


class CalendarioSinDiasHabiles(ErrorDeNegocio):
    """No working day turns up within the horizon: a week without days, or suspensions without end."""

    codigo = "calendario_sin_dias_habiles"
    mensaje = "El calendario no tiene días hábiles desde el %(desde)s. Revisa jornada y suspensiones."


class PlazoInvalido(DatosInvalidos):
    """A term in days outside 0 to 10 000, or a pause that ends before it starts."""

    codigo = "plazo_invalido"
    mensaje = "El plazo no es válido: %(detalle)s."
