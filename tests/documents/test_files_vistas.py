"""The doors: who uploads, who reads, what the browser is told, and what is recorded."""

import json
import shutil

import pytest
from django.db import transaction
from django.urls import reverse

from core.models import Evento
from documents.files import constants as c
from documents.files import espera
from documents.files.errores import SinEspacio
from documents.files.servir import disposicion
from documents.models import AccesoReservado, ArchivoAdjunto, ArchivoEnEspera
from documents.tasks import procesar_archivo_adjunto
from tests.documents import files_util as u

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.documents.files_urls")]


@pytest.fixture(autouse=True)
def carpeta(almacen):
    return almacen


def adjunto(contenido=None, nombre="Solicitud Nº 5.pdf", reservado=False, actor=None):
    persona = actor or u.usuario()
    puesto = espera.poner_en_espera(
        usuario=persona, subida=u.subida(contenido or u.pdf(), nombre), para=c.PRINCIPAL
    )
    documento = u.nuevo_documento(actor=persona, reservado=reservado)
    with transaction.atomic():
        return espera.adjuntar_en_espera(documento=documento, ids=[puesto.pk], usuario=persona)[0]


def lector(documento):
    return u.usuario("documento.ver", area=documento.area_actual)


def ver(client, archivo, acto="ver", **cabeceras):
    return client.get(reverse(f"documents:archivo-{acto}", args=[archivo.pk]), headers=cabeceras)


def cuerpo(respuesta):
    return b"".join(respuesta.streaming_content)


def subir(client, contenido, nombre="a.pdf", **datos):
    return client.post(
        reverse("documents:archivo-subir"), {"archivo": u.subida(contenido, nombre, "text/html"), **datos}
    )


# --- uploading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("permiso", ["documento.registrar", "documento.adjuntar", "derivacion.atender"])
def test_uploading_answers_the_staged_file(client, permiso):
    persona = u.usuario(permiso)
    client.force_login(persona)
    contenido = u.imagen("JPEG")
    respuesta = subir(client, contenido, "Escaneo.pdf", para="anexo")
    puesto = ArchivoEnEspera.objects.get(usuario=persona)
    assert respuesta.status_code == 201 and respuesta.json() == {
        "id": str(puesto.pk),
        "nombre": "Escaneo.jpg",
        "peso": len(contenido),
        "tipo": "image/jpeg",
        "aviso": "",
        "error": "",
    }


def test_a_warning_comes_with_the_answer(client):
    client.force_login(u.usuario("documento.registrar"))
    assert subir(client, u.pdf(clave="x")).json()["aviso"] == c.AVISO_CLAVE


def test_refusals_are_422_with_the_reason(client, settings):
    settings.MESA_MAX_ANEXO_MB = 0
    client.force_login(u.usuario("documento.registrar"))
    for respuesta in (
        subir(client, b"<html>", "a.pdf"),
        subir(client, u.pdf(), para="anexo"),
        subir(client, b""),
        subir(client, u.pdf(), para="otra"),
        client.post(reverse("documents:archivo-subir")),
    ):
        assert respuesta.status_code == 422 and respuesta.json()["error"] and respuesta.json()["id"] == ""
    assert not ArchivoEnEspera.objects.exists()


def test_without_permission_it_is_refused_and_recorded(client):
    client.force_login(u.usuario("documento.ver"))
    respuesta = subir(client, u.pdf())
    assert respuesta.status_code == 403 and "subir archivos" in respuesta.json()["error"]
    assert Evento.objects.filter(tipo="acceso_denegado").exists()


def test_a_full_disk_is_507(client, monkeypatch):
    client.force_login(u.usuario("documento.registrar"))

    def lleno(*argumentos):
        raise SinEspacio()

    monkeypatch.setattr(espera, "_copiar", lleno)
    assert subir(client, u.pdf()).status_code == 507


def test_anonymous_people_reach_nothing(client):
    archivo = adjunto()
    for respuesta in (subir(client, u.pdf()), ver(client, archivo), ver(client, archivo, "miniatura")):
        assert respuesta.status_code == 302 and "/entrar/" in respuesta["Location"]


def test_uploading_needs_the_csrf_token():
    from django.test import Client

    estricto = Client(enforce_csrf_checks=True)
    estricto.force_login(u.usuario("documento.registrar"))
    assert subir(estricto, u.pdf()).status_code == 403


def test_taking_away(client):
    persona = u.usuario("documento.registrar")
    client.force_login(persona)
    identidad = subir(client, u.pdf()).json()["id"]
    direccion = reverse("documents:archivo-quitar", args=[identidad])
    client.force_login(u.usuario("documento.registrar"))
    assert client.post(direccion).status_code == 404
    client.force_login(persona)
    assert client.post(direccion, {"volver": "//malo.example/x"}).status_code == 200
    assert client.post(direccion, {"volver": "/registrar/"})["Location"] == "/registrar/"


# --- reading -----------------------------------------------------------------------------------------------


def test_outsiders_get_404_and_it_is_recorded(client):
    archivo = adjunto()
    client.force_login(u.usuario("documento.ver"))
    for acto in ("ver", "descargar", "miniatura"):
        assert ver(client, archivo, acto).status_code == 404
    assert Evento.objects.filter(tipo="acceso_denegado", documento_id=archivo.documento_id).count() == 3
    archivo.pk = 10**9
    assert ver(client, archivo).status_code == 404


def test_the_area_sees_a_pdf_in_the_page(client):
    contenido = u.pdf()
    archivo = adjunto(contenido)
    client.force_login(lector(archivo.documento))
    respuesta = ver(client, archivo)
    assert cuerpo(respuesta) == contenido
    assert respuesta["Content-Type"] == "application/pdf" and respuesta["Content-Length"] == str(
        len(contenido)
    )
    assert respuesta["Content-Disposition"].startswith(
        "inline; filename=\"Solicitud N_ 5.pdf\"; filename*=UTF-8''"
    )
    assert respuesta["X-Content-Type-Options"] == "nosniff" and respuesta["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in respuesta["Content-Security-Policy"]
    assert "sandbox" not in respuesta["Content-Security-Policy"]
    assert respuesta["Cache-Control"] == "private, no-cache"
    assert not Evento.objects.filter(tipo__startswith="archivo_visto").exists()


def test_downloading_is_always_an_attachment(client):
    archivo = adjunto()
    client.force_login(lector(archivo.documento))
    assert ver(client, archivo, "descargar")["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("contenido", "en_linea"),
    [(u.imagen("PNG"), True), (u.imagen("WEBP"), True), (u.tiff(1), False), (u.docx(), False)],
    ids=["png", "webp", "tiff", "docx"],
)
def test_only_what_a_browser_shows_safely_is_inline_and_sandboxed(client, contenido, en_linea):
    archivo = adjunto(contenido)
    client.force_login(lector(archivo.documento))
    respuesta = ver(client, archivo)
    assert respuesta["Content-Disposition"].startswith("inline") is en_linea
    assert respuesta["Content-Security-Policy"].startswith("sandbox;")


def test_a_type_out_of_the_list_is_plain_bytes(client):
    archivo = adjunto()
    ArchivoAdjunto.objects.filter(pk=archivo.pk).update(tipo_mime="text/html")
    client.force_login(lector(archivo.documento))
    respuesta = ver(client, archivo)
    assert respuesta["Content-Type"] == "application/octet-stream"
    assert respuesta["Content-Disposition"].startswith("attachment")


def test_the_name_travels_whole_and_cannot_break_the_header():
    texto = disposicion('Ñandú "1".pdf\r\nX: y', en_linea=False)
    assert texto.isascii() and "\n" not in texto and '"1"' not in texto
    assert "filename*=UTF-8''%C3%91and%C3%BA%20%221%22.pdf%0D%0AX%3A%20y" in texto


@pytest.mark.parametrize(
    ("rango", "desde", "hasta"),
    [("bytes=0-9", 0, 10), ("bytes=5-", 5, None), ("bytes=-7", -7, None), ("bytes=3-999999", 3, None)],
)
def test_one_range_is_served(client, rango, desde, hasta):
    contenido = u.pdf()
    archivo = adjunto(contenido)
    client.force_login(lector(archivo.documento))
    respuesta = ver(client, archivo, range=rango)
    trozo = contenido[desde:hasta]
    assert respuesta.status_code == 206 and cuerpo(respuesta) == trozo
    inicio = desde % len(contenido)
    assert respuesta["Content-Range"] == f"bytes {inicio}-{inicio + len(trozo) - 1}/{len(contenido)}"


@pytest.mark.parametrize("rango", ["bytes=5-2", "bytes=0-1,4-5", "lineas=0-1", "bytes=-", "bytes=x-"])
def test_an_odd_range_serves_the_whole(client, rango):
    archivo = adjunto()
    client.force_login(lector(archivo.documento))
    respuesta = ver(client, archivo, range=rango)
    assert respuesta.status_code == 200 and len(cuerpo(respuesta)) == archivo.peso_bytes


@pytest.mark.parametrize("rango", ["bytes=99999999-", "bytes=-0"])
def test_a_range_outside_is_416(client, rango):
    archivo = adjunto()
    client.force_login(lector(archivo.documento))
    respuesta = ver(client, archivo, range=rango)
    assert respuesta.status_code == 416 and respuesta["Content-Range"] == f"bytes */{archivo.peso_bytes}"


def test_etag_and_if_range(client):
    archivo = adjunto()
    client.force_login(lector(archivo.documento))
    etiqueta = ver(client, archivo)["ETag"]
    assert archivo.hash_archivo in etiqueta
    assert ver(client, archivo, if_none_match=etiqueta).status_code == 304
    assert ver(client, archivo, range="bytes=0-1", if_range=etiqueta).status_code == 206
    assert ver(client, archivo, range="bytes=0-1", if_range='"otro"').status_code == 200


def test_head_says_the_weight_without_the_bytes(client):
    archivo = adjunto()
    client.force_login(lector(archivo.documento))
    respuesta = client.head(reverse("documents:archivo-ver", args=[archivo.pk]))
    assert respuesta.status_code == 200 and respuesta["Content-Length"] == str(archivo.peso_bytes)


def test_reserved_documents_keep_a_record_of_each_reading(client):
    persona = u.usuario("documento.ver")
    archivo = adjunto(reservado=True, actor=persona)
    fuera = lector(archivo.documento)
    client.force_login(fuera)
    assert ver(client, archivo).status_code == 404
    AccesoReservado.objects.get_or_create(documento=archivo.documento, usuario=fuera)
    respuesta = ver(client, archivo)
    assert respuesta.status_code == 200 and respuesta["Cache-Control"] == "private, no-store"
    ver(client, archivo, range="bytes=20-30")
    ver(client, archivo, "descargar")
    eventos = Evento.objects.filter(
        documento_id=archivo.documento_id, tipo__startswith="archivo_", actor=fuera
    )
    assert [e.tipo for e in eventos.order_by("secuencia")] == ["archivo_visto", "archivo_descargado"]


def test_the_thumbnail_has_the_same_permission(client):
    archivo = adjunto()
    client.force_login(lector(archivo.documento))
    assert ver(client, archivo, "miniatura").status_code == 404
    procesar_archivo_adjunto(archivo.pk)
    respuesta = ver(client, archivo, "miniatura")
    assert respuesta["Content-Type"] == "image/png" and cuerpo(respuesta).startswith(b"\x89PNG")


def test_quarantine_closes_every_door(client):
    archivo = adjunto()
    procesar_archivo_adjunto(archivo.pk)
    ArchivoAdjunto.objects.filter(pk=archivo.pk).update(
        en_cuarentena=True, problema="El antivirus detectó X."
    )
    client.force_login(lector(archivo.documento))
    for acto in ("ver", "descargar"):
        respuesta = ver(client, archivo, acto)
        assert respuesta.status_code == 409 and "El antivirus detectó X." in respuesta.content.decode()
    assert ver(client, archivo, "miniatura").status_code == 404


def test_missing_bytes_are_404(client, carpeta):
    archivo = adjunto()
    shutil.rmtree(carpeta)
    client.force_login(lector(archivo.documento))
    assert ver(client, archivo).status_code == 404


@pytest.mark.parametrize("tamanio", [1, 20])
def test_serving_costs_the_same_however_many_files(client, tamanio, django_assert_max_num_queries):
    archivo = adjunto()
    for numero in range(tamanio - 1):
        puesto = espera.poner_en_espera(
            usuario=archivo.subido_por, subida=u.subida(u.pdf(), f"{numero}.pdf"), para="anexo"
        )
        with transaction.atomic():
            espera.adjuntar_en_espera(
                documento=archivo.documento, ids=[puesto.pk], usuario=archivo.subido_por
            )
    client.force_login(lector(archivo.documento))
    with django_assert_max_num_queries(8):
        ver(client, archivo)


@pytest.mark.django_db(transaction=True)
def test_the_pdf_shows_in_chromiums_own_viewer(client, live_server, navegador):
    """A CSP answer header leaves the viewer alone; a sandbox attribute on the frame would not."""
    archivo = adjunto(u.pdf(2))
    client.force_login(lector(archivo.documento))
    chromium = navegador.browser_type.launch(
        executable_path=shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome"),
        args=["--no-sandbox", "--headless=new"],
        ignore_default_args=["--headless", "--disable-component-extensions-with-background-pages"],
    )
    try:
        contexto = chromium.new_context()
        contexto.add_cookies(
            [{"name": n, "value": m.value, "url": live_server.url} for n, m in client.cookies.items()]
        )
        hoja = contexto.new_page()
        hoja.goto(f"{live_server.url}/visor/{archivo.pk}/")
        for _ in range(50):
            if any(f.url.startswith("chrome-extension://") for f in hoja.frames):
                break
            hoja.wait_for_timeout(100)
        assert any(f.url.startswith("chrome-extension://") for f in hoja.frames), [f.url for f in hoja.frames]
        assert json.dumps([f.url for f in hoja.frames]).count(f"/archivos/{archivo.pk}/") >= 1
    finally:
        chromium.close()
