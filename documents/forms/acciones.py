"""Forms of the acts on a document. They read and check; the services decide."""

import re

from django import forms

from documents.constants import ClaseArchivo, ValorSerie
from documents.models import SerieDocumental
from documents.services.archivo import conservar_hasta
from organization.calendar import fecha_corta, hoy_lima
from organization.models import Usuario

BASES_DE_SUSPENSION = (
    "art. 137, TUO Ley 27444",
    "art. 74.2, TUO Ley 27444",
    "art. 147, TUO Ley 27444",
)


def parrafo(rotulo, falta, *, maximo=300, filas=3, **extra):
    """A text area that says what is missing and how much is too much."""
    return forms.CharField(
        label=rotulo,
        max_length=maximo,
        widget=forms.Textarea(attrs={"rows": filas}),
        error_messages={
            "required": falta,
            "max_length": f"Son %(show_value)s caracteres: el máximo es {maximo}. Acórtalo.",
        },
        **extra,
    )


class FormularioDeActo(forms.Form):
    """Base of the acts: knows its document and who acts; `clases` and `notas` shape each field."""

    clases = {}
    notas = {}
    motivo_falta = "Escribe el motivo."

    def __init__(self, *args, documento, usuario, **kwargs):
        self.documento, self.usuario = documento, usuario
        super().__init__(*args, **kwargs)
        self.preparar()
        for nombre, campo in self.fields.items():
            campo.clase = self.clases.get(nombre, "")
            campo.nota = self.notas.get(nombre, "")

    def preparar(self):
        """Place to fill choices and initial values."""


class Confirmar(FormularioDeActo):
    """An act without data."""


class ConMotivo(FormularioDeActo):
    """An act that only asks why."""

    motivo = parrafo("Motivo", "Escribe el motivo; queda en la historia.")


class Anular(ConMotivo):
    """Asks to type the last digits of the number, so that nobody annuls by inertia."""

    clases = {"cifras": "c6"}
    cifras = forms.CharField(
        label="Últimas 4 cifras del expediente",
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Escribe las últimas 4 cifras del número, para confirmar."},
    )

    def clean_cifras(self):
        cifras = self.cleaned_data["cifras"].strip()
        if cifras != re.sub(r"\D", "", self.documento.numero_expediente)[-4:]:
            raise forms.ValidationError(f"No son las últimas 4 cifras de {self.documento.numero_expediente}.")
        return cifras


class Anotar(FormularioDeActo):
    """An internal note."""

    texto = parrafo("Nota interna", "Escribe la nota.", maximo=2000, filas=4)


class Observar(FormularioDeActo):
    """What is missing: ticked requirements and free lines."""

    marcados = forms.MultipleChoiceField(
        label="Requisitos que faltan", required=False, widget=forms.CheckboxSelectMultiple
    )
    otros = forms.CharField(
        label="Otras faltas",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Una por línea, con las palabras que leerá el ciudadano.",
    )

    def preparar(self):
        requisitos = list(self.documento.requisitos.all())
        if requisitos:
            textos = [r.texto for r in requisitos if not r.cumple] or [r.texto for r in requisitos]
        elif self.documento.procedimiento_id:
            textos = [r.texto for r in self.documento.procedimiento.requisitos.all()]
        else:
            textos = []
        self.fields["marcados"].choices = [(t, t) for t in textos]
        if not textos:
            del self.fields["marcados"]
            self.fields["otros"].label = "Qué falta"
        elif any(not r.cumple for r in requisitos):
            self.fields["marcados"].initial = textos

    def clean(self):
        datos = super().clean()
        lineas = [linea.strip(" -•\t") for linea in datos.get("otros", "").splitlines()]
        datos["faltantes"] = [*datos.get("marcados", []), *[linea for linea in lineas if linea]]
        for linea in datos["faltantes"]:
            if len(linea) > 200:
                self.add_error("otros", "Una línea pasa de 200 caracteres: divídela en dos.")
        if not datos["faltantes"] and not self.errors:
            self.add_error("otros", "Escribe qué falta: es lo que se anota en el cargo.")
        return datos


class Subsanar(FormularioDeActo):
    """What was brought; files go beside. Late ones need a word of whoever may accept them."""

    detalle = parrafo("Qué presentó", "Escribe qué presentó para subsanar.")
    fuera_de_plazo = forms.BooleanField(
        label="Aceptar fuera de plazo: los 2 días ya vencieron", required=False
    )
    ofrece_tarde = False

    def preparar(self):
        observacion = getattr(self.documento, "observacion", None)
        vencida = observacion is not None and hoy_lima() > observacion.vence_el
        if not (vencida and self.ofrece_tarde):
            del self.fields["fuera_de_plazo"]


class Suspender(FormularioDeActo):
    """Reason, legal basis and the document that sustains the pause."""

    clases = {"base_legal": "c6", "sustento": "c6"}
    motivo = parrafo("Qué se espera y de quién", "Escribe qué se espera y de quién.", filas=2)
    base_legal = forms.CharField(
        label="Base legal",
        max_length=160,
        widget=forms.TextInput(attrs={"list": "bases-legales"}),
        error_messages={"required": "Escribe la base legal de la suspensión."},
    )
    sustento = forms.CharField(
        label="Documento de sustento",
        max_length=160,
        required=False,
        help_text="Por ejemplo: Oficio 118-2026-DRTC/DCT",
    )
    sugerencias = {"bases-legales": BASES_DE_SUSPENSION}


class Reanudar(FormularioDeActo):
    """An optional word on why the pause ends."""

    detalle = parrafo("Qué llegó o qué cambió", "", required=False, filas=2)


class Archivar(FormularioDeActo):
    """Series with its retention, classification and place."""

    clases = {"clasificacion": "c6", "ubicacion_fisica": "c6"}
    serie = forms.ModelChoiceField(
        SerieDocumental.objects.none(),
        label="Serie documental",
        empty_label="Elige la serie",
        error_messages={"required": "Elige la serie documental."},
    )
    clasificacion = forms.CharField(label="Clasificación", max_length=160, required=False)
    ubicacion_fisica = forms.CharField(
        label="Ubicación física",
        max_length=120,
        required=False,
        help_text="Por ejemplo: Archivador 14, piso 2",
    )
    observaciones = parrafo("Observaciones", "", required=False, filas=2)

    def preparar(self):
        campo, hoy = self.fields["serie"], hoy_lima()
        campo.queryset = SerieDocumental.objects.filter(activa=True)
        campo.label_from_instance = lambda serie: f"{serie} · {retencion(serie, hoy)}"
        self.initial.setdefault("ubicacion_fisica", self.documento.ubicacion_fisica)


def retencion(serie, hoy):
    """Retention of a series in words, counted from today."""
    if serie.valor == ValorSerie.PERMANENTE:
        return "conservación permanente"
    anios = serie.retencion_gestion + serie.retencion_central
    return f"{anios} años, hasta el {fecha_corta(conservar_hasta(serie, hoy))}"


class Adjuntar(FormularioDeActo):
    """Which kind of file; the files themselves travel staged or plain."""

    clases = {"clase": "c6", "detalle": "c6"}
    clase = forms.ChoiceField(label="Qué son", choices=())
    detalle = forms.CharField(label="Detalle", max_length=200, required=False)

    def preparar(self):
        tiene_principal = any(a.es_principal for a in self.documento.archivos.all())
        clases = [ClaseArchivo.ANEXO, ClaseArchivo.ESCRITO, ClaseArchivo.RESPUESTA]
        if not tiene_principal:
            clases.insert(0, ClaseArchivo.PRINCIPAL)
        self.fields["clase"].choices = [(c.value, c.label) for c in clases]


class Acceso(FormularioDeActo):
    """Names one more person who may see a reserved document."""

    persona = forms.ModelChoiceField(
        Usuario.objects.none(),
        label="Persona que podrá verlo",
        empty_label="Elige a la persona",
        error_messages={"required": "Elige a la persona que podrá verlo."},
    )

    def preparar(self):
        nombrados = self.documento.accesos.values("usuario")
        campo = self.fields["persona"]
        campo.queryset = Usuario.objects.filter(is_active=True).exclude(pk__in=nombrados)
        campo.label_from_instance = lambda u: f"{u.nombre_completo} ({u.username})"
