"""The life of a report that somebody asked for: requested, ready, failed, cancelled, withdrawn."""

import hashlib
import json
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.constants import EstadoTarea
from core.errors import Conflicto, DatosInvalidos, NoExiste
from core.events import registrar_evento
from core.jobs import cancelar_tarea, encolar, reintentar_tarea
from reports import almacen
from reports.constants import CERROJO_REPORTES, TAREA_DE, EstadoReporte, Evento, Formato
from reports.errors import DemasiadosReportes, ReporteTerminado
from reports.informes import informe_de
from reports.models import Reporte
from reports.permissions import exigir_informe

INTERNO = (
    "Ocurrió un error al prepararlo. Inténtalo otra vez; si se repite, avisa a quien administra el sistema."
)


def leer_pedido(*, codigo, formato, filtros, actor, ip=None):
    """What is asked, once it is known that this person may have it.

    Args: as solicitar_reporte. Returns: (Informe, its valid form, Formato).
    Raises: NoExiste (404), AccionProhibida (403), DatosInvalidos (422).
    """
    informe = informe_de(codigo)
    exigir_informe(actor, informe, ip=ip)
    form = informe.formulario(actor, filtros)
    if not form.is_valid():
        raise DatosInvalidos(campos={campo: list(textos) for campo, textos in form.errors.items()})
    if formato not in informe.formatos:
        raise DatosInvalidos(campos={"formato": ["Este reporte no se hace en ese formato."]})
    return informe, form, Formato(formato)


@transaction.atomic
def solicitar_reporte(*, codigo, formato, filtros, actor, ip=None):
    """Ask for a report; it is made behind. Reads no rows, so it costs the same whatever its size.

    Args: codigo of the catalogue; filtros a QueryDict, or the JSON that Informe.datos_de gives.
    Returns: the Reporte; the one already in the making when the same person asked for the same.
    Raises: NoExiste (404), AccionProhibida (403), DatosInvalidos (422), DemasiadosReportes (409).
    Writes: one Reporte and its Tarea.
    """
    informe, form, formato = leer_pedido(codigo=codigo, formato=formato, filtros=filtros, actor=actor, ip=ip)
    datos = informe.datos_de(form)
    pedido = json.dumps([codigo, formato.value, datos], sort_keys=True, ensure_ascii=False)
    huella = hashlib.sha256(pedido.encode()).hexdigest()
    _en_turno(actor)
    vivos = Reporte.objects.de(actor).vivos()
    igual = vivos.filter(huella=huella).first()
    if igual is not None:
        return igual
    _exigir_lugar(vivos)
    reporte = Reporte.objects.create(
        codigo=codigo,
        formato=formato,
        filtros=datos,
        palabras=informe.filtros_en_palabras(form),
        huella=huella,
        titulo=informe.titulo,
        solicitado_por=actor,
    )
    _encolar(reporte)
    return reporte


def _en_turno(actor):
    """One request of a person at a time: a second press waits for the first, and finds its report."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CERROJO_REPORTES, actor.pk % 2**31])


def _exigir_lugar(vivos):
    if vivos.count() >= settings.REPORTES_VIVOS:
        raise DemasiadosReportes(tope=settings.REPORTES_VIVOS)


def _encolar(reporte):
    reporte.tarea = encolar(
        funcion=TAREA_DE[reporte.formato],
        args={"reporte_id": reporte.pk},
        clave=f"reporte:{reporte.pk}",
        solicitada_por=reporte.solicitado_por,
    )
    reporte.save(update_fields=["tarea"])


def _bloquear(reporte_id):
    """The Reporte, locked till the transaction ends; None when there is none."""
    return Reporte.objects.select_for_update(of=("self",)).filter(pk=reporte_id).first()


@transaction.atomic
def empezar(*, reporte_id):
    """Take a report for making it; one whose task was started again by hand lives again.

    Returns: the Reporte, or None when there is nothing to make. Writes: the Reporte.
    """
    reporte = _bloquear(reporte_id)
    if reporte is None or reporte.estado in (EstadoReporte.LISTO, EstadoReporte.VENCIDO):
        return None
    if reporte.estado != EstadoReporte.PEDIDO:
        _revivir(reporte)
    return reporte


def _revivir(reporte):
    reporte.estado, reporte.error = EstadoReporte.PEDIDO, ""
    try:
        with transaction.atomic():
            reporte.save(update_fields=["estado", "error"])
    except IntegrityError as error:
        raise Conflicto(mensaje="Ya hay otro reporte igual en preparación.") from error


@transaction.atomic
def terminar(*, reporte_id, temporal, filas, peso, sha256, alcance):
    """Put the file in its place and say that the report is ready; the loser of two runs changes nothing.

    Args: temporal path of the closed file; alcance what the person could see when it was read.
    Returns: the Reporte, or None when it was no longer wanted. Writes: the Reporte, one event reporte_listo.
    """
    reporte = _bloquear(reporte_id)
    if reporte is None or reporte.estado != EstadoReporte.PEDIDO:
        return None
    reporte.archivo = almacen.ruta_de(reporte)
    reporte.listo_en = timezone.now()
    reporte.vence_en = reporte.listo_en + timedelta(days=settings.REPORTES_DIAS)
    reporte.estado, reporte.bytes, reporte.filas = EstadoReporte.LISTO, peso, filas
    reporte.sha256, reporte.alcance = sha256, alcance
    reporte.save()
    almacen.colocar(temporal, reporte.archivo)
    _evento(Evento.LISTO, reporte)
    return reporte


@transaction.atomic
def retirar_si_sobra(*, reporte_id):
    """Remove a file that was sent for a report which ended meanwhile; never that of a run that won."""
    reporte = _bloquear(reporte_id)
    if reporte is not None and reporte.estado in (EstadoReporte.CANCELADO, EstadoReporte.FALLIDO):
        almacen.borrar(almacen.ruta_de(reporte))


def _evento(tipo, reporte):
    registrar_evento(
        tipo=tipo,
        actor=reporte.solicitado_por,
        detalle={"reporte": reporte.pk, "titulo": reporte.titulo, "usuario": reporte.solicitado_por_id},
    )


def _cerrar(reporte, estado, motivo=""):
    reporte.estado, reporte.error = estado, motivo[:300]
    reporte.save(update_fields=["estado", "error"])
    almacen.limpiar(reporte.pk)
    almacen.borrar(almacen.ruta_de(reporte))


@transaction.atomic
def al_terminar(*, tarea_id, estado, args):
    """What follows a task that ended without its report (settings.TAREAS_AL_TERMINAR). Safe twice."""
    reporte = (
        Reporte.objects.select_for_update(of=("self",))
        .select_related("tarea")
        .filter(pk=args["reporte_id"], tarea=tarea_id)
        .first()
    )
    if reporte is None or reporte.estado != EstadoReporte.PEDIDO:
        return
    if estado == EstadoTarea.CANCELADA:
        _cerrar(reporte, EstadoReporte.CANCELADO)
    else:
        _cerrar(reporte, EstadoReporte.FALLIDO, reporte.tarea.error_legible or INTERNO)
        _evento(Evento.FALLIDO, reporte)


@transaction.atomic
def cancelar_reporte(*, reporte_id, actor):
    """Cancel a report in the making: at once while it waits, at its next rows while it is written.

    Raises: NoExiste, ReporteTerminado, TareaTerminada. Writes: its Tarea; the Reporte when the task ends.
    """
    reporte = _de_quien_lo_pidio(reporte_id, actor)
    if reporte.estado != EstadoReporte.PEDIDO:
        raise ReporteTerminado(estado=reporte.get_estado_display())
    if reporte.tarea_id is None:
        _cerrar(reporte, EstadoReporte.CANCELADO)
    else:
        cancelar_tarea(tarea_id=reporte.tarea_id, actor=actor)
    return reporte


@transaction.atomic
def reintentar_reporte(*, reporte_id, actor, ip=None):
    """Make again a report that failed or was cancelled; of one already withdrawn, ask for a new one like it.

    Returns: the Reporte in the making. Raises: as solicitar_reporte; ReporteTerminado when it is fine.
    """
    reporte = _de_quien_lo_pidio(reporte_id, actor)
    if reporte.estado == EstadoReporte.VENCIDO:
        return solicitar_reporte(
            codigo=reporte.codigo, formato=reporte.formato, filtros=reporte.filtros, actor=actor, ip=ip
        )
    if reporte.estado not in (EstadoReporte.FALLIDO, EstadoReporte.CANCELADO):
        raise ReporteTerminado(estado=reporte.get_estado_display())
    exigir_informe(actor, informe_de(reporte.codigo), ip=ip)
    _en_turno(actor)
    _exigir_lugar(Reporte.objects.de(actor).vivos())
    _revivir(reporte)
    if reporte.tarea_id is None:
        _encolar(reporte)
    else:
        reintentar_tarea(tarea_id=reporte.tarea_id, actor=actor)
    return reporte


def _de_quien_lo_pidio(reporte_id, actor):
    reporte = _bloquear(reporte_id)
    if reporte is None or reporte.solicitado_por_id != actor.pk:
        raise NoExiste(mensaje="El reporte no existe.")
    return reporte


def vencer_reportes(*, ahora=None, lote=100):
    """Remove the files whose days are over; a round of the sweep. Safe in several places at once.

    Returns: how many. Writes: Reporte rows.
    """
    retirados = 0
    with transaction.atomic():
        filas = Reporte.objects.por_retirar(ahora or timezone.now()).order_by("vence_en")
        for reporte in filas.select_for_update(skip_locked=True, of=("self",))[:lote]:
            almacen.borrar(reporte.archivo)
            reporte.estado = EstadoReporte.VENCIDO
            reporte.save(update_fields=["estado"])
            retirados += 1
    return retirados
