"""Small real files of every kind, and the rows a document needs to hold them."""

import io
import itertools
import struct
import zipfile
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter

from documents.models import Documento, Remitente, SerieNumeracion, TipoDocumento
from documents.services.registro import registrar_documento
from organization.models import Area, Membresia, Permiso, Rol, Sede, Usuario

_cuenta = itertools.count(1)


def pdf(paginas=1, marca="", clave=None):
    escritor = PdfWriter()
    for _ in range(paginas):
        escritor.add_blank_page(200, 300)
    escritor.add_metadata({"/Title": marca or f"prueba {next(_cuenta)}"})
    if clave:
        escritor.encrypt(clave, algorithm="AES-256")
    salida = io.BytesIO()
    escritor.write(salida)
    return salida.getvalue()


def imagen(formato="PNG", tamanio=(60, 40), color="navy", **opciones):
    salida = io.BytesIO()
    Image.new("RGB", tamanio, color).save(salida, formato, **opciones)
    return salida.getvalue()


def tiff(paginas):
    marcos = [Image.new("L", (30, 40), 10 * n) for n in range(paginas)]
    salida = io.BytesIO()
    marcos[0].save(salida, "TIFF", save_all=True, append_images=marcos[1:])
    return salida.getvalue()


def paquete(entradas, compresion=zipfile.ZIP_DEFLATED):
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", compresion) as archivo:
        for nombre, contenido in entradas.items():
            archivo.writestr(nombre, contenido)
    return salida.getvalue()


def ooxml(parte, tipo, extra=None, sufijo="main+xml"):
    tipos = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{parte}" ContentType="application/vnd.{tipo}.{sufijo}"/></Types>'
    )
    return paquete({"[Content_Types].xml": tipos, parte: "<raiz/>", **(extra or {})})


_PROCESADOR = "openxmlformats-officedocument.wordprocessingml.document"


def docx(extra=None):
    return ooxml("word/document.xml", _PROCESADOR, extra)


def pptx():
    return ooxml("ppt/presentation.xml", "openxmlformats-officedocument.presentationml.presentation")


def xlsx():
    salida = io.BytesIO()
    libro = Workbook()
    libro.active["A1"] = 1
    libro.save(salida)
    return salida.getvalue()


def odf(tipo="text", extra=None):
    mime = f"application/vnd.oasis.opendocument.{tipo}"
    return paquete({"mimetype": mime, "content.xml": "<office/>", **(extra or {})})


def ole(*partes):
    """A minimal Office 97-2003 container: one FAT sector, directory sectors, one empty stream for each name."""
    nombres = ["Root Entry", *partes]
    while len(nombres) % 4:
        nombres.append("")
    sectores_dir = len(nombres) // 4
    cabecera = bytearray(512)
    cabecera[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", cabecera, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIIII", cabecera, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    struct.pack_into("<109I", cabecera, 76, 0, *([0xFFFFFFFF] * 108))
    fat = [0xFFFFFFFD] + [n + 2 for n in range(sectores_dir - 1)] + [0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))
    directorio = b""
    for indice, nombre in enumerate(nombres):
        entrada = bytearray(128)
        if nombre:
            crudo = (nombre + "\0").encode("utf-16-le")
            entrada[: len(crudo)] = crudo
            struct.pack_into("<HBB", entrada, 64, len(crudo), 5 if indice == 0 else 2, 1)
            hijo = 1 if indice == 0 and partes else 0xFFFFFFFF
            derecho = indice + 1 if 0 < indice < len(partes) else 0xFFFFFFFF
            struct.pack_into("<III", entrada, 68, 0xFFFFFFFF, derecho, hijo)
            struct.pack_into("<I", entrada, 116, 0xFFFFFFFE)
        else:
            struct.pack_into("<III", entrada, 68, *([0xFFFFFFFF] * 3))
        directorio += bytes(entrada)
    return bytes(cabecera) + struct.pack("<128I", *fat) + directorio


def subida(contenido, nombre="solicitud.pdf", tipo="application/octet-stream"):
    return SimpleUploadedFile(nombre, contenido, tipo)


def usuario(*permisos, area=None):
    """A user with these permission codes in an area."""
    numero = next(_cuenta)
    persona = Usuario.objects.create_user(f"persona{numero}", password="clave")
    if permisos:
        rol = Rol.objects.create(codigo=f"rol-{numero}", nombre=f"Rol {numero}")
        for codigo in permisos:
            rol.permisos.add(Permiso.objects.get_or_create(codigo=codigo, defaults={"nombre": codigo})[0])
        Membresia.objects.create(usuario=persona, area=area or nueva_area(), rol=rol)
    return persona


def nueva_area(**campos):
    numero = next(_cuenta)
    sede = Sede.objects.get_or_create(codigo="0", defaults={"nombre": "Principal"})[0]
    datos = {"sigla": f"AR{numero}", "codigo": f"A{numero}", "nombre": f"Área {numero}", "sede": sede}
    return Area.objects.create(**{**datos, **campos})


def nuevo_documento(*, actor=None, area=None, reservado=False, archivos=()):
    """A registered document, with the catalogues it needs."""
    SerieNumeracion.objects.get_or_create(codigo="EXP", defaults={"nombre": "Expedientes"})
    tipo = TipoDocumento.objects.get_or_create(codigo="PRB", defaults={"nombre": "Prueba"})[0]
    remitente = Remitente.objects.get_or_create(
        tipo_identidad="DNI", numero="41234567", defaults={"nombre": "Núñez Quispe, Ana"}
    )[0]
    return registrar_documento(
        actor=actor or usuario(),
        area_registro=area or nueva_area(es_mesa_de_partes=True),
        tipo_documento=tipo,
        remitente=remitente,
        asunto="Solicita copia",
        numero_folios=1,
        fecha_documento=date(2026, 11, 18),
        reservado=reservado,
        archivos=archivos,
    )


__all__ = ["Documento"]
