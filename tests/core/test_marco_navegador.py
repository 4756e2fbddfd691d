"""The frame in a real browser: keys, scanner, combobox, dialog, files, printing, and what stays without script.

No server: the browser's requests are answered here, from our templates and our static files, under the real CSP.
"""

import json
from urllib.parse import parse_qs

import pytest

from tests.core.marco_sitio import (
    ARCHIVOS,
    AREAS,
    DERIVAR,
    EXPEDIENTE,
    IMPRESO,
    LISTA,
    MARCO,
    REGISTRO,
    RESUMEN,
    SITIO,
    URLS,
    Sitio,
    rafaga,
)
from tests.navegador.ayudas import desbordados, faltas

expect = pytest.importorskip("playwright.sync_api", reason="Falta playwright: ejecuta script/test").expect
pytestmark = pytest.mark.urls(URLS)


@pytest.fixture
def sitio(pagina):
    return Sitio(pagina)


class TestList:
    def test_one_row_is_received_with_one_key(self, sitio):
        hoja = sitio.abrir(LISTA, filas=[1, 2, 3])
        hoja.keyboard.press("r")
        hoja.wait_for_url("**/acto")
        assert parse_qs(sitio.hechos("POST", "/acto")[0]) == {"ids": ["1"], "acto": ["recibir"]}

    def test_moving_choosing_and_ranges(self, sitio):
        hoja = sitio.abrir(LISTA, filas=[10, 20, 30, 40])
        expect(hoja.locator("[data-lote]")).to_be_hidden()
        hoja.keyboard.press("ArrowDown")
        hoja.keyboard.press("x")
        hoja.wait_for_timeout(80)
        expect(hoja.locator("[data-lote-n]")).to_have_text("1 elegido")
        for tecla in ("ArrowDown", "ArrowDown", "Shift+X"):
            hoja.keyboard.press(tecla)
            hoja.wait_for_timeout(80)
        expect(hoja.locator("[data-lote-n]")).to_have_text("3 elegidos")
        expect(hoja.locator("[data-lote-folios]")).to_have_text("90 folios")
        hoja.keyboard.press("Escape")
        expect(hoja.locator("[data-lote]")).to_be_hidden()

    def test_choosing_the_page_offers_the_whole_view(self, sitio):
        hoja = sitio.abrir(LISTA, filas=[1, 2])
        hoja.locator("[data-todos]").check()
        expect(hoja.locator("[data-lote-vista]")).to_be_visible()
        hoja.locator("[data-lote-vista] input").check()
        hoja.locator("tbody [type=checkbox]").first.uncheck()
        expect(hoja.locator("[data-lote-vista]")).to_be_hidden()
        assert not hoja.locator("[data-lote-vista] input").is_checked()

    def test_the_row_under_the_cursor_opens_and_shows_in_the_panel(self, sitio):
        sitio.respuestas["/panel/2"] = "<h2>Dos</h2>"
        hoja = sitio.abrir(LISTA, filas=[1, 2])
        hoja.keyboard.press("j")
        expect(hoja.locator("#panel h2")).to_have_text("Dos")
        hoja.keyboard.press("Enter")
        hoja.wait_for_url("**/doc/2")

    def test_letters_sleep_outside_the_list_and_when_turned_off(self, sitio):
        hoja = sitio.abrir(LISTA, filas=[1, 2])
        hoja.locator("#q").focus()
        hoja.keyboard.type("rx", delay=60)
        assert hoja.input_value("#q") == "rx"
        expect(hoja.locator("[data-lote]")).to_be_hidden()
        hoja = sitio.abrir(LISTA, filas=[1, 2], marco={**MARCO, "atajos": False})
        hoja.keyboard.press("x")
        hoja.wait_for_timeout(100)
        expect(hoja.locator("[data-lote]")).to_be_hidden()

    def test_without_script_the_bar_is_there_and_the_form_is_a_form(self, navegador):
        contexto = navegador.new_context(java_script_enabled=False)
        sitio = Sitio(contexto.new_page())
        hoja = sitio.abrir(LISTA, filas=[1, 2])
        hoja.locator("tbody [type=checkbox]").first.check()
        hoja.get_by_role("button", name="Recibir").click()
        assert parse_qs(sitio.hechos("POST", "/acto")[0]) == {"ids": ["1"], "acto": ["recibir"]}
        contexto.close()


class TestKeys:
    def test_function_keys_work_everywhere(self, sitio):
        hoja = sitio.abrir(REGISTRO)
        hoja.keyboard.press("F4")
        expect(hoja.locator("#q")).to_be_focused()
        hoja.keyboard.press("F2")
        hoja.wait_for_url("**/d/registrar")
        sitio.abrir(REGISTRO).keyboard.press("F8")
        hoja.wait_for_url("**/v/lector")

    def test_control_k_searches(self, sitio):
        hoja = sitio.abrir(LISTA, filas=[1])
        hoja.keyboard.press("Control+k")
        expect(hoja.locator("#q")).to_be_focused()

    def test_f9_prints_the_last_receipt_in_place(self, sitio):
        hoja = sitio.abrir(REGISTRO)
        hoja.keyboard.press("F9")
        expect(hoja.locator("iframe[src='/d/reimprimir']")).to_have_count(1)
        assert hoja.url == SITIO + "/"

    def test_the_help_is_a_dialog_and_only_outside_fields(self, sitio):
        hoja = sitio.abrir(LISTA, filas=[1])
        hoja.keyboard.press("?")
        expect(hoja.locator("#atajos")).to_be_visible()
        hoja.keyboard.press("Escape")
        hoja.locator("#q").focus()
        hoja.keyboard.press("?")
        expect(hoja.locator("#atajos")).to_be_hidden()

    def test_letters_press_the_buttons_of_a_record(self, sitio):
        hoja = sitio.abrir(EXPEDIENTE)
        hoja.keyboard.press("j")
        hoja.wait_for_url("**/doc/2")
        sitio.abrir(EXPEDIENTE).keyboard.press("Escape")
        hoja.wait_for_url("**/lista")

    def test_a_refresh_nobody_asked_for_leaves_the_focus_alone(self, sitio):
        sitio.respuestas["/v/contadores"] = '<span class="c" id="c-por-recibir" hx-swap-oob="true">12</span>'
        hoja = sitio.abrir("<h1>Nada que enfocar</h1>")
        expect(hoja.locator("#c-por-recibir")).to_have_text("12")
        assert hoja.evaluate("document.activeElement === document.body")

    def test_the_minute_passes_to_the_counters(self, sitio):
        sitio.respuestas["/v/contadores"] = (
            '<span class="c ojo" id="c-por-recibir" hx-swap-oob="true">12</span>'
        )
        hoja = sitio.abrir(LISTA, filas=[1])
        expect(hoja.locator("#c-por-recibir")).to_have_text("12")
        antes = len(sitio.hechos("GET", "/v/contadores"))
        hoja.evaluate("document.body.dispatchEvent(new Event('mesa:minuto'))")
        hoja.wait_for_timeout(200)
        assert len(sitio.hechos("GET", "/v/contadores")) == antes + 1


class TestRegistration:
    def test_intro_moves_on_and_never_submits(self, sitio):
        hoja = sitio.abrir(REGISTRO)
        for siguiente in ("area", "ins", "asu", "req"):
            hoja.keyboard.press("Enter")
            expect(hoja.locator(f"#{siguiente}")).to_be_focused()
        assert not sitio.hechos("POST", "/acto")

    def test_control_intro_registers_once(self, sitio):
        sitio.respuestas["/acto"] = (204, "")
        hoja = sitio.abrir(REGISTRO)
        hoja.keyboard.type("01318842")
        hoja.keyboard.press("Control+Enter")
        hoja.keyboard.press("Control+Enter")
        expect(hoja.get_by_text("Registrando…")).to_be_disabled()
        assert len(sitio.hechos("POST", "/acto")) == 1

    def test_alt_r_repeats_the_sender(self, sitio):
        hoja = sitio.abrir(REGISTRO)
        hoja.keyboard.press("Alt+r")
        hoja.wait_for_url("**/repetido")

    def test_the_draft_goes_after_a_change(self, sitio):
        sitio.respuestas["/borrador"] = "Borrador guardado 10:42"
        hoja = sitio.abrir(REGISTRO)
        hoja.keyboard.type("01318842")
        hoja.keyboard.press("Tab")
        expect(hoja.get_by_text("Borrador guardado 10:42")).to_be_visible()
        assert parse_qs(sitio.hechos("POST", "/borrador")[0])["doc"] == ["01318842"]


class TestCombobox:
    @pytest.fixture
    def hoja(self, sitio):
        sitio.respuestas["/areas"] = AREAS
        hoja = sitio.abrir(REGISTRO)
        hoja.locator("#area").focus()
        return hoja

    def test_typing_and_intro_choose_and_move_on(self, hoja):
        hoja.keyboard.type("daj", delay=50)
        expect(hoja.get_by_role("option").first).to_have_attribute("aria-selected", "true")
        hoja.keyboard.press("Enter")
        assert (hoja.input_value("#area"), hoja.input_value("#area_id")) == ("Asesoría Jurídica (DAJ)", "3")
        assert hoja.input_value("#ins") == "Opinar"
        expect(hoja.locator("#ins")).to_be_focused()

    def test_intro_before_the_list_comes_chooses_the_first(self, hoja):
        hoja.keyboard.type("daj")
        hoja.keyboard.press("Enter")
        expect(hoja.locator("#area_id")).to_have_value("3")
        expect(hoja.locator("#ins")).to_be_focused()

    def test_arrows_escape_and_mouse(self, hoja):
        hoja.keyboard.type("o", delay=50)
        expect(hoja.get_by_role("listbox")).to_be_visible()
        hoja.keyboard.press("ArrowDown")
        hoja.keyboard.press("Enter")
        assert hoja.input_value("#area_id") == "4"
        hoja.locator("#area").fill("as")
        hoja.get_by_role("option", name="DAJ").click()
        assert hoja.input_value("#area_id") == "3"
        hoja.locator("#area").press_sequentially("x")
        assert hoja.input_value("#area_id") == ""
        expect(hoja.get_by_role("listbox")).to_be_visible()
        hoja.keyboard.press("Escape")
        expect(hoja.get_by_role("listbox")).to_have_count(0)

    def test_what_a_person_wrote_is_not_replaced(self, hoja):
        hoja.locator("#ins").fill("Lo mío")
        hoja.locator("#area").fill("daj")
        hoja.get_by_role("option").first.click()
        assert hoja.input_value("#ins") == "Lo mío"


class TestScanner:
    def test_a_scan_leaves_the_field_as_it_was_and_searches(self, sitio):
        hoja = sitio.abrir(REGISTRO)
        hoja.locator("#ins").fill("antes")
        sitio.respuestas["/d/buscar"] = (204, "")
        with hoja.expect_request("**/d/buscar?q=MP260004182X"):
            rafaga(hoja, "MP260004182X")
        assert hoja.input_value("#ins") == "antes"

    def test_a_scan_over_a_list_presses_no_button(self, sitio):
        sitio.respuestas["/d/buscar"] = (204, "")
        hoja = sitio.abrir(LISTA, filas=[1, 2])
        rafaga(hoja, "MP26000418RX")
        hoja.wait_for_timeout(150)
        assert not sitio.hechos("POST", "/acto")

    def test_the_citizens_code_is_read_in_any_layout(self, sitio):
        hoja = sitio.abrir(REGISTRO)
        hoja.locator("#ins").focus()
        rafaga(hoja, "httpsÑ--mesa.drtc.gob.pe-c-7K2M9XD4TQ7K2M9XD4TQ7K2M9X")
        hoja.wait_for_url("**/d/buscar?q=7K2M9XD4TQ7K2M9XD4TQ7K2M9X")

    def test_the_page_s_own_reader_comes_first(self, sitio):
        hoja = sitio.abrir(
            '<h1>Lector</h1><form action="/leer"><label>Código <input name="codigo" data-lector></label></form>'
        )
        rafaga(hoja, "MP260004182X")
        hoja.wait_for_url("**/leer?codigo=MP260004182X")

    def test_a_person_typing_is_not_a_scanner(self, sitio):
        hoja = sitio.abrir(REGISTRO)
        hoja.locator("#ins").focus()
        hoja.keyboard.type("MP260004182X", delay=60)
        hoja.keyboard.press("Enter")
        assert hoja.input_value("#ins") == "MP260004182X" and hoja.url == SITIO + "/"


class TestDialog:
    def test_it_opens_keeps_its_refusals_and_gives_the_focus_back(self, sitio):
        sitio.respuestas["/derivar"] = lambda pedido: (
            (422, sitio.trozo(DERIVAR.replace("AVISO", RESUMEN)))
            if pedido.method == "POST"
            else sitio.trozo(DERIVAR.replace("AVISO", ""))
        )
        hoja = sitio.abrir(EXPEDIENTE)
        hoja.locator("[data-tecla=D]").focus()
        hoja.keyboard.press("d")
        expect(hoja.locator("#di")).to_be_focused()
        hoja.keyboard.press("Alt+1")
        expect(hoja.locator("#di")).to_have_value("Opinión legal")
        hoja.keyboard.press("Control+Enter")
        expect(hoja.locator("#dialogo .resumen-error")).to_be_focused()
        assert "Opini" in sitio.hechos("POST", "/derivar")[0]
        hoja.get_by_role("link", name="Cancelar").click()
        expect(hoja.locator("#dialogo")).to_be_hidden()
        expect(hoja.locator("[data-tecla=D]")).to_be_focused()

    def test_a_failure_is_told_and_the_button_comes_back(self, sitio):
        sitio.respuestas["/derivar"] = lambda pedido: (
            (403, "<p>Sin permiso</p>")
            if pedido.method == "POST"
            else sitio.trozo(DERIVAR.replace("AVISO", ""))
        )
        hoja = sitio.abrir(EXPEDIENTE)
        hoja.keyboard.press("d")
        hoja.locator("#di").fill("x")
        hoja.get_by_role("button", name="Derivar", exact=True).click()
        expect(hoja.locator("#avisos")).to_have_text("Sin permiso")
        expect(hoja.get_by_role("button", name="Derivar", exact=True)).to_be_enabled()


class TestFiles:
    def test_several_files_go_at_once_and_one_can_be_taken_out(self, sitio):
        def subir(pedido):
            malo = b"b.docx" in pedido.post_data_buffer
            return json.dumps({"error": "«b.docx» no es PDF"} if malo else {"id": "u1"})

        sitio.respuestas["/subir"] = subir
        hoja = sitio.abrir(ARCHIVOS)
        hoja.locator("[type=file]").set_input_files(
            [
                {"name": n, "mimeType": "application/pdf", "buffer": b"%PDF" * 60_000}
                for n in ("a.pdf", "b.docx")
            ]
        )
        expect(hoja.get_by_text("recibido")).to_be_visible()
        expect(hoja.get_by_text("«b.docx» no es PDF")).to_be_visible()
        assert hoja.locator("input[name=adjunto]").evaluate_all("es => es.map((e) => e.value)") == ["u1"]
        hoja.get_by_role("button", name="Quitar a.pdf").click()
        expect(hoja.locator("input[name=adjunto]")).to_have_count(0)
        assert hoja.locator("[type=file]").evaluate("e => e.files.length") == 0

    def test_files_dropped_anywhere_on_the_zone_are_taken(self, sitio):
        hoja = sitio.abrir(ARCHIVOS)
        zona, campo = hoja.locator(".suelta").bounding_box(), hoja.locator("[type=file]").bounding_box()
        assert campo["width"] >= zona["width"] - 4 and campo["height"] >= zona["height"] - 4


def test_automatic_printing_happens_once_per_receipt(sitio):
    hoja = sitio.abrir(IMPRESO)
    expect(hoja.locator("iframe[src='/cargo.pdf']")).to_have_count(1)
    hoja.reload()
    hoja.wait_for_load_state("networkidle")
    expect(hoja.locator("iframe[src='/cargo.pdf']")).to_have_count(0)


def test_no_accessibility_violation_and_no_sideways_scroll(sitio):
    malas = {}
    for nombre, contenido in {"lista": LISTA, "registro": REGISTRO, "archivos": ARCHIVOS}.items():
        for ancho in (1366, 320):
            sitio.pagina.set_viewport_size({"width": ancho, "height": 768})
            hoja = sitio.abrir(contenido, filas=[1, 2, 3])
            if halladas := [*faltas(hoja), *desbordados(hoja)]:
                malas[nombre, ancho] = halladas
    assert malas == {}


def test_the_menu_of_a_phone_opens_without_script(navegador):
    contexto = navegador.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    hoja = Sitio(contexto.new_page()).abrir(LISTA, filas=[1])
    expect(hoja.locator("#menu")).to_be_hidden()
    hoja.get_by_role("link", name="Menú").click()
    expect(hoja.locator("#menu")).to_be_visible()
    hoja.get_by_role("link", name="Cerrar el menú").click()
    expect(hoja.locator("#menu")).to_be_hidden()
    contexto.close()
