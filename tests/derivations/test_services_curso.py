"""What an area does with its derivations, slips and views, and two users acting at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import DatosInvalidos
from derivations import services
from derivations.constants import Estado
from derivations.errors import (
    PersonaFueraDelArea,
    YaActuado,
)
from derivations.models import Derivacion, HojaRemision, VistaGuardada
from documents.errors import TransicionInvalida
from documents.models import Documento
from documents.services import suspender_plazo
from organization.constants import CodigoRol
from tests.concurrency_util import a_la_vez
from tests.derivations.services_util import derivar, fresca, tipos
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida, make_usuario

pytestmark = pytest.mark.django_db


class TestAsignarAtenderAcusar:
    def test_assigns_and_assigns_again(self, o):
        otra = make_usuario("otra", area=o.transportes)
        derivacion = make_recibida(o)
        services.asignar_derivacion(derivacion_id=derivacion.pk, persona=o.ana, actor=o.jefa)
        services.asignar_derivacion(derivacion_id=derivacion.pk, persona=otra, actor=o.jefa)
        assert fresca(derivacion).asignado_a == otra
        assert fresca(derivacion.documento).asignado_a == otra

    def test_refuses_outsiders_inactive_and_nobody(self, o):
        derivacion = make_recibida(o)
        de_baja = make_usuario("baja", area=o.transportes, is_active=False)
        for persona in (o.luis, de_baja, None):
            with pytest.raises(PersonaFueraDelArea):
                services.asignar_derivacion(derivacion_id=derivacion.pk, persona=persona, actor=o.jefa)

    def test_pending_ones_are_not_assigned(self, o):
        with pytest.raises(YaActuado) as error:
            services.asignar_derivacion(derivacion_id=make_derivada(o).pk, persona=o.ana, actor=o.jefa)
        assert "aún no ha sido recibido" in str(error.value)

    def test_reserved_opens_to_the_assigned(self, o):
        otra = make_usuario("otra", area=o.transportes)
        documento = make_documento(o, reservado=True, personas=[o.ventanilla])
        derivacion = make_recibida(o, documento=documento)
        services.asignar_derivacion(derivacion_id=derivacion.pk, persona=otra, actor=o.ana)
        assert Documento.objects.visibles_para(otra).filter(pk=documento.pk).exists()

    def test_attend_needs_result_and_answer_or_reason(self, o):
        derivacion = make_recibida(o)
        with pytest.raises(DatosInvalidos) as error:
            services.atender_derivacion(derivacion_id=derivacion.pk, resultado="", actor=o.ana)
        assert set(error.value.campos) == {"resultado", "archivos"}

    def test_attended_closes_the_work(self, o):
        derivacion = make_recibida(o)
        services.atender_derivacion(
            derivacion_id=derivacion.pk, resultado="CONOCIMIENTO", sin_respuesta_motivo="informa", actor=o.ana
        )
        derivacion = fresca(derivacion)
        assert derivacion.estado == Estado.ATENDIDO and derivacion.usuario_atiende == o.ana
        assert fresca(derivacion.documento).estado == "ATENDIDO"
        with pytest.raises(YaActuado) as error:
            services.atender_derivacion(
                derivacion_id=derivacion.pk, resultado="CONOCIMIENTO", sin_respuesta_motivo="x", actor=o.jefa
            )
        assert "ya fue atendido por Ana Prueba" in str(error.value)

    def test_a_suspended_document_is_not_attended(self, o):
        derivacion = make_recibida(o)
        suspender_plazo(documento_id=derivacion.documento_id, motivo="x", base_legal="art. 1", actor=o.ana)
        with pytest.raises(TransicionInvalida):
            services.atender_derivacion(
                derivacion_id=derivacion.pk, resultado="CONOCIMIENTO", sin_respuesta_motivo="x", actor=o.ana
            )
        assert fresca(derivacion).estado == Estado.RECIBIDO

    def test_a_copy_is_acknowledged_once_and_moves_nothing(self, o):
        derivacion = make_derivada(o, copias=[o.legal])
        copia = Derivacion.objects.copias().get()
        services.acusar_copia(derivacion_id=copia.pk, actor=o.luis)
        assert fresca(copia).estado == Estado.RECIBIDO
        assert fresca(derivacion.documento).estado == "DERIVADO"
        with pytest.raises(YaActuado):
            services.acusar_copia(derivacion_id=copia.pk, actor=o.luis)

    def test_who_sent_it_on_is_told_to_the_late(self, o):
        derivacion = make_recibida(o)
        derivar(o, derivacion.documento, area_destino=o.legal, actor=o.ana)
        with pytest.raises(YaActuado) as error:
            services.asignar_derivacion(derivacion_id=derivacion.pk, persona=o.ana, actor=o.jefa)
        assert "ya fue derivado a Asesoría Jurídica por Ana Prueba" in str(error.value)


class TestHojaYVistas:
    def test_one_slip_per_destination_numbered_without_gaps(self, o):
        filas = [make_derivada(o), make_derivada(o), make_derivada(o, destino=o.legal)]
        hojas = services.emitir_hoja_remision(derivaciones=[f.pk for f in filas], actor=o.ventanilla)
        assert [len(h.datos["filas"]) for h in hojas] == [1, 2]
        assert sorted(h.numero for h in hojas) == [1, 2]
        assert hojas[1].datos["total_folios"] == 92
        assert "hoja_remision_impresa" in tipos(filas[0].documento_id)

    def test_a_slip_never_tells_a_reserved_subject(self, o):
        documento = make_documento(o, reservado=True, personas=[o.ventanilla])
        fila = make_derivada(o, documento=documento)
        (hoja,) = services.emitir_hoja_remision(derivaciones=[fila.pk], actor=o.ventanilla)
        (linea,) = hoja.datos["filas"]
        assert linea["asunto"] == "Reservado" and linea["remitente"] == "" and linea["instruccion"] == ""

    def test_an_empty_slip_takes_no_number(self, o):
        with pytest.raises(DatosInvalidos):
            services.emitir_hoja_remision(derivaciones=[], actor=o.ventanilla)
        assert not HojaRemision.objects.exists()

    def test_batch_goes_on_after_a_refusal(self, o):
        una, otra = make_derivada(o), make_recibida(o)
        resultados = services.en_lote(
            [(otra.pk, "B"), (una.pk, "A")],
            lambda pk: services.recibir_derivacion(derivacion_id=pk, actor=o.ana),
        )
        assert [(r.numero, r.hecho) for r in resultados] == [("B", False), ("A", True)]
        assert "ya fue recibido por Ana" in resultados[0].mensaje

    def test_views_belong_to_one_user(self, o):
        for usuario in (o.ana, o.luis):
            services.guardar_vista(usuario=usuario, nombre="Mía", bandeja="en-proceso", parametros="f=mios")
        services.guardar_vista(usuario=o.ana, nombre=" Mía ", bandeja="vencidos", parametros="")
        assert VistaGuardada.objects.get(usuario=o.ana).bandeja == "vencidos"
        services.borrar_vista(usuario=o.ana, pk=VistaGuardada.objects.get(usuario=o.luis).pk)
        assert VistaGuardada.objects.count() == 2


# Two at once


@pytest.mark.django_db(transaction=True)
class TestDosALaVez:
    def test_one_receives_and_the_other_is_told(self):
        o = make_oficina()
        otra = make_usuario("otra", area=o.transportes)
        derivacion = make_derivada(o)
        salida = a_la_vez(
            *(
                lambda quien=quien: services.recibir_derivacion(derivacion_id=derivacion.pk, actor=quien)
                for quien in (o.ana, otra)
            )
        )
        perdedores = [s for s in salida if isinstance(s, YaActuado)]
        assert len(perdedores) == 1 and sum(isinstance(s, Derivacion) for s in salida) == 1
        ganador = fresca(derivacion).usuario_recibe
        assert ganador.nombre_completo in str(perdedores[0])
        assert tipos(derivacion.documento_id).count("documento_recibido") == 1

    def test_one_derives_and_the_other_is_told_where(self):
        o = make_oficina()
        colega = make_usuario("colega", area=o.mesa, rol=CodigoRol.OPERADOR_MESA)
        documento = make_documento(o)
        salida = a_la_vez(
            lambda: derivar(o, documento, area_destino=o.legal),
            lambda: derivar(o, documento, area_destino=o.caminos, actor=colega),
        )
        (perdedor,) = [s for s in salida if isinstance(s, YaActuado)]
        (ganadora,) = [s for s in salida if isinstance(s, Derivacion)]
        assert ganadora.area_destino.nombre in str(perdedor)
        assert ganadora.usuario_deriva.nombre_completo in str(perdedor)
        assert Derivacion.objects.count() == 1

    def test_recall_against_reception_leaves_one_truth(self):
        o = make_oficina()
        derivacion = make_derivada(o)
        salida = a_la_vez(
            lambda: services.recibir_derivacion(derivacion_id=derivacion.pk, actor=o.ana),
            lambda: services.anular_derivacion(derivacion_id=derivacion.pk, actor=o.ventanilla),
        )
        assert sum(isinstance(s, YaActuado) for s in salida) == 1
        pareja = (fresca(derivacion).estado, fresca(derivacion.documento).estado)
        assert pareja in {(Estado.RECIBIDO, "EN_PROCESO"), (Estado.ANULADA, "REGISTRADO")}

    def test_derive_while_the_other_side_receives_does_not_send_for_them(self):
        o = make_oficina()
        recibida = make_recibida(o)
        hija = derivar(o, recibida.documento, area_destino=o.legal, actor=o.ana)
        services.recibir_derivacion(derivacion_id=hija.pk, actor=o.luis)
        with pytest.raises(YaActuado):
            derivar(o, recibida.documento, area_destino=o.caminos, actor=o.ana, desde=o.transportes.pk)
        assert fresca(hija).estado == Estado.RECIBIDO

    def test_slips_at_once_take_consecutive_numbers(self):
        o = make_oficina()
        filas = [make_derivada(o) for _ in range(6)]
        salida = a_la_vez(
            *(
                lambda pk=f.pk: services.emitir_hoja_remision(derivaciones=[pk], actor=o.ventanilla)
                for f in filas
            )
        )
        assert not [s for s in salida if isinstance(s, Exception)]
        assert sorted(HojaRemision.objects.values_list("numero", flat=True)) == list(range(1, 7))


def test_dates_are_kept_in_order(o):
    derivacion = make_derivada(o)
    services.recibir_derivacion(derivacion_id=derivacion.pk, actor=o.ana)
    derivacion = fresca(derivacion)
    assert derivacion.fecha_derivacion <= derivacion.fecha_recepcion <= timezone.now() + timedelta(seconds=1)
