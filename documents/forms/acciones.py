"""Forms of the acts on a document. They read and check; the services decide."""

import re

from django import forms

from documents.constants import ClaseArchivo, Prioridad, Silencio, ValorSerie
from documents.forms.busqueda import CampoFecha
from documents.models import Categoria, Documento, Procedimiento, Remitente, SerieDocumental, TipoDocumento
from documents.querysets import numeros_de_identidad
from documents.services.archivo import conservar_hasta
from documents.services.registro import limpiar_etiquetas
from organization.calendar import fecha_corta, hoy_lima
from organization.models import Area, Usuario

BASES_DE_SUSPENSION = (
    "art. 137, TUO Ley 27444",
    "art. 74.2, TUO Ley 27444",
    "art. 147, TUO Ley 27444",
)


def _parrafo(rotulo, falta, *, maximo=300, filas=3, **extra):
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

    motivo = _parrafo("Motivo", "Escribe el motivo; queda en la historia.")


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

    texto = _parrafo("Nota interna", "Escribe la nota.", maximo=2000, filas=4)


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

    detalle = _parrafo("Qué presentó", "Escribe qué presentó para subsanar.")
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
    motivo = _parrafo("Qué se espera y de quién", "Escribe qué se espera y de quién.", filas=2)
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

    detalle = _parrafo("Qué llegó o qué cambió", "", required=False, filas=2)


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
    observaciones = _parrafo("Observaciones", "", required=False, filas=2)

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
    motivo = _parrafo("Motivo de la corrección", "Escribe por qué se corrige; queda en la historia.", filas=2)

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
