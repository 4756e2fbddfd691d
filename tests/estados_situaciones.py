"""Every situation of a document, reached through the services, and where each end of its derivation is."""

from dataclasses import dataclass
from datetime import timedelta

from derivations.models import Derivacion
from derivations.services import acusar_copia, anular_derivacion, atender_derivacion, rechazar_derivacion
from documents.models import Documento, Observacion
from documents.services import (
    anular_documento,
    archivar_documento,
    restaurar_documento,
    suspender_plazo,
    tener_por_no_presentado,
)
from organization.calendar import hoy_lima
from tests.factories import make_derivada, make_documento, make_recibida


@dataclass
class Situacion:
    """A document, the derivation the acts aim at, and where each of its ends is."""

    documento_id: int
    derivacion_id: int | None = None
    aqui: str = "mesa"
    origen: str = ""
    destino: str = ""
    abierta: bool = False  # the derivation is the open principal one
    visibles: str = "operador supervisor consulta admin"


def _de_mesa(documento):
    return Situacion(documento.pk)


def _en_area(derivacion, **over):
    datos = {
        "aqui": "area",
        "origen": "mesa",
        "destino": "area",
        "abierta": True,
        "visibles": "operador area supervisor consulta admin",
    } | over
    return Situacion(derivacion.documento_id, derivacion.pk, **datos)


def presentado(o):
    documento = make_documento(o)
    Documento.objects.filter(pk=documento.pk).update(estado="PRESENTADO")  # the virtual desk's, not built yet
    return _de_mesa(documento)


def registrado(o):
    return _de_mesa(make_documento(o))


def observado(o):
    return _de_mesa(make_documento(o, faltantes=["SOAT vigente"]))


def observado_vencido(o):
    documento = make_documento(o, faltantes=["SOAT vigente"])
    Observacion.objects.filter(documento=documento).update(vence_el=hoy_lima() - timedelta(days=1))
    return _de_mesa(documento)


def no_presentado(o):
    situacion = observado_vencido(o)
    tener_por_no_presentado(documento_id=situacion.documento_id)
    return situacion


def anulado(o):
    return _de_mesa(anular_documento(documento_id=make_documento(o).pk, motivo="Duplicado", actor=o.jefa))


def derivado(o):
    return _en_area(make_derivada(o))


def retirado(o):
    derivacion = make_derivada(o)
    anular_derivacion(derivacion_id=derivacion.pk, actor=o.ventanilla)
    return _en_area(derivacion, aqui="mesa", abierta=False)


def devuelto(o):
    vuelta = rechazar_derivacion(derivacion_id=make_derivada(o).pk, motivo="No corresponde", actor=o.ana)
    return _en_area(vuelta, aqui="mesa", origen="area", destino="mesa")


def en_proceso(o):
    return _en_area(make_recibida(o))


def suspendido(o):
    situacion = en_proceso(o)
    suspender_plazo(documento_id=situacion.documento_id, motivo="x", base_legal="y", actor=o.ana)
    return situacion


def atendido(o):
    derivacion = make_recibida(o)
    atender_derivacion(
        derivacion_id=derivacion.pk, resultado="PROCEDENTE", sin_respuesta_motivo="se entregó", actor=o.ana
    )
    return _en_area(derivacion, abierta=False)


def archivado(o):
    situacion = atendido(o)
    archivar_documento(documento_id=situacion.documento_id, serie=o.serie_documental, actor=o.jefa)
    return situacion


def restaurado(o):
    situacion = archivado(o)
    restaurar_documento(documento_id=situacion.documento_id, motivo="Apelación", actor=o.jefa)
    nueva = Derivacion.objects.abiertas().get(documento=situacion.documento_id)
    return _en_area(nueva, origen="area")


def anulado_en_area(o):
    situacion = en_proceso(o)
    anular_documento(documento_id=situacion.documento_id, motivo="Duplicado", actor=o.jefa)
    situacion.abierta = False
    return situacion


def copia_pendiente(o):
    principal = make_derivada(o, copias=[o.legal])
    copia = Derivacion.objects.get(documento=principal.documento_id, es_copia=True)
    return _en_area(copia, destino="legal", visibles="operador area otra supervisor consulta admin")


def copia_acusada(o):
    situacion = copia_pendiente(o)
    acusar_copia(derivacion_id=situacion.derivacion_id, actor=o.luis)
    return situacion


SITUACIONES = {
    f.__name__: f
    for f in (
        presentado, registrado, observado, observado_vencido, no_presentado, anulado, retirado, derivado, devuelto,
        en_proceso, suspendido, atendido, archivado, restaurado, anulado_en_area, copia_pendiente, copia_acusada,
    )
}  # fmt: skip
ABIERTAS = (
    "presentado registrado observado observado_vencido retirado derivado devuelto en_proceso suspendido restaurado "
    "copia_pendiente copia_acusada"
)
