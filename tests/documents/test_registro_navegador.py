"""The registration screen in a browser: keys, what is seen at once, and the answers that must not lose letters."""

import re

import pytest
from django.urls import reverse

from core.texto import normalizar
from documents.models import Documento, ReglaArea, Remitente
from tests.factories import make_documento, make_oficina, make_remitente
from tests.navegador.ayudas import Teclado, en_foco, galleta

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def hoja(vigilada, live_server, o):
    """The open screen of a clerk who already registered something."""
    make_documento(o)
    vigilada.context.add_cookies([galleta(live_server, o.ventanilla)])
    vigilada.goto(live_server.url + reverse("documents:registrar"))
    vigilada.teclas = Teclado(vigilada)
    en_foco(vigilada, "id_doc")
    return vigilada


def terminar(hoja):
    hoja.teclas.pulsar("Control+Enter")
    hoja.wait_for_url("**/registrado/**")
    return Documento.objects.latest("pk")


def conocida(hoja):
    persona = make_remitente(tipo_identidad="DNI", numero="01318842", nombre="Yeny Pari Ticona")
    hoja.teclas.escribir(persona.numero)
    hoja.locator("#persona .persona").wait_for()
    hoja.teclas.pulsar("Enter")
    en_foco(hoja, "id_procedimiento")
    return persona


def test_with_a_procedure_twenty_two_presses(hoja, o):
    conocida(hoja)
    hoja.teclas.escribir("TR-07")
    hoja.locator(".lista-op [role=option]").first.wait_for()
    hoja.teclas.pulsar("Enter")
    en_foco(hoja, "id_folios")
    hoja.teclas.escribir("46")
    hoja.locator("#area-motivo", has_text="por TR-07").wait_for()
    documento = terminar(hoja)
    assert hoja.teclas.pulsadas <= 22
    assert (documento.procedimiento, documento.area_sugerida) == (o.procedimiento, o.transportes)
    assert documento.asunto == o.procedimiento.asunto_modelo
    assert documento.instruccion_prevista == o.procedimiento.instruccion


def test_choosing_the_area_twenty_four_presses(hoja, o):
    conocida(hoja)
    hoja.teclas.pulsar("Enter")
    hoja.teclas.escribir("46")
    hoja.teclas.pulsar("Enter")
    en_foco(hoja, "id_asunto")
    hoja.keyboard.type("Pide copia de su expediente")
    hoja.teclas.pulsar("Enter")
    en_foco(hoja, "id_area")
    hoja.teclas.escribir("AJ")
    hoja.locator(".lista-op [role=option]").first.wait_for()
    hoja.teclas.pulsar("Enter")
    documento = terminar(hoja)
    assert hoja.teclas.pulsadas <= 24
    assert documento.area_sugerida == o.legal


def test_the_suggested_area_is_told_while_the_subject_is_left(hoja, o):
    ReglaArea.objects.create(palabras="licencia", area=o.caminos)
    conocida(hoja)
    hoja.fill("#id_folios", "1")
    hoja.fill("#id_asunto", "Duplicado de licencia")
    hoja.keyboard.press("Tab")
    hoja.locator("#area-motivo", has_text="va a DC, por «licencia»").wait_for()
    assert terminar(hoja).area_sugerida == o.caminos


def test_leaving_the_number_before_the_answer_goes_to_the_name(hoja):
    hoja.route("**/registrar/remitente/*", lambda r: (hoja.wait_for_timeout(400), r.continue_()))
    hoja.route("**/registrar/remitente/", lambda r: (hoja.wait_for_timeout(400), r.continue_()))
    hoja.keyboard.type("45678912")
    hoja.keyboard.press("Enter")
    en_foco(hoja, "id_nombre")
    hoja.keyboard.type("Grimaldo Ccallo Flores", delay=30)
    hoja.wait_for_timeout(500)  # the answer of the typing itself comes late, and must not draw again
    assert hoja.input_value("#id_nombre") == "Grimaldo Ccallo Flores"
    hoja.fill("#id_folios", "2")
    hoja.fill("#id_asunto", "Primera vez")
    assert terminar(hoja).remitente == Remitente.objects.get(numero="45678912")


def test_letters_typed_at_once_in_the_shown_fields_stay(hoja):
    hoja.keyboard.type("45678912")
    hoja.locator("#id_nombre").wait_for()
    hoja.keyboard.press("Enter")
    hoja.keyboard.type("Grimaldo")
    hoja.wait_for_timeout(500)
    assert hoja.input_value("#id_nombre") == "Grimaldo"


def test_correcting_the_person_keeps_the_form_and_draws_the_card_again(hoja):
    conocida(hoja)
    hoja.fill("#id_asunto", "A medio escribir")
    hoja.get_by_role("link", name="Corregir").click()
    hoja.fill("#persona_nombre", "Yeny Pari Ticona de Quispe")
    hoja.keyboard.press("Control+Enter")
    hoja.locator("#persona", has_text="de Quispe").wait_for()
    assert hoja.locator("dialog#dialogo[open]").count() == 0
    assert hoja.input_value("#id_asunto") == "A medio escribir"


def test_what_else_is_missing_stays_while_requirements_are_ticked(hoja):
    conocida(hoja)
    hoja.fill("#id_procedimiento", "TR-07")
    hoja.locator(".lista-op [role=option]").first.wait_for()
    hoja.keyboard.press("Enter")
    hoja.locator("[name=requisitos]").first.wait_for()
    hoja.get_by_text("Observación: qué más falta").click()
    hoja.fill("#id_faltantes", "Vigencia de poder")
    hoja.locator("[name=requisitos]").first.check()
    hoja.get_by_text("1 de 3").wait_for()
    assert hoja.input_value("#id_faltantes") == "Vigencia de poder"
    hoja.fill("#id_folios", "3")
    hoja.get_by_role("button", name="Con observación").click()
    hoja.wait_for_url("**/registrado/**")
    faltantes = Documento.objects.latest("pk").observacion.faltantes
    assert faltantes[-1] == "Vigencia de poder" and len(faltantes) == 3


def test_reprinting_does_not_leave_the_form(hoja):
    hoja.fill("#id_asunto", "A medio escribir")
    with hoja.expect_request("**/registrar/reimprimir/"):
        hoja.keyboard.press("F9")
    assert hoja.input_value("#id_asunto") == "A medio escribir"
    assert hoja.url.endswith("/registrar/")


def test_no_personal_data_travels_in_addresses(hoja):
    pedidos = []
    hoja.on("request", lambda p: pedidos.append(p.url))
    conocida(hoja)
    hoja.fill("#id_asunto", "Reservadísimo")
    hoja.keyboard.press("Tab")
    hoja.wait_for_timeout(600)
    assert pedidos
    assert not [u for u in pedidos if "01318842" in u or "reservad" in normalizar(u) or "csrf" in u]


@pytest.mark.parametrize("numero", ["20448310290", "01318842", "45678912"])
def test_the_whole_form_is_seen_at_once(hoja, o, numero):
    make_remitente(tipo_identidad="DNI", numero="01318842", nombre="Yeny Pari Ticona")
    hoja.teclas.escribir(numero)
    hoja.locator("#persona .persona, #persona #id_nombre").wait_for()
    hoja.fill("#id_procedimiento", "TR-07")
    hoja.locator(".lista-op [role=option]").first.wait_for()
    hoja.keyboard.press("Enter")
    hoja.locator("#area-motivo", has_text=re.compile("TR-07")).wait_for()
    hoja.evaluate("scrollTo(0, 0)")
    barra = hoja.locator(".fija-pie").bounding_box()
    ultimo = hoja.locator("#id_instruccion").bounding_box()
    assert barra["y"] + barra["height"] <= 769
    assert ultimo["y"] + ultimo["height"] <= barra["y"] + 2


def test_the_search_button_serves_without_scripts(navegador, live_server, o, client):
    client.force_login(o.ventanilla)
    contexto = navegador.new_context(java_script_enabled=False, locale="es-PE")
    contexto.add_cookies(
        [{"name": "mesa_sesion", "value": client.cookies["mesa_sesion"].value, "url": live_server.url}]
    )
    pagina = contexto.new_page()
    pagina.goto(live_server.url + reverse("documents:registrar"))
    pagina.fill("#id_doc", "45678912")
    pagina.fill("#id_asunto", "Sin guiones")
    pagina.get_by_role("button", name="Buscar", exact=True).click()
    pagina.fill("#id_nombre", "Grimaldo Ccallo Flores")
    assert pagina.input_value("#id_asunto") == "Sin guiones"
    pagina.fill("#id_procedimiento", "tr-07")
    pagina.fill("#id_folios", "3")
    pagina.get_by_role("button", name="Registrar e imprimir cargo").click()
    documento = Documento.objects.get()
    assert documento.remitente.nombre == "Grimaldo Ccallo Flores"
    assert documento.area_sugerida == o.transportes
    contexto.close()


def test_requirements_ticked_faster_than_the_answers_stay_ticked(hoja, o):
    conocida(hoja)
    hoja.fill("#id_procedimiento", "TR-07")
    hoja.locator(".lista-op [role=option]").first.wait_for()
    hoja.keyboard.press("Enter")
    casillas = hoja.locator("[name=requisitos]")
    casillas.first.wait_for()
    hoja.wait_for_timeout(400)
    hoja.route("**/registrar/lateral/", lambda r: (hoja.wait_for_timeout(150), r.continue_()))
    for n in range(3):
        casillas.nth(n).check()
        hoja.wait_for_timeout(130)
    hoja.get_by_text("3 de 3").wait_for()
    assert [casillas.nth(n).is_checked() for n in range(3)] == [True] * 3
