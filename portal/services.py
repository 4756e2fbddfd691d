"""Public look-up: number plus key, with failures counted per address."""

import hashlib
import secrets

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from documents.codes import normalizar_clave
from documents.models import Documento
from portal.constants import MAX_FALLOS, VENTANA
from portal.errors import DemasiadosIntentos, NoCoincide
from portal.models import FalloConsulta


def consultar_con_clave(*, numero, clave, ip):
    """The document of that number and key.

    Raises: DemasiadosIntentos (429), NoCoincide (404, alike for a wrong key and an unknown number).
    Writes: the failure count of the address.
    """
    exigir_pocos_fallos(ip)
    candidatos = (
        list(Documento.objects.con_numero(numero).order_by("-anio", "-pk")[:12]) if numero.strip() else []
    )
    escrita = normalizar_clave(clave) or "-"
    hallado = None
    for documento in candidatos or [Documento(clave="0" * 10)]:
        if secrets.compare_digest(documento.clave, escrita):
            hallado = documento
    if hallado is None or hallado.pk is None:
        contar_fallo(ip)
        raise NoCoincide()
    return hallado


def exigir_pocos_fallos(ip):
    """Refuses an address with too many failures in this window.

    Raises: DemasiadosIntentos.
    """
    ahora = timezone.now()
    cuenta = (
        FalloConsulta.objects.filter(origen=_origen(ip), ventana=_ventana(ahora))
        .values_list("cuenta", flat=True)
        .first()
    )
    if (cuenta or 0) >= MAX_FALLOS:
        raise DemasiadosIntentos(minutos=VENTANA.seconds // 60)


@transaction.atomic
def contar_fallo(ip):
    """Adds one failure to the address's window; old windows go away with it."""
    ahora = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {FalloConsulta._meta.db_table} (origen, ventana, cuenta) VALUES (%s, %s, 1)"  # noqa: S608
            " ON CONFLICT (origen, ventana) DO UPDATE SET cuenta = portal_falloconsulta.cuenta + 1 RETURNING cuenta",
            [_origen(ip), _ventana(ahora)],
        )
        (cuenta,) = cursor.fetchone()
    if cuenta == 1:
        FalloConsulta.objects.filter(ventana__lt=ahora - 6 * VENTANA).delete()


def _origen(ip):
    """The address, hashed with the site's secret: no list of citizens' addresses is kept."""
    return hashlib.sha256(f"{settings.SECRET_KEY}|{ip or 'sin ip'}".encode()).hexdigest()


def _ventana(momento):
    """Start of the window that holds the moment."""
    segundos = int(VENTANA.total_seconds())
    sello = int(momento.timestamp()) // segundos * segundos
    return timezone.datetime.fromtimestamp(sello, tz=timezone.get_default_timezone())
