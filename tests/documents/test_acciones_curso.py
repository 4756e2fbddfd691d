"""The acts that move a document along: observation, term, ends and reserve, at both ends of their limits."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from core.models import Evento
from derivations.models import Derivacion
from derivations.services import atender_derivacion
from documents.constants import Estado
from documents.models import Documento, Observacion
from organization.calendar.constants import TipoFeriado
from organization.models import Feriado
from tests.documents.acciones_util import atendida, en_espera, en_proceso, evento, observada
from tests.factories import make_documento, make_usuario

pytestmark = pytest.mark.django_db


class TestObservation:
    def test_unmet_requirements_are_offered_and_ticked(self, o, hacer):
        documento = make_documento(
            o, procedimiento=o.procedimiento, requisitos=[("Solicitud", True), ("Pago", False)]
        )
        form = hacer.ver(o.ventanilla, "observar", documento).context["form"]
        assert form.fields["marcados"].choices == [("Pago", "Pago")]
        assert form["marcados"].value() == ["Pago"]

    def test_observe_then_print_both_copies(self, o, hacer, client):
        documento = make_documento(o)
        respuesta = hacer(
            o.ventanilla, "observar", documento, {"otros": "- Falta el pago\n\n• Falta firma\n"}
        )
        observacion = Observacion.objects.get(documento=documento)
        assert observacion.faltantes == ["Falta el pago", "Falta firma"]
        assert "imprimir=2x" in respuesta["Location"]
        texto = client.get(respuesta["Location"]).content.decode()
        assert "data-imprimir-auto=" in texto and "formato=2x" in texto
        documento.cargo.refresh_from_db()
        assert documento.cargo.datos["observacion"]["faltantes"] == observacion.faltantes

    @pytest.mark.parametrize(
        ("otros", "estado"), [("", 422), ("f" * 200, 302), ("f" * 201, 422), (" \n- \n", 422)]
    )
    def test_both_ends_of_what_is_missing(self, o, hacer, otros, estado):
        assert hacer(o.ventanilla, "observar", make_documento(o), {"otros": otros}).status_code == estado

    def test_only_once(self, o, hacer):
        documento = observada(o)
        hacer(o.ventanilla, "subsanar", documento, {"detalle": "Trajo todo"})
        respuesta = hacer(o.ventanilla, "observar", documento, {"otros": "Otra cosa"})
        assert respuesta.status_code == 409 and "una sola vez" in respuesta.content.decode()

    def test_correct_with_a_file(self, o, hacer):
        documento = observada(o)
        datos = {"detalle": "Trajo el recibo", "adjunto_ids": [en_espera(o.ventanilla, "recibo.pdf")]}
        assert hacer(o.ventanilla, "subsanar", documento, datos).status_code == 302
        documento.refresh_from_db()
        assert documento.estado == Estado.REGISTRADO
        assert documento.observacion.detalle_subsanacion == "Trajo el recibo"
        assert documento.archivos.get().nombre == "recibo.pdf"

    def test_a_bad_file_undoes_the_correction(self, o, hacer):
        documento = observada(o)
        datos = {"detalle": "Trajo el recibo", "adjunto_ids": [str(uuid.uuid4())]}
        assert hacer(o.ventanilla, "subsanar", documento, datos).status_code == 422
        documento.refresh_from_db()
        assert documento.estado == Estado.OBSERVADO

    def test_late_is_refused_at_the_window_and_accepted_by_the_supervisor(self, o, hacer):
        documento = observada(o)
        Observacion.objects.update(vence_el=date(2020, 1, 1))
        tarde = {"detalle": "Llegó tarde", "fuera_de_plazo": "on"}
        respuesta = hacer(o.ventanilla, "subsanar", documento, tarde)
        assert respuesta.status_code == 409 and "venció" in respuesta.content.decode()
        assert hacer(o.jefa, "subsanar", documento, {"detalle": "Llegó tarde"}).status_code == 409
        assert hacer(o.jefa, "subsanar", documento, tarde).status_code == 302

    def test_not_presented_only_after_the_two_days(self, o, hacer):
        documento = observada(o)
        assert hacer(o.ventanilla, "no-presentado", documento).status_code == 409
        Observacion.objects.update(vence_el=date(2020, 1, 1))
        assert hacer.ver(o.ventanilla, "no-presentado", documento).status_code == 200
        assert hacer(o.ventanilla, "no-presentado", documento).status_code == 302
        documento.refresh_from_db()
        assert documento.estado == Estado.NO_PRESENTADO


class TestTerm:
    def test_suspend_and_resume(self, o, hacer):
        documento = en_proceso(o)
        datos = {"motivo": "Informe del MTC", "base_legal": "art. 137, TUO Ley 27444", "sustento": "Oficio 1"}
        assert hacer(o.ana, "suspender", documento, datos).status_code == 302
        documento.refresh_from_db()
        pausa = documento.pausas.get()
        assert documento.estado == Estado.SUSPENDIDO
        assert (pausa.motivo, pausa.sustento, pausa.hasta) == ("Informe del MTC", "Oficio 1", None)
        assert hacer(o.ana, "reanudar", documento, {"detalle": "Llegó"}).status_code == 302
        documento.refresh_from_db()
        assert documento.estado == Estado.EN_PROCESO and documento.pausas.get().hasta

    @pytest.mark.parametrize(("largo", "estado"), [(160, 302), (161, 422), (0, 422)])
    def test_both_ends_of_the_legal_basis(self, o, hacer, largo, estado):
        datos = {"motivo": "Informe", "base_legal": "b" * largo}
        assert hacer(o.ana, "suspender", en_proceso(o), datos).status_code == estado

    def test_recalculate_only_when_the_calendar_changed(self, o, hacer):
        documento = make_documento(o)
        datos = {"motivo": "DS 100-2026: nuevo feriado"}
        assert hacer(o.ventanilla, "recalcular", documento, datos).status_code == 409
        Feriado.objects.create(
            fecha=documento.fecha_limite,
            nombre="Día nuevo",
            tipo=TipoFeriado.NACIONAL_EXTRA,
            fuente_legal="DS",
            computable=False,
        )
        pagina = hacer.ver(o.ventanilla, "plazo", documento)
        assert "Recalcular" in pagina.content.decode() and pagina.context["comparacion"].cambia
        assert hacer.ver(o.ventanilla, "recalcular", documento).status_code == 200
        respuesta = hacer(o.ventanilla, "recalcular", documento, datos)
        assert respuesta["Location"] == reverse("documents:plazo", args=[documento.pk])
        antes = documento.fecha_limite
        documento.refresh_from_db()
        assert documento.fecha_limite > antes
        assert evento(documento, "plazo_recalculado").detalle["motivo"] == datos["motivo"]

    def test_a_paused_term_is_not_recalculated(self, o, hacer):
        documento = observada(o)
        respuesta = hacer(o.ventanilla, "recalcular", documento, {"motivo": "Probar"})
        assert respuesta.status_code == 409 and "observado" in respuesta.content.decode()


class TestEnds:
    def test_archive_restore_and_archive_again(self, o, hacer):
        documento = atendida(o)
        datos = {
            "serie": o.serie_documental.pk,
            "clasificacion": "Habilitaciones",
            "ubicacion_fisica": "A-14",
        }
        for vuelta in (1, 2):
            assert hacer(o.jefa, "archivar", documento, datos).status_code == 302
            assert documento.archivamientos.filter(restaurado_en=None).get().ubicacion_fisica == "A-14"
            assert hacer(o.jefa, "restaurar", documento, {"motivo": f"Pedido {vuelta}"}).status_code == 302
            documento.refresh_from_db()
            assert documento.estado == Estado.EN_PROCESO
            abierta = Derivacion.objects.principales().abiertas().get(documento=documento)
            atender_derivacion(
                derivacion_id=abierta.pk, resultado="RESPONDIDO", sin_respuesta_motivo="Ya", actor=o.ana
            )
        assert documento.archivamientos.count() == 2

    def test_the_series_shows_its_retention_and_is_required(self, o, hacer):
        documento = atendida(o)
        respuesta = hacer.ver(o.jefa, "archivar", documento)
        assert "10 años, hasta el" in respuesta.content.decode()
        for serie in ("", "0", "x"):
            assert hacer(o.jefa, "archivar", documento, {"serie": serie}).status_code == 422
        o.serie_documental.activa = False
        o.serie_documental.save()
        assert hacer(o.jefa, "archivar", documento, {"serie": o.serie_documental.pk}).status_code == 422

    def test_reopen(self, o, hacer):
        documento = atendida(o)
        assert hacer(o.jefa, "reabrir", documento, {"motivo": "Pide más"}).status_code == 302
        documento.refresh_from_db()
        assert documento.estado == Estado.EN_PROCESO

    @pytest.mark.parametrize("cifras", ["", "0002", "1", "000001", "abcd"])
    def test_annulling_needs_the_last_four_digits(self, o, hacer, cifras):
        documento = en_proceso(o)
        respuesta = hacer(o.jefa, "anular", documento, {"motivo": "Duplicado", "cifras": cifras})
        assert respuesta.status_code == 422 and "Duplicado" in respuesta.content.decode()
        documento.refresh_from_db()
        assert documento.estado == Estado.EN_PROCESO

    def test_annulling_closes_its_derivations(self, o, hacer):
        documento = en_proceso(o)
        assert (
            hacer(o.jefa, "anular", documento, {"motivo": "Duplicado", "cifras": " 0001 "}).status_code == 302
        )
        documento.refresh_from_db()
        assert documento.estado == Estado.ANULADO
        assert not Derivacion.objects.abiertas().filter(documento=documento).exists()


class TestReserve:
    def test_name_and_take_back(self, o, hacer):
        documento = make_documento(o, tipo_documento=o.denuncia)
        assert hacer(o.ventanilla, "acceso", documento, {"persona": o.luis.pk}).status_code == 302
        assert Documento.objects.visibles_para(o.luis).filter(pk=documento.pk).exists()
        assert hacer(o.ventanilla, "acceso", documento, {"quitar": o.luis.pk}).status_code == 302
        assert not Documento.objects.visibles_para(o.luis).filter(pk=documento.pk).exists()
        tipos = Evento.objects.filter(documento_id=documento.pk).values_list("tipo", flat=True)
        assert {"acceso_dado", "acceso_retirado"} <= set(tipos)

    def test_somebody_must_remain(self, o, hacer):
        documento = make_documento(o, tipo_documento=o.denuncia)
        respuesta = hacer(o.ventanilla, "acceso", documento, {"quitar": o.ventanilla.pk})
        assert respuesta.status_code == 422 and "al menos una persona" in respuesta.content.decode()

    def test_who_takes_own_name_back_leaves(self, o, hacer):
        documento = make_documento(o, tipo_documento=o.denuncia, personas=[o.jefa])
        respuesta = hacer(o.ventanilla, "acceso", documento, {"quitar": o.ventanilla.pk})
        assert respuesta["Location"] == reverse("inicio")

    @pytest.mark.parametrize("quitar", ["x", "-1", "9" * 30, "0"])
    def test_nonsense_is_404(self, o, hacer, quitar):
        documento = make_documento(o, tipo_documento=o.denuncia)
        assert hacer(o.ventanilla, "acceso", documento, {"quitar": quitar}).status_code == 404

    def test_only_who_may_register_reserved_ones_names(self, o, hacer):
        documento = make_documento(o, tipo_documento=o.denuncia, personas=[o.luis])
        assert hacer(o.luis, "acceso", documento, {"persona": o.eva.pk}).status_code == 403
        inactivo = make_usuario("ido", is_active=False)
        assert hacer(o.ventanilla, "acceso", documento, {"persona": inactivo.pk}).status_code == 422
        assert hacer(o.ventanilla, "acceso", make_documento(o), {"persona": o.eva.pk}).status_code == 403
