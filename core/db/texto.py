"""Prints tables of figures for operators."""

from core.texto import peso


def cifra(numero, decimales=0):
    """1234567.8 as "1 234 568", or with so many decimals; "—" for None."""
    return "—" if numero is None else f"{numero:,.{decimales}f}".replace(",", " ").replace(".", ",")


def tamanio(octetos):
    """Bytes as "12,3 MB"; "—" for None."""
    return peso(octetos) or "—"


def tabla(cabecera, filas):
    """Lines of a table; the first column and any whose title starts with "<" to the left, the others to the right."""
    titulos = [titulo.removeprefix("<") for titulo in cabecera]
    izquierda = [n == 0 or titulo.startswith("<") for n, titulo in enumerate(cabecera)]
    filas = [[str(celda) for celda in fila] for fila in filas]
    anchos = [max(map(len, columna)) for columna in zip(titulos, *filas, strict=True)]
    return [
        "  ".join(
            celda.ljust(ancho) if a_la_izquierda else celda.rjust(ancho)
            for celda, ancho, a_la_izquierda in zip(fila, anchos, izquierda, strict=True)
        ).rstrip()
        for fila in (titulos, *filas)
    ]
