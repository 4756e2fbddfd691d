"""The acts on a document through their doors: happy, refused, at both ends of their limits."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from core.models import Evento
from derivations.models import Derivacion
from derivations.services import atender_derivacion
from documents.actos import ACTOS, acciones_de
from documents.constants import Estado
from documents.files.espera import poner_en_espera
from documents.forms.edicion import Editar as FormularioEditar
from documents.models import ArchivoEnEspera, Categoria, Documento, Observacion
from documents.services import archivar_documento, observar_documento, suspender_plazo
from documents.services.edicion import EDITABLES
from organization.calendar.constants import TipoFeriado
from organization.constants import CodigoRol
from organization.models import Feriado
from tests.documents.files_util import pdf, subida
from tests.factories import (
    make_derivada,
    make_documento,
    make_oficina,
    make_recibida,
    make_remitente,
    make_usuario,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def hacer(client):
    """Posts an act; `hacer.htmx(…)` as the dialog does."""

    def _hacer(usuario, nombre, documento, datos=None, **extra):
        client.force_login(usuario)
        return client.post(reverse(f"documents:{nombre}", args=[documento.pk]), datos or {}, **extra)

    _hacer.htmx = lambda *a, **k: _hacer(*a, **k, headers={"HX-Request": "true"})
    _hacer.ver = lambda usuario, nombre, documento, **k: (
        client.force_login(usuario),
        client.get(reverse(f"documents:{nombre}", args=[documento.pk]), **k),
    )[1]
    return _hacer


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


REGISTRADA = make_documento


def en_proceso(o):
    return make_recibida(o).documento


# act -> (makes the document, who may, who sees it but may not, valid data)
TABLA = {
    "editar": (REGISTRADA, "ventanilla", "lector", None),
    "nota": (REGISTRADA, "ventanilla", "lector", {"texto": "Llamar mañana"}),
    "adjuntar": (en_proceso, "ana", "lector", None),
    "observar": (REGISTRADA, "ventanilla", "lector", {"otros": "Falta el pago"}),
    "subsanar": (observada, "ventanilla", "lector", {"detalle": "Trajo el recibo"}),
    "no-presentado": (observada, "ventanilla", "lector", {}),
    "suspender": (en_proceso, "ana", "lector", {"motivo": "Informe", "base_legal": "art. 137"}),
    "reanudar": (suspendida, "ana", "lector", {}),
    "recalcular": (REGISTRADA, "ventanilla", "lector", {"motivo": "Nuevo feriado"}),
    "archivar": (atendida, "jefa", "ana", None),
    "restaurar": (archivada, "jefa", "ana", {"motivo": "Nuevo pedido"}),
    "reabrir": (atendida, "jefa", "ana", {"motivo": "Nuevo pedido"}),
    "anular": (en_proceso, "jefa", "ana", {"motivo": "Duplicado", "cifras": "0001"}),
}


def test_the_table_covers_every_act():
    assert set(TABLA) | {"acceso"} == set(ACTOS)


class TestEveryAct:
    @pytest.mark.parametrize("nombre", [n for n in TABLA if n not in ("no-presentado", "recalcular")])
    def test_page_and_dialog_share_the_form(self, o, hacer, nombre):
        hacedor, quien, _, _ = TABLA[nombre]
        documento = hacedor(o)
        pagina = hacer.ver(getattr(o, quien), nombre, documento)
        dialogo = hacer.ver(getattr(o, quien), nombre, documento, headers={"HX-Request": "true"})
        assert (pagina.status_code, dialogo.status_code) == (200, 200)
        cuerpo, trozo = pagina.content.decode(), dialogo.content.decode()
        assert cuerpo.count("<h1>") == 1 and "<html" in cuerpo
        assert trozo.lstrip().startswith("<form") and 'hx-target="#dialogo"' in trozo
        for texto in (cuerpo, trozo):
            assert "csrfmiddlewaretoken" in texto and documento.numero_expediente in texto
            assert ' style="' not in texto

    @pytest.mark.parametrize("nombre", TABLA)
    @pytest.mark.parametrize("metodo", ["get", "post"])
    def test_who_may_not_is_refused_and_recorded(self, o, hacer, nombre, metodo):
        hacedor, _, ajeno, datos = TABLA[nombre]
        documento = hacedor(o)
        antes = Documento.objects.get(pk=documento.pk).estado
        usuario = getattr(o, ajeno)
        respuesta = (
            hacer.ver(usuario, nombre, documento)
            if metodo == "get"
            else hacer(usuario, nombre, documento, datos)
        )
        assert respuesta.status_code == 403
        assert "El intento quedó registrado" in respuesta.content.decode()
        denegado = evento(documento, "acceso_denegado")
        assert denegado.actor == usuario and denegado.detalle["accion"] == ACTOS[nombre].accion
        assert Documento.objects.get(pk=documento.pk).estado == antes

    @pytest.mark.parametrize("nombre", [*TABLA, "acceso"])
    def test_outsiders_get_404(self, o, hacer, nombre):
        documento = make_documento(o)
        assert hacer(o.eva, nombre, documento, {"motivo": "x"}).status_code == 404
        assert evento(documento, "acceso_denegado").actor == o.eva

    @pytest.mark.parametrize(
        ("nombre", "hacedor", "quien"),
        [
            ("subsanar", REGISTRADA, "ventanilla"),
            ("reanudar", en_proceso, "ana"),
            ("suspender", suspendida, "ana"),
            ("archivar", en_proceso, "jefa"),
            ("archivar", archivada, "jefa"),
            ("restaurar", atendida, "jefa"),
            ("reabrir", archivada, "jefa"),
            ("reabrir", en_proceso, "jefa"),
            ("anular", atendida, "jefa"),
            ("observar", observada, "ventanilla"),
            ("no-presentado", observada, "ventanilla"),
            ("recalcular", REGISTRADA, "ventanilla"),
            ("editar", archivada, "jefa"),
            ("adjuntar", archivada, "jefa"),
        ],
    )
    def test_impossible_now_is_409_and_says_why(self, o, hacer, nombre, hacedor, quien):
        documento = hacedor(o)
        respuesta = hacer.ver(getattr(o, quien), nombre, documento)
        assert respuesta.status_code == 409
        motivo = respuesta.context["impedimento"]
        assert motivo and motivo.endswith(".") and motivo in respuesta.content.decode()
        assert "data-enviando" not in respuesta.content.decode()

    def test_a_late_post_is_409_and_names_who_was_first(self, o, hacer):
        documento = atendida(o)
        archivar_documento(documento_id=documento.pk, serie=o.serie_documental, actor=o.jefa)
        respuesta = hacer.htmx(
            o.jefa, "archivar", documento, {"serie": o.serie_documental.pk, "clasificacion": "Lo escrito"}
        )
        texto = respuesta.content.decode()
        assert respuesta.status_code == 409
        assert "no puede pasar a archivado" in texto and "Jefa Prueba" in texto and "Lo escrito" in texto

    @pytest.mark.parametrize(
        ("nombre", "datos"),
        [
            ("editar", {"asunto": "Lo escrito", "motivo": "Lo dijo mal"}),
            ("observar", {"otros": "Lo escrito"}),
        ],
    )
    def test_who_had_it_when_the_form_was_opened_is_told_who_moved_it(self, o, hacer, nombre, datos):
        documento = make_documento(o)
        assert hacer.ver(o.ventanilla, nombre, documento).status_code == 200
        make_derivada(o, documento=documento, actor=o.jefa)
        respuesta = hacer.htmx(o.ventanilla, nombre, documento, datos)
        texto = respuesta.content.decode()
        assert respuesta.status_code == 409
        assert "pasó a Transporte de Pasajeros y Carga: lo movió Jefa Prueba el" in texto
        assert "Lo escrito" in texto
        respuesta = hacer.ver(o.ventanilla, nombre, documento)
        assert respuesta.status_code == 409 and "Jefa Prueba" in respuesta.context["impedimento"]
        assert evento(documento, "acceso_denegado") is None
        assert Documento.objects.get(pk=documento.pk).asunto == documento.asunto

    def test_who_only_had_a_copy_is_no_latecomer(self, o, hacer):
        documento = make_derivada(o, destino=o.caminos, copias=[o.transportes]).documento
        copiado = make_usuario("supervisor", area=o.transportes, rol=CodigoRol.SUPERVISOR)
        assert hacer(copiado, "editar", documento, {"motivo": "x"}).status_code == 403
        assert evento(documento, "acceso_denegado").actor == copiado


class TestReasons:
    @pytest.mark.parametrize("nombre", ["restaurar", "reabrir", "anular", "suspender", "editar"])
    @pytest.mark.parametrize("motivo", ["", "   "])
    def test_a_reason_is_required(self, o, hacer, nombre, motivo):
        hacedor, quien, _, datos = TABLA[nombre]
        documento = hacedor(o)
        respuesta = hacer(getattr(o, quien), nombre, documento, {**(datos or {}), "motivo": motivo})
        assert respuesta.status_code == 422
        assert "Escribe" in respuesta.content.decode()
        assert "<title>Error:" in respuesta.content.decode()

    @pytest.mark.parametrize(("largo", "estado"), [(300, 302), (301, 422)])
    def test_both_ends_of_its_length(self, o, hacer, largo, estado):
        documento = atendida(o)
        respuesta = hacer(o.jefa, "reabrir", documento, {"motivo": "m" * largo})
        assert respuesta.status_code == estado
        if estado == 422:
            assert "m" * largo in respuesta.content.decode()
            assert "301 caracteres" in respuesta.content.decode()

    def test_a_nul_byte_is_refused_kindly(self, o, hacer):
        assert hacer(o.ventanilla, "nota", make_documento(o), {"texto": "a\x00b"}).status_code == 422


class TestEditing:
    def datos(self, documento, **cambios):
        """What the browser sends: the form's fields with their hidden initial values, and the changes."""
        form = FormularioEditar(documento=documento, usuario=documento.usuario_registro)
        datos = {"motivo": "Error de tipeo"}
        for campo in form.visible_fields():
            if campo.name == "motivo":
                continue
            valor = campo.field.prepare_value(form.get_initial_for_field(campo.field, campo.name))
            valor = "" if valor is None else valor
            datos[campo.html_name] = datos[campo.html_initial_name] = valor
        return datos | cambios

    def test_the_form_has_every_editable_field(self, o):
        form = FormularioEditar(documento=make_documento(o), usuario=o.ventanilla)
        assert set(form.fields) == {*EDITABLES, "motivo"}

    def test_before_and_after_are_kept_with_the_reason(self, o, hacer):
        documento = make_documento(o)
        respuesta = hacer(
            o.ventanilla, "editar", documento, self.datos(documento, asunto="Otro  asunto", numero_folios=47)
        )
        assert respuesta.status_code == 302
        corregido = evento(documento, "documento_editado")
        assert corregido.antes == {"asunto": documento.asunto, "numero_folios": 46}
        assert corregido.despues == {"asunto": "Otro asunto", "numero_folios": 47}
        assert corregido.detalle["motivo"] == "Error de tipeo"
        documento.refresh_from_db()
        assert (documento.asunto, documento.numero_folios) == ("Otro asunto", 47)
        assert documento.cargo.datos["folios"] == 46

    def test_only_what_was_touched_is_sent_so_others_changes_survive(self, o, hacer):
        documento = make_documento(o)
        datos = self.datos(documento, asunto="Corregido por una")
        Documento.objects.filter(pk=documento.pk).update(ubicacion_fisica="Puesto por otro")
        assert hacer(o.ventanilla, "editar", documento, datos).status_code == 302
        documento.refresh_from_db()
        assert (documento.asunto, documento.ubicacion_fisica) == ("Corregido por una", "Puesto por otro")

    def test_nothing_changed_writes_nothing(self, o, hacer):
        documento = make_documento(o, etiquetas=["a", "b"], fecha_documento=date(2026, 1, 5))
        assert hacer(o.ventanilla, "editar", documento, self.datos(documento)).status_code == 302
        assert evento(documento, "documento_editado") is None

    def test_every_kind_of_field(self, o, hacer):
        documento, otro = make_documento(o), make_documento(o)
        categoria = Categoria.objects.create(tipo_documento=o.oficio, nombre="Vías")
        nuevo = make_remitente(tipo_identidad="DNI", numero="44556677", nombre="María Quispe")
        datos = self.datos(
            documento,
            remitente="44556677",
            tipo_documento=o.oficio.pk,
            categoria=categoria.pk,
            procedimiento=o.procedimiento.pk,
            fecha_documento="05/01/2026",
            etiquetas="Rutas, rutas , Puno",
            expediente_relacionado=otro.numero_corto,
            prioridad="ALTA",
            silencio="NEGATIVO",
            plazo_dias="10",
            area_sugerida=o.legal.pk,
            correo_avisos="a@b.pe",
            numero_documento_externo="",
            observaciones="Con sobre",
        )
        limite = documento.fecha_limite
        respuesta = hacer(o.ventanilla, "editar", documento, datos)
        assert respuesta.status_code == 302, respuesta.context["form"].errors
        documento.refresh_from_db()
        assert documento.remitente == nuevo and documento.remitente_nombre == "María Quispe"
        assert documento.etiquetas == ["rutas", "puno"]
        assert documento.expediente_relacionado == otro
        assert documento.fecha_documento == date(2026, 1, 5)
        assert (documento.tipo_documento, documento.categoria) == (o.oficio, categoria)
        assert documento.plazo_dias == 10 and documento.fecha_limite < limite
        despues = evento(documento, "documento_editado").despues
        assert despues["fecha_limite"] == documento.fecha_limite.isoformat()

    @pytest.mark.parametrize(
        ("campo", "valor", "dicho"),
        [
            ("numero_folios", "0", "al menos un folio"),
            ("numero_folios", "", "Escribe los folios, por ejemplo 46"),
            ("numero_folios", "muchos", "con cifras"),
            ("asunto", "  ", "Escribe el asunto"),
            ("asunto", "a" * 501, "500"),
            ("correo_avisos", "no-es", "nombre@dominio.pe"),
            ("fecha_documento", "31/02/2026", "no es una fecha: escríbela como 18/11/2026"),
            ("remitente", "99999999", "No hay un remitente"),
            ("expediente_relacionado", "777", "No hay un expediente"),
            ("plazo_dias", "-1", "0"),
            ("plazo_dias", "3651", "3650"),
            ("tipo_documento", "0", "opción"),
        ],
    )
    def test_a_wrong_value_is_422_and_keeps_the_rest(self, o, hacer, campo, valor, dicho):
        documento = make_documento(o)
        respuesta = hacer(
            o.ventanilla,
            "editar",
            documento,
            self.datos(documento, ubicacion_fisica="Estante nuevo") | {campo: valor},
        )
        texto = respuesta.content.decode()
        assert respuesta.status_code == 422
        assert dicho in texto and "Estante nuevo" in texto and "Error de tipeo" in texto
        assert evento(documento, "documento_editado") is None

    @pytest.mark.parametrize(("folios", "estado"), [(1, 302), (1_000_000, 302), (1_000_001, 422)])
    def test_both_ends_of_folios(self, o, hacer, folios, estado):
        documento = make_documento(o)
        datos = self.datos(documento, numero_folios=folios)
        assert hacer(o.ventanilla, "editar", documento, datos).status_code == estado

    def test_a_related_record_must_be_visible_and_not_itself(self, o, hacer):
        documento = make_documento(o)
        oculto = make_documento(o, tipo_documento=o.denuncia, actor=o.ventanilla)
        oculto.accesos.all().delete()
        for numero in (oculto.numero_expediente, documento.numero_expediente):
            datos = self.datos(documento, expediente_relacionado=numero)
            assert hacer(o.ventanilla, "editar", documento, datos).status_code == 422

    def test_a_category_of_another_type_is_refused_and_dropped_with_its_type(self, o, hacer):
        propia = Categoria.objects.create(tipo_documento=o.sol, nombre="Licencias")
        documento = make_documento(o, categoria=propia)
        ajena = Categoria.objects.create(tipo_documento=o.oficio, nombre="Vías")
        datos = self.datos(documento, categoria=ajena.pk)
        assert hacer(o.ventanilla, "editar", documento, datos).status_code == 422
        datos = self.datos(documento, tipo_documento=o.oficio.pk)
        assert hacer(o.ventanilla, "editar", documento, datos).status_code == 302
        documento.refresh_from_db()
        assert documento.categoria is None and documento.tipo_documento == o.oficio


class TestNotesAndFiles:
    def test_a_note(self, o, hacer):
        documento = make_documento(o)
        respuesta = hacer(
            o.ventanilla, "nota", documento, {"texto": "Llamar mañana", "desde": "/buscar/?q=1"}
        )
        assert respuesta["Location"].endswith("#notas") and "desde=" in respuesta["Location"]
        assert documento.notas.get().texto == "Llamar mañana"

    def test_the_same_note_sent_twice_is_one(self, o, hacer):
        documento = make_documento(o)
        for _ in range(2):
            hacer(o.ventanilla, "nota", documento, {"texto": "Llamar mañana"})
        assert documento.notas.count() == 1

    @pytest.mark.parametrize(("largo", "estado"), [(1, 302), (2000, 302), (2001, 422), (0, 422)])
    def test_both_ends_of_a_note(self, o, hacer, largo, estado):
        assert hacer(o.ventanilla, "nota", make_documento(o), {"texto": "n" * largo}).status_code == estado

    def test_staged_files_are_attached(self, o, hacer):
        documento = en_proceso(o)
        respuesta = hacer(
            o.ana,
            "adjuntar",
            documento,
            {"clase": "ANEXO", "adjunto_ids": [en_espera(o.ana, "uno.pdf"), en_espera(o.ana, "dos.pdf")]},
        )
        assert respuesta.status_code == 302
        assert list(documento.archivos.values_list("nombre", flat=True)) == ["uno.pdf", "dos.pdf"]
        assert evento(documento, "archivo_adjuntado").detalle["clase"] == "ANEXO"

    def test_plain_files_work_without_scripts(self, o, hacer):
        documento = en_proceso(o)
        hacer(o.ana, "adjuntar", documento, {"clase": "PRINCIPAL", "archivos": [subida(pdf(), "plano.pdf")]})
        assert documento.archivos.get().es_principal
        assert not ArchivoEnEspera.objects.exists()

    def test_the_drop_area_of_the_page_asks_no_class(self, o, hacer):
        documento = en_proceso(o)
        hacer(o.ana, "adjuntar", documento, {"adjunto_ids": [en_espera(o.ana)]})
        hacer(o.ana, "adjuntar", documento, {"adjunto_ids": [en_espera(o.ana, "b.pdf")]})
        assert sorted(documento.archivos.values_list("clase", flat=True)) == ["ANEXO", "PRINCIPAL"]

    def test_no_file_is_422(self, o, hacer):
        respuesta = hacer(o.ana, "adjuntar", en_proceso(o), {"clase": "ANEXO"})
        assert respuesta.status_code == 422 and "Elige al menos un archivo." in respuesta.content.decode()

    def test_an_error_keeps_the_staged_ones_and_the_rest(self, o, hacer):
        documento = en_proceso(o)
        puesto = en_espera(o.ana)
        respuesta = hacer(
            o.ana,
            "adjuntar",
            documento,
            {"clase": "NADA", "detalle": "Llegó tarde", "adjunto_ids": [puesto]},
        )
        texto = respuesta.content.decode()
        assert respuesta.status_code == 422
        assert puesto in texto and "anexo.pdf" in texto and "Llegó tarde" in texto

    @pytest.mark.parametrize("malo", ["no-es-uuid", "0bca8401-112a-438b-a557-5b95ef10c0ed"])
    def test_an_expired_or_foreign_file_is_refused(self, o, hacer, malo):
        documento = en_proceso(o)
        respuesta = hacer(o.ana, "adjuntar", documento, {"clase": "ANEXO", "adjunto_ids": [malo]})
        assert respuesta.status_code == 422
        ajeno = en_espera(o.luis)
        assert (
            hacer(o.ana, "adjuntar", documento, {"clase": "ANEXO", "adjunto_ids": [ajeno]}).status_code == 422
        )
        assert not documento.archivos.exists()

    def test_a_file_can_be_taken_out_without_scripts(self, o, hacer):
        documento = en_proceso(o)
        si, no = en_espera(o.ana, "si.pdf"), en_espera(o.ana, "no.pdf")
        hacer(
            o.ana, "adjuntar", documento, {"clase": "ANEXO", "adjunto_ids": [si, no], "quitar_archivo": [no]}
        )
        assert documento.archivos.get().nombre == "si.pdf"

    def test_a_refused_upload_says_so(self, o, hacer):
        respuesta = hacer(
            o.ana,
            "adjuntar",
            en_proceso(o),
            {"clase": "ANEXO", "archivos": [subida(b"MZ\x90\x00" * 50, "x.exe")]},
        )
        assert respuesta.status_code == 422


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


def test_success_in_a_dialog_redirects_the_page(o, hacer):
    documento = make_documento(o)
    respuesta = hacer.htmx(
        o.ventanilla, "nota", documento, {"texto": "Hola", "volver": "/bandejas/por-derivar/"}
    )
    assert respuesta["HX-Redirect"].startswith(reverse("documents:detalle", args=[documento.pk]))
    assert "desde=%2Fbandejas" in respuesta["HX-Redirect"]


def test_an_act_never_goes_back_to_a_foreign_site(o, hacer):
    respuesta = hacer(
        o.ventanilla, "nota", make_documento(o), {"texto": "Hola", "desde": "https://malo.example/"}
    )
    assert "malo" not in respuesta["Location"]


def test_every_state_offers_its_natural_act(o):
    casos = [
        (make_documento(o), o.ventanilla, "observar"),
        (observada(o), o.ventanilla, "subsanar"),
        (make_recibida(o).documento, o.ana, "suspender"),
        (suspendida(o), o.ana, "reanudar"),
        (atendida(o), o.jefa, "archivar"),
        (archivada(o), o.jefa, "restaurar"),
    ]
    for documento, usuario, esperado in casos:
        principales, _ = acciones_de(usuario, Documento.objects.get(pk=documento.pk))
        assert esperado in [a.nombre for a in principales], esperado
