"""The whole life of a document with the keyboard alone, as a clerk, an area, a supervisor and a citizen live it."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from derivations.models import Derivacion, TextoFrecuente
from documents.codes import formatear_clave
from documents.constants import Estado
from documents.models import Documento
from tests.factories import make_oficina, make_remitente
from tests.navegador.ayudas import Teclado, archivo_de_muestra, asentar, captura, en_foco, entrar

pytestmark = pytest.mark.django_db(transaction=True)
TEXTO = "Para su atención y fines"


@pytest.fixture
def o():
    oficina = make_oficina()
    TextoFrecuente.objects.create(texto=TEXTO)
    return oficina


def elegir_archivos(pagina, teclado, archivos):
    """Opens the file chooser with the keyboard and takes the files; waits until they are received."""
    for _ in range(30):
        if pagina.evaluate("document.activeElement.type") == "file":
            break
        teclado.pulsar("Tab")
    pagina.wait_for_timeout(300)  # the rail and the draft answer what was left behind
    asentar(pagina)
    assert pagina.evaluate("document.activeElement.type") == "file", "the answers took the focus away"
    with pagina.expect_file_chooser(timeout=10_000) as selector:
        pagina.keyboard.press("Enter")
    selector.value.set_files(archivos)
    pagina.wait_for_function(
        "n => document.querySelectorAll('.arch li input[type=hidden]').length === n", arg=len(archivos)
    )
    assert pagina.locator(".arch .mal").count() == 0, pagina.locator(".arch").inner_text()


def registrar(pagina, numero, asunto, *, folios="46", nombre="", archivos=()):
    """Registers from the open form. Returns: key presses besides the subject and the name."""
    t = Teclado(pagina)
    en_foco(pagina, "id_doc")
    t.escribir(numero)
    pagina.locator("#persona .persona, #persona #id_nombre").first.wait_for()
    asentar(pagina)
    t.pulsar("Enter")
    if nombre:
        en_foco(pagina, "id_nombre")
        t.escribir(nombre, cuenta=False)
    t.hasta("id_folios")
    t.escribir(folios)
    t.hasta("id_asunto")
    t.escribir(asunto, cuenta=False)
    cuenta = t.pulsadas
    if archivos:
        elegir_archivos(pagina, t, archivos)
    t.pulsar("Control+Enter")
    pagina.wait_for_url("**/registrado/**")
    asentar(pagina)
    return cuenta + 1


def test_life_by_keyboard(vigilada, live_server, o, tmp_path):
    pagina, t = vigilada, Teclado(vigilada)
    archivos = [
        archivo_de_muestra(tmp_path, nombre)
        for nombre in ("google-doc-document.pdf", "imagemagick-CCITTFaxDecode.pdf")
    ]

    def ir(nombre, *args):
        pagina.goto(live_server.url + reverse(nombre, args=args))
        asentar(pagina)

    # The window: a known company with two files; its receipt prints by itself, once.
    entrar(pagina, live_server, o.ventanilla)
    registrar(pagina, o.remitente.numero, "Habilitación vehicular, ruta Puno - Juliaca", archivos=archivos)
    conocido = Documento.objects.get()
    assert conocido.archivos.count() == 2
    pagina.wait_for_function("document.querySelector('iframe') !== null")
    assert [u.split("?")[1] for u in pagina.vigia.impresos] == ["formato=a5"]
    assert "Registrar otro" in pagina.evaluate("document.activeElement.textContent")
    captura(pagina, "vida-registrado")
    pagina.reload()
    asentar(pagina)
    assert (Documento.objects.count(), len(pagina.vigia.impresos)) == (1, 1)
    # Somebody who comes for the first time, from the button that has the focus.
    t.pulsar("Enter")
    pagina.wait_for_url("**/registrar/**")
    registrar(pagina, "01318842", "Solicita constancia de conductor", nombre="Grimaldo Ccallo Flores")
    nuevo = Documento.objects.exclude(pk=conocido.pk).get()
    assert (nuevo.remitente.nombre, nuevo.numero) == ("Grimaldo Ccallo Flores", conocido.numero + 1)
    # The printed page of the receipt opens and says what the citizen needs.
    ir("documents:cargo", conocido.pk)
    assert conocido.numero_expediente in pagina.inner_text("main, body")
    assert formatear_clave(conocido.clave) in pagina.inner_text("main, body")

    # Found by its number, derived to Transportes with copy to Legal.
    ir("inicio")
    t.pulsar("F4")
    t.escribir(str(conocido.numero))
    t.pulsar("Enter")
    pagina.wait_for_url(f"**/expedientes/{conocido.pk}/**")
    asentar(pagina)
    t.pulsar("d")
    pagina.locator("#dialogo[open] #id_area_destino:focus").wait_for()
    t.escribir("tpc")
    pagina.locator("#dialogo [role=option]").first.wait_for()
    t.pulsar("Enter")
    copia = f"#dialogo input[name=copias][value='{o.legal.pk}']"
    for _ in range(25):  # to the folded list, open it, and to the area
        if pagina.evaluate("document.activeElement.localName") == "summary":
            t.pulsar("Enter")
        if pagina.evaluate(f"document.activeElement.matches(`{copia}`)"):
            break
        t.pulsar("Tab")
    t.pulsar("Space", "Alt+1", "Control+Enter")
    pagina.get_by_text("Derivado a Transporte de Pasajeros y Carga").first.wait_for()
    principal, en_copia = Derivacion.objects.order_by("es_copia")
    assert (principal.area_destino, principal.instrucciones, en_copia.area_destino) == (
        o.transportes,
        TEXTO,
        o.legal,
    )

    # Transportes reads the label, wherever the focus is, and receives.
    entrar(pagina, live_server, o.ana)
    ir("organization:cuenta")
    pagina.locator("#id_email, input:not([type=hidden])").last.focus()
    t.escanear(conocido.codigo_interno)
    pagina.wait_for_url(f"**/expedientes/{conocido.pk}/**")
    t.pulsar("F8")
    pagina.wait_for_url("**/lector/**")
    t.escanear(conocido.codigo_interno)
    pagina.locator("#leidos .bien").wait_for()
    assert Documento.objects.get(pk=conocido.pk).estado == Estado.EN_PROCESO
    # … and attends with its answer.
    ir("documents:detalle", conocido.pk)
    t.pulsar("a")
    pagina.locator("#dialogo[open] form").wait_for()
    asentar(pagina)
    en_foco(pagina, "id_resultado")
    t.pulsar("p")  # the select takes the first letter of Procedente
    assert pagina.input_value("#id_resultado") == "PROCEDENTE"
    elegir_archivos(pagina, t, archivos[:1])
    t.pulsar("Control+Enter")
    pagina.locator("#dialogo:not([open])").wait_for(state="attached")
    pagina.get_by_text("Atendido").first.wait_for()
    assert Documento.objects.get(pk=conocido.pk).estado == Estado.ATENDIDO

    # The supervisor archives it from its record.
    entrar(pagina, live_server, o.jefa)
    ir("documents:detalle", conocido.pk)
    boton = pagina.get_by_role("link", name="Archivar")
    for _ in range(40):
        if boton.evaluate("e => e === document.activeElement"):
            break
        t.pulsar("Tab")
    t.pulsar("Enter")
    pagina.locator("#dialogo[open] #id_serie").wait_for()
    t.hasta("id_serie", "Tab")
    t.pulsar("1")  # code of the series
    t.pulsar("Control+Enter")
    pagina.locator("#dialogo:not([open])").wait_for(state="attached")
    pagina.wait_for_url(re.compile(r"/expedientes/\d+/"))
    pagina.get_by_text("Archivado").first.wait_for()
    assert Documento.objects.get(pk=conocido.pk).estado == Estado.ARCHIVADO

    # The citizen, on a phone, from the QR of the receipt.
    pagina.context.clear_cookies()
    pagina.set_viewport_size({"width": 390, "height": 844})
    pagina.goto(live_server.url + urlsplit(conocido.cargo.datos["url"]).path)
    assert "Terminado" in pagina.inner_text(".estado-pub")
    assert conocido.asunto not in pagina.content()
    t.hasta("id_clave", "Tab")
    t.escribir(formatear_clave(conocido.clave))
    t.pulsar("Enter")
    pagina.get_by_text(conocido.asunto).wait_for()
    captura(pagina, "vida-seguimiento")
    descargar = pagina.get_by_role("link", name="Descargar mi cargo")
    descargar.focus()
    with pagina.expect_download() as descarga:
        t.pulsar("Enter")
    assert Path(descarga.value.path()).read_bytes().startswith(b"%PDF")


def test_a_known_dni_takes_eighteen_presses_at_most(vigilada, live_server, o):
    persona = make_remitente(tipo_identidad="DNI", numero="01318842", nombre="Yeny Pari Ticona")
    entrar(vigilada, live_server, o.ventanilla)
    pulsadas = registrar(vigilada, persona.numero, "Solicita copia simple")
    assert pulsadas <= 18, pulsadas
