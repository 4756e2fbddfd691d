"""Sheets of a printed table, drawn with ReportLab: first head, running head, foot, rows that go on over pages.

They look like templates/impresos/a4.html with impresos.css, which serve the papers that WeasyPrint makes.
"""

from io import BytesIO

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from core.printing import A4_PT, MM_PT

MARGEN = 15 * MM_PT
LETRA_TITULO, LETRA_TEXTO, LETRA_PIE = 12, 8.5, 7.5
RELLENO_X, RELLENO_Y = 1.2 * MM_PT, 0.8 * MM_PT
INTERLINEA = 1.25
RAYA, RAYA_GRUESA, RAYA_CABEZA = 0.2 * MM_PT, 0.5 * MM_PT, 0.6 * MM_PT
GRIS = 0.4
PAGINAS_POR_AVISO = 25

rl_config.useA85 = 0  # pages as compressed bytes, not as text a quarter longer


class Hoja:
    """A document under way: `y` is where the next thing goes, counted from the foot of the sheet.

    The pages wait in memory without their foot until their total is known; nothing is written before `bytes`.
    """

    def __init__(self, letra, *, apaisada, titulo, entidad, autor, emision, tema=""):
        self.letra = letra
        self.ancho_hoja, self.alto_hoja = A4_PT[::-1] if apaisada else A4_PT
        self.ancho = self.ancho_hoja - 2 * MARGEN
        self.corrido = " · ".join(filter(None, (entidad, titulo)))
        self.emision = emision
        self.columnas = ()
        self._paginas, self._salida = [], BytesIO()
        lienzo = self._lienzo = Canvas(
            self._salida,
            pagesize=(self.ancho_hoja, self.alto_hoja),
            pageCompression=1,
            lang="es-PE",
            initialFontName=letra.normal.fontName,
            initialFontSize=LETRA_TEXTO,
        )
        lienzo.setTitle(titulo)
        lienzo.setAuthor(autor)
        lienzo.setSubject(tema)
        lienzo.setCreator("Mesa de Partes")
        lienzo.setProducer("ReportLab")
        lienzo.setViewerPreference("DisplayDocTitle", "true")
        self._abrir()

    # --- text ----------------------------------------------------------------------------------------------

    def texto(self, x, y, texto, tam, *, negrita=False, derecha=False):
        """Draw one line whose baseline is at y; with derecha, x is where it ends."""
        if derecha:
            x -= self.letra.ancho(texto, negrita) * tam / 1000
        escrito = self._lienzo.beginText(x, y)
        self._linea(escrito, texto, tam, negrita)
        self._lienzo.drawText(escrito)

    def _linea(self, escrito, texto, tam, negrita):
        for fuente, tramo in self.letra.tramos(texto, negrita):
            escrito.setFont(fuente, tam)
            escrito.textOut(tramo)

    def pares(self, pares, *, separador=" · ", tam=LETRA_TEXTO):
        """Draw "**Name:** value" one after another, over as many lines as they need; the page may turn."""
        palabras = []
        for n, (nombre, valor) in enumerate(pares):
            palabras += [(p, True) for p in f"{nombre}:".split(" ") if p]
            palabras += [
                (p, False) for p in f"{valor}{separador if n + 1 < len(pares) else ''}".split(" ") if p
            ]
        alto, tope = tam * 1.35, self.ancho * 1000 / tam
        x = 0
        self.saltar(alto)
        for palabra, negrita in palabras:
            for trozo in self.letra.lineas(palabra, tope, negrita):
                ancho = self.letra.ancho(trozo, negrita)
                if x and x + ancho > tope:
                    self.saltar(alto)
                    x = 0
                self.texto(MARGEN + x * tam / 1000, self.y, trozo, tam, negrita=negrita)
                x += ancho + self.letra.ancho(" ", negrita)

    # --- pages ---------------------------------------------------------------------------------------------

    def _abrir(self):
        self.y = self.alto_hoja - MARGEN
        if self._paginas:
            arriba = self.alto_hoja - MARGEN + 2 * MM_PT
            tope = self.ancho * 1000 / LETRA_PIE
            self.texto(MARGEN, arriba, self.letra.acortar(self.corrido, tope), LETRA_PIE)
        self._lienzo.setLineWidth(RAYA)
        self._lienzo.setStrokeGray(GRIS)

    def pasar(self):
        """Turn the page; a table under way repeats its head."""
        # The way to write "n of m" known from ReportLab's manual: keep each page's state, finish them at the end.
        self._paginas.append(dict(self._lienzo.__dict__))
        self._lienzo._startPage()
        self._abrir()
        if self.columnas:
            self._cabeza_de_tabla()

    def saltar(self, alto):
        """Go down so much, on the next page when it does not fit here."""
        if self.y - alto < MARGEN:
            self.pasar()
        self.y -= alto

    def cabeza(self, entidad, titulo):
        """Draw the head of the first page: who, what, and the rule under them."""
        tam = LETRA_TITULO
        lineas = self.letra.lineas(titulo, self.ancho * 0.6 * 1000 / tam, True) or [""]
        de_quien = self.letra.lineas(entidad, self.ancho * 0.36 * 1000 / LETRA_TEXTO, True)
        alto = max(len(lineas) * tam * 1.2, len(de_quien) * LETRA_TEXTO * 1.35)
        base = self.y - alto + tam * 0.3
        for n, linea in enumerate(reversed(lineas)):
            self.texto(MARGEN + self.ancho, base + n * tam * 1.2, linea, tam, negrita=True, derecha=True)
        for n, linea in enumerate(reversed(de_quien)):
            self.texto(MARGEN, base + n * LETRA_TEXTO * 1.35, linea, LETRA_TEXTO, negrita=True)
        self.y -= alto + 1.5 * MM_PT
        self._raya(RAYA_CABEZA, 0)
        self.y -= 1.5 * MM_PT

    def _raya(self, grueso, gris):
        lienzo = self._lienzo
        lienzo.setLineWidth(grueso)
        lienzo.setStrokeGray(gris)
        lienzo.line(MARGEN, self.y, MARGEN + self.ancho, self.y)
        lienzo.setLineWidth(RAYA)
        lienzo.setStrokeGray(GRIS)

    # --- table ---------------------------------------------------------------------------------------------

    def abrir_tabla(self, columnas, tam):
        """Start a table. Args: columnas [(title, width in points, whether it goes to the right)]; tam of letter."""
        x, partes = MARGEN, []
        for titulo, ancho, derecha in columnas:
            partes.append((x, ancho, derecha, (ancho - 2 * RELLENO_X) * 1000 / tam, titulo))
            x += ancho
        self.tam, self.columnas = tam, tuple(partes)
        self._titulos = [self.letra.lineas(titulo, tope, True) for *_, tope, titulo in self.columnas]
        alto = max(map(len, self._titulos)) * tam * INTERLINEA
        if self.y - alto - 4 * tam < MARGEN:
            self.pasar()
        else:
            self._cabeza_de_tabla()

    def cerrar_tabla(self):
        self.columnas = ()

    def _cabeza_de_tabla(self):
        alto = max(map(len, self._titulos))
        self._celdas(self._titulos, alto, negrita=True)
        self._raya(RAYA_GRUESA, 0)

    def fila(self, textos):
        """Draw a row, whole on one page; one that is taller than a page goes on over the next."""
        lineas = [
            self.letra.lineas(texto, columna[3]) if texto else ()
            for texto, columna in zip(textos, self.columnas, strict=True)
        ]
        alto = max(map(len, lineas)) or 1
        paso = self.tam * INTERLINEA
        hecho, pasada = 0, False
        while hecho < alto:
            caben = int((self.y - MARGEN - 2 * RELLENO_Y) / paso)
            if caben >= alto - hecho:
                resto = [de[hecho:] for de in lineas] if hecho else lineas
                self._celdas(resto, alto - hecho)
                hecho = alto
            elif pasada and caben > 0:  # a clean page and still too tall
                self._celdas([de[hecho : hecho + caben] for de in lineas], caben)
                hecho += caben
                self.pasar()
            elif pasada:
                raise ValueError("the head of the table leaves no room on the page")
            else:
                self.pasar()
                pasada = True
        self._lienzo.line(MARGEN, self.y, MARGEN + self.ancho, self.y)

    def _celdas(self, celdas, alto, negrita=False):
        """Draw the lines of each cell from the top; those of the head, in bold, end at the same height."""
        tam, letra = self.tam, self.letra
        paso = tam * INTERLINEA
        propia = (letra.gruesa if negrita else letra.normal).fontName
        arriba = self.y - RELLENO_Y - paso + (paso - tam * 0.72) / 2
        escrito = self._lienzo.beginText()
        escrito.setFont(propia, tam, paso)
        for lineas, (x, ancho, derecha, _, _) in zip(celdas, self.columnas, strict=True):
            if not lineas:
                continue
            base = arriba - (alto - len(lineas)) * paso if negrita else arriba
            if not derecha:
                escrito.setTextOrigin(x + RELLENO_X, base)
            for n, linea in enumerate(lineas):
                if derecha:
                    fin = x + ancho - RELLENO_X
                    escrito.setTextOrigin(fin - letra.ancho(linea, negrita) * tam / 1000, base - n * paso)
                tramos = letra.tramos(linea, negrita)
                if len(tramos) == 1 and tramos[0][0] == propia:
                    escrito.textLine(tramos[0][1])
                    continue
                for fuente, tramo in tramos:
                    escrito.setFont(fuente, tam, paso)
                    escrito.textOut(tramo)
                escrito.setFont(propia, tam, paso)
                escrito.textLine("")
        self._lienzo.drawText(escrito)
        self.y -= alto * paso + 2 * RELLENO_Y

    # --- the end -------------------------------------------------------------------------------------------

    def bytes(self, aviso=lambda: None):
        """The whole PDF, each page with its foot. Args: aviso is called now and then, and may raise to give up."""
        self._paginas.append(dict(self._lienzo.__dict__))
        total, lienzo = len(self._paginas), self._lienzo
        abajo, derecha = MARGEN - 7 * MM_PT, MARGEN + self.ancho
        emision = self.letra.acortar(self.emision, self.ancho * 0.75 * 1000 / LETRA_PIE)
        for n, estado in enumerate(self._paginas, start=1):
            lienzo.__dict__.update(estado)
            self._paginas[n - 1] = None
            self.texto(MARGEN, abajo, emision, LETRA_PIE)
            self.texto(derecha, abajo, f"Página {n} de {total}", LETRA_PIE, derecha=True)
            lienzo.showPage()
            if n % PAGINAS_POR_AVISO == 0:
                aviso()
        lienzo.save()
        return self._salida.getvalue()
