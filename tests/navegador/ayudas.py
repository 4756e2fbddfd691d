"""What the browser tests share: a watched page, its quiet moment, axe, pictures, keys that are counted."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.documents.files_util import pdf
from tests.factories import CLAVE

REGLAS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DE_LO_ANGOSTO = ["target-size", "scrollable-region-focusable"]  # rules that may pass wide and fail narrow
CAPTURAS = os.environ.get("MESA_CAPTURAS")  # folder of the pictures, outside the tree; none, no pictures
MUESTRAS = Path(__file__).resolve().parents[3] / "shared" / "samples"
# htmx says aloud that a newer request took the place of another; a date written in an address is not a date
NORMALES = re.compile(r"htmx:(sendAbort|afterRequest)|required format")
QUIETA = (
    """() => document.readyState === "complete" && !document.querySelector(".htmx-request,.htmx-settling")"""
)


def archivo_de_muestra(tmp_path, nombre):
    """Path of a sample of the outside world when it is at hand; else of a PDF of our own."""
    if (MUESTRAS / nombre).exists():
        return str(MUESTRAS / nombre)
    propio = tmp_path / nombre
    propio.write_bytes(pdf(marca=nombre))
    return str(propio)


def galleta(servidor, usuario):
    """The cookie of a session of that user."""
    cliente = Client()
    cliente.force_login(usuario)
    return {"name": "mesa_sesion", "value": cliente.cookies["mesa_sesion"].value, "url": servidor.url}


class Vigia:
    """Listens to a page: hosts that are not ours, complaints of the console, script errors, requests made."""

    def __init__(self, pagina, servidor):
        self.pagina, self.propio = pagina, urlsplit(servidor.url).netloc
        self.esperado = ()  # main answers >= 400 that are right
        self.ajenos, self.quejas, self.pedidos, self.impresos = [], [], set(), []
        pagina.on("request", self._pedido)
        pagina.on("console", self._consola)
        pagina.on("pageerror", lambda error: self.quejas.append(str(error)))
        pagina.on(
            "filechooser", lambda _: None
        )  # from the start: the key that opens it may come before a late listener
        # headless Chromium has no printer and may die printing: the request is what counts
        pagina.route("**/cargo.pdf?*", self._papel)

    def _pedido(self, pedido):
        destino = urlsplit(pedido.url)
        if destino.scheme in ("http", "https", "ws", "wss") and destino.netloc != self.propio:
            self.ajenos.append(pedido.url)
        # the bell asks again and again, however long the page is looked at
        if pedido.frame == self.pagina.main_frame and not destino.path.endswith("/pulso/"):
            self.pedidos.add(pedido.url.split("#")[0])

    def _consola(self, mensaje):
        estado = next((n for n in self.esperado if f"status of {n} " in mensaje.text), None)
        if mensaje.type in ("error", "warning") and not estado and not NORMALES.search(mensaje.text):
            self.quejas.append(mensaje.text)

    def _papel(self, ruta):
        self.impresos.append(ruta.request.url)
        ruta.fulfill(status=200, content_type="text/html", body="<!doctype html><title>papel</title>papel")

    def oido(self):
        """Foreign hosts and complaints heard so far, which are forgotten with the requests."""
        malas = [*self.ajenos, *self.quejas]
        for oidos in (self.ajenos, self.quejas, self.pedidos):
            oidos.clear()
        return malas

    def revisar(self):
        """Fails on what was heard."""
        malas = self.oido()
        assert not malas, malas


def asentar(pagina):
    """Waits until the page and its fragments are in place."""
    pagina.wait_for_function(QUIETA)


def faltas(pagina, reglas=None):
    """What axe finds by those rules, or by all of REGLAS. Returns: list of (rule, how many, first element)."""
    axe = pytest.importorskip("axe_playwright_python.base", reason="Falta axe: ejecuta script/test")
    if not pagina.evaluate("typeof axe === 'object'"):
        pagina.evaluate(axe.AXE_SCRIPT)
    halladas = pagina.evaluate(
        """async ([tipo, reglas]) => (await axe.run(document, {
            runOnly: {type: tipo, values: reglas}, iframes: false, preload: false, resultTypes: ["violations"],
            elementRef: false,
        })).violations.map((v) => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 160)])""",
        ["rule", reglas] if reglas else ["tag", REGLAS],
    )
    # the empty header of Django's own inline tables is left as it comes
    return [falta for falta in halladas if 'class="original"' not in falta[2]]


def captura(pagina, nombre):
    """A picture of the page, when MESA_CAPTURAS names a folder; the whole page at phone width."""
    if CAPTURAS:
        ancho = pagina.viewport_size["width"]
        pagina.screenshot(path=f"{CAPTURAS}/{nombre}-{ancho}.png", full_page=ancho < 800)


def desbordados(pagina):
    """The elements that make the page scroll sideways; empty when none does."""
    return pagina.evaluate("""() => {
        const ancho = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= ancho) return [];
        return [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > ancho + 1)
            .map((e) => e.outerHTML.slice(0, 100)).slice(0, 4);
    }""")


def en_foco(pagina, ident):
    """Waits until the element of that id has the focus."""
    pagina.wait_for_function("id => document.activeElement && document.activeElement.id === id", arg=ident)


def foco(pagina):
    """Id of the element with the focus."""
    return pagina.evaluate("document.activeElement.id")


class Teclado:
    """Keys as a person presses them; each press counts one, and so does a chord."""

    def __init__(self, pagina):
        self.pagina, self.pulsadas = pagina, 0

    def pulsar(self, *teclas):
        for tecla in teclas:
            self.pulsadas += 1
            self.pagina.keyboard.press(tecla)

    def escribir(self, texto, *, cuenta=True):
        """Types slower than a scanner; the subject is written without counting."""
        self.pulsadas += len(texto) if cuenta else 0
        self.pagina.keyboard.type(texto, delay=40)

    def escanear(self, codigo):
        """A scanner: a burst closed by Intro, wherever the focus is."""
        self.pagina.keyboard.type(codigo, delay=4)
        self.pagina.keyboard.press("Enter")

    def hasta(self, ident, tecla="Enter", tope=30):
        """Presses the key until that element has the focus."""
        for _ in range(tope):
            if foco(self.pagina) == ident:
                return
            self.pulsar(tecla)
        raise AssertionError(
            f"{tope} veces {tecla} no llegan a {ident}; el foco quedó en {foco(self.pagina)!r}"
        )


def entrar(pagina, servidor, usuario):
    """Logs in by keyboard."""
    pagina.context.clear_cookies()
    pagina.goto(servidor.url + reverse("entrar"))
    en_foco(pagina, "id_username")
    pagina.keyboard.type(usuario.username)
    pagina.keyboard.press("Tab")
    pagina.keyboard.type(CLAVE)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url(lambda url: "/entrar/" not in url)
    asentar(pagina)
