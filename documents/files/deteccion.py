"""What a file is, by its content: never by its name nor by the client's word.

Everything here is meant to run in the isolated process of `aislado`, with bounded time and memory; only
`por_cabecera` is cheap and safe enough for the web process.
"""

import re
import zipfile

import filetype

from documents.files import constants as c

CABECERA = 8192
COLA_PDF = 64 * 1024
MAX_PUNTOS = 180_000_000  # an A0 plan at 300 dpi has 139 million
MAX_ENTRADAS_ZIP = 20_000
MAX_EXPANDIDO = 1024 * c.MB
EXPANSION_LIBRE = 100 * c.MB
MAX_RAZON = 150

IMAGENES_PILLOW = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "TIFF": "image/tiff",
}
_IMAGENES = {"image/jpeg", "image/png", "image/apng", "image/webp", "image/tiff", "image/x-canon-cr2"}
_PROGRAMAS = (  # Windows, Linux, Java, macOS, Windows shortcut
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"L\0\0\0\x01\x14\x02\0",
)
_GUIONES = (b"#!", b"<?php", b"@echo off", b"<%")
_PRINCIPALES_OOXML = {
    "wordprocessingml.document.main+xml": c.DOCX,
    "spreadsheetml.sheet.main+xml": c.XLSX,
    "presentationml.presentation.main+xml": c.PPTX,
    "presentationml.slideshow.main+xml": c.PPTX,
}
_OVERRIDE = re.compile(rb"<(?:\w+:)?Override\b[^>]*>")
_MACRO_ODF = re.compile(r"(Basic/(?!.*script-l[bc]\.xml$)|Scripts/).*[^/]$")  # empty libraries are no macros
_ATRIBUTO = re.compile(rb"""\b(PartName|ContentType)\s*=\s*["']([^"']*)["']""")


class Rechazo(Exception):
    """The file is refused; the argument is a key of RECHAZOS."""


def por_cabecera(cabecera):
    """Family of a file by its first bytes.

    Returns: "pdf", "imagen", "zip" or "ole".
    Raises: Rechazo with the reason, when the first bytes already tell.
    """
    if not cabecera:
        raise Rechazo("vacio")
    inicio = cabecera[:1024]
    marca = inicio.find(b"%PDF-")
    if marca == 0 or (
        marca > 0 and b"<" not in inicio[:marca] and not inicio.startswith((b"PK", *_PROGRAMAS))
    ):
        return "pdf"
    if cabecera.startswith(b"PK\x03\x04"):
        return "zip"
    if cabecera.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    if cabecera.startswith(_PROGRAMAS):
        raise Rechazo("programa")
    adivinado = filetype.guess_mime(cabecera) or ""
    if adivinado in _IMAGENES:
        return "imagen"
    if adivinado in ("image/heic", "image/heif", "image/avif"):
        raise Rechazo("heic")
    if adivinado in c.COMPRIMIDOS or cabecera.startswith(b"PK"):
        raise Rechazo("comprimido")
    raise Rechazo(_de_texto(cabecera))


def tipo_de_imagen(cabecera):
    """Accepted image type by the first bytes, or an empty string."""
    adivinado = (filetype.guess_mime(cabecera) or "").replace("apng", "png")
    return adivinado if adivinado in c.TIPOS else ""


def _de_texto(cabecera):
    """Reason to refuse something that is neither a document nor a known binary."""
    for codificacion in ("utf-8-sig", "utf-16"):
        if codificacion == "utf-16" and not cabecera.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        texto = cabecera.decode(codificacion, errors="ignore").lstrip().lower()
        if texto.startswith(tuple(g.decode() for g in _GUIONES)):
            return "programa"
        if "<svg" in texto:
            return "svg"
        if re.search(r"<(!doctype\s+html|html|head|body|script|iframe|meta|title)\b", texto):
            return "pagina_web"
    if b"\0" not in cabecera and sum(b < 9 for b in cabecera) == 0:
        return "texto"
    return "tipo"


def examinar(ruta):
    """Type of a stored file, with pages and warnings, after looking inside it.

    Returns: {"tipo": mime, "paginas": int or None, "aviso": str}.
    Raises: Rechazo.
    """
    with open(ruta, "rb") as archivo:
        familia = por_cabecera(archivo.read(CABECERA))
    return {"pdf": _pdf, "imagen": _imagen, "zip": _zip, "ole": _ole}[familia](ruta)


def _resultado(tipo, paginas=None, aviso=""):
    return {"tipo": tipo, "paginas": paginas, "aviso": aviso}


def _pdf(ruta):
    """A PDF that ends where it should and opens; a password is a warning, not a refusal."""
    import pypdfium2

    with open(ruta, "rb") as archivo:
        inicio = archivo.read(2048)
        peso = archivo.seek(0, 2)
        archivo.seek(max(0, peso - COLA_PDF))
        if b"%%EOF" not in archivo.read():
            raise Rechazo("danado")
    lineal = re.search(rb"/Linearized\b[^>]*?/L\s+(\d{1,12})", inicio)
    if lineal and peso < int(lineal[1]):
        raise Rechazo("danado")
    try:
        pdf = pypdfium2.PdfDocument(str(ruta))
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == 4:  # FPDF_ERR_PASSWORD
            return _resultado(c.PDF, aviso=c.AVISO_CLAVE)
        return _resultado(c.PDF, _paginas_con_pypdf(ruta), c.AVISO_DEFECTOS)
    paginas = len(pdf)
    pdf.close()
    if not paginas:
        raise Rechazo("danado")
    return _resultado(c.PDF, paginas)


def _paginas_con_pypdf(ruta):
    """Pages of a PDF that only a lenient reader opens; refused when it cannot either."""
    import logging

    from pypdf import PdfReader

    logging.disable(logging.CRITICAL)
    try:
        paginas = len(PdfReader(str(ruta), strict=False).pages)
    except MemoryError:
        raise
    except Exception as error:  # the reader fails in many ways on hostile files
        raise Rechazo("danado") from error
    if not paginas:
        raise Rechazo("danado")
    return paginas


def abrir_imagen(ruta):
    """An image of an accepted type with bounded size, not decoded yet.

    Raises: Rechazo.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    try:
        imagen = Image.open(ruta, formats=("JPEG", "PNG", "WEBP", "TIFF"))
    except MemoryError:
        raise
    except Exception as error:
        raise Rechazo("danado") from error
    if imagen.width * imagen.height > MAX_PUNTOS:
        raise Rechazo("imagen_enorme")
    return imagen


def _imagen(ruta):
    """An image whose first frame decodes whole; TIFF pages are counted."""
    with abrir_imagen(ruta) as imagen:
        tipo = IMAGENES_PILLOW[imagen.format]
        try:
            paginas = int(getattr(imagen, "n_frames", 1)) if tipo == "image/tiff" else 1
            imagen.draft("L", (64, 64))
            imagen.load()
        except MemoryError:
            raise
        except Exception as error:
            raise Rechazo("danado") from error
    return _resultado(tipo, paginas)


def _zip(ruta):
    """An Office or OpenDocument package: its declared main part exists, no macros, no bomb."""
    try:
        with zipfile.ZipFile(ruta) as paquete:
            entradas = paquete.infolist()
            _sin_bomba(entradas)
            nombres = {e.filename for e in entradas}
            if any(e.flag_bits & 1 for e in entradas):
                raise Rechazo("comprimido")
            if "[Content_Types].xml" in nombres:
                return _ooxml(paquete, nombres)
            if "mimetype" in nombres:
                return _odf(paquete, nombres)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise Rechazo("danado") from error
    except Exception as error:
        if isinstance(error, Rechazo | MemoryError):
            raise
        raise Rechazo("danado") from error
    raise Rechazo("comprimido")


def _sin_bomba(entradas):
    """Refuses packages that would swell out of measure, before anything is expanded."""
    expandido = sum(e.file_size for e in entradas)
    comprimido = sum(e.compress_size for e in entradas) or 1
    if len(entradas) > MAX_ENTRADAS_ZIP or expandido > MAX_EXPANDIDO:
        raise Rechazo("bomba")
    if expandido > EXPANSION_LIBRE and expandido > MAX_RAZON * comprimido:
        raise Rechazo("bomba")


def _leer(paquete, nombre, maximo):
    """First bytes of an entry, never more than `maximo` expanded."""
    with paquete.open(nombre) as entrada:
        return entrada.read(maximo)


def _ooxml(paquete, nombres):
    if any(n.lower().endswith(("vbaproject.bin", "vbadata.xml", "macrosheets/")) for n in nombres) or any(
        "/macrosheets/" in n.lower() for n in nombres
    ):
        raise Rechazo("macros")
    for etiqueta in _OVERRIDE.findall(_leer(paquete, "[Content_Types].xml", 4 * c.MB)):
        atributos = {n.decode(): v.decode("utf-8", "replace") for n, v in _ATRIBUTO.findall(etiqueta)}
        contenido = atributos.get("ContentType", "")
        if "macroEnabled" in contenido:
            raise Rechazo("macros")
        for final, tipo in _PRINCIPALES_OOXML.items():
            if contenido.endswith(final):
                parte = atributos.get("PartName", "").lstrip("/")
                if parte not in nombres or not _leer(paquete, parte, 65536):
                    raise Rechazo("danado")
                return _resultado(tipo)
    raise Rechazo("comprimido")


def _odf(paquete, nombres):
    tipo = _leer(paquete, "mimetype", 200).decode("ascii", "replace").strip()
    if tipo not in c.TIPOS:
        raise Rechazo("comprimido")
    if any(_MACRO_ODF.match(n) for n in nombres):
        raise Rechazo("macros")
    if "content.xml" not in nombres:
        raise Rechazo("danado")
    if "META-INF/manifest.xml" in nombres and b"encryption-data" in _leer(
        paquete, "META-INF/manifest.xml", 4 * c.MB
    ):
        return _resultado(tipo, aviso=c.AVISO_CLAVE_ODF)
    _leer(paquete, "content.xml", 65536)
    return _resultado(tipo)


def _ole(ruta):
    """A Word, Excel or PowerPoint 97-2003 file, told by its streams."""
    import olefile

    try:
        with olefile.OleFileIO(str(ruta)) as ole:
            partes = {
                parte.lower() for camino in ole.listdir(streams=True, storages=True) for parte in camino
            }
    except MemoryError:
        raise
    except Exception as error:
        raise Rechazo("danado") from error
    if partes & {"_vba_project", "_vba_project_cur", "macros", "vba"}:
        raise Rechazo("macros")
    if "encryptedpackage" in partes:
        raise Rechazo("clave_oficina")
    if "worddocument" in partes:
        return _resultado("application/msword")
    if partes & {"workbook", "book"}:
        return _resultado("application/vnd.ms-excel")
    if "powerpoint document" in partes:
        return _resultado("application/vnd.ms-powerpoint")
    raise Rechazo("tipo")
