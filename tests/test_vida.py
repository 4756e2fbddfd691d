"""The whole life of one document with real keys in a real browser, and every other page by its rules.

Screenshots go to MESA_CAPTURAS when it is set, outside the tree.
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from derivations.models import TextoFrecuente
from documents.codes import formatear_clave
from documents.constants import Estado
from documents.models import Documento
from documents.services import registrar_impresion
from tests.documents.files_util import pdf
from tests.factories import CLAVE, make_derivada, make_documento, make_oficina, make_recibida

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="Falta axe: ejecuta script/test")
pytestmark = pytest.mark.django_db(transaction=True)
REGLAS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MUESTRAS = Path(__file__).resolve().parents[2] / "shared" / "samples"


@pytest.fixture
def o():
    oficina = make_oficina()
    TextoFrecuente.objects.create(texto="Para atención")
    return oficina


@pytest.fixture
def vigilada(pagina, live_server):
    """A page that remembers foreign hosts, console complaints and key presses."""
    pagina.ajenos, pagina.quejas, pagina.impresos, pagina.teclas = [], [], [], 0
    propio = urlsplit(live_server.url).netloc

    def pedido(solicitud):
        destino = urlsplit(solicitud.url)
        if destino.scheme in ("http", "https") and destino.netloc != propio:
            pagina.ajenos.append(solicitud.url)

    def papel(
        ruta,
    ):  # headless Chromium has no printer and may die printing a PDF: the request is what counts
        pagina.impresos.append(ruta.request.url)
        ruta.fulfill(status=200, content_type="text/html", body="papel")

    pagina.on("request", pedido)
    pagina.route("**/cargo.pdf?*", papel)
    pagina.on("console", lambda m: pagina.quejas.append(m.text) if "Content Security" in m.text else None)
    yield pagina
    assert pagina.ajenos == []
    assert pagina.quejas == []


def pulsar(pagina, tecla):
    """One key press, counted; a chord is one."""
    pagina.teclas += 1
    pagina.keyboard.press(tecla)


def escribir(pagina, texto):
    """Text typed key by key, counted."""
    pagina.teclas += len(texto)
    pagina.keyboard.type(texto, delay=45)


def entrar(pagina, servidor, usuario):
    """Logs in by keyboard, as a person does."""
    pagina.context.clear_cookies()
    pagina.goto(servidor.url + reverse("entrar"))
    en_foco(pagina, "id_username")
    pagina.keyboard.type(usuario.username)
    pagina.keyboard.press("Tab")
    pagina.keyboard.type(CLAVE)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url(lambda url: "/entrar/" not in url)


def en_foco(pagina, ident):
    pagina.wait_for_function("id => document.activeElement && document.activeElement.id === id", arg=ident)


def archivo(tmp_path, nombre):
    muestra = MUESTRAS / nombre
    if muestra.exists():
        return str(muestra)
    propio = tmp_path / nombre
    propio.write_bytes(pdf())
    return str(propio)


def captura(pagina, nombre):
    carpeta = os.environ.get("MESA_CAPTURAS")
    if carpeta:
        Path(carpeta).mkdir(parents=True, exist_ok=True)
        ancho = pagina.viewport_size["width"]
        pagina.screenshot(path=str(Path(carpeta) / f"{nombre}-{ancho}.png"), full_page=ancho < 800)


def registrar(pagina, numero, asunto, *, archivos=()):
    """Registers from the open form with the keys a clerk presses. Returns: key presses besides the subject."""
    pagina.teclas = 0
    en_foco(pagina, "id_doc")
    escribir(pagina, numero)
    pagina.locator("#persona .persona, #persona #id_nombre").wait_for()
    pulsar(pagina, "Enter")
    if pagina.evaluate("document.activeElement.id") == "id_nombre":
        pagina.keyboard.type("Grimaldo Ccallo Flores")
        while pagina.evaluate("document.activeElement.id") != "id_procedimiento":
            pulsar(pagina, "Enter")
    en_foco(pagina, "id_procedimiento")
    pulsar(pagina, "Enter")
    en_foco(pagina, "id_folios")
    escribir(pagina, "46")
    pulsar(pagina, "Enter")
    en_foco(pagina, "id_asunto")
    pagina.keyboard.type(asunto)
    if archivos:
        pagina.set_input_files("input[name=archivos]", list(archivos))
        pagina.wait_for_function(
            "n => document.querySelectorAll('#registro-archivos input[name=adjunto_ids]').length === n",
            arg=len(archivos),
        )
    pulsar(pagina, "Control+Enter")
    pagina.wait_for_url("**/registrado/**")
    return pagina.teclas


def test_the_whole_life_of_a_document_by_keyboard(vigilada, live_server, o, tmp_path):
    pagina = vigilada
    entrar(pagina, live_server, o.ventanilla)
    archivos = [
        archivo(tmp_path, "google-doc-document.pdf"),
        archivo(tmp_path, "imagemagick-CCITTFaxDecode.pdf"),
    ]
    registrar(
        pagina, o.remitente.numero, "Habilitación vehicular, ruta Puno - Juliaca", archivos=archivos[:1]
    )
    conocido = Documento.objects.get()
    assert conocido.archivos.get().es_principal
    en_foco_texto = pagina.evaluate("document.activeElement.textContent")
    assert "Registrar otro" in en_foco_texto
    pagina.wait_for_function("document.querySelector('iframe') !== null")
    assert [u.split("?")[-1] for u in pagina.impresos] == ["formato=a5"]  # the cargo prints by itself, once
    captura(pagina, "registrado")
    # a new DNI, from the button that has the focus
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/registrar/**")
    registrar(pagina, "01318842", "Solicita constancia de conductor", archivos=archivos[1:])
    nuevo = Documento.objects.exclude(pk=conocido.pk).get()
    assert (nuevo.remitente.numero, nuevo.numero) == ("01318842", conocido.numero + 1)
    # derive with a copy
    pagina.goto(live_server.url + reverse("documents:detalle", args=[conocido.pk]))
    pagina.keyboard.press("d")
    pagina.locator("#dialogo[open] #id_area_destino:focus").wait_for()
    pagina.keyboard.type("tpc", delay=30)
    pagina.locator("#dialogo [role=option]").first.wait_for()
    pagina.keyboard.press("Enter")
    pagina.evaluate("document.querySelector('#dialogo details')?.setAttribute('open', '')")
    pagina.locator(f"#dialogo input[name=copias][value='{o.legal.pk}']").focus()
    pagina.keyboard.press("Space")
    pagina.keyboard.press("Alt+1")
    pagina.keyboard.press("Control+Enter")
    pagina.get_by_text("Derivado a Transporte de Pasajeros y Carga").first.wait_for()
    conocido.refresh_from_db()
    assert conocido.estado == Estado.DERIVADO
    # receive by the label's code, from wherever the focus is
    entrar(pagina, live_server, o.ana)
    pagina.goto(live_server.url + reverse("derivations:lector"))
    pagina.keyboard.type(conocido.codigo_interno, delay=5)
    pagina.keyboard.press("Enter")
    pagina.locator("#leidos .bien").wait_for()
    captura(pagina, "lector")
    conocido.refresh_from_db()
    assert conocido.estado == Estado.EN_PROCESO
    # attend with an answer
    pagina.goto(live_server.url + reverse("documents:detalle", args=[conocido.pk]))
    captura(pagina, "expediente")
    pagina.keyboard.press("a")
    pagina.locator("#dialogo[open] form").wait_for()
    pagina.set_input_files("#dialogo input[type=file]", archivos[0])
    pagina.locator("#dialogo .arch li input[type=hidden]").first.wait_for(state="attached")
    pagina.select_option("#dialogo #id_resultado", "PROCEDENTE") if pagina.locator(
        "#dialogo select#id_resultado"
    ).count() else pagina.locator("#dialogo input[name=resultado][value=PROCEDENTE]").check()
    pagina.keyboard.press("Control+Enter")
    pagina.locator("#dialogo[open]").wait_for(state="hidden")
    pagina.wait_for_load_state("networkidle")
    conocido.refresh_from_db()
    assert conocido.estado == Estado.ATENDIDO
    # archive
    entrar(pagina, live_server, o.jefa)
    pagina.goto(live_server.url + reverse("documents:archivar", args=[conocido.pk]))
    pagina.select_option("#id_serie", str(o.serie_documental.pk))
    pagina.focus("#id_serie")
    pagina.keyboard.press("Control+Enter")
    pagina.wait_for_url(re.compile(r"/expedientes/\d+/(\?.*)?$"))
    pagina.wait_for_load_state("networkidle")
    conocido.refresh_from_db()
    assert conocido.estado == Estado.ARCHIVADO
    # the citizen, on a phone
    pagina.context.clear_cookies()
    pagina.set_viewport_size({"width": 390, "height": 844})
    pagina.goto(live_server.url + urlsplit(conocido.cargo.datos["url"]).path)
    assert "Terminado" in pagina.locator(".estado-pub").inner_text()
    assert conocido.asunto not in pagina.content()
    pagina.fill("#id_clave", formatear_clave(conocido.clave))
    pagina.keyboard.press("Enter")
    pagina.get_by_text(conocido.asunto).wait_for()
    captura(pagina, "seguimiento")
    with pagina.expect_download() as descarga:
        pagina.get_by_text("Descargar mi cargo").click()
    assert Path(descarga.value.path()).read_bytes().startswith(b"%PDF")


def test_a_known_sender_takes_eighteen_presses_at_most(vigilada, live_server, o):
    make_documento(o)
    persona = o.remitente
    entrar(vigilada, live_server, o.ventanilla)
    presses = registrar(vigilada, persona.numero, "Solicita copia simple")
    assert presses - len(persona.numero) + 8 <= 18  # the limit is for a DNI, eight digits


def test_the_draft_is_offered_back_after_a_reload(vigilada, live_server, o):
    entrar(vigilada, live_server, o.ventanilla)
    vigilada.locator("#id_asunto").fill("Escrito a medias")
    vigilada.locator("#id_folios").focus()
    vigilada.get_by_text("Borrador guardado").wait_for()
    vigilada.reload()
    vigilada.get_by_text("Recuperarlo").click()
    vigilada.wait_for_url("**?borrador")
    assert vigilada.input_value("#id_asunto") == "Escrito a medias"


def test_the_main_acts_end_well_without_scripts(navegador, live_server, o, tmp_path):
    contexto = navegador.new_context(java_script_enabled=False, locale="es-PE")
    pagina = contexto.new_page()
    client = Client()
    client.force_login(o.ventanilla)
    contexto.add_cookies(
        [{"name": "mesa_sesion", "value": client.cookies["mesa_sesion"].value, "url": live_server.url}]
    )
    pagina.goto(live_server.url + reverse("documents:registrar"))
    pagina.fill("#id_doc", o.remitente.numero)
    pagina.fill("#id_folios", "3")
    pagina.fill("#id_asunto", "Sin guiones")
    pagina.set_input_files("input[name=archivos]", archivo(tmp_path, "crazyones-pdfa.pdf"))
    pagina.get_by_role("button", name="Registrar e imprimir cargo").click()
    documento = Documento.objects.get()
    assert documento.numero_expediente in pagina.content()
    assert documento.archivos.count() == 1
    pagina.goto(live_server.url + reverse("portal:consultar"))
    pagina.fill("#id_numero", documento.numero_expediente)
    pagina.fill("#id_clave", documento.clave)
    pagina.get_by_role("button", name="Consultar").click()
    assert documento.asunto in pagina.content()
    contexto.close()


def faltas(pagina):
    informe = axe.Axe().run(pagina, options={"runOnly": REGLAS, "iframes": False})
    return [(v["id"], v["nodes"][0]["html"][:140]) for v in informe.response["violations"]]


def test_pages_are_accessible_and_fit_at_both_widths(vigilada, live_server, o):
    pagina = vigilada
    documento = make_documento(o, procedimiento=o.procedimiento)
    registrar_impresion(documento_id=documento.pk, formato="a5", actor=o.ventanilla)  # no printer's dialog
    make_derivada(o)
    make_recibida(o)
    paginas = {
        "registrar": (o.ventanilla, reverse("documents:registrar")),
        "registrado-otra-vez": (o.ventanilla, reverse("documents:registrado", args=[documento.pk])),
        "remitente": (o.ventanilla, reverse("documents:remitente", args=[o.remitente.pk])),
        "remitente-editar": (o.ventanilla, reverse("documents:remitente-editar", args=[o.remitente.pk])),
        "cuenta": (o.ventanilla, reverse("organization:cuenta")),
        "clave": (o.ventanilla, reverse("organization:clave")),
        "bandeja": (o.ana, reverse("derivations:bandeja", args=["en-proceso"])),
        "entrar": (None, reverse("entrar")),
        "publico": (None, reverse("portal:inicio")),
        "consultar": (None, reverse("portal:consultar")),
        "seguir": (None, reverse("portal:seguir", args=[documento.codigo_qr])),
        "no-hay": (None, "/c/00000000000000000000000000"),
    }
    problemas = {}
    for nombre, (usuario, ruta) in paginas.items():
        pagina.context.clear_cookies()
        if usuario is not None:
            client = Client()
            client.force_login(usuario)
            sesion = client.cookies["mesa_sesion"].value
            pagina.context.add_cookies([{"name": "mesa_sesion", "value": sesion, "url": live_server.url}])
        for ancho, alto in ((1366, 768), (390, 844)):
            pagina.set_viewport_size({"width": ancho, "height": alto})
            pagina.goto(live_server.url + ruta)
            pagina.wait_for_load_state("networkidle")
            captura(pagina, nombre)
            malas = faltas(pagina)
            if nombre == "registrar":  # with its errors too
                pagina.locator("button[value=registrar]").click()
                pagina.locator(".resumen-error").wait_for()
                captura(pagina, "registrar-error")
                malas += faltas(pagina)
            if malas:
                problemas[nombre, ancho] = malas
        pagina.set_viewport_size({"width": 320, "height": 640})
        if pagina.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problemas[nombre, 320] = "scrolls sideways"
    assert problemas == {}
