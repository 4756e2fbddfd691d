"""The record, its acts and the search with real keys, at phone width, and without script."""

import pytest
from django.test import Client
from django.urls import reverse

from documents.constants import Estado
from documents.files.espera import poner_en_espera
from documents.models import Documento
from tests.documents.files_util import pdf, subida
from tests.factories import make_documento, make_oficina, make_recibida
from tests.navegador.ayudas import faltas

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def o():
    return make_oficina()


def entrar(contexto, servidor, usuario):
    client = Client()
    client.force_login(usuario)
    contexto.add_cookies(
        [{"name": "mesa_sesion", "value": client.cookies["mesa_sesion"].value, "url": servidor.url}]
    )


def ir(pagina, servidor, nombre, *args, consulta=""):
    pagina.goto(servidor.url + reverse(f"documents:{nombre}", args=args) + consulta)


def con_archivos(o, cuantos=2):
    ids = [
        str(poner_en_espera(usuario=o.ventanilla, subida=subida(pdf(), f"{n}.pdf"), para="principal").pk)
        for n in range(cuantos)
    ]
    return make_documento(o, procedimiento=o.procedimiento, archivos=ids)


def test_a_letter_opens_the_act_and_a_mistake_stays_in_it(pagina, live_server, o):
    documento = make_documento(o)
    entrar(pagina.context, live_server, o.ventanilla)
    ir(pagina, live_server, "detalle", documento.pk)
    pagina.keyboard.press("o")
    pagina.locator("#dialogo[open] #id_otros:focus").wait_for()
    pagina.keyboard.press("Control+Enter")
    pagina.locator("#dialogo[open] .resumen-error").wait_for()
    pagina.fill("#id_otros", "Falta el pago")
    pagina.keyboard.press("Control+Enter")
    pagina.locator("h1", has_text=documento.asunto).wait_for()
    pagina.get_by_text("Observado. Puede subsanar hasta el").wait_for()
    assert Documento.objects.get(pk=documento.pk).estado == Estado.OBSERVADO


def test_next_previous_wide_viewer_and_back(pagina, live_server, o):
    documentos = [con_archivos(o, 1) for _ in range(3)]
    entrar(pagina.context, live_server, o.ventanilla)
    bandeja = reverse("derivations:bandeja", args=["por-derivar"])
    pagina.goto(live_server.url + bandeja)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/expedientes/**")
    vistos = [pagina.url]
    for tecla in ("j", "j", "k"):
        pagina.keyboard.press(tecla)
        pagina.wait_for_url(lambda url, antes=vistos[-1]: url != antes)
        vistos.append(pagina.url)
    assert len({url.split("?")[0] for url in vistos}) == 3 == len(documentos)
    assert vistos[3] == vistos[1]
    pagina.keyboard.press("v")
    pagina.locator(".visor.ancho").wait_for()
    pagina.keyboard.press("Escape")
    pagina.wait_for_url(f"**{bandeja}*")


def test_file_tabs_change_without_leaving(pagina, live_server, o):
    documento = con_archivos(o)
    entrar(pagina.context, live_server, o.ventanilla)
    ir(pagina, live_server, "detalle", documento.pk)
    pagina.get_by_role("link", name="1.pdf", exact=True).click()
    pagina.locator("#documento .indice [aria-current]", has_text="1.pdf").wait_for()
    dos = documento.archivos.get(nombre="1.pdf")
    assert reverse("documents:archivo-ver", args=[dos.pk]) in pagina.get_attribute("iframe", "src")


def test_a_late_scan_is_dropped_and_attached(pagina, live_server, o):
    documento = make_documento(o)
    entrar(pagina.context, live_server, o.ventanilla)
    ir(pagina, live_server, "detalle", documento.pk)
    pagina.set_input_files(
        "#documento input[type=file]",
        [{"name": "tarde.pdf", "mimeType": "application/pdf", "buffer": pdf()}],
    )
    pagina.locator("#documento input[name=adjunto_ids]").wait_for(state="attached")
    pagina.get_by_role("button", name="Adjuntar lo elegido").click()
    pagina.get_by_text("1 archivo adjuntado.").wait_for()
    assert documento.archivos.get().es_principal


def test_number_and_suggestion_from_the_box(pagina, live_server, o):
    documento = make_documento(o)
    entrar(pagina.context, live_server, o.ventanilla)
    ir(pagina, live_server, "archivo")
    pagina.keyboard.press("F4")
    pagina.keyboard.type("1")
    pagina.keyboard.press("Enter")
    pagina.wait_for_url(f"**/expedientes/{documento.pk}/**")
    pagina.keyboard.press("F4")
    pagina.keyboard.type("habilitacion vehi")
    pagina.locator("[role=option]", has_text="2026-000001").wait_for()
    for _ in range(2):
        pagina.keyboard.press("ArrowDown")
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/expedientes/**")


def test_what_must_be_mended_is_in_view_with_the_focus(pagina, live_server, o):
    make_documento(o)
    entrar(pagina.context, live_server, o.ventanilla)
    ir(pagina, live_server, "buscar", consulta="?desde=31/02/2026&asunto=ruta")
    pagina.locator(".resumen-error:focus").wait_for()
    pagina.locator("tr.cursor").wait_for()
    assert pagina.evaluate("scrollY") == 0
    assert pagina.locator(".resumen-error").bounding_box()["y"] >= 0


def test_the_main_acts_without_script(navegador, live_server, o):
    documento = make_recibida(o).documento
    contexto = navegador.new_context(java_script_enabled=False)
    entrar(contexto, live_server, o.jefa)
    hoja = contexto.new_page()
    try:
        ir(hoja, live_server, "detalle", documento.pk)
        hoja.get_by_role("link", name="Suspender plazo").click()
        hoja.fill("#id_motivo", "Informe del MTC")
        hoja.get_by_role("button", name="Suspender plazo").click()
        assert "Escribe la base legal" in hoja.inner_text(".resumen-error")
        assert hoja.input_value("#id_motivo") == "Informe del MTC"
        hoja.fill("#id_base_legal", "art. 137")
        hoja.get_by_role("button", name="Suspender plazo").click()
        assert "Plazo suspendido desde hoy" in hoja.inner_text("#avisos")
        hoja.get_by_text("Más acciones").click()
        hoja.get_by_role("link", name="Adjuntar archivos").click()
        hoja.set_input_files(
            "input[name=archivos]", [{"name": "a.pdf", "mimeType": "application/pdf", "buffer": pdf()}]
        )
        hoja.get_by_role("button", name="Adjuntar").click()
        assert "1 archivo adjuntado." in hoja.inner_text("#avisos")
        hoja.get_by_text("Más acciones").click()
        hoja.get_by_role("link", name="Anular expediente").click()
        hoja.fill("#id_motivo", "Duplicado")
        hoja.fill("#id_cifras", "0001")
        hoja.get_by_role("button", name="Anular").click()
        assert "Anulado." in hoja.inner_text("#avisos")
    finally:
        contexto.close()
    assert Documento.objects.get(pk=documento.pk).estado == Estado.ANULADO


def test_pages_are_accessible_and_fit_a_phone(pagina, live_server, o):
    documento, vacio = con_archivos(o), make_documento(o)
    reservado = make_documento(o, tipo_documento=o.denuncia)
    entrar(pagina.context, live_server, o.ventanilla)
    visitas = [
        ("detalle", documento.pk, ""),
        ("detalle", vacio.pk, ""),
        ("detalle", reservado.pk, ""),
        ("plazo", documento.pk, ""),
        ("editar", documento.pk, ""),
        ("observar", documento.pk, ""),
        ("adjuntar", vacio.pk, ""),
        ("acceso", reservado.pk, ""),
        ("subsanar", documento.pk, ""),
        ("buscar", None, "?q=habilitacion"),
        ("buscar", None, "?desde=31/02/2026&asunto=x"),
        ("archivo", None, ""),
    ]
    problemas = []
    for nombre, pk, consulta in visitas:
        pagina.set_viewport_size({"width": 1366, "height": 768})
        ir(pagina, live_server, nombre, *([pk] if pk else []), consulta=consulta)
        for ancho in (1366, 320):
            pagina.set_viewport_size({"width": ancho, "height": 768})
            problemas += [f"{nombre}{consulta} a {ancho}: {falta}" for falta in faltas(pagina)]
            if pagina.evaluate("document.documentElement.scrollWidth") > ancho:
                problemas.append(f"{nombre}{consulta} a {ancho}: se desborda")
    assert problemas == []
