"""The forms of filters that reports share. Areas are those whose reports the person sees."""

from django import forms

from core.errors import DatosInvalidos
from core.texto import fecha_num
from documents.constants import Plazo
from documents.forms.busqueda import CampoFecha, FormularioDeFiltros
from documents.models import TipoDocumento
from organization.calendar import hoy_lima
from organization.models import Area
from reports.periodo import Periodo
from reports.permissions import ambito_de, areas_de


class FiltrosDeArea(FormularioDeFiltros):
    """One of the areas of the person, or all of them."""

    clases = {"area": "c6"}
    area = forms.ModelChoiceField(Area.objects.none(), label="Área", empty_label="Todas las que puedes ver")

    def preparar(self, usuario):
        """Offers the areas whose reports the person sees."""
        super().preparar(usuario)
        self.fields["area"].queryset = areas_de(ambito_de(usuario))

    def areas(self, ambito):
        """Ids of the areas asked for, inside those of the scope; None for the whole entity."""
        elegida = self.valor("area")
        return ambito.areas if elegida is None else frozenset({elegida.pk})


class FiltrosDePeriodo(FiltrosDeArea):
    """Some days, both inside, and an area. Without days, the last ones of the screens."""

    clases = {"area": "c6"}
    desde = CampoFecha(label="Desde")
    hasta = CampoFecha(label="Hasta")
    field_order = ["desde", "hasta", "area"]

    def clean(self):
        datos = super().clean()
        if not self.errors:
            try:
                self.periodo = self.leer_periodo(datos.get("desde"), datos.get("hasta"))
            except DatosInvalidos as error:
                for campo, textos in error.campos.items():
                    self.add_error(campo, textos)
        return datos

    def leer_periodo(self, desde, hasta):
        return Periodo.leer(hoy_lima(), desde, hasta)

    def periodo_en_palabras(self):
        """[("Periodo", "01/11/2026 a 24/11/2026")]."""
        desde, hasta = self.periodo.desde, self.periodo.hasta
        dias = fecha_num(desde) if desde == hasta else f"{fecha_num(desde)} a {fecha_num(hasta)}"
        return [("Periodo", dias)]


class FiltrosDeLibro(FiltrosDePeriodo):
    """A day or some, a window and a type. Without days, today."""

    clases = {"area": "c6"}
    tipo = forms.ModelChoiceField(TipoDocumento.objects.all(), label="Tipo", empty_label="Todos")

    def preparar(self, usuario):
        """Offers the windows, to everybody: what is not visible is not in the book."""
        super().preparar(usuario)
        self.fields["area"].label = "Mesa de partes"
        self.fields["area"].empty_label = "Todas"
        self.fields["area"].queryset = Area.objects.filter(es_mesa_de_partes=True).order_by("nombre", "pk")

    def leer_periodo(self, desde, hasta):
        if not desde and not hasta:
            desde = hasta = hoy_lima()
        return Periodo.leer(hoy_lima(), desde, hasta)


class FiltrosDeVencidos(FiltrosDeArea):
    """What is late, what soon will be, and whether silence would approve it."""

    OPCIONES = (
        ("", "Vencidos y por vencer"),
        (Plazo.VENCIDO.value, "Vencidos"),
        (Plazo.POR_VENCER.value, "Por vencer"),
    )
    clases = {"area": "c6"}
    situacion = forms.ChoiceField(label="Situación", choices=OPCIONES)
    silencio = forms.BooleanField(label="Solo con silencio positivo")
