"""The dashboard on paper: the same figures, pictures and tables as the page, with their filters, author and time."""

from core.printing import pdf_de, renderizar_impreso
from core.texto import fecha_hora, fecha_num
from organization.models import Entidad
from reports.forms import FiltrosDeTablero
from reports.informes.base import Columna, Informe
from reports.tablero import leer_tablero

SILENCIOS = 40  # of what silence would approve, on paper
PLANTILLA = "reports/impresos/tablero.html"


class Tablero(Informe):
    codigo = "tablero"
    titulo = "Tablero"
    descripcion = "Las cifras, los gráficos y las tablas del tablero, para imprimir."
    formatos = ("pdf",)
    apaisado = False

    def filtros(self):
        return FiltrosDeTablero

    def columnas(self, filtros):
        return [
            Columna("area", "Área", 36),
            *(
                Columna(clave, titulo, 11, "entero")
                for clave, titulo in (
                    *(("por_derivar", "Por derivar"), ("por_recibir", "Por recibir")),
                    *(("en_proceso", "En proceso"), ("en_pausa", "En pausa"), ("en_plazo", "En plazo")),
                    *(("por_vencer", "Por vencer"), ("vencidos", "Vencidos"), ("sin_plazo", "Sin plazo")),
                )
            ),
        ]

    def contar(self, ambito, filtros):
        return len(self._leer(ambito, filtros)["tabla_areas"])

    def filas(self, ambito, filtros):
        for fila in self._leer(ambito, filtros)["tabla_areas"]:
            yield (fila["nombre"], *(celda.cantidad for celda in fila["celdas"]))

    def resumen(self, ambito, filtros):
        return [(figura.titulo, figura.valor) for figura in self._leer(ambito, filtros)["figuras"]]

    def filtros_en_palabras(self, filtros):
        """The days always by their dates: "the last twenty" says nothing on a paper kept for years."""
        rango = filtros.rango
        dias = f"{fecha_num(rango.desde)} a {fecha_num(rango.hasta)}"
        nombre = filtros.periodo_en_palabras()
        return [
            ("Periodo", dias if nombre.startswith("Del ") else f"{nombre}, {dias}"),
            ("Área", filtros.area_en_palabras()),
        ]

    @staticmethod
    def _leer(ambito, filtros):
        return leer_tablero(ambito.usuario, ambito.areas, filtros, por_silencio=SILENCIOS)

    def html(self, ambito, filtros, autor):
        """The sheet, as it goes to the PDF."""
        entidad = Entidad.objects.first()
        contexto = self._leer(ambito, filtros) | {
            "titulo": self.titulo,
            "entidad": entidad.nombre if entidad else "",
            "autor": autor,
            "fecha": fecha_hora(ambito.instante),
            "filtros": self.filtros_en_palabras(filtros),
        }
        return renderizar_impreso(PLANTILLA, contexto, pdf=True)

    def hacer_pdf(self, ambito, filtros, *, destino, autor, avance):
        """Writes the sheet on `destino`, a binary file. Returns: how many areas it shows."""
        areas = self.contar(ambito, filtros)
        avance(0, areas)
        destino.write(pdf_de(self.html(ambito, filtros, autor)))
        avance(areas, areas)
        return areas
