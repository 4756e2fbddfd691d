"""Paper: QR and bar codes as SVG, and PDF made from our own HTML without touching network or disk.

Every PDF made from HTML goes through `pdf_de` or `documento_de`; nobody else imports WeasyPrint. The long tables of
the reports are drawn by reports.escritores.pdf.
"""

import atexit
import io
import mimetypes
import threading
import unicodedata
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urljoin

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousOperation
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe

BASE = "https://estatico.invalid/"  # reserved name: resolves nowhere, and is never asked
A4_PT = (595.276, 841.890)
MM_PT = 72 / 25.4
HOJAS = ("css/impresos.css",)

_hilo = threading.local()


# --- codes -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _trazo_qr(texto, borde):
    """Return (side in modules, SVG path of the dark modules) of an ordinary QR, level M."""
    import qrcode

    qr = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=borde)
    qr.add_data(texto)
    qr.make(fit=True)
    matriz = qr.get_matrix()
    trozos = []
    for y, fila in enumerate(matriz):
        x = 0
        while x < len(fila):
            inicio = x
            while x < len(fila) and fila[x]:
                x += 1
            if x > inicio:
                trozos.append(f"M{inicio} {y}h{x - inicio}v1H{inicio}z")
            x += 1
    return len(matriz), "".join(trozos)


def qr_svg(texto, *, etiqueta="", borde=4):
    """Return the QR of `texto` as an <svg class="qr">, black on white, with its quiet zone.

    Args: etiqueta is read aloud in place of the picture; borde in modules (4 is the standard's).
    """
    lado, trazo = _trazo_qr(texto, borde)
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}"'
        ' shape-rendering="crispEdges"><path d="{}"/></svg>',
        etiqueta or f"Código QR {texto}",
        lado,
        lado,
        mark_safe(trazo),  # noqa: S308
    )


@lru_cache(maxsize=2048)
def _trazo_128(texto, alto):
    """Return (width in modules with both quiet zones, SVG path) of a Code 128."""
    from barcode import Code128

    modulos = Code128(texto).build()[0]
    trozos, x = [], 0
    while x < len(modulos):
        inicio = x
        while x < len(modulos) and modulos[x] == "1":
            x += 1
        if x > inicio:
            trozos.append(f"M{inicio + 10} 0h{x - inicio}v{alto}h-{x - inicio}z")
        x += 1
    return len(modulos) + 20, "".join(trozos)


def code128_svg(texto, *, etiqueta="", alto_mm=10, modulo_mm=0.375):
    """Return the Code 128 of `texto` as an <svg class="cb"> with quiet zones of 10 modules.

    Args: modulo_mm is the narrow bar; 0.375 is three dots of a 203 dpi printer. The style sheet may narrow it.
    """
    ancho, trazo = _trazo_128(texto, 30)
    return format_html(
        '<svg class="cb" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} 30"'
        ' width="{}mm" height="{}mm" preserveAspectRatio="none" shape-rendering="crispEdges"><path d="{}"/></svg>',
        etiqueta or f"Código de barras {texto}",
        ancho,
        f"{ancho * modulo_mm:.3f}",
        f"{alto_mm:g}",
        mark_safe(trazo),  # noqa: S308
    )


# --- texts -------------------------------------------------------------------------------------------------


def limpiar(valor):
    """Return the frozen data fit for paper: composed accents, no control or direction-changing signs.

    Walks dicts, lists and strings; other values pass. Line breaks become spaces.
    """
    if isinstance(valor, str):
        if valor.isprintable() and unicodedata.is_normalized("NFC", valor):
            return valor.strip()
        texto = unicodedata.normalize("NFC", valor)
        texto = "".join(" " if c in "\r\n\t\v\f" else c for c in texto)
        return "".join(
            c for c in texto if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        ).strip()
    if isinstance(valor, dict):
        return {clave: limpiar(v) for clave, v in valor.items()}
    if isinstance(valor, list | tuple):
        return [limpiar(v) for v in valor]
    return valor


def cifra(numero):
    """Return a whole number as printed: 1 533, with a narrow no-break space."""
    return f"{int(numero or 0):,}".replace(",", "\u202f")


def contado(numero, singular, plural):
    """Return "1 folio", "46 folios"."""
    return f"{cifra(numero)} {singular if numero == 1 else plural}"


def renderizar_impreso(plantilla, contexto, *, pdf=False, imprimir=False, volver="", url_pdf=""):
    """Return the whole HTML of a printed thing; the same template serves the print page and the PDF.

    Args: imprimir makes the page open the print dialog; volver and url_pdf are links of the bar on the screen.
    """
    marco = {"pdf": pdf, "imprimir": imprimir, "volver": volver, "url_pdf": url_pdf}
    return render_to_string(plantilla, {**contexto, **marco})


# --- PDF ---------------------------------------------------------------------------------------------------


class RecursoNegado(ValueError):
    """The document asks for something that is not a static file of ours."""


def _ruta_estatica(nombre):
    """Return the path of a static file, hashed or plain, or None."""
    try:
        hallado = finders.find(nombre)
        if not hallado and settings.STATIC_ROOT and staticfiles_storage.exists(nombre):
            hallado = staticfiles_storage.path(nombre)
    except (SuspiciousOperation, ValueError):
        return None
    return Path(hallado) if hallado and Path(hallado).is_file() else None


def leer_estatico(url):
    """Return (bytes, MIME type) of one of our static files.

    Raises: RecursoNegado for any other address: another host, file:, data:, a path that climbs out.
    """
    prefijo = urljoin(BASE, settings.STATIC_URL or "/static/")
    if not url.startswith(prefijo):
        raise RecursoNegado(f"only static files are printed, not {url[:200]}")
    nombre = unquote(url[len(prefijo) :].split("?")[0].split("#")[0])
    ruta = None if ".." in nombre.split("/") or "\\" in nombre or "\0" in nombre else _ruta_estatica(nombre)
    if ruta is None:
        raise RecursoNegado(f"no static file {nombre[:200]}")
    return ruta.read_bytes(), mimetypes.guess_type(nombre)[0] or "application/octet-stream"


@lru_cache(maxsize=1)
def buscador():
    """Return the URL fetcher given to WeasyPrint. Built once; imports WeasyPrint on first use (about 0.5 s)."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class SoloEstaticos(URLFetcher):
        """Answers from static files and opens nothing else."""

        def __init__(self):
            super().__init__(allowed_protocols=(), allow_redirects=False)

        def fetch(self, url, headers=None):
            cuerpo, tipo = leer_estatico(url)
            return URLFetcherResponse(url, cuerpo, {"Content-Type": tipo})

    return SoloEstaticos()


def _fuentes():
    """Return this thread's font configuration; making one reads every font of the machine."""
    if not hasattr(_hilo, "fuentes"):
        from weasyprint.text.fonts import FontConfiguration

        _hilo.fuentes = FontConfiguration()
        # Let go while the libraries still stand: its destructor complains at the interpreter's end.
        atexit.register(_hilo.__dict__.pop, "fuentes", None)
    return _hilo.fuentes


@lru_cache(maxsize=32)
def _hoja_leida(nombre, ruta, _modificada):
    from weasyprint import CSS

    base = urljoin(BASE, (settings.STATIC_URL or "/static/") + nombre)
    return CSS(string=ruta.read_text("utf-8"), base_url=base, url_fetcher=buscador())


def _hoja(nombre):
    """Return a parsed style sheet, kept until the file changes. Fonts come from the system, not from @font-face."""
    ruta = _ruta_estatica(nombre)
    if ruta is None:
        raise RecursoNegado(f"no static file {nombre}")
    return _hoja_leida(nombre, ruta, ruta.stat().st_mtime_ns)


def documento_de(html, *, hojas=HOJAS):
    """Return the laid out WeasyPrint document of `html`, to count or trim pages before writing it."""
    from weasyprint import HTML

    fuente = HTML(string=html, base_url=BASE, url_fetcher=buscador(), media_type="print")
    return fuente.render(font_config=_fuentes(), stylesheets=[_hoja(nombre) for nombre in hojas])


def pdf_de(html, *, hojas=HOJAS):
    """Return the PDF of `html` with real text and embedded fonts.

    Args: hojas are names of static style sheets. A link to anything outside static is left out, with a log line.
    """
    return documento_de(html, hojas=hojas).write_pdf()


def dos_por_hoja(pdf, *, comprimido=True):
    """Return a PDF of A4 sheets with each A5 landscape page twice, one for the citizen and one for the file."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject

    origen, salida = PdfReader(io.BytesIO(pdf)), PdfWriter()
    ancho, alto = A4_PT
    for pagina in origen.pages:
        largo, altura = float(pagina.mediabox.width), float(pagina.mediabox.height)
        pieza = DecodedStreamObject()
        pieza.set_data(pagina.get_contents().get_data())
        if comprimido:
            pieza = pieza.flate_encode()
        pieza[NameObject("/Type")] = NameObject("/XObject")
        pieza[NameObject("/Subtype")] = NameObject("/Form")
        pieza[NameObject("/BBox")] = ArrayObject(FloatObject(n) for n in (0, 0, largo, altura))
        pieza[NameObject("/Resources")] = pagina["/Resources"].clone(salida)
        # Each half is centred in its 148.5 mm, so that cutting at the middle gives two equal pieces.
        x, margen, medio = (ancho - largo) / 2, (alto / 2 - altura) / 2, alto / 2
        trazos = [f"q 1 0 0 1 {x:.3f} {y:.3f} cm /Cargo Do Q" for y in (medio + margen, margen)]
        trazos.append(f"q 0.3 w 0.4 G [3 5] 0 d 0 {medio:.3f} m {ancho:.3f} {medio:.3f} l S Q")
        contenido = DecodedStreamObject()
        contenido.set_data("\n".join(trazos).encode())
        hoja = salida.add_blank_page(width=ancho, height=alto)
        hoja[NameObject("/Contents")] = salida._add_object(contenido)
        hoja[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/XObject"): DictionaryObject({NameObject("/Cargo"): salida._add_object(pieza)})}
        )
    salida.add_metadata({clave: str(valor) for clave, valor in (origen.metadata or {}).items()})
    if "/Lang" in origen.trailer["/Root"]:
        salida.root_object[NameObject("/Lang")] = origen.trailer["/Root"]["/Lang"]
    destino = io.BytesIO()
    salida.write(destino)
    return destino.getvalue()
