"""One act, two persons at once: one winner, the other told who won, and no deadlock. Real threads on PostgreSQL."""

import time

import pytest

from core.errors import ErrorDeNegocio
from derivations.models import Derivacion
from derivations.services import (
    acusar_copia,
    anular_derivacion,
    atender_derivacion,
    derivar_documento,
    emitir_hoja_remision,
    en_lote,
    rechazar_derivacion,
    recibir_derivacion,
)
from documents.models import Documento
from documents.services import (
    anular_documento,
    archivar_documento,
    observar_documento,
    reabrir_documento,
    restaurar_documento,
)
from tests.concurrency_util import PLAZO, a_la_vez, abiertas, cadena_sana, oficina_con_dos, uno_gana
from tests.factories import make_derivada, make_documento, make_recibida

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def o():
    return oficina_con_dos()


def _derivar(documento, area, actor):
    return lambda: derivar_documento(
        documento_id=documento.pk, area_destino=area, instrucciones="Evaluar", actor=actor
    )


def test_two_windows_derive_one_document(o):
    documento = make_documento(o)
    gana = uno_gana(
        a_la_vez(_derivar(documento, o.transportes, o.ventanilla), _derivar(documento, o.legal, o.rosa)),
        dice=[documento.numero_expediente, "ya fue derivado a"],
    )
    assert abiertas(documento.pk) == ["PENDIENTE"]
    assert Documento.objects.get(pk=documento.pk).area_actual == gana.area_destino
    assert Derivacion.objects.filter(documento=documento).count() == 1
    cadena_sana(documento.pk)


def test_the_loser_is_told_who_won(o):
    documento = make_documento(o)
    resultados = a_la_vez(
        _derivar(documento, o.transportes, o.ventanilla), _derivar(documento, o.legal, o.rosa)
    )
    gana = uno_gana(resultados)
    negado = next(r for r in resultados if isinstance(r, ErrorDeNegocio))
    assert gana.usuario_deriva.nombre_completo in str(negado)
    assert gana.area_destino.nombre in str(negado)


def _recibir(derivacion, actor):
    return lambda: recibir_derivacion(derivacion_id=derivacion.pk, actor=actor).usuario_recibe


def test_two_persons_receive_one_document(o):
    derivacion = make_derivada(o)
    resultados = a_la_vez(_recibir(derivacion, o.ana), _recibir(derivacion, o.beto))
    gana = uno_gana(resultados, dice=["ya fue recibido por"])
    negado = next(r for r in resultados if isinstance(r, ErrorDeNegocio))
    assert gana.nombre_completo in str(negado)
    assert abiertas(derivacion.documento_id) == ["RECIBIDO"]
    cadena_sana(derivacion.documento_id)


def _atender(derivacion, actor):
    return lambda: (
        atender_derivacion(
            derivacion_id=derivacion.pk,
            resultado="PROCEDENTE",
            sin_respuesta_motivo="se entregó",
            actor=actor,
        ).usuario_atiende
    )


def test_two_persons_attend_one_document(o):
    derivacion = make_recibida(o)
    resultados = a_la_vez(_atender(derivacion, o.ana), _atender(derivacion, o.beto))
    gana = uno_gana(resultados, dice=["ya fue atendido por"])
    negado = next(r for r in resultados if isinstance(r, ErrorDeNegocio))
    assert gana.nombre_completo in str(negado)
    assert abiertas(derivacion.documento_id) == []


def test_attend_against_derive(o):
    derivacion = make_recibida(o)
    documento = derivacion.documento
    resultados = a_la_vez(_atender(derivacion, o.ana), _derivar(documento, o.legal, o.beto))
    uno_gana(resultados, dice=[documento.numero_expediente])
    estado = Documento.objects.get(pk=documento.pk).estado
    assert (estado, abiertas(documento.pk)) in [("ATENDIDO", []), ("DERIVADO", ["PENDIENTE"])]


def _recuperar(derivacion, actor):
    return lambda: anular_derivacion(derivacion_id=derivacion.pk, actor=actor)


def test_two_windows_recall_one_sending(o):
    derivacion = make_derivada(o)
    resultados = a_la_vez(_recuperar(derivacion, o.ventanilla), _recuperar(derivacion, o.rosa))
    uno_gana(resultados, dice=["el envío se anuló"])
    negado = next(r for r in resultados if isinstance(r, ErrorDeNegocio))
    assert any(p.nombre_completo in str(negado) for p in (o.ventanilla, o.rosa))
    assert Documento.objects.get(pk=derivacion.documento_id).estado == "REGISTRADO"
    assert abiertas(derivacion.documento_id) == []


def _devolver(derivacion, actor):
    return lambda: rechazar_derivacion(derivacion_id=derivacion.pk, motivo="No corresponde", actor=actor)


CARRERAS = {
    "receive against recall": (_recibir, "ana", _recuperar, "ventanilla"),
    "reject against receive": (_devolver, "beto", _recibir, "ana"),
    "reject against recall": (_devolver, "ana", _recuperar, "ventanilla"),
    "reject twice": (_devolver, "ana", _devolver, "beto"),
}


# State of the document and of its open principal derivations that each winner may leave.
FINALES = {
    ("EN_PROCESO", ("RECIBIDO",)),
    ("REGISTRADO", ()),
    ("DERIVADO", ("PENDIENTE",)),
}


@pytest.mark.parametrize("carrera", CARRERAS)
def test_races_over_one_sending_have_one_winner(o, carrera):
    uno, quien, otro, alguien = CARRERAS[carrera]
    for _ in range(4):
        derivacion = make_derivada(o, copias=[o.legal])
        resultados = a_la_vez(uno(derivacion, getattr(o, quien)), otro(derivacion, getattr(o, alguien)))
        uno_gana(resultados, dice=[derivacion.documento.numero_expediente, "ya fue"])
        negado = next(r for r in resultados if isinstance(r, ErrorDeNegocio))
        assert any(getattr(o, p).nombre_completo in str(negado) for p in (quien, alguien)), str(negado)
        documento = Documento.objects.get(pk=derivacion.documento_id)
        assert (documento.estado, tuple(abiertas(documento.pk))) in FINALES
        cadena_sana(documento.pk)


def test_recall_takes_back_the_copy_or_finds_it_read(o):
    for _ in range(4):
        principal = make_derivada(o, copias=[o.legal])
        copia = Derivacion.objects.get(documento=principal.documento_id, es_copia=True)
        a_la_vez(
            _recuperar(principal, o.ventanilla),
            lambda c=copia: acusar_copia(derivacion_id=c.pk, actor=o.luis),
        )
        copia.refresh_from_db()
        principal.refresh_from_db()
        assert principal.estado == "ANULADA"
        assert copia.estado in ("ANULADA", "RECIBIDO")


def _archivar(o, documento, actor):
    return lambda: archivar_documento(documento_id=documento.pk, serie=o.serie_documental, actor=actor)


def _atendido(o):
    derivacion = make_recibida(o)
    _atender(derivacion, o.ana)()
    return derivacion.documento


def test_two_persons_archive_one_document(o):
    documento = _atendido(o)
    uno_gana(
        a_la_vez(_archivar(o, documento, o.jefa), _archivar(o, documento, o.jefa)),
        dice=[documento.numero_expediente, "archivado"],
    )
    assert documento.archivamientos.count() == 1


def test_archive_against_reopen(o):
    for _ in range(3):
        documento = _atendido(o)
        uno_gana(
            a_la_vez(
                _archivar(o, documento, o.jefa),
                lambda d=documento: reabrir_documento(documento_id=d.pk, motivo="x", actor=o.jefa),
            )
        )
        estado = Documento.objects.get(pk=documento.pk).estado
        assert (estado, abiertas(documento.pk)) in [("ARCHIVADO", []), ("EN_PROCESO", ["RECIBIDO"])]


def test_two_persons_restore_one_document(o):
    documento = _atendido(o)
    _archivar(o, documento, o.jefa)()

    def restaurar():
        return restaurar_documento(documento_id=documento.pk, motivo="Apelación", actor=o.jefa)

    uno_gana(a_la_vez(restaurar, restaurar))
    assert abiertas(documento.pk) == ["RECIBIDO"]


def test_observe_against_derive_and_annul(o):
    """Only one of the three finds the document registered; annulling may also come after."""
    for _ in range(3):
        documento = make_documento(o)
        a_la_vez(
            lambda d=documento: observar_documento(documento_id=d.pk, faltantes=["SOAT"], actor=o.ventanilla),
            _derivar(documento, o.transportes, o.rosa),
            lambda d=documento: anular_documento(documento_id=d.pk, motivo="Duplicado", actor=o.jefa),
        )
        estado = Documento.objects.get(pk=documento.pk).estado
        assert estado == "ANULADO"  # it is legal after both of the others, and alone
        assert abiertas(documento.pk) == []
        assert not documento.pausas.filter(hasta=None).exists()
        cadena_sana(documento.pk)


def test_two_observations_are_one(o):
    documento = make_documento(o)

    def observar():
        return observar_documento(documento_id=documento.pk, faltantes=["SOAT"], actor=o.ventanilla)

    uno_gana(a_la_vez(observar, observar))


# --- many rows, opposite orders --------------------------------------------------------------------------------


def test_batches_in_opposite_orders_do_not_deadlock(o):
    """Twenty documents received by two persons, one from each end: every row once, and both end soon."""
    envios = [make_derivada(o) for _ in range(20)]
    filas = [(d.pk, d.documento.numero_expediente) for d in envios]
    inicio = time.monotonic()

    def lote(orden, actor):
        return lambda: en_lote(orden, lambda pk: recibir_derivacion(derivacion_id=pk, actor=actor))

    uno, otro = a_la_vez(lote(filas, o.ana), lote(filas[::-1], o.beto))
    assert time.monotonic() - inicio < PLAZO
    assert {r.pk: r.hecho for r in uno} == {r.pk: not r.hecho for r in otro}
    assert sum(r.hecho for r in uno) + sum(r.hecho for r in otro) == 20
    negados = [r for r in [*uno, *otro] if not r.hecho]
    assert all("ya fue recibido por" in r.mensaje for r in negados)
    assert Derivacion.objects.filter(estado="RECIBIDO").count() == 20


def test_acts_on_the_same_rows_in_mixed_orders_do_not_deadlock(o):
    """Deriving, recalling, annulling and a slip over the same twenty documents, each in its own order."""
    documentos = [make_documento(o) for _ in range(20)]
    filas = [(d.pk, d.numero_expediente) for d in documentos]

    def derivar(pk):
        derivar_documento(documento_id=pk, area_destino=o.legal, instrucciones="Evaluar", actor=o.ventanilla)

    def retirar(pk):
        derivacion = Derivacion.objects.filter(documento=pk, estado="PENDIENTE").first()
        if derivacion:
            anular_derivacion(derivacion_id=derivacion.pk, actor=o.rosa)

    def anular(pk):
        anular_documento(documento_id=pk, motivo="Prueba", actor=o.jefa)

    def hoja():
        pks = list(Derivacion.objects.values_list("pk", flat=True))
        return emitir_hoja_remision(derivaciones=pks, actor=o.rosa) if pks else []

    a_la_vez(
        lambda: en_lote(filas, derivar),
        lambda: en_lote(filas[::-1], retirar),
        lambda: en_lote([*filas[10:], *filas[:10]], anular),
        lambda: [hoja() for _ in range(5)],
    )
    for documento in Documento.objects.all():
        assert documento.estado == "ANULADO"
        assert abiertas(documento.pk) == []
        cadena_sana(documento.pk)
