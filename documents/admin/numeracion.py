"""Number series, and the next number of each year."""

from django import forms
from django.contrib import admin

from core.models import Evento
from core.panel.paginas import PaginaMesa
from documents.admin.catalogos import Catalogo
from documents.models import Correlativo, SerieNumeracion
from documents.services import fijar_siguiente
from organization.constants import P


@admin.register(SerieNumeracion)
class SerieNumeracionAdmin(Catalogo):
    list_display = ("codigo", "nombre", "mascara", "ejemplo", "sede")
    list_select_related = ("sede",)
    list_filter = ("sede",)
    search_fields = ("codigo", "nombre")

    @admin.display(description="ejemplo")
    def ejemplo(self, obj):
        return obj.formatear(anio=2026, numero=4182)

    def get_readonly_fields(self, request, obj=None):
        """Programs name the series by its code."""
        return ("codigo",) if obj else ()


class CorrelativoForm(forms.ModelForm):
    siguiente = forms.IntegerField(
        label="Siguiente número",
        min_value=1,
        max_value=9_999_999,
        help_text="El próximo documento recibe este número. Nunca menor que uno ya dado.",
    )

    class Meta:
        model = Correlativo
        fields = ("serie", "anio")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["siguiente"].initial = self.instance.ultimo + 1


@admin.register(Correlativo)
class CorrelativoAdmin(PaginaMesa):
    permiso_ver = permiso_agregar = permiso_cambiar = P.CATALOGO
    form = CorrelativoForm
    fields = ("serie", "anio", "siguiente")
    list_display = ("serie", "anio", "ultimo")
    list_select_related = ("serie",)
    list_filter = ("serie", "anio")
    search_fields = ("serie__codigo", "serie__nombre", "anio")
    search_help_text = "Serie o año."

    def get_readonly_fields(self, request, obj=None):
        return ("serie", "anio") if obj else ()

    def eventos_de(self, request, obj):
        """The event keeps the year, and the series is one in almost every office."""
        return Evento.objects.filter(
            tipo="correlativo_fijado", despues__contains={"anio": obj.anio}
        ).recientes()

    def guardar(self, request, obj, form, change):
        """Only when it moves: saving the page untouched asks for nothing."""
        siguiente = form.cleaned_data["siguiente"]
        if change and siguiente == obj.ultimo + 1:
            return
        fila = fijar_siguiente(
            serie_codigo=obj.serie.codigo, anio=obj.anio, siguiente=siguiente, actor=request.user
        )
        obj.pk = fila.pk
