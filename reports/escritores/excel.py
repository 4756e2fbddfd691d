"""Excel workbooks, row by row: memory does not grow with the rows.

The data stands alone from the first row of its sheet, so that filters, sorting and pivot tables work at once; what the
report is, its filters, author and time stand on a sheet of their own and in the margins of the printed pages.
"""

import os
import re
import tempfile
import time
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
PARTE_DE_FILAS = 0.8  # of the progress; the rest is compressing
DIA_CERO = datetime(1899, 12, 30)
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
    presentacion = libro.create_sheet("Reporte")
    hojas, total = _Hojas(libro, informe.columnas(filtros), datos), lectura.total or 1
    try:
        for hechas, fila in enumerate(lectura.filas, 1):
            hojas.agregar(fila)
            if hechas % CADA == 0:
                avance(min(hechas, total) * PARTE_DE_FILAS, total)
        hojas.cerrar()
        _presentar(presentacion, datos, lectura.resumen, hojas.filas)
        libro.active = 1

        def avanzar(parte):
            avance((PARTE_DE_FILAS + (1 - PARTE_DE_FILAS) * parte) * total, total)

        with _Comprimido(destino, hojas.partes, avanzar) as archivo:
            ExcelWriter(libro, archivo).save()  # as Workbook.save does
    except BaseException:
        for hoja in libro.worksheets:  # let go of its temporary
            with suppress(Exception):
                hoja.close()
        raise
    finally:
        hojas.soltar()
    return hojas.filas


class _Hojas:
    """The sheets of rows: a new one when the format allows no more in the last.

    openpyxl writes each sheet with its titles, widths, filter and margins; its rows are written here, as the format's
    own text, and put inside when the file is closed (`_Comprimido`): four times faster than a cell object each.
    """

    def __init__(self, libro, columnas, datos):
        self.libro, self.columnas, self.datos = libro, columnas, datos
        self.filas, self.partes = 0, {}
        self._abrir()

    def _abrir(self):
        numero = len(self.libro.worksheets)
        self.hoja = hoja = self.libro.create_sheet("Datos" if numero == 1 else f"Datos {numero}")
        for n, columna in enumerate(self.columnas, 1):
            hoja.column_dimensions[get_column_letter(n)].width = min(columna.ancho, 80) + 2
        hoja.freeze_panes = "A2"
        _margenes(hoja, self.datos)
        hoja.print_title_rows = "1:1"
        hoja.append([_titulo(hoja, columna.titulo) for columna in self.columnas])
        self.en_hoja = 1
        self.moldes = [
            _Molde(hoja, columna.tipo, get_column_letter(n)) for n, columna in enumerate(self.columnas, 1)
        ]
        descriptor, ruta = tempfile.mkstemp(prefix="filas-", suffix=".xml")
        self.salida = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
        self.partes[f"xl/worksheets/sheet{numero + 1}.xml"] = ruta

    def agregar(self, fila):
        if self.en_hoja == FILAS_POR_HOJA:
            self.cerrar()
            self._abrir()
        self.en_hoja = n = self.en_hoja + 1
        celdas = "".join([molde(valor, n) for molde, valor in zip(self.moldes, fila, strict=True)])
        self.salida.write(f'<row r="{n}">{celdas}</row>')
        self.filas += 1

    def cerrar(self):
        self.salida.close()
        self.hoja.auto_filter.ref = f"A1:{get_column_letter(len(self.columnas))}{self.en_hoja}"

    def soltar(self):
        """Lets go of the temporaries, whatever happened."""
        with suppress(OSError):
            self.salida.close()
        for ruta in self.partes.values():
            with suppress(OSError):
                os.unlink(ruta)


class _Molde:
    """Writes the cells of one column: texts always as texts, never as formulas."""

    def __init__(self, hoja, tipo, letra):
        modelo, citado = WriteOnlyCell(hoja), WriteOnlyCell(hoja)
        modelo.number_format = FORMATOS.get(tipo, "General")
        # What Excel might take for a formula keeps this mark, so that it stays a text after somebody edits it.
        citado.quotePrefix = True
        self.letra, self.estilo, self.citado = letra, modelo.style_id, citado.style_id

    def __call__(self, valor, fila):
        if valor is None or valor == "":
            return ""
        if isinstance(valor, str):
            return self._texto(valor, fila)
        if isinstance(valor, bool):
            return self._texto("Sí" if valor else "No", fila)
        if isinstance(valor, date):
            if valor.year <= 1900:  # where the calendar of Excel is not everybody's
                return self._texto(f"{valor:%d/%m/%Y}", fila)
            valor = _serie(valor)
        return f'<c r="{self.letra}{fila}" s="{self.estilo}"><v>{valor}</v></c>'

    def _texto(self, valor, fila):
        texto = limpio(valor)
        estilo = f' s="{self.citado}"' if texto.startswith(PELIGROSO) else ""
        blancos = ' xml:space="preserve"' if texto != texto.strip() else ""
        texto = texto.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f'<c r="{self.letra}{fila}"{estilo} t="inlineStr"><is><t{blancos}>{texto}</t></is></c>'


def _serie(valor):
    """A day or an instant as Excel counts them: days from the end of 1899, local time."""
    if not isinstance(valor, datetime):
        return (valor - DIA_CERO.date()).days
    if timezone.is_aware(valor):
        valor = timezone.make_naive(valor)
    return round((valor - DIA_CERO).total_seconds() / 86_400, 10)


class _Comprimido(ZipFile):
    """A zip that puts the rows inside their sheets, and tells how it goes through them.

    Args: partes gives the file of rows of each sheet; avance is called with the part done of each.
    """

    def __init__(self, destino, partes, avance):
        super().__init__(destino, "w", ZIP_DEFLATED, allowZip64=True, compresslevel=4)
        self._partes, self._avance = partes, avance

    def write(self, filename, arcname=None, compress_type=None, compresslevel=None):
        if arcname not in self._partes:
            super().write(filename, arcname, compress_type, compresslevel)
            return
        with open(filename, "rb") as archivo:
            antes, cierre, despues = archivo.read().partition(b"</sheetData>")
        filas = self._partes[arcname]
        total, hecho = max(os.path.getsize(filas), 1), 0
        info = ZipInfo(arcname, date_time=time.localtime()[:6])
        info.compress_type, info._compresslevel = self.compression, self.compresslevel
        with open(filas, "rb") as origen, self.open(info, "w", force_zip64=total > 2**30) as parte:
            parte.write(antes)
            while trozo := origen.read(1024 * 1024):
                parte.write(trozo)
                hecho += len(trozo)
                self._avance(hecho / total)
            parte.write(cierre + despues)


def limpio(valor):
    """The text without what a workbook cannot hold."""
    texto = str(valor)
    if _ILEGALES.search(texto):
        texto = _ILEGALES.sub("", texto)
    if "\r" in texto:
        texto = texto.replace("\r\n", "\n").replace("\r", "\n")
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
        primera, celda = _celda(hoja, nombre), _celda(hoja, valor)
        primera.font = Font(bold=negrita)
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


def _celda(hoja, valor):
    """A single cell in the look of its kind; texts as texts."""
    if isinstance(valor, bool):
        valor = "Sí" if valor else "No"
    if isinstance(valor, str):
        celda = WriteOnlyCell(hoja, limpio(valor))
        celda.data_type, celda.quotePrefix = "s", valor.startswith(PELIGROSO)
        return celda
    if isinstance(valor, datetime) and timezone.is_aware(valor):
        valor = timezone.make_naive(valor)
    celda = WriteOnlyCell(hoja, valor)
    for clase, tipo in ((datetime, "instante"), (date, "fecha"), (int, "entero"), (float, "horas")):
        if isinstance(valor, clase):
            celda.number_format = FORMATOS[tipo]
            break
    return celda
