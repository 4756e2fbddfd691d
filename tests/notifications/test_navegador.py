"""The bell in a real browser: a page that is open hears of a document within five seconds, without a reload."""

import time

import pytest

from documents.models import Documento
from tests.derivations.test_navegador import entrar
from tests.factories import make_derivada, make_documento, make_oficina
from tests.navegador.ayudas import faltas

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_open_page_hears_of_a_document_within_five_seconds(vigilada, live_server):
    o = make_oficina()
    documento = make_documento(o)
    hoja = vigilada
    entrar(hoja.context, live_server, o.ana)
    hoja.goto(f"{live_server.url}/bandejas/por-recibir/")
    hoja.evaluate("window.laMisma = true")
    campana = hoja.locator("#campana")
    assert campana.get_attribute("aria-label") == "Notificaciones"
    campana.focus()
    make_derivada(o, documento=documento, es_urgente=True)
    antes = time.monotonic()
    hoja.locator("#campana[aria-label='Notificaciones: 1 sin leer, 1 urgente'] b.ro >> text=1").wait_for()
    assert time.monotonic() - antes < 5
    assert faltas(hoja) == []
    assert "Notificación nueva: " in hoja.inner_text("#campana-dice")
    assert hoja.evaluate("window.laMisma && document.activeElement.id") == "campana"
    hoja.locator("#c-por-recibir >> text=1").wait_for()  # the counters of the menu were asked again too
    hoja.keyboard.press("Enter")
    hoja.locator("table a").click()
    hoja.wait_for_url(f"**/expedientes/{Documento.objects.get().pk}/")
    assert hoja.locator("#campana").get_attribute("aria-label") == "Notificaciones"
    hoja.get_by_role("button", name="Seguir").click()
    hoja.get_by_role("button", name="Dejar de seguir").wait_for()
