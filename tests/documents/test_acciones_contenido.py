"""The acts that touch what a document says and carries: correction, notes and files."""

from datetime import date

import pytest

from documents.forms.edicion import Editar as FormularioEditar
from documents.models import ArchivoEnEspera, Categoria, Documento
from documents.services.edicion import EDITABLES
from tests.documents.acciones_util import en_espera, en_proceso, evento
from tests.documents.files_util import pdf, subida
from tests.factories import make_documento, make_remitente

pytestmark = pytest.mark.django_db


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
