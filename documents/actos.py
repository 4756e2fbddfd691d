"""The acts of a document's page: who may do each, when it is impossible for now, and how it is called.

One table for the detail page (which button shows, which is explained) and for the doors that do the act.
"""

from collections.abc import Callable
from dataclasses import dataclass

from documents import permissions as p
from documents.constants import ESTADOS_ABIERTOS, Estado
from organization.calendar import fecha_corta, hoy_lima
from organization.constants import P

SIN_ARCHIVOS = (Estado.ANULADO, Estado.NO_PRESENTADO, Estado.ARCHIVADO)


def _estado(documento):
    return documento.get_estado_display().lower()


def _observacion(documento):
    return getattr(documento, "observacion", None)


def _editar(documento):
    if documento.estado in (*ESTADOS_ABIERTOS, Estado.ATENDIDO):
        return ""
    return f"Un documento {_estado(documento)} ya no se corrige."


def _adjuntar(documento):
    if documento.estado in SIN_ARCHIVOS:
        return f"A un documento {_estado(documento)} no se le añaden archivos."
    return ""


def _observar(documento):
    if _observacion(documento):
        return "Ya fue observado: la ley permite observar una sola vez (art. 136)."
    if documento.estado not in (Estado.REGISTRADO, Estado.PRESENTADO):
        return "Se observa en mesa de partes, antes de derivar."
    return ""


def _subsanar(documento):
    return "" if documento.estado == Estado.OBSERVADO else "No está observado: no hay nada que subsanar."


def _no_presentado(documento):
    if documento.estado != Estado.OBSERVADO:
        return "Solo un documento observado y no subsanado se tiene por no presentado."
    observacion = _observacion(documento)
    if observacion and hoy_lima() <= observacion.vence_el:
        return f"Aún puede subsanar hasta el {fecha_corta(observacion.vence_el)}."
    return ""


def _suspender(documento):
    if documento.estado == Estado.EN_PROCESO:
        return ""
    if documento.estado == Estado.SUSPENDIDO:
        return "El plazo ya está suspendido."
    return f"El plazo se suspende con el documento en proceso; ahora está {_estado(documento)}."


def _reanudar(documento):
    return "" if documento.estado == Estado.SUSPENDIDO else "El plazo no está suspendido."


def _recalcular(documento):
    if documento.plazo_dias is None or not documento.plazo_pasos:
        return "El documento no tiene plazo que recalcular."
    if documento.estado in (Estado.OBSERVADO, Estado.SUSPENDIDO):
        return "El plazo está en pausa: al terminar la pausa se calcula con el calendario de ese día."
    if documento.estado not in ESTADOS_ABIERTOS:
        return f"Un documento {_estado(documento)} ya no tiene plazo en curso."
    return ""


def _archivar(documento):
    if documento.estado == Estado.ATENDIDO:
        return ""
    if documento.estado == Estado.ARCHIVADO:
        return "Ya está en el archivo."
    return f"Se archiva lo atendido; ahora está {_estado(documento)}."


def _restaurar(documento):
    return "" if documento.estado == Estado.ARCHIVADO else "No está en el archivo."


def _reabrir(documento):
    if documento.estado == Estado.ATENDIDO:
        return ""
    if documento.estado == Estado.ARCHIVADO:
        return "Está en el archivo: se restaura, no se reabre."
    return f"Se reabre lo atendido; ahora está {_estado(documento)}."


def _anular(documento):
    if documento.estado in ESTADOS_ABIERTOS:
        return ""
    return f"Un documento {_estado(documento)} ya no se anula."


def _acceso(documento):
    return "" if documento.reservado else "El documento no es reservado: lo ven las áreas por donde pasó."


@dataclass(frozen=True)
class Acto:
    """One act.

    accion completes "Tu rol no permite …". impedimento says why it cannot be done now, "" when it can.
    naturales: states where it stands among the main buttons; primario: there it is the first one.
    callado: outside those states it is not even explained while impossible. aparte: offered by another page.
    codigo: the permission that `permitido` asks for where the document is.
    """

    nombre: str
    texto: str
    icono: str
    accion: str
    permitido: Callable
    impedimento: Callable
    naturales: tuple = ()
    primario: bool = False
    callado: bool = False
    aparte: bool = False
    tecla: str = ""
    clase: str = ""
    codigo: str = ""


ACTOS = {
    acto.nombre: acto
    for acto in (
        Acto(
            "subsanar",
            "Subsanar",
            "atender",
            "subsanar este documento",
            p.puede_observar,
            _subsanar,
            naturales=(Estado.OBSERVADO,),
            primario=True,
            callado=True,
            codigo=P.DOCUMENTO_OBSERVAR,
        ),
        Acto(
            "no-presentado",
            "Tener por no presentado",
            "cerrar",
            "tener por no presentado este documento",
            p.puede_observar,
            _no_presentado,
            naturales=(Estado.OBSERVADO,),
            callado=True,
            codigo=P.DOCUMENTO_OBSERVAR,
        ),
        Acto(
            "reanudar",
            "Reanudar plazo",
            "reloj",
            "reanudar el plazo",
            p.puede_suspender,
            _reanudar,
            naturales=(Estado.SUSPENDIDO,),
            primario=True,
            callado=True,
            codigo=P.PLAZO_SUSPENDER,
        ),
        Acto(
            "archivar",
            "Archivar",
            "caja",
            "archivar este documento",
            p.puede_archivar,
            _archivar,
            naturales=(Estado.ATENDIDO,),
            primario=True,
            codigo=P.DOCUMENTO_ARCHIVAR,
        ),
        Acto(
            "restaurar",
            "Restaurar",
            "volver",
            "restaurar este documento",
            p.puede_restaurar,
            _restaurar,
            naturales=(Estado.ARCHIVADO,),
            primario=True,
            callado=True,
            codigo=P.DOCUMENTO_RESTAURAR,
        ),
        Acto(
            "observar",
            "Observar",
            "bandera",
            "observar este documento",
            p.puede_observar,
            _observar,
            naturales=(Estado.REGISTRADO, Estado.PRESENTADO),
            tecla="O",
            codigo=P.DOCUMENTO_OBSERVAR,
        ),
        Acto(
            "suspender",
            "Suspender plazo",
            "pausa",
            "suspender el plazo",
            p.puede_suspender,
            _suspender,
            naturales=(Estado.EN_PROCESO,),
            codigo=P.PLAZO_SUSPENDER,
        ),
        Acto(
            "reabrir",
            "Reabrir",
            "volver",
            "reabrir este documento",
            p.puede_reabrir,
            _reabrir,
            naturales=(Estado.ATENDIDO,),
            codigo=P.DOCUMENTO_REABRIR,
        ),
        Acto(
            "editar",
            "Corregir datos",
            "ajustes",
            "corregir este documento",
            p.puede_editar,
            _editar,
            codigo=P.DOCUMENTO_EDITAR,
        ),
        Acto(
            "adjuntar",
            "Adjuntar archivos",
            "clip",
            "adjuntar archivos a este documento",
            p.puede_adjuntar,
            _adjuntar,
            codigo=P.DOCUMENTO_ADJUNTAR,
        ),
        Acto("nota", "Escribir nota interna", "pdf", "escribir notas", p.puede_anotar, lambda d: ""),
        Acto(
            "acceso",
            "Nombrar a quién lo ve",
            "cand",
            "nombrar a quién ve este documento",
            p.puede_nombrar,
            _acceso,
            callado=True,
        ),
        Acto(
            "recalcular",
            "Recalcular plazo",
            "reloj",
            "recalcular el plazo",
            p.puede_recalcular,
            _recalcular,
            aparte=True,
            codigo=P.DOCUMENTO_EDITAR,
        ),
        Acto(
            "anular",
            "Anular expediente",
            "cerrar",
            "anular este documento",
            p.puede_anular,
            _anular,
            clase="peligro",
            codigo=P.DOCUMENTO_ANULAR,
        ),
    )
}


def acciones_de(usuario, documento):
    """What the page offers: ([main acts], [(act, "" or why not now)] of the folded list).

    An act the user may never do here is in neither.
    """
    principales, plegados = [], []
    for acto in ACTOS.values():
        if acto.aparte or not acto.permitido(usuario, documento):
            continue
        motivo = acto.impedimento(documento)
        if documento.estado in acto.naturales and not motivo:
            principales.append(acto)
        elif documento.estado in acto.naturales or not (motivo and acto.callado):
            plegados.append((acto, motivo))
    return principales, plegados
