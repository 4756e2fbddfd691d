"""Rules and refusals of the derivation services, with both ends of every limit, and races between two users."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
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
    PersonaFueraDelArea,
    YaActuado,
)
from derivations.models import Derivacion, HojaRemision, VistaGuardada
from documents.errors import FaltaMotivo, TransicionInvalida
from documents.models import Documento, PresenciaArea
from documents.services import observar_documento, suspender_plazo
from organization.calendar import sumar_dias_habiles
from organization.constants import CodigoRol
from organization.models import Area
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida, make_usuario

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


def derivar(o, documento, **over):
    datos = {
        "documento_id": documento.pk,
        "area_destino": o.transportes,
        "instrucciones": "Evaluar",
        "actor": o.ventanilla,
    } | over
    return services.derivar_documento(**datos)


def fresca(cosa):
    return type(cosa).objects.get(pk=cosa.pk)


def tipos(documento_id):
    return list(Evento.objects.de_documento(documento_id).values_list("tipo", flat=True))


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


def a_la_vez(*actos):
    """Runs each act in its own thread and connection. Returns: what each gave, or the error it raised."""
    salida, barrera = [None] * len(actos), threading.Barrier(len(actos))

    def correr(n, acto):
        try:
            barrera.wait(timeout=20)
            salida[n] = acto()
        except Exception as error:
            salida[n] = error
        finally:
            connection.close()

    hilos = [threading.Thread(target=correr, args=par) for par in enumerate(actos)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(timeout=60)
    return salida


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
