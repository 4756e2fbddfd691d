"""Accepted types and the words of every refusal. Light on purpose: the isolated process imports it."""

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Tipo:
    """One accepted type: its own extension first, then the other spellings of it."""

    nombre: str
    extensiones: tuple
    en_linea: bool = False
    es_imagen: bool = False


_OFICINA = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
PDF = "application/pdf"
DOCX, XLSX, PPTX = (
    _OFICINA + "wordprocessingml.document",
    _OFICINA + "spreadsheetml.sheet",
    _OFICINA + "presentationml.presentation",
)
TIPOS = {
    PDF: Tipo("PDF", ("pdf",), en_linea=True),
    "image/jpeg": Tipo("JPEG", ("jpg", "jpeg", "jpe", "jfif"), en_linea=True, es_imagen=True),
    "image/png": Tipo("PNG", ("png",), en_linea=True, es_imagen=True),
    "image/webp": Tipo("WebP", ("webp",), en_linea=True, es_imagen=True),
    "image/tiff": Tipo("TIFF", ("tif", "tiff"), es_imagen=True),
    DOCX: Tipo("Word", ("docx",)),
    XLSX: Tipo("Excel", ("xlsx",)),
    PPTX: Tipo("PowerPoint", ("pptx", "ppsx")),
    _ODF + "text": Tipo("OpenDocument (texto)", ("odt",)),
    _ODF + "spreadsheet": Tipo("OpenDocument (hoja)", ("ods",)),
    _ODF + "presentation": Tipo("OpenDocument (diapositivas)", ("odp",)),
    "application/msword": Tipo("Word 97-2003", ("doc",)),
    "application/vnd.ms-excel": Tipo("Excel 97-2003", ("xls",)),
    "application/vnd.ms-powerpoint": Tipo("PowerPoint 97-2003", ("ppt", "pps")),
}
SOLO_PDF = frozenset({PDF})
ACCEPT = ",".join(f".{e}" for tipo in TIPOS.values() for e in tipo.extensiones)
TIPOS_EN_PALABRAS = "PDF, JPEG, PNG, TIFF, WebP, Word, Excel, PowerPoint y OpenDocument"

# Extensions a corrected name loses; any other ending is part of the name ("Oficio 12.2026").
EXTENSIONES_CONOCIDAS = frozenset(e for tipo in TIPOS.values() for e in tipo.extensiones) | frozenset(
    "exe scr com bat cmd msi js vbs ps1 sh jar hta lnk html htm svg xml txt rtf zip rar 7z gz "
    "docm xlsm pptm dotx xltx bmp gif heic heif avif mp4 csv odg eml msg".split()
)

COMPRIMIDOS = frozenset(
    "application/" + t
    for t in "zip x-rar-compressed x-7z-compressed gzip x-tar x-bzip2 x-xz x-lzip zstd x-cab "
    "vnd.ms-cab-compressed x-unix-archive".split()
)

PRINCIPAL, ANEXO = "principal", "anexo"
MAXIMO_EN_ESPERA = 200  # staged files of one person, so that nobody fills the disk by forgetting forms
HORAS_EN_ESPERA = 48

REINTENTE = "Hay que generarlo o escanearlo de nuevo y volver a adjuntarlo."
COMO_PDF = "Hay que guardarlo como PDF y volver a adjuntarlo."
RECHAZOS = {
    "vacio": "«%(nombre)s» está vacío (0 bytes). " + REINTENTE,
    "exceso": "«%(nombre)s» pesa %(peso)s y el límite es %(limite)s. "
    "Hay que escanearlo con menor resolución o dividirlo en partes.",
    "danado": "«%(nombre)s» está incompleto o dañado y no se puede abrir. " + REINTENTE,
    "pagina_web": "«%(nombre)s» es una página web, no un documento. " + COMO_PDF,
    "svg": "«%(nombre)s» es un dibujo SVG, que no se admite. Hay que guardarlo como PDF o PNG.",
    "texto": "«%(nombre)s» es texto sin formato, que no se admite. " + COMO_PDF,
    "programa": "«%(nombre)s» es un programa, que no se admite. Hay que adjuntar el documento mismo, en PDF.",
    "comprimido": "«%(nombre)s» es un archivo comprimido. "
    "Hay que descomprimirlo y adjuntar cada documento por separado.",
    "macros": "«%(nombre)s» contiene macros, que no se admiten. Hay que guardarlo sin macros o como PDF.",
    "bomba": "«%(nombre)s» ocuparía un tamaño desmedido al abrirse. " + COMO_PDF,
    "clave_oficina": "«%(nombre)s» pide contraseña. Hay que quitársela, o guardarlo como PDF.",
    "heic": "«%(nombre)s» es una foto HEIC, que no se admite. Hay que guardarla como JPEG o PDF.",
    "imagen_enorme": "«%(nombre)s» tiene demasiados puntos. Hay que escanearlo con menor resolución.",
    "tipo": f"«%(nombre)s» no es de un tipo admitido. Se admiten {TIPOS_EN_PALABRAS}. {COMO_PDF}",
    "no_es_pdf": "«%(nombre)s» no es PDF. " + COMO_PDF,
}
AVISO_CLAVE = "El PDF pide contraseña para abrirse."
AVISO_CLAVE_ODF = "El archivo pide contraseña para abrirse."
AVISO_DEFECTOS = "El PDF está mal formado: puede que no se vea en pantalla."
AVISO_SIN_REVISAR = "No se pudo revisar por dentro; conviene abrirlo y comprobarlo."
PROBLEMA_DANADO = "El archivo guardado no es el que se registró: su huella SHA-256 no coincide."
PROBLEMA_FALTA = "El archivo registrado no está en el almacén."
PROBLEMA_ILEGIBLE = "El archivo no se puede leer por dentro."
PROBLEMA_INFECTADO = "El antivirus detectó una amenaza: %(virus)s."
