"""Text for other programs: UTF-8 with its mark, semicolons, CRLF; written row by row.

Semicolons, because Excel in the regional settings of Peru opens them in columns and the texts are full of commas; the
mark, because without it Excel reads the accents wrong. Only the titles and the rows: what the report is, who made it
and when is on the page of reports.
"""

import csv
import io
from datetime import date

from core.texto import fecha_hora_num
from reports.escritores.excel import PELIGROSO, limpio

CADA = 1000
SEPARADOR = ";"


def escribir(informe, ambito, filtros, *, destino, autor, avance):
    """Writes the rows of a report. Args and returns as the other writers."""
    lectura = informe.leer(ambito, filtros)
    hechas = 0
    texto = io.TextIOWrapper(destino, encoding="utf-8", newline="", write_through=False)
    try:
        texto.write("\ufeff")
        salida = csv.writer(texto, delimiter=SEPARADOR, lineterminator="\r\n")
        salida.writerow([columna.titulo for columna in informe.columnas(filtros)])
        for hechas, fila in enumerate(lectura.filas, 1):
            salida.writerow([en_texto(valor) for valor in fila])
            if hechas % CADA == 0:
                avance(hechas, lectura.total or hechas)
        texto.flush()
    finally:
        texto.detach()
    return hechas


def en_texto(valor):
    """A value as this format writes it."""
    if valor is None:
        return ""
    if isinstance(valor, bool):
        return "Sí" if valor else "No"
    if isinstance(valor, date):
        return fecha_hora_num(valor)
    if isinstance(valor, str):
        texto = limpio(valor)
        # An apostrophe before what Excel takes for a formula is the usual remedy (OWASP, "CSV injection"): quotes do
        # not stop it. Only texts are marked, never numbers.
        return f"'{texto}" if texto.startswith(PELIGROSO) else texto
    return valor
