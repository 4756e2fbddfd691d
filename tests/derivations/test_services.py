"""Rules and refusals of the derivation services, with both ends of every limit, and races between two users."""

import pytest
from django.utils import timezone

from core.errors import DatosInvalidos
from core.models import Evento
from derivations import services
from derivations.constants import MAX_COPIAS, Estado, Motivo
from derivations.errors import (
    DerivacionNoExiste,
    DestinoInvalido,
    EsCopia,
    JefeSinNombrar,
    NoEsCopia,
    NoSeDeriva,
    YaActuado,
)
from derivations.models import Derivacion
from documents.errors import FaltaMotivo
from documents.models import PresenciaArea
from documents.services import observar_documento, suspender_plazo
from organization.calendar import sumar_dias_habiles
from organization.models import Area
from tests.derivations.services_util import derivar, fresca
from tests.factories import make_derivada, make_documento, make_recibida, make_usuario

pytestmark = pytest.mark.django_db


class TestDerivar:
    def test_moves_the_document_and_leaves_a_trace(self, o):
        documento = make_documento(o)
        derivacion = derivar(o, documento, copias=[o.legal, o.caminos, o.legal], plazo_interno_dias=3)
        documento = fresca(documento)
        assert (documento.estado, documento.area_actual, documento.asignado_a) == (
            "DERIVADO",
            o.transportes,
            None,
        )
        assert derivacion.estado == Estado.PENDIENTE and derivacion.numero_derivacion == 1
        assert derivacion.folios == documento.numero_folios
        copias = documento.derivaciones.copias().order_by("numero_derivacion")
        assert [c.area_destino for c in copias] == [o.legal, o.caminos]
        assert [c.numero_derivacion for c in copias] == [2, 3]
        assert all(
            c.padre == derivacion and not c.con_original and c.fecha_limite_atencion is None for c in copias
        )
        assert set(PresenciaArea.objects.filter(documento=documento).values_list("area", flat=True)) == {
            o.mesa.pk,
            o.transportes.pk,
            o.legal.pk,
            o.caminos.pk,
        }
        hecho = Evento.objects.get(documento_id=documento.pk, tipo="documento_derivado")
        assert hecho.detalle["copias"] == ["Asesoría Jurídica", "Caminos"]
        assert hecho.actor == o.ventanilla and hecho.area_id == o.mesa.pk

    @pytest.mark.parametrize("texto", ["", "   ", None])
    def test_needs_an_instruction(self, o, texto):
        with pytest.raises(FaltaMotivo) as error:
            derivar(o, make_documento(o), instrucciones=texto)
        assert "instrucciones" in error.value.campos

    def test_keeps_a_long_instruction_whole(self, o):
        texto = "a" * 500
        assert fresca(derivar(o, make_documento(o), instrucciones=texto)).instrucciones == texto

    @pytest.mark.parametrize(
        ("campo", "valor", "palabra"),
        [
            ("destino", None, "Elige el área"),
            ("destino", "mesa", "ya está en"),
            ("destino", "cerrada", "ya no está activa"),
            ("destino", "interna", "no recibe documentos externos"),
            ("copias", ["transportes"], "ya es el área que responde"),
            ("copias", ["mesa"], "es quien envía"),
            ("copias", ["cerrada"], "ya no está activa"),
        ],
    )
    def test_refuses_impossible_destinations(self, o, campo, valor, palabra):
        o.cerrada = Area.objects.create(sigla="X", codigo="X", nombre="Cerrada", sede=o.sede, activa=False)
        o.interna = Area.objects.create(
            sigla="I", codigo="I", nombre="Interna", sede=o.sede, recibe_externos=False
        )
        over = (
            {"area_destino": getattr(o, valor) if valor else None}
            if campo == "destino"
            else {"copias": [getattr(o, v) for v in valor]}
        )
        documento = make_documento(o)
        with pytest.raises(DestinoInvalido) as error:
            derivar(o, documento, **over)
        assert palabra in error.value.detalles[0]["message"]
        assert fresca(documento).estado == "REGISTRADO" and not documento.derivaciones.exists()

    @pytest.mark.parametrize(("cuantas", "pasa"), [(MAX_COPIAS, True), (MAX_COPIAS + 1, False)])
    def test_limit_of_copies(self, o, cuantas, pasa):
        areas = [
            Area.objects.create(sigla=f"C{n}", codigo=f"C{n}", nombre=f"Área {n}", sede=o.sede)
            for n in range(cuantas)
        ]
        if pasa:
            derivar(o, make_documento(o), copias=areas)
            assert Derivacion.objects.copias().count() == MAX_COPIAS
        else:
            with pytest.raises(DestinoInvalido):
                derivar(o, make_documento(o), copias=areas)

    def test_internal_term_rules_only_when_it_comes_first(self, o):
        hoy = timezone.localdate()
        corta = derivar(o, make_documento(o), plazo_interno_dias=3)
        assert corta.fecha_limite_atencion == sumar_dias_habiles(hoy, 3).vence_el
        larga = make_documento(o)
        assert derivar(o, larga, plazo_interno_dias=90).fecha_limite_atencion == larga.fecha_limite
        sin = make_documento(o, tipo_documento=o.informativo)
        assert derivar(o, sin).fecha_limite_atencion is None

    def test_an_urgent_document_stays_urgent(self, o):
        assert derivar(o, make_documento(o, prioridad="URGENTE")).es_urgente
        assert not derivar(o, make_documento(o)).es_urgente

    def test_the_same_document_is_not_sent_twice(self, o):
        documento = make_documento(o)
        derivar(o, documento)
        with pytest.raises(YaActuado) as error:
            derivar(o, documento, area_destino=o.legal)
        assert "ya fue derivado a Transporte de Pasajeros y Carga por Rosmery Prueba" in str(error.value)
        assert documento.derivaciones.count() == 1

    def test_only_from_the_area_the_sender_believed(self, o):
        recibida = make_recibida(o)
        with pytest.raises(YaActuado) as error:
            derivar(o, recibida.documento, area_destino=o.legal, desde=o.mesa.pk)
        assert "ya pasó a Transporte" in str(error.value)
        assert fresca(recibida).estado == Estado.RECIBIDO
        derivar(o, recibida.documento, area_destino=o.legal, desde=o.transportes.pk, actor=o.ana)
        assert fresca(recibida).estado == Estado.DERIVADA

    def test_observed_suspended_and_attended_ones_do_not_go(self, o):
        observado = make_documento(o)
        observar_documento(documento_id=observado.pk, faltantes=["SOAT"], actor=o.ventanilla)
        suspendido = make_recibida(o)
        suspender_plazo(documento_id=suspendido.documento_id, motivo="x", base_legal="art. 1", actor=o.ana)
        atendido = make_recibida(o)
        services.atender_derivacion(
            derivacion_id=atendido.pk, resultado="CONOCIMIENTO", sin_respuesta_motivo="x", actor=o.ana
        )
        for documento in (observado, suspendido.documento, atendido.documento):
            with pytest.raises(NoSeDeriva):
                derivar(o, documento, area_destino=o.legal)

    def test_a_child_knows_its_parent(self, o):
        recibida = make_recibida(o)
        hija = derivar(o, recibida.documento, area_destino=o.legal, actor=o.ana)
        assert hija.padre == recibida and hija.area_origen == o.transportes
        padre = fresca(recibida)
        assert padre.estado == Estado.DERIVADA and padre.fecha_cierre is not None

    def test_reserved_names_the_chief_and_the_acting_one(self, o):
        from organization.models import Encargatura

        hoy = timezone.localdate()
        suplente = make_usuario("suplente", area=o.legal)
        Encargatura.objects.create(usuario=suplente, area=o.legal, desde=hoy, hasta=hoy, sustento="Memo 1")
        documento = make_documento(o, reservado=True, personas=[o.ventanilla])
        derivar(o, documento, area_destino=o.legal)
        nombrados = set(documento.accesos.values_list("usuario__username", flat=True))
        assert nombrados == {"ventanilla", "luis", "suplente"}

    def test_reserved_does_not_go_where_nobody_could_open_it(self, o):
        o.legal.jefe = None
        o.legal.save()
        documento = make_documento(o, reservado=True, personas=[o.ventanilla])
        with pytest.raises(JefeSinNombrar):
            derivar(o, documento, area_destino=o.legal)
        assert fresca(documento).estado == "REGISTRADO"


class TestRecibir:
    def test_the_area_has_it_from_now_on(self, o):
        derivacion = make_derivada(o)
        services.recibir_derivacion(derivacion_id=derivacion.pk, actor=o.ana)
        derivacion = fresca(derivacion)
        assert (derivacion.estado, derivacion.usuario_recibe, derivacion.folios_recibidos) == (
            Estado.RECIBIDO,
            o.ana,
            46,
        )
        assert fresca(derivacion.documento).estado == "EN_PROCESO"

    @pytest.mark.parametrize(
        ("folios", "explica", "campo"),
        [(0, "", "folios"), (45, "", "observaciones"), (47, "  ", "observaciones")],
    )
    def test_a_difference_must_be_explained(self, o, folios, explica, campo):
        derivacion = make_derivada(o)
        with pytest.raises(DatosInvalidos) as error:
            services.recibir_derivacion(
                derivacion_id=derivacion.pk, folios=folios, observaciones=explica, actor=o.ana
            )
        assert campo in error.value.campos
        assert fresca(derivacion).estado == Estado.PENDIENTE

    def test_an_explained_difference_is_kept(self, o):
        derivacion = make_derivada(o)
        services.recibir_derivacion(
            derivacion_id=derivacion.pk, folios=45, observaciones="falta la hoja 12", actor=o.ana
        )
        hecho = Evento.objects.get(documento_id=derivacion.documento_id, tipo="documento_recibido")
        assert (hecho.detalle["folios"], hecho.detalle["folios_enviados"]) == (45, 46)

    def test_the_second_is_told_who_was_first(self, o):
        derivacion = make_recibida(o)
        with pytest.raises(YaActuado) as error:
            services.recibir_derivacion(derivacion_id=derivacion.pk, actor=o.jefa)
        assert "ya fue recibido por Ana Prueba el" in str(error.value)

    def test_a_copy_is_not_received_and_a_principal_not_acknowledged(self, o):
        derivacion = make_derivada(o, copias=[o.legal])
        copia = Derivacion.objects.copias().get()
        with pytest.raises(EsCopia):
            services.recibir_derivacion(derivacion_id=copia.pk, actor=o.luis)
        with pytest.raises(NoEsCopia):
            services.acusar_copia(derivacion_id=derivacion.pk, actor=o.ana)

    def test_unknown_is_not_found(self, o):
        with pytest.raises(DerivacionNoExiste):
            services.recibir_derivacion(derivacion_id=0, actor=o.ana)


class TestDevolver:
    def test_goes_back_as_pending_of_the_sender(self, o):
        derivacion = make_derivada(o)
        vuelta = services.rechazar_derivacion(
            derivacion_id=derivacion.pk, motivo="es de Caminos", actor=o.ana
        )
        assert (vuelta.motivo, vuelta.area_destino, vuelta.estado) == (
            Motivo.DEVOLUCION,
            o.mesa,
            Estado.PENDIENTE,
        )
        assert fresca(derivacion).estado == Estado.RECHAZADO
        documento = fresca(derivacion.documento)
        assert (documento.estado, documento.area_actual) == ("DERIVADO", o.mesa)

    @pytest.mark.parametrize("motivo", ["", " ", None])
    def test_needs_a_reason(self, o, motivo):
        with pytest.raises(FaltaMotivo):
            services.rechazar_derivacion(derivacion_id=make_derivada(o).pk, motivo=motivo, actor=o.ana)

    def test_a_return_is_not_returned_nor_recalled(self, o):
        vuelta = services.rechazar_derivacion(derivacion_id=make_derivada(o).pk, motivo="no", actor=o.ana)
        with pytest.raises(YaActuado):
            services.rechazar_derivacion(derivacion_id=vuelta.pk, motivo="tampoco", actor=o.ventanilla)
        with pytest.raises(YaActuado):
            services.anular_derivacion(derivacion_id=vuelta.pk, actor=o.ana)

    def test_a_returned_paper_may_be_sent_on_at_once(self, o):
        vuelta = services.rechazar_derivacion(derivacion_id=make_derivada(o).pk, motivo="no", actor=o.ana)
        nueva = derivar(o, vuelta.documento, area_destino=o.caminos)
        vuelta = fresca(vuelta)
        assert vuelta.estado == Estado.DERIVADA and vuelta.usuario_recibe == o.ventanilla
        assert nueva.padre == vuelta

    def test_received_ones_are_not_returned(self, o):
        with pytest.raises(YaActuado):
            services.rechazar_derivacion(derivacion_id=make_recibida(o).pk, motivo="tarde", actor=o.ana)


class TestRecuperar:
    def test_first_sending_goes_back_to_registered_with_its_copies(self, o):
        derivacion = make_derivada(o, copias=[o.legal, o.caminos])
        leida = Derivacion.objects.copias().get(area_destino=o.legal)
        services.acusar_copia(derivacion_id=leida.pk, actor=o.luis)
        services.anular_derivacion(derivacion_id=derivacion.pk, actor=o.ventanilla)
        documento = fresca(derivacion.documento)
        assert (documento.estado, documento.area_actual) == ("REGISTRADO", o.mesa)
        assert fresca(derivacion).estado == Estado.ANULADA
        assert Derivacion.objects.copias().get(area_destino=o.caminos).estado == Estado.ANULADA
        assert fresca(leida).estado == Estado.RECIBIDO

    def test_a_second_sending_gives_it_back_to_who_had_it(self, o):
        recibida = make_recibida(o)
        services.asignar_derivacion(derivacion_id=recibida.pk, persona=o.ana, actor=o.jefa)
        hija = derivar(o, recibida.documento, area_destino=o.legal, actor=o.ana)
        services.anular_derivacion(derivacion_id=hija.pk, motivo="me equivoqué", actor=o.ana)
        padre, documento = fresca(recibida), fresca(recibida.documento)
        assert padre.estado == Estado.RECIBIDO and padre.fecha_cierre is None
        assert (documento.estado, documento.area_actual, documento.asignado_a) == (
            "EN_PROCESO",
            o.transportes,
            o.ana,
        )

    def test_too_late_when_received(self, o):
        with pytest.raises(YaActuado) as error:
            services.anular_derivacion(derivacion_id=make_recibida(o).pk, actor=o.ventanilla)
        assert "ya fue recibido por Ana Prueba" in str(error.value)

    def test_copies_are_not_recalled_alone(self, o):
        make_derivada(o, copias=[o.legal])
        with pytest.raises(YaActuado):
            services.anular_derivacion(derivacion_id=Derivacion.objects.copias().get().pk, actor=o.ventanilla)

    def test_receiver_is_told_who_called_it_back(self, o):
        derivacion = make_derivada(o)
        services.anular_derivacion(derivacion_id=derivacion.pk, actor=o.ventanilla)
        with pytest.raises(YaActuado) as error:
            services.recibir_derivacion(derivacion_id=derivacion.pk, actor=o.ana)
        assert "el envío se anuló por Rosmery Prueba el" in str(error.value)
