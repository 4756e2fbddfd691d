"""Forms of the acts; they clean what was typed, the services decide."""

from django import forms
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from derivations.constants import Estado, Resultado
from derivations.models import Derivacion, TextoFrecuente
from derivations.presentacion import carga
from documents.models import SerieDocumental
from organization.calendar import hoy_lima
from organization.models import Area, Usuario

MAXIMO_FOLIOS = 99_999
FOLIOS = {
    "required": "Escribe los folios, por ejemplo 46.",
    "invalid": "Escribe los folios en números, por ejemplo 46.",
    "min_value": "Escribe los folios, al menos 1.",
    "max_value": "Son demasiados folios: revisa el número.",
}


def textos_frecuentes():
    """The canned instructions reached with Alt 1 to Alt 9."""
    return list(TextoFrecuente.objects.filter(activo=True)[:9])


def _areas_de_destino(**filtros):
    return Area.objects.destinos().filter(recibe_externos=True, **filtros)


class _Formulario(forms.Form):
    """The server says what is missing, in its own words; the browser's bubble would only hide it."""

    use_required_attribute = False


class _AreaConSigla(forms.ModelChoiceField):
    """An area shown as "Asesoría Jurídica (AJ)"."""

    def label_from_instance(self, obj):
        return f"{obj.nombre} ({obj.sigla})"


class _AreasConSigla(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj):
        return f"{obj.nombre} ({obj.sigla})"


def _folios(rotulo, *, clase="", **mas):
    return forms.IntegerField(
        label=rotulo,
        min_value=1,
        max_value=MAXIMO_FOLIOS,
        error_messages=FOLIOS,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off"} | ({"class": clase} if clase else {})
        ),
        **mas,
    )


class DerivarForm(_Formulario):
    """Send to one area that answers, and copies that only inform."""

    area_destino = _AreaConSigla(
        label="Área que responde",
        queryset=Area.objects.none(),
        error_messages={
            "required": "Elige el área que responde.",
            "invalid_choice": "Elige un área de la lista.",
        },
    )
    plazo_interno_dias = forms.IntegerField(
        label="Plazo interno",
        required=False,
        min_value=0,
        max_value=365,
        error_messages={
            "invalid": "Escribe los días hábiles en números, por ejemplo 3.",
            "min_value": "Escribe los días hábiles, por ejemplo 3.",
            "max_value": "El plazo interno no pasa de 365 días hábiles.",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    copias = _AreasConSigla(
        label="Con copia a",
        queryset=Area.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Una de las copias no es un área activa."},
    )
    instrucciones = forms.CharField(
        label="Instrucción",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Escribe la instrucción para el área.",
            "max_length": "La instrucción no pasa de 500 letras.",
        },
    )
    con_original = forms.BooleanField(label="Va el original en papel", required=False, initial=True)
    es_urgente = forms.BooleanField(label="Urgente", required=False)
    folios = _folios("Folios", required=False)

    def __init__(self, *args, sin_area=None, varios=False, **kwargs):
        super().__init__(*args, **kwargs)
        areas = _areas_de_destino().exclude(pk=sin_area)
        self.fields["area_destino"].queryset = areas
        self.fields["copias"].queryset = Area.objects.activas().exclude(pk=sin_area).order_by("nombre")
        if varios:
            del self.fields["folios"]

    @property
    def area_texto(self):
        """What the combobox shows: the typed text, or the chosen area."""
        if self.is_bound and self.data.get("area_texto"):
            return self.data["area_texto"]
        valor = self["area_destino"].value()
        area = (
            self.fields["area_destino"].queryset.filter(pk=valor).first()
            if str(valor or "").isdigit()
            else None
        )
        return f"{area.nombre} ({area.sigla})" if area else ""

    def clean(self):
        """Takes an area typed by its name or acronym when none was picked from the list."""
        datos = super().clean()
        texto = self.data.get("area_texto", "").strip()
        if texto and not self.data.get("area_destino"):
            exacta = [
                a
                for a in self.fields["area_destino"].queryset
                if texto.casefold()
                in (a.sigla.casefold(), a.nombre.casefold(), f"{a.nombre} ({a.sigla})".casefold())
            ]
            if len(exacta) == 1:
                datos["area_destino"] = exacta[0]
                self.errors.pop("area_destino", None)
        return datos


class RecibirForm(_Formulario):
    """Confirm what arrived."""

    folios = _folios("Folios que llegaron")
    observaciones = forms.CharField(
        label="Explica la diferencia",
        required=False,
        max_length=500,
        help_text="Solo si llegaron más o menos folios de los que dice el sistema.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class MotivoForm(_Formulario):
    """A reason, required or not."""

    motivo = forms.CharField(label="Motivo", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, rotulo="Motivo", pista="", vacio="", **kwargs):
        super().__init__(*args, **kwargs)
        campo = self.fields["motivo"]
        campo.label, campo.help_text, campo.required = rotulo, pista, bool(vacio)
        campo.error_messages["required"] = vacio
        campo.error_messages["max_length"] = "El motivo no pasa de 300 letras."


class _Persona(forms.ModelChoiceField):
    """A person with the open load beside the name."""

    def label_from_instance(self, obj):
        return f"{obj.nombre_completo}, {carga(obj.pendientes, obj.vencidos).lower()}"


class AsignarForm(_Formulario):
    """Choose a person of the area."""

    persona = _Persona(
        label="Persona que lo atenderá",
        queryset=Usuario.objects.none(),
        empty_label="Elige a una persona",
        error_messages={
            "required": "Elige a la persona que lo atenderá.",
            "invalid_choice": "Elige a una persona del área.",
        },
    )

    def __init__(self, *args, area_id=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["persona"].queryset = personas_de(area_id)
        if area_id is None:
            self.fields["persona"].help_text = "Los elegidos son de varias áreas: asígnalos por separado."


def personas_de(area_id):
    """Active members of an area, each with the documents of the area it holds: open and overdue."""
    if area_id is None:
        return Usuario.objects.none()
    suyas = (
        Derivacion.objects.principales()
        .filter(asignado_a=OuterRef("pk"), area_destino=area_id, estado=Estado.RECIBIDO)
        .order_by()
        .values("asignado_a")
        .annotate(n=Count("pk"))
        .values("n")
    )
    vencidas = suyas.filter(fecha_limite_atencion__lt=hoy_lima())
    return (
        Usuario.objects.filter(membresias__area=area_id, is_active=True)
        .annotate(pendientes=Coalesce(Subquery(suyas), 0), vencidos=Coalesce(Subquery(vencidas), 0))
        .order_by("last_name", "first_name", "pk")
    )


class AtenderForm(_Formulario):
    """Finish with an answer, or say why there is none."""

    resultado = forms.ChoiceField(
        label="Resultado",
        choices=[("", "Elige el resultado"), *Resultado.choices],
        error_messages={"required": "Elige el resultado.", "invalid_choice": "Elige el resultado."},
    )
    observaciones = forms.CharField(
        label="Qué se resolvió", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    sin_respuesta_motivo = forms.CharField(
        label="Sin documento de respuesta, porque",
        required=False,
        max_length=300,
        help_text="Solo si no adjuntas la respuesta.",
        error_messages={"max_length": "El motivo no pasa de 300 letras."},
    )
    archivos = forms.CharField(required=False, widget=forms.HiddenInput)  # errors of the service land here


class ArchivarForm(_Formulario):
    """Series and place of what is archived together."""

    serie = forms.ModelChoiceField(
        label="Serie documental",
        queryset=SerieDocumental.objects.filter(activa=True),
        empty_label="Elige la serie",
        error_messages={
            "required": "Elige la serie documental.",
            "invalid_choice": "Elige una serie de la lista.",
        },
    )
    ubicacion_fisica = forms.CharField(
        label="Ubicación física",
        required=False,
        max_length=120,
        help_text="Por ejemplo: Archivador 14, piso 2.",
    )
    clasificacion = forms.CharField(label="Clasificación", required=False, max_length=160)
    observaciones = forms.CharField(label="Observaciones", required=False, max_length=300)


class ConfirmarForm(_Formulario):
    """Nothing to fill: the act is only confirmed."""


class LectorForm(_Formulario):
    """One code read or typed, with the folios counted when somebody counts them."""

    codigo = forms.CharField(
        label="Código o número",
        max_length=200,
        error_messages={
            "required": "Pasa el lector o escribe el número.",
            "max_length": "Ese código es muy largo.",
        },
        widget=forms.TextInput(
            attrs={
                "class": "gran-ent",
                "autocomplete": "off",
                "autofocus": True,
                "data-lector": True,
                "data-foco": True,
            }
        ),
    )
    folios = _folios("Folios contados", clase="gran-ent", required=False)


def carga_por_area(area_ids):
    """area id -> (open, overdue) of principal derivations, in one query."""
    hoy = hoy_lima()
    filas = (
        Derivacion.objects.principales()
        .abiertas()
        .filter(area_destino__in=area_ids)
        .values("area_destino")
        .annotate(abiertos=Count("pk"), pasados=Count("pk", filter=Q(fecha_limite_atencion__lt=hoy)))
        .order_by()
    )
    return {f["area_destino"]: (f["abiertos"], f["pasados"]) for f in filas}
