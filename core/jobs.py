"""Jobs: put a task in the outbox with its change, act on it by hand, and sweep what nobody took.

What the worker does with one task is in core.tasks; the bell is in core.campana.
"""

import json
import logging
from datetime import timedelta
from functools import partial

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core import campana
from core.constants import (
    ESTADOS_VIVOS,
    LATIDO_BARRIDO,
    LATIDO_TRABAJADOR,
    SIN_REDIS,
    TAREA_CANCELADA,
    TAREA_REINTENTADA,
    EstadoTarea,
    ajuste,
)
from core.desenlaces import MALOGRADAS, debe_desenlace, rematar, rematar_pendientes
from core.ejecucion import (  # noqa: F401 the public face of jobs
    ErrorDefinitivo,
    Reintentar,
    ejecutar_tarea,
    limite_duro,
    progreso_actual,
    tarea_actual,
)
from core.errors import Conflicto, FueraDeTransaccion, NoExiste
from core.events import a_json, registrar_evento
from core.interrupcion import ArriendoPerdido, TareaCancelada, sin_interrumpir  # noqa: F401 as above
from core.latidos import latio_hace_poco, latir, olvidar_procesos
from core.models import Latido, Tarea

registro = logging.getLogger("core.jobs")

LOTE_BARRIDO = 500


class TareaNoReintentable(Conflicto):
    """Only a failed or cancelled task starts again, and only when no equal one is alive."""

    codigo = "tarea_no_reintentable"
    mensaje = "La tarea está %(estado)s o ya hay otra igual en espera; no se puede reintentar."


class TareaTerminada(Conflicto):
    """A finished task cannot be cancelled."""

    codigo = "tarea_terminada"
    mensaje = "La tarea ya terminó (%(estado)s); no se puede cancelar."


def encolar(
    *, funcion, args=None, clave=None, documento_id=None, solicitada_por=None, max_intentos=3, en=None
):
    """Store a task with the change that calls for it; the worker hears of it after commit.

    Args: funcion dotted path in some tasks.py, called as f(**args); args JSON values only (small: ids);
        clave makes equal requests share one task: a pending one is returned as it is, a running one runs
        once more when it ends; en is an aware datetime for a later start.
    Returns: the Tarea, new or shared.
    Raises: FueraDeTransaccion outside atomic.
    Writes: one Tarea, or a share lock on the shared one, so it never runs before this commit.
    """
    if not connection.in_atomic_block:
        raise FueraDeTransaccion("encolar needs the transaction of the change that calls for the task.")
    ahora = timezone.now()
    tarea = Tarea(
        funcion=funcion,
        args=a_json(args or {}),
        clave=clave or None,
        documento_id=documento_id,
        solicitada_por=solicitada_por,
        max_intentos=max_intentos,
        proximo_intento_en=en or ahora,
        creada_en=ahora,
        # The ring after commit counts as the first call; the sweeper steps in later.
        avisada_en=ahora if en is None or en <= ahora else None,
    )
    if tarea.clave is None:
        tarea.save(force_insert=True)
    else:
        tarea = _insertar_o_compartir(tarea)
    if tarea.estado == EstadoTarea.PENDIENTE and tarea.proximo_intento_en <= ahora + campana.MARGEN:
        transaction.on_commit(partial(tocar, tarea.pk), robust=True)
    return tarea


def tocar(tarea_id):
    """Ring for a task that is due; when Redis does not take it, leave it to the next sweep."""
    if not campana.tocar(tarea_id):
        Tarea.objects.pendientes().filter(pk=tarea_id).update(avisada_en=None)


def tocar_si_lista(tarea_id):
    """Ring for a task that a run left pending, if it need not wait. Writes: its avisada_en."""
    if Tarea.objects.listas().filter(pk=tarea_id, avisada_en=None).update(avisada_en=timezone.now()):
        tocar(tarea_id)


def _insertar_o_compartir(nueva):
    """Insert the task, or return the live one with its key, held so that it runs after this transaction."""
    for _ in range(5):
        pk = _insertar(nueva)
        if pk:
            nueva.pk, nueva._state.adding, nueva._state.db = pk, False, "default"
            return nueva
        viva = Tarea.objects.vivas().filter(clave=nueva.clave).first()
        if viva is None:
            continue
        if viva.estado == EstadoTarea.EN_CURSO and not viva.repetir:
            if Tarea.objects.filter(pk=viva.pk, estado=EstadoTarea.EN_CURSO).update(repetir=True):
                viva.repetir = True
                return viva
            continue
        with connection.cursor() as cursor:  # shared by other requesters, closed to the worker until commit
            cursor.execute("SELECT estado, repetir FROM core_tarea WHERE id = %s FOR SHARE", [viva.pk])
            estado, repetir = cursor.fetchone() or ("", False)
        if estado == EstadoTarea.PENDIENTE or (estado == EstadoTarea.EN_CURSO and repetir):
            viva.estado, viva.repetir = estado, repetir
            return viva
    raise Conflicto(mensaje="La tarea cambió varias veces mientras se pedía. Inténtalo otra vez.")


def _insertar(tarea):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_tarea (funcion, args, clave, documento_id, estado, intentos, max_intentos,"
            " proximo_intento_en, avisada_en, arrendatario, progreso, progreso_texto, error, cancelar, repetir,"
            " solicitada_por_id, creada_en)"
            " VALUES (%s, %s, %s, %s, %s, 0, %s, %s, %s, '', 0, '', '', false, false, %s, %s)"
            " ON CONFLICT DO NOTHING RETURNING id",
            [
                tarea.funcion,
                json.dumps(tarea.args),
                tarea.clave,
                tarea.documento_id,
                tarea.estado,
                tarea.max_intentos,
                tarea.proximo_intento_en,
                tarea.avisada_en,
                tarea.solicitada_por_id,
                tarea.creada_en,
            ],
        )
        fila = cursor.fetchone()
    return fila and fila[0]


def _bloquear(tarea_id):
    tarea = Tarea.objects.select_for_update(of=("self",)).filter(pk=tarea_id).first()
    if tarea is None:
        raise NoExiste(mensaje="La tarea no existe.")
    return tarea


@transaction.atomic
def reintentar_tarea(*, tarea_id, actor=None):
    """Start a failed or cancelled task again, with all its attempts.

    Raises: NoExiste; TareaNoReintentable when it is alive or done, or an equal one is alive.
    Writes: the Tarea, one event tarea_reintentada.
    """
    tarea = _bloquear(tarea_id)
    if tarea.estado not in MALOGRADAS:
        raise TareaNoReintentable(estado=tarea.get_estado_display().lower())
    antes = {"estado": tarea.estado, "intentos": tarea.intentos, "error": tarea.error[:200]}
    tarea.estado, tarea.intentos, tarea.proximo_intento_en = EstadoTarea.PENDIENTE, 0, timezone.now()
    tarea.progreso, tarea.progreso_texto, tarea.error, tarea.resultado = 0, "", "", None
    tarea.cancelar, tarea.repetir, tarea.avisada_en = False, False, timezone.now()
    tarea.iniciada_en = tarea.terminada_en = tarea.arrendada_hasta = tarea.desenlace_en = None
    try:
        with transaction.atomic():
            tarea.save()
    except IntegrityError as error:
        raise TareaNoReintentable(estado=EstadoTarea(antes["estado"]).label.lower()) from error
    _evento(TAREA_REINTENTADA, tarea, actor, antes)
    transaction.on_commit(partial(tocar, tarea.pk), robust=True)
    return tarea


@transaction.atomic
def cancelar_tarea(*, tarea_id, actor=None):
    """Cancel a task: a pending one at once, a running one at its next progress point.

    Raises: NoExiste; TareaTerminada.
    Writes: the Tarea, one event tarea_cancelada.
    """
    tarea = _bloquear(tarea_id)
    if tarea.terminada:
        raise TareaTerminada(estado=tarea.get_estado_display().lower())
    antes = {"estado": tarea.estado}
    tarea.cancelar, tarea.repetir = True, False
    if tarea.estado == EstadoTarea.PENDIENTE:
        tarea.estado, tarea.terminada_en = EstadoTarea.CANCELADA, timezone.now()
        if debe_desenlace(tarea.funcion):
            tarea.desenlace_en = tarea.terminada_en
            transaction.on_commit(partial(rematar, tarea.pk), robust=True)
    tarea.save(update_fields=["cancelar", "repetir", "estado", "terminada_en", "desenlace_en"])
    _evento(TAREA_CANCELADA, tarea, actor, antes)
    return tarea


def _evento(tipo, tarea, actor, antes):
    registrar_evento(
        tipo=tipo,
        documento_id=tarea.documento_id,
        actor=actor,
        antes=antes,
        despues={"estado": tarea.estado},
        detalle={"tarea": tarea.pk, "funcion": tarea.funcion},
    )


def barrer():
    """Free the tasks of dead workers and ring again for those nobody took. Safe to run in several places.

    Returns: {"liberadas", "cerradas", "avisadas"} counts, and "redis": whether the bell could be rung.
    Writes: Tarea rows; the sweeper's heartbeat.
    """
    liberadas, cerradas = _soltar_vencidas()
    rematar_pendientes()
    olvidar_procesos()
    avisadas, redis = _avisar()
    latir(LATIDO_BARRIDO, "redis" if redis else SIN_REDIS)
    return {"liberadas": liberadas, "cerradas": cerradas, "avisadas": avisadas, "redis": redis}


def _llego_al_limite(tarea):
    """Return whether the lost run gave signs of life up to the hard limit: its worker was killed for that."""
    arriendo = ajuste("TAREAS_ARRIENDO_SEGUNDOS")
    if not tarea.iniciada_en:
        return False
    vivio = (tarea.arrendada_hasta - tarea.iniciada_en).total_seconds() - arriendo
    return vivio >= ajuste("Q_TIMEOUT") - arriendo / 3 - ajuste("TAREAS_PULSO_SEGUNDOS")


def _soltar_vencidas():
    """Give the tasks with an expired lease back to the queue, or close them when they may not run again."""
    liberadas = cerradas = 0
    with transaction.atomic():
        ahora = timezone.now()
        filas = Tarea.objects.vencidas(ahora=ahora).select_for_update(skip_locked=True, of=("self",))
        for tarea in filas.order_by("arrendada_hasta")[:LOTE_BARRIDO]:
            agotada = _llego_al_limite(tarea)
            tarea.arrendatario, tarea.arrendada_hasta, tarea.avisada_en = "", None, None
            tarea.error = f"El trabajador se detuvo antes de terminar (intento {tarea.intentos})."
            if tarea.cancelar:
                tarea.estado, tarea.terminada_en = EstadoTarea.CANCELADA, ahora
            elif agotada and not tarea.repetir:
                tarea.estado, tarea.terminada_en, tarea.error = EstadoTarea.FALLIDA, ahora, limite_duro()
            elif tarea.repetir or tarea.intentos < tarea.max_intentos:
                tarea.estado, tarea.proximo_intento_en = EstadoTarea.PENDIENTE, ahora
            else:
                tarea.estado, tarea.terminada_en = EstadoTarea.FALLIDA, ahora
            liberadas += tarea.estado == EstadoTarea.PENDIENTE
            cerradas += tarea.estado != EstadoTarea.PENDIENTE
            tarea.intentos = 0 if tarea.repetir and tarea.estado in ESTADOS_VIVOS else tarea.intentos
            tarea.repetir = False
            if tarea.estado in MALOGRADAS and debe_desenlace(tarea.funcion):
                tarea.desenlace_en = ahora
                transaction.on_commit(partial(rematar, tarea.pk), robust=True)
            tarea.save()
    return liberadas, cerradas


def _avisar():
    """Ring for the due tasks without a ring, and again for those rung long ago, whose ring may be lost.

    Those wait their turn while many rings still wait in Redis: each ring too many costs the workers a look.
    """
    ahora, timbres = timezone.now(), campana.profundidad()
    if timbres is None:
        return 0, False
    hueco = max(0, LOTE_BARRIDO - timbres)
    reaviso = ahora - timedelta(seconds=ajuste("TAREAS_REAVISO_SEGUNDOS"))
    pendientes = _tomar_para_avisar("avisada_en IS NULL", ahora, LOTE_BARRIDO)
    if hueco:
        pendientes += _tomar_para_avisar("avisada_en < %(reaviso)s", ahora, hueco, reaviso=reaviso)
    for indice, pk in enumerate(pendientes):
        if not campana.tocar(pk):
            Tarea.objects.filter(pk__in=pendientes[indice:]).update(avisada_en=None)
            return indice, False
    return len(pendientes), True


def _tomar_para_avisar(condicion, ahora, cuantas, **valores):
    """Mark as rung the due tasks that meet the condition. Returns: their ids, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_tarea SET avisada_en = %(ahora)s WHERE id IN (SELECT id FROM core_tarea"  # noqa: S608
            f" WHERE estado = 'PENDIENTE' AND proximo_intento_en <= %(ahora)s AND {condicion}"
            " ORDER BY proximo_intento_en LIMIT %(cuantas)s FOR UPDATE SKIP LOCKED) RETURNING id",
            {"ahora": ahora, "cuantas": cuantas, **valores},
        )
        return sorted(fila[0] for fila in cursor.fetchall())


def pedir_latido():
    """Ask the workers for a heartbeat through the queue, when they gave none for a while and nobody asked yet."""
    if latio_hace_poco(LATIDO_TRABAJADOR):
        return False
    reciente = timezone.now() - timedelta(seconds=ajuste("TAREAS_LATIDO_SEGUNDOS"))
    fila, nueva = Latido.objects.get_or_create(nombre="peticion", defaults={"latido_en": timezone.now()})
    if nueva or fila.latido_en <= reciente:
        latir("peticion")
        return campana.pedir_latido()
    return False


def purgar_tareas(*, antes_de):
    """Delete the tasks done or cancelled before the moment, in batches; failed ones stay to be looked at.

    Returns: how many. Writes: removes Tarea rows.
    """
    viejas = Tarea.objects.filter(
        estado__in=(EstadoTarea.HECHA, EstadoTarea.CANCELADA), terminada_en__lt=antes_de
    ).order_by("pk")
    borradas = 0
    while lote := list(viejas.values_list("pk", flat=True)[:2000]):
        borradas += Tarea.objects.filter(pk__in=lote).delete()[0]
    return borradas
