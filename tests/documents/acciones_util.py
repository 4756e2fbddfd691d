"""A document in each of the states its acts start from, and what an act left behind."""

from core.models import Evento
from derivations.services import atender_derivacion
from documents.files.espera import poner_en_espera
from documents.models import Documento
from documents.services import archivar_documento, observar_documento, suspender_plazo
from tests.documents.files_util import pdf, subida
from tests.factories import make_documento, make_recibida


def atendida(o):
    """A document attended in transportes."""
    derivacion = make_recibida(o)
    atender_derivacion(
        derivacion_id=derivacion.pk,
        resultado="RESPONDIDO",
        sin_respuesta_motivo="Se respondió por teléfono",
        actor=o.ana,
    )
    return Documento.objects.get(pk=derivacion.documento_id)


def archivada(o):
    documento = atendida(o)
    archivar_documento(documento_id=documento.pk, serie=o.serie_documental, actor=o.jefa)
    return Documento.objects.get(pk=documento.pk)


def observada(o, faltantes=("Pago por derecho",)):
    documento = make_documento(o)
    observar_documento(documento_id=documento.pk, faltantes=list(faltantes), actor=o.ventanilla)
    return Documento.objects.get(pk=documento.pk)


def suspendida(o):
    documento = make_recibida(o).documento
    suspender_plazo(documento_id=documento.pk, motivo="Informe", base_legal="art. 137", actor=o.ana)
    return Documento.objects.get(pk=documento.pk)


def evento(documento, tipo):
    return Evento.objects.filter(documento_id=documento.pk, tipo=tipo).order_by("-secuencia").first()


def en_espera(usuario, nombre="anexo.pdf"):
    return str(poner_en_espera(usuario=usuario, subida=subida(pdf(), nombre), para="principal").pk)


def en_proceso(o):
    return make_recibida(o).documento
