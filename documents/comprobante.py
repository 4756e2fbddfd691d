"""The receipt's PDF, laid out once and kept; a reprint only writes its number and moment on the kept one.

What is printed was frozen at registration, so the kept PDF depends on nothing but its key. A reprint carries the
moment it was made, and would never be found again; so it is laid out with a mark of the same width, whose digits are
then replaced where they stand in the page.
"""

import re
from functools import partial

from core import caching
from documents.receipts import render_cargo_pdf

# All ten digits, so that their shapes are in the font kept with the PDF.
_MOMENTO = "12/34/5678 90:00:00"
_FORMA_DEL_MOMENTO = re.compile(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d")
_TEXTO = "REIMPRESIÓN {n}, {fecha}"
_PAGINA = re.compile(rb"/Type /Page\b")
_RENGLON = re.compile(rb"\[((?:<[0-9a-f]{4}>-?[0-9.]*)+)\] TJ")
_LETRA = re.compile(rb"<([0-9a-f]{4})>")
_VERSION = 1  # raise it when the receipt is drawn in another way


def pdf_de_cargo(datos, *, formato="a5", reimpresion=None):
    """The PDF of a cargo or label, from the cache when it was laid out before.

    Args and Raises: as render_cargo_pdf.
    """
    n = str(reimpresion["n"]) if reimpresion else ""
    if reimpresion and not (
        n.isascii() and n.isdigit() and _FORMA_DEL_MOMENTO.fullmatch(reimpresion["fecha"])
    ):
        return render_cargo_pdf(datos, formato=formato, reimpresion=reimpresion)
    pdf, renglones, letras = caching.en_cache(
        grupo="generar_comprobante_pdf",
        clave=[datos, formato, len(n)],
        producir=partial(_maquetar, datos, formato, "0" * len(n)),
        version=_VERSION,
    )
    if not reimpresion:
        return pdf
    if not renglones:
        return render_cargo_pdf(datos, formato=formato, reimpresion=reimpresion)
    return _escribir(pdf, renglones, letras, _TEXTO.format(n=n, fecha=reimpresion["fecha"]))


def _maquetar(datos, formato, n):
    """(PDF, places of each letter of each mark, shape of each digit); without a mark, the last two are empty."""
    if not n:
        return render_cargo_pdf(datos, formato=formato), [], {}
    marca = {"n": n, "fecha": _MOMENTO}
    pdf = render_cargo_pdf(datos, formato=formato, reimpresion=marca, comprimido=False)
    texto = _TEXTO.format(**marca)
    renglones, letras = _hallar(pdf, texto)
    # One mark in each page laid out; anything else (a mark in two lines) is laid out each time.
    paginas = len(_PAGINA.findall(pdf))
    if len(renglones) not in (paginas, 2 * paginas) or not renglones:
        return b"", [], {}
    return pdf, renglones, letras


def _hallar(pdf, texto):
    """Places in the PDF of each letter of the lines that say the text, known by which of their shapes repeat."""
    renglones, letras = [], {}
    for hallado in _RENGLON.finditer(pdf):
        formas = list(_LETRA.finditer(pdf, *hallado.span(1)))
        if len(formas) != len(texto):
            continue
        de_letra, de_forma = {}, {}
        if all(
            de_letra.setdefault(letra, forma[1]) == forma[1] and de_forma.setdefault(forma[1], letra) == letra
            for letra, forma in zip(texto, formas, strict=True)
        ):
            renglones.append([forma.start(1) for forma in formas])
            letras = {letra: forma for letra, forma in de_letra.items() if letra.isdigit()}
    return renglones, letras


def _escribir(pdf, renglones, letras, texto):
    """The PDF with the digits of the text in the place of those of the mark: not one byte moves."""
    nuevo = bytearray(pdf)
    for lugares in renglones:
        for lugar, letra in zip(lugares, texto, strict=True):
            if letra in letras:
                nuevo[lugar : lugar + 4] = letras[letra]
    return bytes(nuevo)
