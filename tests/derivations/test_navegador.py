"""The day's work with real keys in a real browser: few presses, focus where the next one goes, and without script."""

import pytest
from django.test import Client
from django.urls import reverse

from derivations.constants import Estado
from derivations.models import Derivacion, TextoFrecuente
from tests.factories import make_derivada, make_oficina, make_recibida

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def o():
    oficina = make_oficina()
    TextoFrecuente.objects.create(texto="Opinión legal")
    return oficina


def entrar(contexto, servidor, usuario):
    client = Client()
    client.force_login(usuario)
    galleta = client.cookies["mesa_sesion"].value
    contexto.add_cookies([{"name": "mesa_sesion", "value": galleta, "url": servidor.url}])


def ir(pagina, servidor, nombre, *args):
    pagina.goto(servidor.url + reverse(f"derivations:{nombre}", args=args))


def test_one_row_is_received_with_two_presses(pagina, live_server, o):
    fila = make_derivada(o)
    entrar(pagina.context, live_server, o.ana)
    ir(pagina, live_server, "bandeja", "por-recibir")
    pagina.locator("#panel h2").wait_for()
    pagina.keyboard.press("r")
    pagina.locator("#dialogo[open] input[name=folios]").wait_for()
    pagina.keyboard.press("Control+Enter")
    pagina.get_by_text("recibido, 46 folios.").wait_for()
    assert Derivacion.objects.get(pk=fila.pk).estado == Estado.RECIBIDO


def test_one_row_is_derived_with_six_presses(pagina, live_server, o):
    make_recibida(o)
    entrar(pagina.context, live_server, o.ana)
    ir(pagina, live_server, "bandeja", "en-proceso")
    pagina.keyboard.press("d")
    pagina.locator("#dialogo[open] #id_area_destino:focus").wait_for()
    pagina.keyboard.press("a")
    pagina.keyboard.press("j")
    pagina.locator("#dialogo [role=option]").wait_for()
    pagina.keyboard.press("Enter")
    pagina.keyboard.press("Alt+1")
    pagina.keyboard.press("Control+Enter")
    pagina.get_by_text("Derivado a Asesoría Jurídica. Aún puedes anular el envío.").wait_for()
    nueva = Derivacion.objects.latest("pk")
    assert (nueva.area_destino, nueva.instrucciones) == (o.legal, "Opinión legal")


def test_a_mistake_stays_in_the_dialog_with_what_was_typed(pagina, live_server, o):
    make_recibida(o)
    entrar(pagina.context, live_server, o.ana)
    ir(pagina, live_server, "bandeja", "en-proceso")
    pagina.keyboard.press("d")
    pagina.locator("#dialogo[open] #id_instrucciones").fill("Opinión")
    pagina.keyboard.press("Control+Enter")
    pagina.locator("#dialogo[open] .resumen-error:focus").wait_for()
    assert pagina.input_value("#id_instrucciones") == "Opinión"


def test_the_reader_keeps_its_focus_from_one_paper_to_the_next(pagina, live_server, o):
    filas = [make_derivada(o) for _ in range(3)]
    entrar(pagina.context, live_server, o.ana)
    ir(pagina, live_server, "lector")
    for n, fila in enumerate(filas, 1):
        pagina.keyboard.type(fila.documento.codigo_interno, delay=3)
        pagina.keyboard.press("Enter")
        pagina.locator(f"#leidos li:nth-child({n})").wait_for()
        pagina.wait_for_function("document.activeElement.id === 'id_codigo' && !document.activeElement.value")
    assert Derivacion.objects.filter(estado=Estado.RECIBIDO).count() == 3
    assert "3 recibidos, 0 por revisar" in pagina.inner_text("#lector-cuenta")


def test_the_panel_follows_the_cursor_and_a_filter_keeps_the_keys(pagina, live_server, o):
    make_recibida(o, es_urgente=True)
    otra = make_recibida(o)
    entrar(pagina.context, live_server, o.ana)
    ir(pagina, live_server, "bandeja", "en-proceso")
    pagina.keyboard.press("j")
    pagina.locator(f"#panel >> text={otra.documento.numero_expediente}").wait_for()
    pagina.get_by_role("link", name="Urgentes").click()
    pagina.wait_for_url("**/en-proceso/?f=urgentes")
    pagina.locator("[data-lista]:focus").wait_for()
    assert pagina.locator("tbody tr").count() == 1


def test_the_whole_view_is_chosen_after_its_page(pagina, live_server, o):
    for _ in range(27):
        make_derivada(o)
    entrar(pagina.context, live_server, o.ana)
    ir(pagina, live_server, "bandeja", "por-recibir")
    vista = pagina.get_by_label("Elegir los 27 de esta vista")
    assert not vista.is_visible()
    pagina.locator("[data-todos]").check()
    vista.check()
    pagina.locator(".lote button", has_text="Recibir").click()
    pagina.get_by_role("heading", name="Recibir 27 documentos").wait_for()
    pagina.keyboard.press("Control+Enter")
    pagina.get_by_text("27 recibidos.").wait_for()
    assert Derivacion.objects.filter(estado=Estado.RECIBIDO).count() == 27


def test_without_script_several_are_derived(navegador, live_server, o):
    for _ in range(2):
        make_recibida(o)
    contexto = navegador.new_context(java_script_enabled=False)
    hoja = contexto.new_page()
    entrar(contexto, live_server, o.ana)
    ir(hoja, live_server, "bandeja", "en-proceso")
    for casilla in hoja.locator("input[name=ids]").all():
        casilla.check()
    hoja.locator(".lote button", has_text="Derivar").click()
    assert not hoja.locator("#id_area_destino").is_visible()
    hoja.select_option("select[name=area_destino]", label="Asesoría Jurídica (AJ)")
    hoja.fill("#id_instrucciones", "Opinión")
    hoja.locator("button.pri").click()
    assert "2 derivados" in hoja.inner_text("#avisos")
    contexto.close()
