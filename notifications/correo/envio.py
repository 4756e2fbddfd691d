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
from notifications.constants import EstadoCorreo, Tipo
from notifications.correo.carta import entidad
from notifications.correo.cartero import DEFINITIVO, REBOTE, Cartero
from notifications.correo.errores import ESPERAS, MAX_INTENTOS, espera_tras
from notifications.correo.mensaje import armar, mensaje_id
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
    cuenta["dudosos"] += marcar_dudosos()
    hasta = time.monotonic() + CORRIDA
    with Cartero() as cartero:
        while True:
            lote = list(
                por_enviar()
                .filter(solo if solo is not None else sueltos())
                .values_list("pk", flat=True)[:LOTE]
            )
            if not lote:
                return dict(cuenta)
            cuenta["rebotados"] += descartar_rebotadas(lote)
            filas = Correo.objects.filter(pk__in=lote, estado=EstadoCorreo.PENDIENTE)
            for correo in filas.para_enviar().order_by("pk"):
                if avance is not None:
                    avance(cuenta)
                if time.monotonic() > hasta:
                    return dict(cuenta)
                if not enviar_uno(correo, cartero, cuenta, firma=firma):
                    error = _postergar_vencidos(solo, cuenta)
                    return dict(cuenta) | {"error": error}


def enviar_uno(correo, cartero, cuenta, *, firma=None):
    """Take one letter and carry it. Returns: False when the server does not serve now."""
    try:
        mensaje = armar(correo, firma=firma)
    except Exception as error:
        registro.exception("El correo %s no se pudo armar.", correo.pk)
        _filas(correo.pk, EstadoCorreo.PENDIENTE).update(
            estado=EstadoCorreo.FALLIDO, error=f"No se pudo armar: {type(error).__name__}: {error}"[:500]
        )
        cuenta["fallidos"] += 1
        return True
    if not tomar(correo, asunto=mensaje.subject):
        return True
    return cerrar(correo, cartero.llevar(mensaje), cuenta)


def tomar(correo, *, asunto=""):
    """Make the letter this run's own, committed. Returns: False when another run has it."""
    ahora = timezone.now()
    tomada = _filas(correo.pk, EstadoCorreo.PENDIENTE).update(
        estado=EstadoCorreo.ENVIANDO,
        enviando_en=ahora,
        tarea_id=tarea_actual(),
        intentos=F("intentos") + 1,
        mensaje_id=correo.mensaje_id or mensaje_id(correo.clave),
        asunto=(asunto or correo.asunto)[:200],
        error="",
    )
    if tomada:
        correo.enviando_en, correo.intentos = ahora, correo.intentos + 1
    return bool(tomada)


def cerrar(correo, entrega, cuenta):
    """Write what became of a taken letter; also when it was already held doubtful, for now it is known.

    Returns: False when the server does not serve now.
    """
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
        cambios["proximo_intento_en"] = ahora + timedelta(seconds=espera_tras(correo.intentos))
    cuenta[contar] += 1
    Correo.objects.filter(
        pk=correo.pk,
        enviando_en=correo.enviando_en,
        estado__in=(EstadoCorreo.ENVIANDO, EstadoCorreo.DUDOSO),
    ).update(**{"error": entrega.error, **cambios})
    return not entrega.servidor


def _postergar_vencidos(solo, cuenta):
    """Let what else is due wait too: the server would answer each the same. Returns: what it answered."""
    ahora = timezone.now()
    ultimo = Correo.objects.filter(estado__in=(EstadoCorreo.PENDIENTE, EstadoCorreo.FALLIDO)).exclude(
        error=""
    )
    error = ultimo.order_by("-enviando_en").values_list("error", flat=True).first() or ""
    filas = por_enviar(ahora=ahora).filter(solo if solo is not None else sueltos()).order_by()
    cuenta["fallidos"] += filas.filter(intentos__gte=MAX_INTENTOS - 1).update(
        estado=EstadoCorreo.FALLIDO, intentos=F("intentos") + 1, error=error
    )
    esperas = [When(intentos=n, then=Value(ahora + timedelta(seconds=s))) for n, s in enumerate(ESPERAS)]
    cuenta["postergados"] += filas.update(
        proximo_intento_en=Case(*esperas, default=Value(ahora), output_field=DateTimeField()),
        intentos=F("intentos") + 1,
        error=error,
    )
    return error


def _filas(pk, estado):
    return Correo.objects.filter(pk=pk, estado=estado)
