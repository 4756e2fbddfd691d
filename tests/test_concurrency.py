"""Two windows at once: numbers without gaps, one winner for each act, and no deadlock. Real threads on PostgreSQL."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from unittest import mock

import pytest
from django.db import connection, transaction

from core.errors import Conflicto, DatosInvalidos, ErrorDeNegocio
from core.models import Evento, Tarea
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
from documents.models import Correlativo, Documento, Remitente
from documents.services import (
    anular_documento,
    archivar_documento,
    guardar_remitente,
    observar_documento,
    reabrir_documento,
    restaurar_documento,
)
from organization.constants import CodigoRol
from reports.errors import DemasiadosReportes
from reports.models import Reporte
from reports.services import solicitar_reporte
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida, make_usuario

pytestmark = pytest.mark.django_db(transaction=True)
PLAZO = 60  # seconds; a deadlock or a lost lock shows as this


@pytest.fixture
def o():
    oficina = make_oficina()
    oficina.rosa = make_usuario("rosa", area=oficina.mesa, rol=CodigoRol.OPERADOR_MESA)
    oficina.beto = make_usuario("beto", area=oficina.transportes)
    return oficina


def a_la_vez(*actos):
    """Runs the acts in threads that start together. Returns: what each returned, or the refusal it raised."""
    salida = threading.Barrier(len(actos))

    def correr(acto):
        try:
            connection.ensure_connection()
            salida.wait(PLAZO)
            return acto()
        except ErrorDeNegocio as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actos)) as hilos:
        futuros = [hilos.submit(correr, acto) for acto in actos]
        return [f.result(PLAZO) for f in futuros]


def uno_gana(resultados, *, dice=()):
    """Exactly one act was done; the other was refused with a conflict that says all of `dice`."""
    negados = [r for r in resultados if isinstance(r, ErrorDeNegocio)]
    assert len(negados) == len(resultados) - 1, resultados
    for negado in negados:
        assert isinstance(negado, Conflicto), repr(negado)
        for parte in dice:
            assert parte in str(negado), str(negado)
    return next(r for r in resultados if not isinstance(r, ErrorDeNegocio))


def abiertas(documento_id):
    return list(
        Derivacion.objects.principales()
        .abiertas()
        .filter(documento=documento_id)
        .values_list("estado", flat=True)
    )


def cadena_sana(documento_id):
    """The trace of the document is a chain without holes."""
    secuencias = list(
        Evento.objects.filter(documento_id=documento_id)
        .order_by("secuencia")
        .values_list("secuencia", flat=True)
    )
    assert secuencias == list(range(1, len(secuencias) + 1))


# --- numbers ---------------------------------------------------------------------------------------------------


class SeCae(Exception):
    """The transaction that is undone after taking its number."""


def _registrar(o, n, vez):
    """One of the registrations of a window: every fifth is refused, every seventh undone at the very end."""
    if vez % 5 == 4:
        with pytest.raises(DatosInvalidos):
            make_documento(o, numero_folios=0)
    if vez % 7 == 6:
        with pytest.raises(SeCae), transaction.atomic():
            make_documento(o)
            raise SeCae
    return make_documento(o, asunto=f"Ventanilla {n}, documento {vez}").numero


def test_eight_windows_register_fifty_each_without_gap_or_repeat(o):
    def ventanilla(n):
        return [_registrar(o, n, vez) for vez in range(50)]

    listas = a_la_vez(*(lambda n=n: ventanilla(n) for n in range(8)))
    assert all(lista == sorted(lista) for lista in listas)
    assert sorted(sum(listas, [])) == list(range(1, 401))
    assert sorted(Documento.objects.values_list("numero", flat=True)) == list(range(1, 401))
    assert len(set(Documento.objects.values_list("codigo_interno", flat=True))) == 400
    assert Correlativo.objects.get(serie=o.serie).ultimo == 400
    assert Evento.objects.filter(tipo="documento_registrado").count() == 400


def test_the_first_number_of_a_year_is_given_once(o):
    """Nobody has made the row of the new year yet, and eight windows open at midnight."""
    for anio in range(2027, 2030):
        momento = datetime(anio, 1, 1, 5, 0, 0, tzinfo=UTC)
        with mock.patch("documents.services.registro.timezone.now", return_value=momento):
            numeros = a_la_vez(*(lambda: make_documento(o).numero for _ in range(8)))
        assert sorted(numeros) == list(range(1, 9))
        assert Correlativo.objects.get(serie=o.serie, anio=anio).ultimo == 8


def test_the_same_form_sent_twice_at_once_is_one_document(o):
    llave = uuid.uuid4()
    hechos = a_la_vez(*(lambda: make_documento(o, llave=llave).pk for _ in range(6)))
    assert len(set(hechos)) == 1
    assert Documento.objects.count() == 1
    assert Correlativo.objects.get(serie=o.serie).ultimo == 1
    assert make_documento(o, llave=uuid.uuid4()).numero == 2


def test_the_same_report_asked_for_twice_at_once_is_one_and_the_limit_holds(o, settings):
    settings.REPORTES_VIVOS = 2

    def pedir(asunto):
        filtros = {"asunto": asunto}
        return solicitar_reporte(codigo="documentos", formato="csv", filtros=filtros, actor=o.jefa).pk

    assert len(set(a_la_vez(*(lambda: pedir("uno") for _ in range(4))))) == 1
    uno_mas = a_la_vez(lambda: pedir("dos"), lambda: pedir("tres"))
    assert sum(isinstance(r, DemasiadosReportes) for r in uno_mas) == 1
    assert Reporte.objects.count() == Tarea.objects.filter(funcion__contains="reporte").count() == 2


def test_the_same_external_document_twice_at_once_is_one_document(o):
    """DOMAIN 1.3: inbound sync that registers a retry twice. The second is refused and takes no number."""

    def recibir():
        return make_documento(
            o, origen_externo="PIDE", id_externo="0000000007", actor=None, canal="INTEGRACION"
        )

    uno_gana(a_la_vez(recibir, recibir, recibir), dice=["ya está registrado como", "-000001"])
    assert Documento.objects.count() == 1
    assert make_documento(o).numero == 2


def test_the_same_sender_created_twice_at_once_is_one_sender(o):
    datos = {
        "tipo_identidad": "DNI",
        "numero": "41234567",
        "nombre": "Quispe Mamani, Juan",
        "actor": o.ventanilla,
    }
    hechos = a_la_vez(*(lambda: guardar_remitente(**datos).pk for _ in range(6)))
    assert len(set(hechos)) == 1
    assert Remitente.objects.filter(numero="41234567").count() == 1


def test_delivery_slips_are_numbered_without_gap(o):
    envios = [make_derivada(o).pk for _ in range(6)]
    hojas = a_la_vez(
        *(
            lambda pk=pk: emitir_hoja_remision(derivaciones=[pk], actor=o.ventanilla)[0].numero
            for pk in envios
        )
    )
    assert sorted(hojas) == [1, 2, 3, 4, 5, 6]


# --- one act, two persons --------------------------------------------------------------------------------------


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
