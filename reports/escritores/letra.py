"""The printed letter of the tables: which fonts there are, how wide a text is, where its lines break."""

import re
from functools import lru_cache
from itertools import count
from pathlib import Path

import reportlab
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

CARPETAS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
# The families of impresos.css in its order, as (regular, bold). The last one comes with ReportLab: never missing.
FAMILIAS = (
    ("NotoSans-Regular", "NotoSans-Bold"),
    ("segoeui", "segoeuib"),
    ("LiberationSans-Regular", "LiberationSans-Bold"),
    ("arial", "arialbd"),
    ("DejaVuSans", "DejaVuSans-Bold"),
    ("Vera", "VeraBd"),
)
# Asked in turn for a sign that the family lacks.
SUPLENTES = (
    "DejaVuSans",
    "LiberationSans-Regular",
    "NotoSansSymbols-Regular",
    "NotoSansSymbols2-Regular",
    "NotoSansMath-Regular",
    "NotoSansArabic-Regular",
    "NotoSansHebrew-Regular",
    "NotoSansDevanagari-Regular",
    "Vera",
)
SIN_DIBUJO = ("\ufffd", "\u25a1", "?")  # printed for a sign that no font of the machine has
PALABRAS_MAXIMAS = 50_000
_DERECHA = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
DE_DERECHA = re.compile(f"[{_DERECHA}]+(?:[ \u00a0]+[{_DERECHA}]+)*")

_nombres = count()


class Letra:
    """One family and its stand-ins. Widths are in thousandths of the letter's size.

    A process makes one and keeps it: what it learns of words and signs serves the next report.
    """

    def __init__(self, rutas):
        """Args: rutas maps a font's file name, in lower case and without suffix, to its path."""
        self._rutas = rutas
        self.normal, self.gruesa = self._familia()
        self._reemplazo = next(s for s in SIN_DIBUJO if ord(s) in self.normal.face.charToGlyph)
        self._signos = ({}, {})  # sign -> width, regular and bold
        self._ajenos = ({}, {})  # sign -> (font, sign to print) when it is not the family's own
        self._palabras = ({}, {})

    def _familia(self):
        for normal, gruesa in FAMILIAS:
            par = self._fuente(normal), self._fuente(gruesa)
            if all(par):
                return par
        raise FileNotFoundError("no TrueType font")

    @lru_cache(maxsize=64)  # noqa: B019 one Letra lives as long as the process
    def _fuente(self, nombre):
        """The registered font of a file name, or None when it is missing or cannot be read."""
        ruta = self._rutas.get(nombre.lower())
        if ruta is None:
            return None
        try:
            fuente = TTFont(f"mesa{next(_nombres)}", str(ruta), shapable=False)
        except (TTFError, OSError):
            return None
        registerFont(fuente)
        return fuente

    def _aprender(self, signo, negrita):
        """Note the width of a sign met for the first time, and who draws it. Returns: the width."""
        propia, codigo = (self.gruesa if negrita else self.normal), ord(signo)
        fuente, dibujo = propia, signo
        if codigo == 0xA0:
            dibujo = " "
        elif codigo not in propia.face.charToGlyph:
            if signo == "\u202f":  # a thin space is no reason to change the letter
                dibujo = " "
            else:
                fuente = next((f for f in self._otras() if codigo in f.face.charToGlyph), None)
                fuente, dibujo = (fuente, signo) if fuente else (propia, self._reemplazo)
        if fuente is not propia or dibujo != signo:
            self._ajenos[negrita][signo] = (fuente.fontName, dibujo)
        ancho = self._signos[negrita][signo] = fuente.face.getCharWidth(ord(dibujo))
        return ancho

    def _otras(self):
        return (fuente for nombre in SUPLENTES if (fuente := self._fuente(nombre)))

    def ancho(self, texto, negrita=False):
        """Width of a text on one line."""
        signos = self._signos[negrita]
        try:
            return sum([signos[s] for s in texto])
        except KeyError:
            return sum([signos[s] if s in signos else self._aprender(s, negrita) for s in texto])

    def _ancho_de_palabra(self, palabra, negrita):
        palabras = self._palabras[negrita]
        ancho = palabras.get(palabra)
        if ancho is None:
            if len(palabras) >= PALABRAS_MAXIMAS:
                palabras.clear()
            ancho = palabras[palabra] = self.ancho(palabra, negrita)
        return ancho

    def lineas(self, texto, tope, negrita=False):
        """The lines of a text in a width; a word wider than it is cut where the width ends."""
        espacio = self._ancho_de_palabra(" ", negrita)
        lineas, linea, usado = [], [], 0
        for palabra in texto.split(" "):
            if not palabra:
                continue
            ancho = self._ancho_de_palabra(palabra, negrita)
            if linea and usado + espacio + ancho <= tope:
                linea.append(palabra)
                usado += espacio + ancho
                continue
            if linea:
                lineas.append(" ".join(linea))
            if ancho > tope:
                *enteras, palabra = self._cortar(palabra, tope, negrita)
                lineas += enteras
                ancho = self.ancho(palabra, negrita)
            linea, usado = [palabra], ancho
        if linea:
            lineas.append(" ".join(linea))
        return lineas

    def _cortar(self, palabra, tope, negrita):
        trozos, inicio, usado = [], 0, 0
        for n, signo in enumerate(palabra):
            ancho = self.ancho(signo, negrita)
            if usado + ancho > tope and n > inicio:
                trozos.append(palabra[inicio:n])
                inicio, usado = n, 0
            usado += ancho
        return [*trozos, palabra[inicio:]]

    def acortar(self, texto, tope, negrita=False):
        """The text on one line, with "…" for what does not fit."""
        if self.ancho(texto, negrita) <= tope:
            return texto
        tope -= self.ancho("…", negrita)
        while texto and self.ancho(texto, negrita) > tope:
            texto = texto[:-1]
        return texto.rstrip() + "…"

    def tramos(self, linea, negrita=False):
        """[(font name, text)] of a line as it is drawn: each stretch by the font that has its signs.

        Letters that are written from the right are put in that order; they are not joined to one another.
        """
        propia, ajenos = (self.gruesa if negrita else self.normal).fontName, self._ajenos[negrita]
        self.ancho(linea, negrita)
        if not ajenos or ajenos.keys().isdisjoint(linea):
            return [(propia, linea)]
        tramos = []
        for signo in DE_DERECHA.sub(lambda hallado: hallado.group()[::-1], linea):
            fuente, dibujo = ajenos.get(signo, (propia, signo))
            if tramos and tramos[-1][0] == fuente:
                tramos[-1][1].append(dibujo)
            else:
                tramos.append((fuente, [dibujo]))
        return [(fuente, "".join(signos)) for fuente, signos in tramos]


def rutas_de_fuentes(carpetas=CARPETAS):
    """{file name in lower case without suffix: path} of the TrueType fonts of the machine and of ReportLab."""
    rutas = {}
    for carpeta in (*carpetas, Path(reportlab.__file__).parent / "fonts"):
        raiz = Path(carpeta).expanduser()
        if raiz.is_dir():
            for ruta in raiz.rglob("*.[tT][tT][fF]"):
                rutas.setdefault(ruta.stem.lower(), ruta)
    return rutas


@lru_cache(maxsize=1)
def letra():
    """The Letra of this process."""
    return Letra(rutas_de_fuentes())
