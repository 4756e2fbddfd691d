"""Mark as read, and forget what is old."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core.errors import NoExiste
from core.jobs import progreso_actual
from core.texto import cuenta
from notifications.constants import LOTE
from notifications.models import Notificacion


@transaction.atomic
def leer_notificacion(*, pk, usuario):
    """Marks one of the person's own notices as read; again changes nothing.

    Returns: the Notificacion. Raises: NoExiste when it is not theirs.
    """
    notificacion = Notificacion.objects.de(usuario).filter(pk=pk).first()
    if notificacion is None:
        raise NoExiste(mensaje="No encontramos esa notificación.")
    ahora = timezone.now()
    if Notificacion.objects.filter(pk=pk).sin_leer().update(leida_en=ahora):
        notificacion.leida_en = ahora
    return notificacion


@transaction.atomic
def leer_todas(*, usuario, hasta=None):
    """Marks the person's notices as read. Args: hasta the newest one they had seen; later ones stay unread.

    Returns: how many.
    """
    filas = Notificacion.objects.de(usuario).sin_leer()
    if hasta:
        filas = filas.filter(pk__lte=hasta)
    return filas.update(leida_en=timezone.now())


_PURGAR = """
WITH tramo AS (
    SELECT id, leida_en, creada_en FROM notifications_notificacion
     WHERE id > %(desde)s AND creada_en < %(leidas)s ORDER BY id LIMIT %(lote)s
), borradas AS (
    DELETE FROM notifications_notificacion n USING tramo t
     WHERE n.id = t.id AND (t.leida_en < %(leidas)s OR t.creada_en < %(sin_leer)s) RETURNING 1
)
SELECT (SELECT max(id) FROM tramo), (SELECT count(*) FROM borradas)
"""


def purgar_notificaciones(*, ahora=None):
    """Deletes notices read long ago, and those nobody read in a much longer time, batch by batch.

    Returns: how many. Source: NOTIFICACIONES_DIAS, NOTIFICACIONES_DIAS_SIN_LEER.
    """
    ahora = ahora or timezone.now()
    parametros = {
        "desde": 0,
        "leidas": ahora - timedelta(days=settings.NOTIFICACIONES_DIAS),
        "sin_leer": ahora - timedelta(days=settings.NOTIFICACIONES_DIAS_SIN_LEER),
        "lote": LOTE,
    }
    borradas = 0
    while parametros["desde"] is not None:
        with connection.cursor() as cursor:
            cursor.execute(_PURGAR, parametros)
            parametros["desde"], cuantas = cursor.fetchone()
        borradas += cuantas
        progreso_actual(0, cuenta(borradas, "notificación retirada", "notificaciones retiradas"))
    return borradas
