"""The form of a mass sending: what it says and whom it is for."""

import re

from django import forms

from documents.constants import Estado
from documents.identidad import limpiar_numero
from documents.models import Procedimiento, TipoDocumento
from notifications.constants import Destino
from notifications.models import EnvioMasivo
from organization.models import Area, Rol

_DE_PERSONAS = ("estados", "tipo", "procedimiento", "area", "desde", "hasta", "etiqueta", "numeros")
_DE_USUARIOS = ("areas", "roles")
MAX_NUMEROS = 10_000


class EnvioForm(forms.ModelForm):
    """Keeps the conditions as the JSON of the sending; only those of the chosen destination count."""

    estados = forms.MultipleChoiceField(
        label="Estado del documento",
        choices=Estado.choices,
        required=False,
        help_text="Por ejemplo, Atendido para avisar que algo está listo. Sin elegir, todos.",
    )
    tipo = forms.ModelChoiceField(
        label="Tipo de documento", queryset=TipoDocumento.objects.order_by("nombre"), required=False
    )
    procedimiento = forms.ModelChoiceField(
        label="Procedimiento", queryset=Procedimiento.objects.order_by("codigo"), required=False
    )
    area = forms.ModelChoiceField(
        label="Área que tiene el documento", queryset=Area.objects.order_by("nombre"), required=False
    )
    desde = forms.DateField(label="Recibidos desde", required=False)
    hasta = forms.DateField(label="Recibidos hasta", required=False)
    etiqueta = forms.CharField(label="Etiqueta", max_length=40, required=False)
    numeros = forms.CharField(
        label="DNI, RUC u otro número",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text="Uno por línea, para avisar solo a esas personas.",
    )
    areas = forms.ModelMultipleChoiceField(
        label="Usuarios de las áreas", queryset=Area.objects.order_by("nombre"), required=False
    )
    roles = forms.ModelMultipleChoiceField(
        label="Usuarios con el rol", queryset=Rol.objects.order_by("nombre"), required=False
    )

    class Meta:
        model = EnvioMasivo
        fields = ("titulo", "texto", "destino")
        widgets = {
            "titulo": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "texto": forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        }

    def clean_numeros(self):
        numeros = [limpiar_numero(n) for n in re.split(r"[\s,;]+", self.cleaned_data["numeros"]) if n]
        if len(numeros) > MAX_NUMEROS:
            raise forms.ValidationError(f"Escribe como máximo {MAX_NUMEROS} números.")
        return list(dict.fromkeys(numeros))

    def clean(self):
        datos = super().clean()
        desde, hasta = datos.get("desde"), datos.get("hasta")
        if desde and hasta and hasta < desde:
            self.add_error("hasta", "La fecha final no puede ser anterior a la inicial.")
        return datos

    def filtro(self):
        """The conditions that hold for the destination, as JSON values."""
        campos = _DE_USUARIOS if self.cleaned_data["destino"] == Destino.USUARIOS else _DE_PERSONAS
        return {c: _valor(self.cleaned_data[c]) for c in campos if self.cleaned_data.get(c)}


def _valor(valor):
    if hasattr(valor, "isoformat"):
        return valor.isoformat()
    if hasattr(valor, "pk"):
        return valor.pk
    return valor if isinstance(valor, str) else [getattr(v, "pk", v) for v in valor]
