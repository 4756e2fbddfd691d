"""The filters of the dashboard, read from the address: some days and one area of those that the viewer has."""

from datetime import timedelta

from django import forms

from core.errors import DatosInvalidos
from core.texto import fecha_num
from derivations.bandejas import Hoy
from documents.forms.busqueda import CampoFecha, FormularioDeFiltros
from organization.models import Area
from reports.constants import DIAS_HABILES_DEL_TABLERO
from reports.periodo import Periodo
from reports.permissions import ambito_de, areas_de

PERIODOS = {
    "": f"Últimos {DIAS_HABILES_DEL_TABLERO} días hábiles",
    "mes": "Este mes",
    "mes-pasado": "El mes pasado",
    "anio": "Este año",
    "fechas": "Otras fechas",
}


class FiltrosDeTablero(FormularioDeFiltros):
    """Period and area. Dates rule over the named period; what is wrong says how to mend it and is not applied."""

    periodo = forms.ChoiceField(label="Periodo", choices=PERIODOS.items())
    desde = CampoFecha(label="Desde")
    hasta = CampoFecha(label="Hasta")
    area = forms.ModelChoiceField(Area.objects.none(), label="Área", empty_label="Todas las áreas")

    def preparar(self, usuario):
        """Reads the filters for a person, today."""
        super().preparar(usuario)
        self.leer(ambito_de(usuario), Hoy.leer())

    def leer(self, ambito, hoy):
        """Reads the filters for these areas on a day. Args: hoy a derivations.bandejas.Hoy. Returns: itself."""
        self.fields["area"].queryset = areas_de(ambito)
        if ambito is not None and len(ambito) != 1:
            self.fields["area"].empty_label = "Todas mis áreas"
        self.is_valid()
        try:
            self.rango = self._pedido(hoy)
        except DatosInvalidos as error:
            for nombre, textos in error.campos.items():
                self.add_error(nombre, textos)
            self.rango = self._por_defecto(hoy)
        return self

    def _pedido(self, hoy):
        """The Periodo asked for; it asks for no cohort, which the dashboard does not show."""
        desde, hasta = self.valor("desde"), self.valor("hasta")
        if "hasta" in self.errors or "desde" in self.errors:
            return self._por_defecto(hoy)
        if desde and desde > hoy.fecha:
            self.add_error("desde", "Ese día aún no llega.")
            return self._por_defecto(hoy)
        if desde or hasta:
            hasta = hasta and min(hasta, hoy.fecha)
            leido = Periodo.leer(hoy.fecha, desde, hasta)
            return Periodo(leido.desde, leido.hasta, False)
        primero = hoy.fecha.replace(day=1)
        pasado = primero - timedelta(days=1)
        return {
            "mes": Periodo(primero, hoy.fecha, False),
            "mes-pasado": Periodo(pasado.replace(day=1), pasado, False),
            "anio": Periodo(hoy.fecha.replace(month=1, day=1), hoy.fecha, False),
        }.get(self.valor("periodo")) or self._por_defecto(hoy)

    @staticmethod
    def _por_defecto(hoy):
        """The last working days, today among them when it is one."""
        dia, quedan = hoy.fecha, DIAS_HABILES_DEL_TABLERO
        while True:
            quedan -= hoy.calendario.es_habil(dia)
            if quedan <= 0:
                return Periodo(dia, hoy.fecha, False)
            dia -= timedelta(days=1)

    @property
    def con_fechas(self):
        """Whether the period is given by its dates."""
        return bool(self["desde"].data or self["hasta"].data)

    def periodo_en_palabras(self):
        """ "Últimos 20 días hábiles" or "Del 01/10/2026 al 31/10/2026"."""
        nombre = "" if self.con_fechas else PERIODOS.get(self.valor("periodo") or "")
        if nombre and self.valor("periodo") != "fechas":
            return nombre
        return f"Del {fecha_num(self.rango.desde)} al {fecha_num(self.rango.hasta)}"

    def area_en_palabras(self):
        return str(self.valor("area") or self.fields["area"].empty_label)
