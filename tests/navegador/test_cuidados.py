"""What must not be lost or done twice: drafts, double clicks, typed values, acts of two people at once."""

import pytest
from django.urls import reverse

from derivations.models import Derivacion
from documents.models import Documento
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida
from tests.navegador.ayudas import asentar, en_foco, entrar, galleta

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def hoja(vigilada, live_server):
    """Opens a page of the product as that user."""

    def abrir(usuario, nombre, *args):
        vigilada.context.clear_cookies()
        vigilada.context.add_cookies([galleta(live_server, usuario)])
        vigilada.goto(live_server.url + reverse(nombre, args=args))
        asentar(vigilada)
        return vigilada

    return abrir


def test_draft_comes_back_after_leaving_and_entering(hoja, live_server, o):
    pagina = hoja(o.ventanilla, "documents:registrar")
    pagina.fill("#id_asunto", "Escrito a medias")
    pagina.locator("#id_folios").focus()
    pagina.get_by_text("Borrador guardado").wait_for()
    pagina.locator(".yo").click()
    pagina.get_by_role("button", name="Salir").click()
    pagina.wait_for_url("**/entrar/**")
    entrar(pagina, live_server, o.ventanilla)
    pagina.get_by_role("link", name="Recuperarlo").click()
    pagina.wait_for_url("**?borrador")
    assert pagina.input_value("#id_asunto") == "Escrito a medias"
    pagina.goto(live_server.url + reverse("documents:registrar"))
    pagina.get_by_role("button", name="Descartar").click()
    pagina.wait_for_load_state()
    assert pagina.get_by_role("link", name="Recuperarlo").count() == 0


def test_double_click_registers_once(hoja, o):
    pagina = hoja(o.ventanilla, "documents:registrar")
    pagina.fill("#id_doc", o.remitente.numero)
    pagina.locator("#persona .persona").wait_for()
    pagina.fill("#id_folios", "1")
    pagina.fill("#id_asunto", "Una sola vez")
    pagina.get_by_role("button", name="Registrar e imprimir cargo").dblclick()
    pagina.wait_for_url("**/registrado/**")
    asentar(pagina)
    assert Documento.objects.count() == 1
    pagina.go_back()
    pagina.wait_for_url("**/registrar/**")
    asentar(pagina)
    pagina.get_by_role("button", name="Registrar e imprimir cargo").click()  # a form emptied of its sender
    pagina.locator(".resumen-error").wait_for()
    assert Documento.objects.count() == 1


def test_a_refused_registration_keeps_what_was_typed(hoja, o):
    pagina = hoja(o.ventanilla, "documents:registrar")
    pagina.fill("#id_doc", o.remitente.numero)
    pagina.locator("#persona .persona").wait_for()
    pagina.fill("#id_asunto", "Sin folios")
    pagina.fill("#id_instruccion", "Evaluar")
    pagina.get_by_role("button", name="Registrar e imprimir cargo").click()
    pagina.locator(".resumen-error:focus").wait_for()
    assert pagina.title().startswith("Error: ")
    assert (pagina.input_value("#id_asunto"), pagina.input_value("#id_instruccion")) == (
        "Sin folios",
        "Evaluar",
    )
    assert o.remitente.nombre in pagina.inner_text("#persona")
    pagina.locator(".resumen-error a").first.press("Enter")
    en_foco(pagina, "id_folios")


def test_double_click_derives_once(hoja, o):
    documento = make_documento(o)
    pagina = hoja(o.ventanilla, "documents:detalle", documento.pk)
    pagina.keyboard.press("d")
    pagina.locator("#dialogo[open] #id_area_destino:focus").wait_for()
    pagina.keyboard.type("tpc", delay=30)
    pagina.locator("#dialogo [role=option]").first.wait_for()
    pagina.keyboard.press("Enter")
    pagina.fill("#id_instrucciones", "Evaluar")
    pagina.locator("#dialogo footer button").dblclick()
    pagina.get_by_text("Derivado a").first.wait_for()
    assert Derivacion.objects.count() == 1


def test_the_second_of_two_people_is_told_who_was_first(hoja, navegador, live_server, o):
    fila = make_derivada(o)
    otra = o.ana
    pagina = hoja(o.jefa, "documents:detalle", fila.documento_id)
    pagina.keyboard.press("r")
    pagina.locator("#dialogo[open] #id_folios, #dialogo[open] [name=folios]").first.wait_for()
    contexto = navegador.new_context()
    contexto.add_cookies([galleta(live_server, otra)])
    segunda = contexto.new_page()
    segunda.goto(live_server.url + reverse("derivations:recibir", args=[fila.pk]))
    segunda.get_by_role("button", name="Recibir").click()
    segunda.locator("#avisos", has_text="recibido, 46 folios").wait_for()
    contexto.close()
    pagina.keyboard.press("Control+Enter")
    aviso = pagina.locator("#dialogo [role=alert], #dialogo .resumen-error")
    aviso.wait_for()
    assert otra.nombre_completo in aviso.inner_text()
    pagina.get_by_role("link", name="Actualizar").click()
    pagina.get_by_text("En proceso").first.wait_for()


def test_letters_are_off_when_the_user_says_so(hoja, o):
    fila = make_recibida(o)
    o.ana.atajos_activos = False
    o.ana.save(update_fields=["atajos_activos"])
    pagina = hoja(o.ana, "documents:detalle", fila.documento_id)
    pagina.keyboard.press("a")
    pagina.wait_for_timeout(200)
    assert pagina.locator("#dialogo[open]").count() == 0
