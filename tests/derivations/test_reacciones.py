"""What derivations do when a document changes: close, give back, move their days."""

import pytest

from core.models import Evento
from derivations.constants import Estado, Motivo
from derivations.models import Derivacion
from derivations.services import (
    acusar_copia,
    asignar_derivacion,
    atender_derivacion,
    derivar_documento,
    recibir_derivacion,
)
from documents.models import Documento
from documents.services import (
    anular_documento,
    archivar_documento,
    editar_documento,
    reabrir_documento,
    reanudar_plazo,
    restaurar_documento,
    suspender_plazo,
)
from organization.calendar.servicios import guardar_feriado
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


def atender(derivacion, o):
    atender_derivacion(
        derivacion_id=derivacion.pk, resultado="CONOCIMIENTO", sin_respuesta_motivo="informa", actor=o.ana
    )


def estados(documento_id):
    return list(
        Derivacion.objects.filter(documento=documento_id)
        .order_by("numero_derivacion")
        .values_list("estado", flat=True)
    )


def test_annulled_document_leaves_no_open_derivation(o):
    derivacion = make_derivada(o, copias=[o.legal, o.caminos])
    leida = Derivacion.objects.copias().get(area_destino=o.legal)
    acusar_copia(derivacion_id=leida.pk, actor=o.luis)
    anular_documento(documento_id=derivacion.documento_id, motivo="duplicado", actor=o.jefa)
    assert estados(derivacion.documento_id) == [Estado.ANULADA, Estado.RECIBIDO, Estado.ANULADA]


def test_annulled_while_in_process_closes_the_holder(o):
    derivacion = make_recibida(o)
    anular_documento(documento_id=derivacion.documento_id, motivo="duplicado", actor=o.jefa)
    derivacion.refresh_from_db()
    assert derivacion.estado == Estado.ANULADA and derivacion.fecha_cierre is not None


def test_annulled_after_a_recall_closes_what_was_given_back(o):
    recibida = make_recibida(o)
    hija = derivar_documento(
        documento_id=recibida.documento_id, area_destino=o.legal, instrucciones="x", actor=o.ana
    )
    from derivations.services import anular_derivacion

    anular_derivacion(derivacion_id=hija.pk, actor=o.ana)
    anular_documento(documento_id=recibida.documento_id, motivo="duplicado", actor=o.jefa)
    recibida.refresh_from_db()
    assert recibida.estado == Estado.ANULADA


def test_reopened_document_is_in_process_where_it_was(o):
    derivacion = make_recibida(o)
    asignar_derivacion(derivacion_id=derivacion.pk, persona=o.ana, actor=o.jefa)
    atender(derivacion, o)
    reabrir_documento(documento_id=derivacion.documento_id, motivo="faltó firma", actor=o.jefa)
    nueva = Derivacion.objects.get(motivo=Motivo.REAPERTURA)
    assert (nueva.estado, nueva.area_destino, nueva.padre) == (Estado.RECIBIDO, o.transportes, derivacion)
    assert nueva.asignado_a == Documento.objects.get(pk=derivacion.documento_id).asignado_a == o.ana
    assert nueva.instrucciones == "faltó firma"
    assert Evento.objects.filter(documento_id=derivacion.documento_id, tipo="derivacion_reabierta").exists()


def test_restored_document_is_in_process_and_may_go_on(o):
    derivacion = make_recibida(o)
    atender(derivacion, o)
    archivar_documento(documento_id=derivacion.documento_id, serie=o.serie_documental, actor=o.jefa)
    restaurar_documento(documento_id=derivacion.documento_id, motivo="pedido judicial", actor=o.jefa)
    nueva = Derivacion.objects.get(motivo=Motivo.REAPERTURA)
    assert nueva.estado == Estado.RECIBIDO
    siguiente = derivar_documento(
        documento_id=derivacion.documento_id, area_destino=o.legal, instrucciones="informe", actor=o.ana
    )
    assert siguiente.padre == nueva


def test_open_derivations_follow_the_legal_day(o):
    derivacion = make_recibida(o)
    antes = derivacion.fecha_limite_atencion
    suspender_plazo(
        documento_id=derivacion.documento_id, motivo="inspección", base_legal="art. 1", actor=o.ana
    )
    reanudar_plazo(documento_id=derivacion.documento_id, actor=o.ana)
    derivacion.refresh_from_db()
    documento = Documento.objects.get(pk=derivacion.documento_id)
    assert derivacion.fecha_limite_atencion == documento.fecha_limite
    assert derivacion.fecha_limite_atencion >= antes


def test_a_recalculated_term_moves_them_but_keeps_a_shorter_internal_one(o):
    from documents.services import recalcular_plazo

    larga, corta = make_recibida(o), make_derivada(o, plazo_interno_dias=2)
    recibir_derivacion(derivacion_id=corta.pk, actor=o.ana)
    interna = corta.fecha_limite_atencion
    guardar_feriado(
        actor=None,
        fecha=larga.fecha_limite_atencion,
        nombre="Aniversario",
        tipo="REGIONAL",
        fuente_legal="Ley de prueba",
        computable=False,
    )
    for derivacion in (larga, corta):
        recalcular_plazo(documento_id=derivacion.documento_id, motivo="nuevo feriado", actor=o.jefa)
        derivacion.refresh_from_db()
    documento = Documento.objects.get(pk=larga.documento_id)
    assert larga.fecha_limite_atencion == documento.fecha_limite
    assert corta.fecha_limite_atencion == interna


def test_an_edition_without_a_new_day_moves_nothing(o):
    derivacion = make_derivada(o, plazo_interno_dias=2)
    editar_documento(
        documento_id=derivacion.documento_id,
        cambios={"asunto": "Habilitación vehicular por sustitución"},
        motivo="error de tipeo",
        actor=o.jefa,
    )
    antes = derivacion.fecha_limite_atencion
    derivacion.refresh_from_db()
    assert derivacion.fecha_limite_atencion == antes


def test_a_reaction_that_fails_undoes_the_act(o, monkeypatch):
    from derivations import reacciones

    def fallar(**_):
        raise RuntimeError("falla")

    derivacion = make_derivada(o)
    monkeypatch.setattr("core.reacciones._funciones", lambda rutas: (fallar,))
    with pytest.raises(RuntimeError):
        anular_documento(documento_id=derivacion.documento_id, motivo="x", actor=o.jefa)
    assert Documento.objects.get(pk=derivacion.documento_id).estado == "DERIVADO"
    assert callable(reacciones.cerrar_abiertas)


def test_an_annulled_registered_document_has_nothing_to_close(o):
    documento = make_documento(o)
    anular_documento(documento_id=documento.pk, motivo="duplicado", actor=o.jefa)
    assert estados(documento.pk) == []
