"""The dashboard on paper: the same figures, pictures and tables as the page, with their filters, author and time."""

from core.printing import pdf_de, renderizar_impreso
from core.texto import fecha_hora, fecha_num
from organization.models import Entidad
from reports.forms import FiltrosDeTablero
from reports.informes.base import Informe
from reports.tablero import leer_tablero

SILENCIOS = 40  # of what silence would approve, on paper
PLANTILLA = "reports/impresos/tablero.html"


class Tablero(Informe):
    codigo = "tablero"
    titulo = "Tablero"
    descripcion = "Las cifras, los gráficos y las tablas del tablero, para imprimir."
    formatos = ("pdf",)

    def filtros(self):
        return FiltrosDeTablero

    def filtros_en_palabras(self, filtros):
        """The days always by their dates: "the last twenty" says nothing on a paper kept for years."""
        rango = filtros.rango
        dias = f"{fecha_num(rango.desde)} a {fecha_num(rango.hasta)}"
        nombre = filtros.periodo_en_palabras()
        return [
            ("Periodo", dias if nombre.startswith("Del ") else f"{nombre}, {dias}"),
            ("Área", filtros.area_en_palabras()),
        ]

    def contexto(self, ambito, filtros, autor):
        """What the sheet says, read now."""
        entidad = Entidad.objects.first()
        return leer_tablero(ambito.usuario, ambito.areas, filtros, por_silencio=SILENCIOS) | {
            "titulo": self.titulo,
            "entidad": entidad.nombre if entidad else "",
            "autor": autor,
            "fecha": fecha_hora(ambito.instante),
            "filtros": self.filtros_en_palabras(filtros),
        }

    def html(self, contexto):
        """The sheet, as it goes to the PDF."""
        return renderizar_impreso(PLANTILLA, contexto, pdf=True)

    def escribir(self, formato, ambito, filtros, *, destino, autor, avance):
        """Writes the sheet, in its only format. Returns: how many areas it shows."""
        contexto = self.contexto(ambito, filtros, autor)
        areas = len(contexto["tabla_areas"])
        avance(0, areas)
        destino.write(pdf_de(self.html(contexto)))
        avance(areas, areas)
        return areas
