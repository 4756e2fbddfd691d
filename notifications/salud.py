"""The sign of life of the mails, for /salud/ and `manage.py salud`: counts, never addresses."""

from core.health import BIEN, MAL
from core.pages import contar_varios
from notifications.constants import EstadoCorreo
from notifications.models import Correo, Falla

ATASCADO = 3
CONTADOS = {
    "en_espera": EstadoCorreo.PENDIENTE,
    "fallidos": EstadoCorreo.FALLIDO,
    "dudosos": EstadoCorreo.DUDOSO,
    "rebotados": EstadoCorreo.REBOTADO,
}


def atascado():
    """What the mail server answers to a letter tried three times and still waiting, or None.

    Then the server, not the letter, is at fault.
    """
    correo = Correo.objects.pendientes().filter(intentos__gte=ATASCADO).first()
    return correo and (correo.error or "Sin respuesta.")[:300]


def revisar_correo():
    """Return the check: bad while the server refuses; each count stops at a thousand."""
    filas = {"fallas_avisadas": Falla.objects.filter(hasta=None, avisada_en__isnull=False)}
    filas |= {nombre: Correo.objects.filter(estado=estado) for nombre, estado in CONTADOS.items()}
    cuentas = {nombre: cuenta.n for nombre, cuenta in contar_varios(filas).items()}
    return {"estado": MAL if atascado() else BIEN, **cuentas}
