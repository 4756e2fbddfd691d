"""The sign of life of the mails, for /salud/ and `manage.py salud`: counts, never addresses."""

from core.health import BIEN, MAL
from notifications.constants import EstadoCorreo
from notifications.models import Correo, Falla

TOPE = 1000
ATASCADO = 3


def atascado():
    """What the mail server answers to a letter tried three times and still waiting, or None.

    Then the server, not the letter, is at fault.
    """
    correo = Correo.objects.pendientes().filter(intentos__gte=ATASCADO).first()
    return correo and (correo.error or "Sin respuesta.")[:300]


def revisar_correo():
    """Return the check: bad while the server refuses; each count stops at a thousand."""
    return {
        "estado": MAL if atascado() else BIEN,
        "fallas_avisadas": Falla.objects.filter(hasta=None, avisada_en__isnull=False).count(),
        "en_espera": _contar(EstadoCorreo.PENDIENTE),
        "fallidos": _contar(EstadoCorreo.FALLIDO),
        "dudosos": _contar(EstadoCorreo.DUDOSO),
        "rebotados": _contar(EstadoCorreo.REBOTADO),
    }


def _contar(estado):
    return Correo.objects.filter(estado=estado).order_by().values("pk")[:TOPE].count()
