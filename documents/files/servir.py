"""Answers with a file's bytes. The caller has already checked who asks."""

import re
from urllib.parse import quote

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified, StreamingHttpResponse

from core.events import registrar_evento
from core.red import ip_de
from documents.constants import EstadoProceso, Evento
from documents.files import antivirus
from documents.files import constants as c
from documents.files.almacen import TROZO, obtener_almacen

EVENTO_DESCARGADO = "archivo_descargado"
# Chromium's viewer of older versions shows nothing under `sandbox`; a PDF runs no script of this origin anyway.
_CSP_COMUN = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
CSP_PDF = f"{_CSP_COMUN}; object-src 'self'; img-src 'self' data:; style-src 'unsafe-inline'"
CSP_RESTO = f"sandbox; {_CSP_COMUN}; img-src 'self' data:; style-src 'unsafe-inline'"
_RANGO = re.compile(r"^bytes=(\d*)-(\d*)$")


def puede_mostrarse_en_linea(archivo):
    """True for the types a browser shows safely by itself: PDF, JPEG, PNG and WebP."""
    tipo = c.TIPOS.get(archivo.tipo_mime)
    return bool(tipo and tipo.en_linea) and archivo.estado_proceso != EstadoProceso.CON_PROBLEMA


def se_puede_servir(archivo):
    """False while quarantined, or while an antivirus is configured and has not answered yet."""
    pendiente = antivirus.activo() and archivo.estado_proceso == EstadoProceso.PENDIENTE
    return not archivo.en_cuarentena and not pendiente


def estado_para_pantalla(archivo):
    """What the record's page says of a file.

    Returns: {"clave": "cuarentena"|"revision"|"problema"|"aviso"|"listo", "texto": str}.
    """
    if archivo.en_cuarentena:
        return {"clave": "cuarentena", "texto": archivo.problema or "En cuarentena."}
    if archivo.estado_proceso == EstadoProceso.PENDIENTE:
        texto = "En revisión antivirus." if antivirus.activo() else "En revisión."
        return {"clave": "revision", "texto": texto}
    if archivo.estado_proceso == EstadoProceso.CON_PROBLEMA:
        return {"clave": "problema", "texto": archivo.problema}
    return {"clave": "aviso" if archivo.problema else "listo", "texto": archivo.problema}


def servir_archivo(request, archivo, *, descargar=False):
    """The stored bytes, whole or one range, inline only for safe types.

    Returns: 200, 206, 304, 409 (quarantined or under review) or 416.
    Raises: Http404 when the bytes are missing.
    """
    if not se_puede_servir(archivo):
        return _no_disponible(archivo)
    etiqueta = f'"{archivo.hash_archivo}"'
    if etiqueta in request.headers.get("If-None-Match", ""):
        return _cabeceras(HttpResponseNotModified(), archivo, etiqueta, descargar)
    almacen = obtener_almacen()
    try:
        contenido = almacen.abrir(archivo.ruta)
    except FileNotFoundError as error:
        raise Http404("El archivo no está en el almacén.") from error
    peso = archivo.peso_bytes
    rango = _rango(request, etiqueta, peso)
    if rango == "imposible":
        contenido.close()
        respuesta = HttpResponse(status=416, headers={"Content-Range": f"bytes */{peso}"})
    elif rango:
        desde, hasta = rango
        respuesta = StreamingHttpResponse(_trozos(contenido, desde, hasta - desde + 1), status=206)
        respuesta["Content-Range"] = f"bytes {desde}-{hasta}/{peso}"
        respuesta["Content-Length"] = hasta - desde + 1
    else:
        respuesta = FileResponse(contenido)
        respuesta["Content-Length"] = peso
    respuesta["Accept-Ranges"] = "bytes"
    return _cabeceras(respuesta, archivo, etiqueta, descargar)


def servir_miniatura(archivo):
    """The thumbnail as PNG. Raises: Http404 when there is none."""
    if not archivo.miniatura or not se_puede_servir(archivo):
        raise Http404("Sin miniatura.")
    try:
        contenido = obtener_almacen().abrir(archivo.miniatura)
    except FileNotFoundError as error:
        raise Http404("Sin miniatura.") from error
    respuesta = FileResponse(contenido, content_type="image/png")
    respuesta["Content-Security-Policy"] = CSP_RESTO
    respuesta["Cache-Control"] = (
        "private, no-store" if archivo.documento.reservado else "private, max-age=3600"
    )
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta


def registrar_lectura(request, archivo, *, descargar=False):
    """Writes the event of reading a reserved document's file; one for each reading, not for each range."""
    if not archivo.documento.reservado or not request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        return
    with transaction.atomic():
        registrar_evento(
            tipo=EVENTO_DESCARGADO if descargar else Evento.ARCHIVO_VISTO,
            documento_id=archivo.documento_id,
            actor=request.user if request.user.is_authenticated else None,
            detalle={"archivo_id": archivo.pk, "nombre": archivo.nombre},
            ip=ip_de(request),
        )


def disposicion(nombre, *, en_linea):
    """Content-Disposition with an ASCII name for old clients and the whole name (RFC 6266, RFC 8187)."""
    simple = re.sub(r'[^\x20-\x7e]|["\\%;]', "_", nombre)
    return f"{'inline' if en_linea else 'attachment'}; filename=\"{simple}\"; filename*=UTF-8''{quote(nombre, safe='')}"


def _cabeceras(respuesta, archivo, etiqueta, descargar):
    en_linea = not descargar and puede_mostrarse_en_linea(archivo)
    respuesta["Content-Type"] = (
        archivo.tipo_mime if archivo.tipo_mime in c.TIPOS else "application/octet-stream"
    )
    respuesta["Content-Disposition"] = disposicion(archivo.nombre, en_linea=en_linea)
    respuesta["ETag"] = etiqueta
    # Every use asks again, so that a permission withdrawn closes the file at once.
    respuesta["Cache-Control"] = "private, no-store" if archivo.documento.reservado else "private, no-cache"
    respuesta["X-Content-Type-Options"] = "nosniff"
    respuesta["X-Frame-Options"] = "SAMEORIGIN"
    respuesta["Cross-Origin-Resource-Policy"] = "same-origin"
    respuesta["Content-Security-Policy"] = CSP_PDF if archivo.tipo_mime == c.PDF else CSP_RESTO
    return respuesta


def _no_disponible(archivo):
    respuesta = HttpResponse(
        f"Este archivo no se puede abrir ahora. {estado_para_pantalla(archivo)['texto']}",
        status=409,
        content_type="text/plain; charset=utf-8",
    )
    respuesta["Cache-Control"] = "no-store"
    return respuesta


def _rango(request, etiqueta, peso):
    """(first, last) of a single valid range; None serves the whole; "imposible" is outside the file."""
    pedido = _RANGO.match(request.headers.get("Range", "").strip())
    if not pedido or request.method not in ("GET", "HEAD"):
        return None
    if request.headers.get("If-Range", etiqueta) != etiqueta:
        return None
    desde, hasta = pedido.groups()
    if not desde and not hasta:
        return None
    if not desde:
        if int(hasta) == 0:
            return "imposible"
        return max(0, peso - int(hasta)), peso - 1
    if hasta and int(hasta) < int(desde):
        return None
    if int(desde) >= peso:
        return "imposible"
    return int(desde), min(int(hasta), peso - 1) if hasta else peso - 1


def _trozos(contenido, desde, faltan):
    with contenido:
        contenido.seek(desde)
        while faltan > 0 and (trozo := contenido.read(min(TROZO, faltan))):
            faltan -= len(trozo)
            yield trozo
