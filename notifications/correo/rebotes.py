"""Addresses that came back: marked once, not tried again until somebody lifts the mark."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from core.errors import DatosInvalidos, NoExiste
from core.events import registrar_evento
from notifications.constants import EstadoCorreo
from notifications.models import DireccionRebotada

REBOTE_MARCADO, REBOTE_LEVANTADO = "rebote_marcado", "rebote_levantado"


def limpiar_direccion(direccion):
    """The address as it is kept: without blanks, in lower case."""
    return (direccion or "").strip().strip("<>").strip().lower()


def rebotar(*, direccion, motivo=""):
    """Strike an address off the mailings. Returns: whether it was not already. Writes: DireccionRebotada."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_direccionrebotada (correo, motivo, desde) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [limpiar_direccion(direccion), motivo[:300], timezone.now()],
        )
        return bool(cursor.rowcount)


def rebotada(direccion):
    """The DireccionRebotada of an address, or None."""
    direccion = limpiar_direccion(direccion)
    filas = DireccionRebotada.objects.alias(_correo=Lower("correo"))
    return filas.filter(_correo=direccion).first() if direccion else None


@transaction.atomic
def marcar_rebote(*, direccion, motivo="", actor=None):
    """Strike off an address by hand, as when the postmaster's mailbox has its return.

    Returns: (address, whether it is new). Raises: DatosInvalidos when it is no address.
    Writes: DireccionRebotada, Evento.
    """
    direccion = limpiar_direccion(direccion)
    try:
        validate_email(direccion)
    except ValidationError as error:
        raise DatosInvalidos(campos={"correo": [f"«{direccion[:80]}» no es una dirección."]}) from error
    if rebotada(direccion):
        return direccion, False
    rebotar(direccion=direccion, motivo=motivo)
    registrar_evento(tipo=REBOTE_MARCADO, actor=actor, detalle={"correo": direccion, "motivo": motivo[:300]})
    return direccion, True


@transaction.atomic
def levantar_rebote(*, rebote_id, actor):
    """Let mails go to the address again. Raises: NoExiste. Writes: removes the row, Evento."""
    fila = DireccionRebotada.objects.select_for_update().filter(pk=rebote_id).first()
    if fila is None:
        raise NoExiste()
    registrar_evento(
        tipo=REBOTE_LEVANTADO, actor=actor, detalle={"correo": fila.correo, "motivo": fila.motivo}
    )
    fila.delete()
    return fila


def descartar_rebotadas(ids):
    """Close the letters to struck off addresses without trying them. Returns: how many. Writes: Correo."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_correo c SET estado = %s, error = left('No se intentó, la dirección ya había"
            " rebotado: ' || r.motivo, 500)"
            " FROM notifications_direccionrebotada r"
            " WHERE c.id = ANY(%s) AND c.estado = %s AND lower(r.correo) = lower(c.para)",
            [EstadoCorreo.REBOTADO, list(ids), EstadoCorreo.PENDIENTE],
        )
        return cursor.rowcount
