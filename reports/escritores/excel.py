"""Excel workbooks, row by row: memory does not grow with the rows.

The data stands alone from the first row of its sheet, so that filters, sorting and pivot tables work at once; what the
report is, its filters, author and time stand on a sheet of their own and in the margins of the printed pages.
"""

import re
from contextlib import suppress
from datetime import date, datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from core.texto import fecha_hora
from reports.informes.base import cabecera

FILAS_POR_HOJA = 1_048_576  # of the format, with the row of titles
LARGO_DE_CELDA = 32_767
A4 = 9  # of the format
CADA = 500  # rows between two reports of progress
PARTE_DE_FILAS = 0.9  # of the progress; the rest is compressing
FORMATOS = {
    "entero": "#,##0",
    "fecha": "dd/mm/yyyy",
    "instante": "dd/mm/yyyy hh:mm",
    "horas": "0.00",
    "porcentaje": "0.0%",
}
PELIGROSO = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a sheet may take for a formula
# What XML 1.0 cannot hold, and halves of characters.
_ILEGALES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escribir(informe, ambito, filtros, *, destino, autor, avance):
    """Writes the workbook of a report.

    Args: destino a binary file; avance(done, total), called often, may stop the writing. Returns: rows written.
    """
    lectura = informe.leer(ambito, filtros)
    datos = cabecera(informe, ambito, filtros, autor)
    libro = Workbook(write_only=True)
    libro.properties.creator, libro.properties.title = limpio(autor)[:200], informe.titulo
    try:
        hojas = _llenar(libro, informe.columnas(filtros), datos, lectura, avance)
        libro.active = 1
        # As Workbook.save does, with the compressing told and stoppable.
        total = lectura.total or 1
        with _Comprimido(destino, lambda parte: avance((PARTE_DE_FILAS + parte / 10) * total, total)) as zip_:
            ExcelWriter(libro, zip_).save()
    except BaseException:
        for hoja in libro.worksheets:  # let go of its temporary
            with suppress(Exception):
                hoja.close()
        raise
    return hojas.filas


def _llenar(libro, columnas, datos, lectura, avance):
    """Writes every row on its sheets, and what they are on the first. Returns: the _Hojas."""
    presentacion = libro.create_sheet("Reporte")
    hojas = _Hojas(libro, columnas, datos)
    total = lectura.total or 1
    for hechas, fila in enumerate(lectura.filas, 1):
        hojas.agregar(fila)
        if hechas % CADA == 0:
            avance(min(hechas, total) * PARTE_DE_FILAS, total)
    hojas.cerrar()
    _presentar(presentacion, datos, lectura.resumen, hojas.filas)
    return hojas


class _Hojas:
    """The sheets of rows: a new one when the format allows no more in the last."""

    def __init__(self, libro, columnas, datos):
        self.libro, self.columnas, self.datos = libro, columnas, datos
        self.filas, self.hoja = 0, None
        self._abrir()

    def _abrir(self):
        numero = len(self.libro.worksheets)
        self.hoja = self.libro.create_sheet("Datos" if numero == 1 else f"Datos {numero}")
        self.en_hoja = 1
        for n, columna in enumerate(self.columnas, 1):
            self.hoja.column_dimensions[get_column_letter(n)].width = min(columna.ancho, 80) + 2
        self.hoja.freeze_panes = "A2"
        _margenes(self.hoja, self.datos)
        self.hoja.print_title_rows = "1:1"
        self.hoja.append([_titulo(self.hoja, columna.titulo) for columna in self.columnas])
        self.moldes = [_Molde(self.hoja, columna.tipo) for columna in self.columnas]

    def agregar(self, fila):
        if self.en_hoja == FILAS_POR_HOJA:
            self.cerrar()
            self._abrir()
        self.hoja.append([molde(valor) for molde, valor in zip(self.moldes, fila, strict=True)])
        self.en_hoja += 1
        self.filas += 1

    def cerrar(self):
        self.hoja.auto_filter.ref = f"A1:{get_column_letter(len(self.columnas))}{self.en_hoja}"


class _Molde:
    """Makes the cells of one column: each kind of cell once, with its style, used again for every row.

    A row is written before the next is made; and no bare value is given to the sheet, which would take for a formula
    what begins with = and lend it the style of its neighbour.
    """

    def __init__(self, hoja, tipo):
        self.celda, self.texto, self.citada = (WriteOnlyCell(hoja) for _ in range(3))
        self.celda.number_format = FORMATOS.get(tipo, "General")
        self.citada.quotePrefix = True

    def __call__(self, valor):
        if valor is None:
            return None
        if isinstance(valor, str):
            return self._de_texto(valor)
        if isinstance(valor, bool):
            return self._de_texto("Sí" if valor else "No")
        if isinstance(valor, datetime):
            valor = timezone.make_naive(valor) if timezone.is_aware(valor) else valor
        if isinstance(valor, date) and valor.year <= 1900:  # where the calendar of Excel is not everybody's
            return self._de_texto(f"{valor:%d/%m/%Y}")
        self.celda.value = valor
        return self.celda

    def _de_texto(self, valor):
        """A text for sure; the mark of the format keeps it one after somebody edits it, and changes no letter."""
        texto = limpio(valor)
        celda = self.citada if texto.startswith(PELIGROSO) else self.texto
        celda.value = texto
        celda.data_type = "s"
        return celda


class _Comprimido(ZipFile):
    """A zip that tells how it goes through the large parts."""

    def __init__(self, destino, avance):
        super().__init__(destino, "w", ZIP_DEFLATED, allowZip64=True, compresslevel=4)
        self._avance = avance

    def write(self, filename, arcname=None, compress_type=None, compresslevel=None):
        info = ZipInfo.from_file(filename, arcname)
        info.compress_type, info._compresslevel = self.compression, self.compresslevel
        hecho = 0
        with (
            open(filename, "rb") as origen,
            self.open(info, "w", force_zip64=info.file_size > 2**31) as parte,
        ):
            while trozo := origen.read(1024 * 1024):
                parte.write(trozo)
                hecho += len(trozo)
                self._avance(hecho / max(info.file_size, 1))


def limpio(valor):
    """The text without what a workbook cannot hold."""
    texto = _ILEGALES.sub("", str(valor)).replace("\r\n", "\n")
    return texto[:LARGO_DE_CELDA]


def _titulo(hoja, texto):
    celda = WriteOnlyCell(hoja, texto)
    celda.font = Font(bold=True, color="FFFFFF")
    celda.fill = PatternFill("solid", fgColor="1F3A5F")
    celda.alignment = Alignment(vertical="center", wrap_text=True)
    return celda


def _margenes(hoja, datos):
    """How a sheet is printed: on its side, as wide as the paper, with filters, author, time and page n of m."""
    hoja.page_setup.orientation, hoja.page_setup.paperSize = "landscape", A4
    hoja.page_setup.fitToWidth, hoja.page_setup.fitToHeight = 1, 0
    hoja.sheet_properties.pageSetUpPr.fitToPage = True
    filtros = "; ".join(f"{nombre}: {valor}" for nombre, valor in datos[2:-2])
    encabezado = [_de_margen(texto, largo) for texto, largo in ((datos[1][1], 60), (filtros, 150))]
    hoja.oddHeader.left.text, hoja.oddHeader.right.text = encabezado
    autor, instante = datos[-2][1], datos[-1][1]
    hoja.oddFooter.left.text = _de_margen(f"{autor}, {fecha_hora(instante)}", 100)
    hoja.oddFooter.right.text = "Página &P de &N"
    for parte in (hoja.oddHeader.left, hoja.oddHeader.right, hoja.oddFooter.left, hoja.oddFooter.right):
        parte.size = 8


def _de_margen(texto, largo):
    """A text for the margin: its signs & are not orders, and the whole stays short."""
    texto = limpio(texto).replace("\n", " ")
    texto = texto if len(texto) <= largo else texto[: largo - 1] + "…"
    return texto.replace("&", "&&")


def _presentar(hoja, datos, resumen, filas):
    """The sheet that says what this is, under which filters, by whom and when, and its figures."""
    hoja.column_dimensions["A"].width, hoja.column_dimensions["B"].width = 34, 70
    _margenes(hoja, datos)

    def linea(nombre, valor, negrita=False):
        primera = WriteOnlyCell(hoja, limpio(nombre))
        primera.data_type, primera.font = "s", Font(bold=negrita)
        celda = _Molde(hoja, _tipo_de(valor))(valor)
        if celda is not None:
            celda.alignment = Alignment(horizontal="left", wrap_text=True, vertical="top")
        hoja.append([primera, celda])

    for nombre, valor in datos:
        linea(nombre, valor, negrita=True)
    linea("Filas", filas, negrita=True)
    if resumen:
        hoja.append([])
        linea("Resumen", None, negrita=True)
        for nombre, valor in resumen:
            linea(nombre, valor)


def _tipo_de(valor):
    """The kind of column that a single value would stand in."""
    if isinstance(valor, bool | str):
        return "texto"
    for clase, tipo in ((datetime, "instante"), (date, "fecha"), (int, "entero"), (float, "horas")):
        if isinstance(valor, clase):
            return tipo
    return "texto"
