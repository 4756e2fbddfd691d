"""Writes a report as a PDF to print: its head, filters, figures and rows, who made it, when, page n of m.

The rows are drawn with ReportLab: laying out as many in HTML takes thirty times longer (docs/adr).
"""

from datetime import date
from itertools import chain, islice
from math import ceil

from django.conf import settings

from core.printing import limpiar
from core.texto import cuenta, fecha_hora, fecha_hora_num, fecha_num, miles
from organization.models import Entidad
from reports.errors import DemasiadasFilas
from reports.escritores.hoja import MARGEN, MM_PT, RELLENO_X, Hoja
from reports.escritores.letra import letra

FILAS_POR_AVISO = 50
FILAS_DE_MUESTRA = 200
TAMANIOS = (8, 7.5, 7, 6.5, 6)
A_LA_DERECHA = {"entero", "horas", "porcentaje"}
# Room that a column keeps for what may come after the sample.
ESPECIMENES = {
    "entero": "9 999",
    "fecha": "00/00/0000",
    "instante": "00/00/0000",
    "horas": "9 999,9",
    "porcentaje": "100,0 %",
    "si_no": "No",
}
LINEAS_DE_TITULO = 3
PARTE_DE_PISOS = 0.8  # of the width that the longest words may take before the letter gets smaller
PISO_MAXIMO = 32 * MM_PT
PARTES = 60  # in which the free width is given
SIN_FILAS = "No hay filas con estos filtros."


def comprobar_filas(total):
    """Refuse what does not go in a PDF. Raises: DemasiadasFilas."""
    limite = settings.REPORTES_PDF_FILAS
    if total > limite:
        raise DemasiadasFilas(filas=miles(total), limite=miles(limite))


def escribir(informe, ambito, filtros, *, destino, autor, avance):
    """Write the report on `destino`, a binary file; nothing is written before all of it is ready.

    Args: autor the name of who asked; avance(done, total) is called every few rows and may raise to give up.
    Returns: rows written. Raises: DemasiadasFilas.
    """
    lectura = informe.leer(ambito, filtros)
    comprobar_filas(lectura.total)
    avance(0, lectura.total)
    columnas = informe.columnas(filtros)
    entidad = Entidad.objects.first()
    entidad, titulo = limpiar(entidad.nombre if entidad else ""), limpiar(str(informe.titulo))
    pares = [(limpiar(str(n)), limpiar(str(v))) for n, v in informe.filtros_en_palabras(filtros)]
    instante = ambito.instante
    hoja = Hoja(
        letra(),
        apaisada=informe.apaisado,
        titulo=titulo,
        entidad=entidad,
        autor=limpiar(str(autor)),
        emision=f"Emitido por {limpiar(str(autor))}, {fecha_hora(instante)}",
        tema="; ".join(f"{n}: {v}" for n, v in pares),
    )
    hoja.cabeza(entidad, titulo)
    hoja.pares(pares or [("Filtros", "ninguno")])
    if lectura.resumen:
        hoja.y -= 1.5 * MM_PT
        hoja.pares([(limpiar(str(texto)), _cifra(valor)) for texto, valor in lectura.resumen])
    hoja.y -= 3 * MM_PT
    hechas = _tabla(hoja, columnas, lectura, avance)
    destino.write(hoja.bytes(aviso=lambda: avance(hechas, max(hechas, lectura.total))))
    return hechas


def _tabla(hoja, columnas, lectura, avance):
    """Draw every row. Returns: how many."""
    en_texto = [TEXTOS.get(columna.tipo, _texto) for columna in columnas]
    filas = ([como(v) for como, v in zip(en_texto, fila, strict=True)] for fila in lectura.filas)
    muestra = list(islice(filas, FILAS_DE_MUESTRA))
    tam, anchos = repartir(columnas, muestra, hoja.letra, hoja.ancho)
    derechas = [columna.tipo in A_LA_DERECHA for columna in columnas]
    titulos = [limpiar(str(columna.titulo)) for columna in columnas]
    hoja.abrir_tabla(list(zip(titulos, anchos, derechas, strict=True)), tam)
    hechas = 0
    for hechas, fila in enumerate(chain(muestra, filas), start=1):
        hoja.fila(fila)
        if hechas % FILAS_POR_AVISO == 0:
            comprobar_filas(hechas)
            avance(hechas, max(hechas, lectura.total))
    hoja.cerrar_tabla()
    hoja.saltar(2 * MM_PT + tam)
    hoja.texto(MARGEN, hoja.y, cuenta(hechas, "fila") if hechas else SIN_FILAS, tam, negrita=bool(hechas))
    avance(hechas, max(hechas, lectura.total))
    return hechas


def repartir(columnas, muestra, letra, total):
    """Share the width among the columns. Returns: (size of the letter, [widths in points]).

    No column is narrower than its kind of value, or than its longest word of the title or of the sample, up to a
    measure; with many columns the letter gets smaller. Each part of what is left goes to the column that makes most
    rows of the sample tall; when every row has one line, by the widths that the report asks for.
    """
    palabras = [
        max(
            [letra.ancho(ESPECIMENES.get(columna.tipo, "")), _ancho_de_titulo(columna, letra)]
            + [letra.ancho(palabra) for fila in muestra for palabra in fila[n].split(" ")]
        )
        for n, columna in enumerate(columnas)
    ]
    for tam in TAMANIOS:
        anchos = [min(p * tam / 1000, PISO_MAXIMO) + 2 * RELLENO_X + 0.1 for p in palabras]
        if sum(anchos) <= PARTE_DE_PISOS * total:
            break
    resto = total - sum(anchos)
    if resto <= 0:  # too many columns for any letter: words are cut
        return tam, [total * ancho / sum(anchos) for ancho in anchos]
    # A line is seldom full: a text counts as a little longer than it is.
    largos = [[letra.ancho(texto) * tam / 900 for texto in fila] for fila in muestra]
    for _ in range(PARTES):
        alta = _la_mas_alta(largos, [ancho - 2 * RELLENO_X for ancho in anchos])
        if alta is None:
            break
        anchos[alta] += resto / PARTES
    sobra = total - sum(anchos)
    pedido = sum(columna.ancho for columna in columnas)
    return tam, [a + sobra * columna.ancho / pedido for a, columna in zip(anchos, columnas, strict=True)]


def _ancho_de_titulo(columna, letra):
    """The least width in which the title of a column has few lines and whole words."""
    titulo = limpiar(str(columna.titulo))
    ancho = max(letra.ancho(palabra, True) for palabra in titulo.split(" ")) + 1
    while len(letra.lineas(titulo, ancho, True)) > LINEAS_DE_TITULO:
        ancho *= 1.05
    return ancho


def _la_mas_alta(largos, anchos):
    """Index of the column that alone, or with others, makes most rows tall; None when all rows have one line."""
    votos = [0.0] * len(anchos)
    for fila in largos:
        lineas = [ceil(largo / ancho) for largo, ancho in zip(fila, anchos, strict=True)]
        alto = max(lineas)
        if alto > 1:
            voto = 1 / lineas.count(alto)
            for n, cuantas in enumerate(lineas):
                if cuantas == alto:
                    votos[n] += voto
    return votos.index(max(votos)) if any(votos) else None


# --- values ------------------------------------------------------------------------------------------------


def _texto(valor):
    return "" if valor is None else limpiar(str(valor))


def _decimal(valor, unidad=""):
    entera, _, decimal = f"{valor:.1f}".partition(".")
    signo = "-" if entera.startswith("-") else ""
    return f"{signo}{miles(abs(int(entera)))},{decimal}{unidad}"


def _horas(valor):
    return "" if valor is None else _decimal(valor)


def _porcentaje(valor):
    return "" if valor is None else _decimal(100 * valor, "\u00a0%")


def _si_no(valor):
    return "" if valor is None else ("Sí" if valor else "No")


def _cifra(valor):
    """A figure of the summary as it is read."""
    if isinstance(valor, bool):
        return _si_no(valor)
    if isinstance(valor, int):
        return miles(valor)
    if isinstance(valor, float):
        return _decimal(valor)
    if isinstance(valor, date):
        return fecha_hora_num(valor)
    return _texto(valor)


TEXTOS = {
    "texto": _texto,
    "entero": miles,
    "fecha": fecha_num,
    "instante": fecha_hora_num,
    "horas": _horas,
    "porcentaje": _porcentaje,
    "si_no": _si_no,
}
