"""The form that corrects a document: every editable fact, and only what was touched."""

from django import forms

from documents.constants import Prioridad, Silencio
from documents.forms.acciones import FormularioDeActo, parrafo
from documents.forms.busqueda import CampoFecha
from documents.models import Categoria, Documento, Procedimiento, Remitente, TipoDocumento
from documents.querysets import numeros_de_identidad
from documents.services.registro import limpiar_etiquetas
from organization.models import Area


class Editar(FormularioDeActo):
    """Every editable fact. Only what this person changed on this page is sent to the service."""

    clases = {
        "tipo_documento": "c4",
        "categoria": "c4",
        "procedimiento": "c4",
        "numero_documento_externo": "c5",
        "fecha_documento": "c3",
        "numero_folios": "c2 mitad",
        "numero_anexos": "c2 mitad",
        "etiquetas": "c6",
        "expediente_relacionado": "c6",
        "firmante_documento": "c3",
        "firmante_nombre": "c5",
        "correo_avisos": "c4",
        "prioridad": "c3",
        "plazo_dias": "c3",
        "silencio": "c6",
        "ubicacion_fisica": "c6",
        "area_sugerida": "c6",
    }
    asunto = forms.CharField(
        label="Asunto",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Escribe el asunto."},
    )
    remitente = forms.CharField(
        label="Remitente", max_length=220, help_text="Escribe el DNI o RUC de otro remitente ya registrado."
    )
    tipo_documento = forms.ModelChoiceField(TipoDocumento.objects.none(), label="Tipo", empty_label=None)
    categoria = forms.ModelChoiceField(
        Categoria.objects.none(), label="Categoría", required=False, empty_label="Ninguna"
    )
    procedimiento = forms.ModelChoiceField(
        Procedimiento.objects.none(), label="Procedimiento", required=False, empty_label="Ninguno"
    )
    numero_documento_externo = forms.CharField(
        label="Número del documento", max_length=100, required=False, help_text="Vacío: S/N"
    )
    fecha_documento = CampoFecha(label="Fecha del documento", required=False)
    numero_folios = forms.IntegerField(
        label="Folios",
        min_value=1,
        max_value=1_000_000,
        error_messages={
            "required": "Escribe los folios, por ejemplo 46.",
            "min_value": "Un documento tiene al menos un folio.",
            "invalid": "Escribe los folios con cifras, por ejemplo 46.",
        },
    )
    numero_anexos = forms.IntegerField(
        label="Anexos",
        min_value=0,
        max_value=1_000_000,
        required=False,
        error_messages={"invalid": "Escribe los anexos con cifras, por ejemplo 0."},
    )
    firmante_documento = forms.CharField(label="DNI de quien firma", max_length=12, required=False)
    firmante_nombre = forms.CharField(label="Quien firma", max_length=160, required=False)
    correo_avisos = forms.EmailField(
        label="Correo para avisos",
        required=False,
        error_messages={"invalid": "Revisa el correo: debe ser como nombre@dominio.pe."},
    )
    prioridad = forms.ChoiceField(label="Prioridad", choices=Prioridad.choices)
    plazo_dias = forms.IntegerField(
        label="Plazo en días hábiles",
        min_value=0,
        max_value=3650,
        required=False,
        help_text="Vacío: sin plazo",
        error_messages={"invalid": "Escribe el plazo con cifras, por ejemplo 30."},
    )
    silencio = forms.ChoiceField(label="Silencio", choices=Silencio.choices, required=False)
    etiquetas = forms.CharField(
        label="Etiquetas", max_length=420, required=False, help_text="Separadas por comas"
    )
    expediente_relacionado = forms.CharField(label="Relacionado con", max_length=60, required=False)
    ubicacion_fisica = forms.CharField(label="Ubicación del original", max_length=120, required=False)
    area_sugerida = forms.ModelChoiceField(
        Area.objects.none(), label="Área de destino prevista", required=False, empty_label="Por definir"
    )
    instruccion_prevista = forms.CharField(label="Instrucción prevista", max_length=300, required=False)
    observaciones = forms.CharField(
        label="Observaciones",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    motivo = parrafo("Motivo de la corrección", "Escribe por qué se corrige; queda en la historia.", filas=2)

    def preparar(self):
        d = self.documento
        fuentes = {
            "tipo_documento": (TipoDocumento.objects.filter(activo=True), d.tipo_documento_id),
            "categoria": (
                Categoria.objects.filter(activa=True).select_related("tipo_documento"),
                d.categoria_id,
            ),
            "procedimiento": (Procedimiento.objects.filter(activo=True), d.procedimiento_id),
            "area_sugerida": (Area.objects.activas(), d.area_sugerida_id),
        }
        for nombre, (qs, actual) in fuentes.items():
            self.fields[nombre].queryset = qs | qs.model.objects.filter(pk=actual)
        self.fields["categoria"].queryset = self.fields["categoria"].queryset.select_related("tipo_documento")
        self.fields["categoria"].label_from_instance = lambda c: f"{c.tipo_documento.codigo}: {c.nombre}"
        for nombre, campo in self.fields.items():
            if nombre != "motivo":
                campo.show_hidden_initial = True  # what this page showed, to tell later what was touched
                self.initial.setdefault(nombre, self._inicial(nombre))

    def _inicial(self, nombre):
        d = self.documento
        if nombre == "remitente":
            return _remitente_escrito(d.remitente)
        if nombre == "etiquetas":
            return ", ".join(d.etiquetas)
        if nombre == "expediente_relacionado":
            return d.expediente_relacionado.numero_expediente if d.expediente_relacionado_id else ""
        valor = getattr(d, nombre)
        return getattr(valor, "pk", valor)

    def clean_remitente(self):
        texto = self.cleaned_data["remitente"].strip()
        if texto == _remitente_escrito(self.documento.remitente):
            return self.documento.remitente
        hallados = list(Remitente.objects.filter(numero__in=numeros_de_identidad(texto.split(",")[0]))[:2])
        if not hallados:
            hallados = list(Remitente.objects.filter(nombre__iexact=texto)[:2])
        if len(hallados) != 1:
            raise forms.ValidationError(
                "Hay varios remitentes así: escribe su DNI o RUC."
                if hallados
                else "No hay un remitente con ese DNI o RUC. Regístralo primero o revisa el número."
            )
        return hallados[0]

    def clean_expediente_relacionado(self):
        texto = self.cleaned_data["expediente_relacionado"].strip()
        if not texto:
            return None
        actual = self.documento.expediente_relacionado
        if actual is not None and texto == actual.numero_expediente:
            return actual
        hallados = list(Documento.objects.visibles_para(self.usuario).con_numero(texto)[:2])
        if len(hallados) != 1:
            raise forms.ValidationError(
                "Ese número está en varios años: escríbelo completo, como EXP-2026-004182."
                if hallados
                else "No hay un expediente con ese número entre los que ves."
            )
        return hallados[0]

    def clean_etiquetas(self):
        return limpiar_etiquetas(self.cleaned_data["etiquetas"].split(","))

    def clean_numero_anexos(self):
        return self.cleaned_data["numero_anexos"] or 0

    def clean_numero_documento_externo(self):
        return self.cleaned_data["numero_documento_externo"].strip() or "S/N"

    def clean_asunto(self):
        return " ".join(self.cleaned_data["asunto"].split())

    def clean(self):
        datos = super().clean()
        categoria, tipo = datos.get("categoria"), datos.get("tipo_documento")
        if categoria and tipo and categoria.tipo_documento_id != tipo.pk:
            if "tipo_documento" in self.changed_data and "categoria" not in self.changed_data:
                datos["categoria"] = None
            else:
                self.add_error("categoria", f"Esa categoría no es de {tipo.nombre}: elige otra o ninguna.")
        return datos

    def cambios(self):
        """{field: new value} of what this person changed on the page."""
        datos = self.cleaned_data
        tocados = {n for n in self.changed_data if n != "motivo"}
        if "tipo_documento" in tocados and self.documento.categoria_id and datos.get("categoria") is None:
            tocados.add("categoria")
        return {nombre: datos[nombre] for nombre in self.fields if nombre in tocados}


def _remitente_escrito(remitente):
    """A sender as the form shows it: number first, so that typing another number replaces it."""
    return f"{remitente.numero}, {remitente.nombre}" if remitente.numero else remitente.nombre
