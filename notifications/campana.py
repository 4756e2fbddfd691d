"""The bell: how many notices wait, asked every few seconds by each page that is seen.

The page carries an address with a signed token, so that the question costs one query: without it, who asks would
take another. The token names the person and holds a digest of their session and password; the cookie of that session
must come with it. Nothing here renews a session, reads its data or logs anybody in.
Source: docs/adr/0012-campana.md.
"""

import hashlib
import hmac
from dataclasses import dataclass, replace

from django.conf import settings
from django.core import signing
from django.db import connection
from django.utils import timezone
from django.utils.http import urlencode

from core.direcciones import direccion
from documents.lectores import quienes_ven
from notifications.constants import TOPE_SIN_LEER as TOPE

_FIRMA = signing.Signer(salt="notifications.campana")
_CUENTAS = f"""
 (SELECT count(*) FROM (SELECT 1 FROM notifications_notificacion n
   WHERE n.usuario_id = {{usuario}} AND n.leida_en IS NULL LIMIT {TOPE}) c),
 (SELECT count(*) FROM (SELECT 1 FROM notifications_notificacion n
   WHERE n.usuario_id = {{usuario}} AND n.destacada LIMIT {TOPE}) c),
 coalesce((SELECT n.id FROM notifications_notificacion n
   WHERE n.usuario_id = {{usuario}} AND n.leida_en IS NULL ORDER BY n.id DESC LIMIT 1), 0)
"""  # noqa: S608 - constants
_CUENTA = "SELECT" + _CUENTAS.format(usuario="%(usuario)s")
_PULSO = f"""
SELECT u.password, {_CUENTAS.format(usuario="u.id")}
  FROM django_session s JOIN organization_usuario u ON u.id = %(usuario)s AND u.is_active
 WHERE s.session_key = %(sesion)s AND s.expire_date > %(ahora)s
"""  # noqa: S608 - constants
_NUEVAS = """
SELECT texto, documento_id FROM notifications_notificacion
 WHERE usuario_id = %s AND leida_en IS NULL AND id > %s ORDER BY id DESC LIMIT 20
"""


@dataclass(frozen=True)
class Campana:
    """What the bell shows. ultima is the newest unread notice, 0 when there is none."""

    sin_leer: int = 0
    urgentes: int = 0
    ultima: int = 0
    pulso: str = ""  # address of the next question; empty when there is none to ask
    dice: str = ""  # said to screen readers

    @property
    def version(self):
        return f"{self.sin_leer}.{self.urgentes}.{self.ultima}"

    @property
    def cifra(self):
        """The badge: nothing, the count, or 99+."""
        return "" if not self.sin_leer else f"{TOPE - 1}+" if self.sin_leer >= TOPE else str(self.sin_leer)

    @property
    def rotulo(self):
        """The bell in words."""
        if not self.sin_leer:
            return "Notificaciones"
        urgentes = f", {self.urgentes} urgente{'s' if self.urgentes > 1 else ''}" if self.urgentes else ""
        return f"Notificaciones: {self.cifra} sin leer{urgentes}"


def contar(usuario):
    """What waits for a person, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_CUENTA, {"usuario": usuario.pk})
        return Campana(*cursor.fetchone())


def campana_de(request):
    """The bell of who opens a page, in one query."""
    usuario, campana = request.user, contar(request.user)
    sesion = request.session.session_key
    return _con_pulso(campana, firmar(usuario.pk, sesion, usuario.password)) if sesion else campana


def firmar(usuario_id, sesion, clave):
    """The token of a person's session; it dies with the session, and with a change of password."""
    return _FIRMA.sign(f"{usuario_id}.{_huella(sesion, clave)}")


def pulso_de(*, token, sesion, version):
    """What the bell shows now, for a token and the session that came in the cookie.

    Returns: None when they are not of one living session of an active person; False when the version is still the
        same; else Campana. One query; two or three when it changed.
    """
    try:
        quien, _, huella = _FIRMA.unsign(token).partition(".")
        usuario_id = int(quien)
    except (signing.BadSignature, ValueError):
        return None
    if not sesion.isalnum():
        return None
    with connection.cursor() as cursor:
        cursor.execute(_PULSO, {"usuario": usuario_id, "sesion": sesion, "ahora": timezone.now()})
        fila = cursor.fetchone()
    if fila is None or not hmac.compare_digest(huella, _huella(sesion, fila[0])):
        return None
    campana = Campana(*fila[1:])
    if campana.version == version:
        return False
    return _con_pulso(campana, token, dice=_lo_nuevo(usuario_id, version))


def _huella(sesion, clave):
    return hashlib.sha256(f"{sesion}|{clave}".encode()).hexdigest()[:40]


def _con_pulso(campana, token, dice=""):
    consulta = urlencode({"t": token, "v": campana.version})
    pulso = f"{direccion('notifications:pulso')}?{consulta}"
    return replace(campana, pulso=pulso, dice=dice)


def _lo_nuevo(usuario_id, version):
    """The newest notice in words, with how many came; "" when none did, and no text of what may not be seen now."""
    try:
        vista = int(version.rpartition(".")[2])
        if not 0 <= vista < 2**63:
            return ""
    except ValueError:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_NUEVAS, [usuario_id, vista])
        filas = cursor.fetchall()
    if not filas:
        return ""
    texto, documento_id = filas[0]
    cuantas = "Notificación nueva" if len(filas) == 1 else f"{len(filas)} notificaciones nuevas"
    if documento_id and not quienes_ven(documento_id=documento_id, usuarios=[usuario_id]):
        return f"{cuantas}."
    return f"{cuantas}: {texto}"


def sesion_de(request):
    """The key of the session's cookie, without loading the session."""
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
