"""Base of the reports of a period: its days said first, and the areas that the person may see."""

from abc import abstractmethod

from reports.informes.base import InformeDeFilas, una_vez
from reports.informes.filtros import FiltrosDePeriodo


class InformeDePeriodo(InformeDeFilas):
    def filtros(self):
        return FiltrosDePeriodo

    def filtros_en_palabras(self, filtros):
        palabras = super().filtros_en_palabras(filtros)
        fechas = {str(filtros[nombre].label) for nombre in ("desde", "hasta")}
        return filtros.periodo_en_palabras() + [par for par in palabras if par[0] not in fechas]

    def pedir(self, calcular, ambito, filtros):
        """What a function of the screens answers to the same person under the same filters."""
        desde, hasta, areas = filtros.valor("desde"), filtros.valor("hasta"), filtros.areas(ambito)
        return una_vez(filtros, calcular.__name__, lambda: calcular(ambito.usuario, desde, hasta, areas))


class InformeDeCifras(InformeDePeriodo):
    """Base of those whose rows are figures already worked out by the code of a screen."""

    @abstractmethod
    def filas_de(self, ambito, filtros):
        """The rows, as a list of tuples."""

    def lista(self, ambito, filtros):
        """The rows, worked out once."""
        return una_vez(filtros, "filas", lambda: self.filas_de(ambito, filtros))

    def contar(self, ambito, filtros):
        return len(self.lista(ambito, filtros))

    def filas(self, ambito, filtros):
        return iter(self.lista(ambito, filtros))
