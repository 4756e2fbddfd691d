"""The acts as pages and as dialogs: each once happy and once refused, and the pieces the document's page shows."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.models import Evento
from derivations.constants import Estado
from derivations.models import Derivacion, TextoFrecuente
from derivations.services import anular_derivacion, rechazar_derivacion
from documents.models import ArchivoEnEspera, Documento
from organization.constants import CodigoRol
from organization.models import Area
from tests.derivations.paginas_util import HTMX, PDF, acto, como, textos
from tests.factories import make_derivada, make_documento, make_recibida, make_usuario

pytestmark = pytest.mark.django_db


class TestDerivar:
    def test_page_proposes_what_the_window_foresaw(self, o):
        documento = make_documento(o, area_sugerida=o.legal, instruccion_prevista="Opinión legal")
        TextoFrecuente.objects.create(texto="Informe técnico", orden=1)
        respuesta = como(o.ventanilla).get(acto("derivar", documento.pk))
        texto = respuesta.content.decode()
        assert 'value="Asesoría Jurídica (AJ)"' in texto and "Opinión legal</textarea>" in texto
        assert 'data-texto="Informe técnico"' in texto and "<kbd>Alt 1</kbd>" in texto
        assert "El plazo legal no cambia: vence el" in texto
        assert re.search(rf'<noscript>.*<option value="{o.legal.pk}" selected>', texto, re.S)

    def test_dialog_has_no_second_list_of_areas(self, o):
        documento = make_documento(o)
        texto = como(o.ventanilla).get(acto("derivar", documento.pk), headers=HTMX).content.decode()
        assert "<html" not in texto and "noscript" not in texto and 'id="dialogo-t"' in texto

    def test_plain_form_sends_and_comes_back(self, o):
        documento = make_documento(o)
        client = como(o.ventanilla)
        bandeja = reverse("derivations:bandeja", args=["por-derivar"])
        respuesta = client.post(
            acto("derivar", documento.pk),
            {
                # without script both the hidden field and the list travel; the list comes last
                "area_destino": ["", o.caminos.pk],
                "instrucciones": "Evaluar",
                "copias": [o.legal.pk],
                "plazo_interno_dias": "3",
                "con_original": "on",
                "folios": "46",
                "volver": bandeja,
            },
        )
        assert respuesta.status_code == 302 and respuesta["Location"] == bandeja
        texto = client.get(bandeja).content.decode()
        assert "Derivado a Caminos. Aún puedes anular el envío." in texto
        principal = Derivacion.objects.principales().get()
        assert principal.area_destino == o.caminos and principal.plazo_interno_dias == 3
        assert Derivacion.objects.copias().get().area_destino == o.legal

    def test_typed_acronym_is_enough(self, o):
        documento = make_documento(o)
        como(o.ventanilla).post(
            acto("derivar", documento.pk),
            {"area_texto": "dc", "area_destino": "", "instrucciones": "Evaluar"},
        )
        assert Derivacion.objects.get().area_destino == o.caminos

    def test_htmx_goes_back_by_redirect_of_the_browser(self, o):
        documento = make_documento(o)
        respuesta = como(o.ventanilla).post(
            acto("derivar", documento.pk),
            {"area_destino": o.legal.pk, "instrucciones": "Evaluar", "folios": "46"},
            headers=HTMX | {"HX-Current-URL": "http://testserver/bandejas/por-derivar/?f=urgentes"},
        )
        assert respuesta["HX-Redirect"] == "/bandejas/por-derivar/?f=urgentes"

    @pytest.mark.parametrize(
        "volver", ["https://otro.pe/", "//otro.pe", "javascript:alert(1)", "http:///otro.pe"]
    )
    def test_never_goes_to_another_site(self, o, volver):
        documento = make_documento(o)
        respuesta = como(o.ventanilla).post(
            acto("derivar", documento.pk),
            {"area_destino": o.legal.pk, "instrucciones": "Evaluar", "volver": volver},
        )
        assert respuesta["Location"] == reverse("documents:detalle", args=[documento.pk])

    def test_what_was_typed_stays_after_a_mistake(self, o):
        documento = make_documento(o)
        respuesta = como(o.ventanilla).post(
            acto("derivar", documento.pk),
            {
                "area_destino": "",
                "area_texto": "Camin",
                "instrucciones": "Evaluar con cuidado",
                "plazo_interno_dias": "muchos",
                "copias": [o.legal.pk],
                "es_urgente": "on",
            },
        )
        texto = respuesta.content.decode()
        assert respuesta.status_code == 422
        assert "Elige el área que responde." in texto and "Escribe los días hábiles en números" in texto
        assert 'value="Camin"' in texto and "Evaluar con cuidado" in texto and 'value="muchos"' in texto
        assert "<title>Error: " in texto
        assert not Derivacion.objects.exists()

    def test_refusal_of_the_service_lands_in_its_field(self, o):
        documento = make_documento(o)
        respuesta = como(o.ventanilla).post(
            acto("derivar", documento.pk),
            {"area_destino": o.legal.pk, "copias": [o.legal.pk], "instrucciones": "Evaluar"},
            headers=HTMX,
        )
        assert respuesta.status_code == 422
        assert "ya es el área que responde" in respuesta.content.decode()

    def test_the_late_colleague_is_told_who_sent_it_where(self, o):
        colega = make_usuario("colega", area=o.mesa, rol=CodigoRol.OPERADOR_MESA)
        documento = make_documento(o)
        formulario = {"area_destino": o.legal.pk, "instrucciones": "Evaluar"}
        assert como(colega).get(acto("derivar", documento.pk)).status_code == 200
        como(o.ventanilla).post(acto("derivar", documento.pk), formulario)
        for respuesta in (
            como(colega).post(acto("derivar", documento.pk), formulario | {"instrucciones": "Otra cosa"}),
            como(colega).get(acto("derivar", documento.pk), headers=HTMX),
        ):
            texto = respuesta.content.decode()
            assert respuesta.status_code == 409
            assert "ya fue derivado a Asesoría Jurídica por Rosmery Prueba" in texto
            assert "Actualizar" in texto
        assert not Evento.objects.filter(tipo="acceso_denegado").exists()

    def test_nobody_sends_what_another_area_already_received(self, o):
        derivacion = make_recibida(o)
        respuesta = como(o.ventanilla).post(
            acto("derivar", derivacion.documento_id), {"area_destino": o.legal.pk, "instrucciones": "x"}
        )
        assert respuesta.status_code == 409
        derivacion.refresh_from_db()
        assert derivacion.estado == Estado.RECIBIDO

    def test_outsider_gets_404_and_reader_403_with_trace(self, o):
        documento = make_documento(o)
        assert como(o.luis).get(acto("derivar", documento.pk)).status_code == 404
        respuesta = como(o.lector).post(acto("derivar", documento.pk), {})
        assert respuesta.status_code == 403
        denegado = Evento.objects.get(documento_id=documento.pk, actor=o.lector)
        assert denegado.detalle == {"accion": "derivar este documento"}

    def test_options_of_the_combobox_tell_the_load(self, o):
        make_recibida(o, destino=o.legal, actor=o.luis)
        client = como(o.ventanilla)
        texto = client.get(reverse("derivations:area-destinos"), {"q": "aj"}).content.decode()
        assert f'data-valor="{o.legal.pk}"' in texto and "1 pendiente" in texto
        assert (
            "Asesoría Jurídica"
            in client.get(reverse("derivations:area-destinos"), {"q": "juri"}).content.decode()
        )
        sin = client.get(reverse("derivations:area-destinos"), {"q": "aj", "sin": o.legal.pk})
        assert "Asesoría" not in sin.content.decode()

    def test_internal_term_says_its_day(self, o):
        documento = make_documento(o)
        client = como(o.ventanilla)
        ruta = reverse("derivations:plazo-interno", args=[documento.pk])
        texto = client.get(
            ruta, {"plazo_interno_dias": "3", "area_texto": "Asesoría Jurídica (AJ)"}
        ).content.decode()
        assert "días hábiles, hasta el " in texto and "Asesoría Jurídica tendrá 3 de los 30 días" in texto
        assert "manda el legal" in client.get(ruta, {"plazo_interno_dias": "99"}).content.decode()
        assert client.get(ruta, {"plazo_interno_dias": "x" * 50}).status_code == 200

    def test_closed_areas_are_not_offered(self, o):
        Area.objects.filter(pk=o.caminos.pk).update(activa=False)
        documento = make_documento(o)
        respuesta = como(o.ventanilla).post(
            acto("derivar", documento.pk), {"area_destino": o.caminos.pk, "instrucciones": "x"}
        )
        assert respuesta.status_code == 422 and "Elige un área de la lista" in respuesta.content.decode()


class TestRecibirDevolverRecuperar:
    def test_receive_with_the_folios_it_says(self, o):
        derivacion = make_derivada(o)
        client = como(o.ana)
        assert 'value="46"' in client.get(acto("recibir", derivacion.pk), headers=HTMX).content.decode()
        respuesta = client.post(acto("recibir", derivacion.pk), {"folios": "46"}, follow=True)
        assert "recibido, 46 folios." in respuesta.content.decode() or "recibido" in str(textos(respuesta))
        derivacion.refresh_from_db()
        assert derivacion.usuario_recibe == o.ana

    @pytest.mark.parametrize("folios", ["", "0", "-3", "abc", "45", "100000"])
    def test_wrong_folios_keep_the_form(self, o, folios):
        derivacion = make_derivada(o)
        respuesta = como(o.ana).post(acto("recibir", derivacion.pk), {"folios": folios}, headers=HTMX)
        assert respuesta.status_code == 422
        if folios:
            assert f'value="{folios}"' in respuesta.content.decode()
        derivacion.refresh_from_db()
        assert derivacion.estado == Estado.PENDIENTE

    def test_reader_link_brings_the_counted_folios(self, o):
        derivacion = make_derivada(o)
        texto = como(o.ana).get(acto("recibir", derivacion.pk), {"folios": "45"}).content.decode()
        assert 'value="45"' in texto

    def test_the_second_person_is_told(self, o):
        derivacion = make_recibida(o)
        otra = make_usuario("otra", area=o.transportes)
        respuesta = como(otra).post(acto("recibir", derivacion.pk), {"folios": "46"}, headers=HTMX)
        assert respuesta.status_code == 409
        assert "ya fue recibido por Ana Prueba el" in respuesta.content.decode()

    def test_another_area_may_not_see_it_and_the_reader_may_not_act(self, o):
        derivacion = make_derivada(o)
        for nombre in ("recibir", "devolver", "recuperar", "asignar", "atender", "acusar"):
            assert como(o.eva).get(acto(nombre, derivacion.pk)).status_code == 404, nombre
            assert como(o.lector).get(acto(nombre, derivacion.pk)).status_code == 403, nombre
        assert como(o.ana).get(acto("recibir", 0)).status_code == 404

    def test_sender_may_see_but_not_receive(self, o):
        derivacion = make_derivada(o)
        assert como(o.ventanilla).get(acto("recibir", derivacion.pk)).status_code == 403

    def test_return_needs_a_reason_and_goes_to_the_sender(self, o):
        derivacion = make_derivada(o)
        client = como(o.ana)
        vacia = client.post(acto("devolver", derivacion.pk), {"motivo": " "})
        assert vacia.status_code == 422 and "Escribe por qué se devuelve." in vacia.content.decode()
        respuesta = client.post(acto("devolver", derivacion.pk), {"motivo": "es de Caminos"})
        assert respuesta.status_code == 302
        assert "devuelto a Mesa de Partes." in textos(respuesta)[0]
        assert Derivacion.objects.get(motivo="DEVOLUCION").area_destino == o.mesa

    def test_a_return_is_not_returned(self, o):
        vuelta = rechazar_derivacion(derivacion_id=make_derivada(o).pk, motivo="no", actor=o.ana)
        respuesta = como(o.ventanilla).get(acto("devolver", vuelta.pk))
        assert respuesta.status_code == 409 and "no se devuelve" in respuesta.content.decode()

    def test_recall_without_a_reason(self, o):
        derivacion = make_derivada(o)
        respuesta = como(o.ventanilla).post(acto("recuperar", derivacion.pk), {"motivo": ""})
        assert "está otra vez en Mesa de Partes" in textos(respuesta)[0]
        assert Documento.objects.get(pk=derivacion.documento_id).estado == "REGISTRADO"

    def test_recall_too_late(self, o):
        derivacion = make_recibida(o)
        respuesta = como(o.ventanilla).post(acto("recuperar", derivacion.pk), {}, headers=HTMX)
        assert respuesta.status_code == 409 and "ya fue recibido por Ana" in respuesta.content.decode()

    def test_receiver_of_a_recalled_sending_is_told(self, o):
        derivacion = make_derivada(o)
        anular_derivacion(derivacion_id=derivacion.pk, actor=o.ventanilla)
        respuesta = como(o.ana).get(acto("recibir", derivacion.pk), headers=HTMX)
        assert respuesta.status_code == 409 and "el envío se anuló" in respuesta.content.decode()


class TestAsignarAtenderAcusar:
    def test_assign_shows_the_load_and_assigns(self, o):
        derivacion = make_recibida(o)
        client = como(o.jefa)
        texto = client.get(acto("asignar", derivacion.pk)).content.decode()
        assert "Ana Prueba, sin pendientes" in texto
        client.post(acto("asignar", derivacion.pk), {"persona": o.ana.pk})
        assert "Ana Prueba, 1 pendiente" in client.get(acto("asignar", derivacion.pk)).content.decode()

    def test_assign_refuses_a_stranger_and_who_may_not(self, o):
        derivacion = make_recibida(o)
        respuesta = como(o.jefa).post(acto("asignar", derivacion.pk), {"persona": o.luis.pk})
        assert respuesta.status_code == 422
        assert como(o.ana).post(acto("asignar", derivacion.pk), {"persona": o.ana.pk}).status_code == 403

    def test_attend_without_script_with_a_plain_file(self, o):
        derivacion = make_recibida(o)
        respuesta = como(o.ana).post(
            acto("atender", derivacion.pk),
            {
                "resultado": "RESPONDIDO",
                "subidas": SimpleUploadedFile("Oficio 12.pdf", PDF, "application/pdf"),
            },
        )
        assert respuesta.status_code == 302, respuesta.content.decode()[-2000:]
        derivacion.refresh_from_db()
        assert derivacion.estado == Estado.ATENDIDO
        assert [a.nombre for a in derivacion.respuestas.all()] == ["Oficio 12.pdf"]

    def test_attend_keeps_the_uploaded_file_after_a_mistake(self, o):
        derivacion = make_recibida(o)
        client = como(o.ana)
        respuesta = client.post(
            acto("atender", derivacion.pk),
            {"resultado": "", "subidas": SimpleUploadedFile("Oficio 12.pdf", PDF, "application/pdf")},
        )
        espera = ArchivoEnEspera.objects.get()
        texto = respuesta.content.decode()
        assert respuesta.status_code == 422
        assert f'name="archivos" value="{espera.pk}" checked' in texto and "Oficio 12.pdf" in texto
        client.post(acto("atender", derivacion.pk), {"resultado": "RESPONDIDO", "archivos": str(espera.pk)})
        derivacion.refresh_from_db()
        assert derivacion.estado == Estado.ATENDIDO and derivacion.respuestas.count() == 1

    def test_attend_refuses_a_bad_file_and_says_which(self, o):
        derivacion = make_recibida(o)
        respuesta = como(o.ana).post(
            acto("atender", derivacion.pk),
            {
                "resultado": "RESPONDIDO",
                "subidas": SimpleUploadedFile("malo.pdf", b"MZ\x90\x00", "application/pdf"),
            },
        )
        assert respuesta.status_code == 422 and "malo" in respuesta.content.decode()

    def test_somebody_else_s_staged_file_is_not_taken(self, o):
        from documents.files.espera import poner_en_espera

        ajeno = poner_en_espera(
            usuario=o.luis, subida=SimpleUploadedFile("a.pdf", PDF, "application/pdf"), para="principal"
        )
        derivacion = make_recibida(o)
        respuesta = como(o.ana).post(
            acto("atender", derivacion.pk), {"resultado": "RESPONDIDO", "archivos": str(ajeno.pk)}
        )
        assert respuesta.status_code == 422
        assert ArchivoEnEspera.objects.filter(pk=ajeno.pk).exists()

    def test_attend_without_document_says_why(self, o):
        derivacion = make_recibida(o)
        client = como(o.ana)
        vacia = client.post(acto("atender", derivacion.pk), {"resultado": "CONOCIMIENTO"})
        assert "escribe por qué no lleva" in vacia.content.decode()
        client.post(
            acto("atender", derivacion.pk), {"resultado": "CONOCIMIENTO", "sin_respuesta_motivo": "informa"}
        )
        derivacion.refresh_from_db()
        assert derivacion.sin_respuesta_motivo == "informa"

    def test_attend_before_reception_is_refused(self, o):
        respuesta = como(o.ana).get(acto("atender", make_derivada(o).pk), headers=HTMX)
        assert respuesta.status_code == 409 and "aún no ha sido recibido" in respuesta.content.decode()

    def test_copy_is_only_acknowledged(self, o):
        make_derivada(o, copias=[o.legal])
        copia = Derivacion.objects.copias().get()
        client = como(o.luis)
        assert client.get(acto("recibir", copia.pk)).status_code == 409
        assert client.get(acto("acusar", copia.pk)).status_code == 200
        assert client.post(acto("acusar", copia.pk)).status_code == 302
        assert client.post(acto("acusar", copia.pk)).status_code == 409
        copia.refresh_from_db()
        assert copia.estado == Estado.RECIBIDO
