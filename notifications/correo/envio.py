"""The outbox at work: each letter is ENVIANDO, committed, before the server hears of it, and closed after.

At most once: what a stop leaves ENVIANDO becomes DUDOSO and goes again only by hand.
Source: docs/adr/0014-correo-a-lo-mas-una-vez.md; docs/operacion.md, Mail.
"""

import logging
import time
from collections import Counter
from datetime import timedelta

from django.db import connection
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.utils import timezone

from core.ejecucion import tarea_actual
from core.interrupcion import sin_interrumpir
from notifications.constants import EstadoCorreo, Tipo
from notifications.correo.carta import entidad
from notifications.correo.cartero import Cartero
from notifications.correo.errores import DEFINITIVO, ESPERAS, MAX_INTENTOS, REBOTE
from notifications.correo.mensaje import armar
from notifications.correo.rebotes import descartar_rebotadas, rebotar
from notifications.horario import en_horario, hora_del_resumen
from notifications.models import Correo

registro = logging.getLogger("notifications.correo")

LOTE = 100
CORRIDA = 1200  # seconds of one run, inside the limit of a task: what is left is asked for again
EN_HORARIO = (Tipo.POR_VENCER, Tipo.VENCIDO)
DUDA_TRAS = timedelta(seconds=90)  # without a task behind, a letter is not under way longer than this


def por_enviar(*, ahora=None):
    """The letters due now, single ones before those of a mass sending; alerts only in their hours."""
    ahora = ahora or timezone.now()
    filas = Correo.objects.filter(estado=EstadoCorreo.PENDIENTE, proximo_intento_en__lte=ahora)
    if not en_horario(ahora):
        filas = filas.exclude(tipo__in=EN_HORARIO)
        if not en_horario(ahora, desde=hora_del_resumen()):
            filas = filas.exclude(tipo=Tipo.RESUMEN)
    return filas.order_by(F("masivo").asc(nulls_first=True), "pk")


def sueltos():
    """Condition on what the everyday task sends: not the first try of a mass sending, which has its own task."""
    return Q(masivo__isnull=True) | Q(intentos__gt=0)


def marcar_dudosos(*, ahora=None):
    """Mark what a stopped run left half sent. Returns: how many. Writes: Correo ENVIANDO to DUDOSO."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_correo c SET estado = 'DUDOSO', error = %(error)s"
            " WHERE c.estado = 'ENVIANDO' AND CASE WHEN c.tarea_id IS NULL THEN c.enviando_en < %(viejo)s"
            "  ELSE NOT EXISTS (SELECT 1 FROM core_tarea t WHERE t.id = c.tarea_id AND t.estado = 'EN_CURSO'"
            "   AND t.arrendada_hasta > %(ahora)s AND t.iniciada_en <= c.enviando_en) END",
            {
                "ahora": ahora or timezone.now(),
                "viejo": (ahora or timezone.now()) - DUDA_TRAS,
                "error": "El envío se interrumpió: no se sabe si salió. Se reenvía solo a mano.",
            },
        )
        return cursor.rowcount


def enviar_pendientes(*, solo=None, avance=None):
    """Send what is due, one connection for all, until nothing is left, the server stops serving or time is up.

    Args: solo is a Q on Correo (default: `sueltos`); avance(Counter) is called before each letter and may raise
        to stop there.
    Returns: {"enviados", "rebotados", "fallidos", "postergados", "dudosos"} and "error" when the server fails.
    Writes: Correo rows, one by one, in autocommit; DireccionRebotada.
    """
    cuenta, firma = Counter(), entidad()
    solo = sueltos() if solo is None else solo
    cuenta["dudosos"] += marcar_dudosos()
    hasta = time.monotonic() + CORRIDA
    with Cartero() as cartero:
        while lote := list(por_enviar().filter(solo).values_list("pk", flat=True)[:LOTE]):
            cuenta["rebotados"] += descartar_rebotadas(lote)
            filas = Correo.objects.filter(pk__in=lote, estado=EstadoCorreo.PENDIENTE)
            for correo in filas.para_enviar().order_by("pk"):
                if avance is not None:
                    avance(cuenta)
                if time.monotonic() > hasta:
                    return dict(cuenta)
                mensaje = tomar(correo, cuenta, firma=firma)
                if mensaje is None:
                    continue
                entrega = cartero.llevar(mensaje)
                with sin_interrumpir():
                    cerrar(correo, entrega, cuenta)
                if entrega.servidor:
                    _postergar(por_enviar().filter(solo).order_by(), entrega.error, cuenta)
                    return dict(cuenta) | {"error": entrega.error}
    return dict(cuenta)


def tomar(correo, cuenta, *, firma):
    """Build a letter and make it this run's own, committed.

    Returns: the message; None when it cannot be built, which leaves it FALLIDO, or when another run has it.
    """
    suyo = Correo.objects.filter(pk=correo.pk, estado=EstadoCorreo.PENDIENTE)
    try:
        mensaje = armar(correo, firma=firma)
    except Exception as error:
        registro.exception("El correo %s no se pudo armar.", correo.pk)
        suyo.update(
            estado=EstadoCorreo.FALLIDO, error=f"No se pudo armar: {type(error).__name__}: {error}"[:500]
        )
        cuenta["fallidos"] += 1
        return None
    ahora = timezone.now()
    tomado = suyo.update(
        estado=EstadoCorreo.ENVIANDO,
        enviando_en=ahora,
        tarea_id=tarea_actual(),
        intentos=F("intentos") + 1,
        mensaje_id=mensaje.extra_headers["Message-ID"],
        asunto=mensaje.subject,
        error="",
    )
    if not tomado:
        return None
    correo.enviando_en, correo.intentos = ahora, correo.intentos + 1
    return mensaje


def cerrar(correo, entrega, cuenta):
    """Write what became of a taken letter; also when it was already held doubtful, for now it is known."""
    ahora = timezone.now()
    if entrega.clase is None:
        cambios, contar = {"estado": EstadoCorreo.ENVIADO, "enviado_en": ahora, "error": ""}, "enviados"
    elif entrega.duda:
        cambios, contar = {"estado": EstadoCorreo.DUDOSO}, "dudosos"
    elif entrega.clase == REBOTE:
        cambios, contar = {"estado": EstadoCorreo.REBOTADO}, "rebotados"
        rebotar(direccion=correo.para, motivo=entrega.error)
    elif entrega.clase == DEFINITIVO or correo.intentos >= MAX_INTENTOS:
        cambios, contar = {"estado": EstadoCorreo.FALLIDO}, "fallidos"
    else:
        cambios, contar = {"estado": EstadoCorreo.PENDIENTE}, "postergados"
        cambios["proximo_intento_en"] = ahora + timedelta(seconds=ESPERAS[correo.intentos - 1])
    cuenta[contar] += 1
    Correo.objects.filter(
        pk=correo.pk,
        enviando_en=correo.enviando_en,
        estado__in=(EstadoCorreo.ENVIANDO, EstadoCorreo.DUDOSO),
    ).update(**{"error": entrega.error, **cambios})


def _postergar(filas, error, cuenta):
    """Let these wait too: the server would answer each the same."""
    cuenta["fallidos"] += filas.filter(intentos__gte=MAX_INTENTOS - 1).update(
        estado=EstadoCorreo.FALLIDO, intentos=F("intentos") + 1, error=error
    )
    ahora = timezone.now()
    esperas = [When(intentos=n, then=Value(ahora + timedelta(seconds=s))) for n, s in enumerate(ESPERAS)]
    cuenta["postergados"] += filas.update(
        proximo_intento_en=Case(*esperas, default=Value(ahora), output_field=DateTimeField()),
        intentos=F("intentos") + 1,
        error=error,
    )
