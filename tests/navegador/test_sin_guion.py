"""The main acts with JavaScript off: real links and forms, and each ends well."""

import pytest
from django.urls import reverse

from derivations.constants import Estado as EstadoDeDerivacion
from derivations.models import Derivacion
from documents.constants import Estado
from documents.models import Documento
from tests.documents.files_util import pdf
from tests.factories import CLAVE, make_derivada, make_documento, make_oficina, make_recibida
from tests.navegador.ayudas import Vigia, galleta

pytestmark = pytest.mark.django_db(transaction=True)
PDF = {"name": "respuesta.pdf", "mimeType": "application/pdf"}


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def hoja(navegador, live_server):
    """Opens a page without scripts for a user, or for nobody; fails on foreign hosts and complaints."""
    contextos, vigias = [], []

    def abrir(usuario, nombre, *args, ancho=1366):
        contexto = navegador.new_context(java_script_enabled=False, locale="es-PE")
        contextos.append(contexto)
        if usuario:
            contexto.add_cookies([galleta(live_server, usuario)])
        pagina = contexto.new_page()
        pagina.set_viewport_size({"width": ancho, "height": 800})
        vigias.append(Vigia(pagina, live_server))
        vigias[-1].esperado = (404, 422)
        pagina.goto(live_server.url + reverse(nombre, args=args))
        return pagina

    yield abrir
    for contexto in contextos:
        contexto.close()
    for vigia in vigias:
        vigia.revisar()


def test_register_with_a_file(hoja, o):
    pagina = hoja(o.ventanilla, "documents:registrar")
    pagina.get_by_role("button", name="Registrar e imprimir cargo").click()
    assert "Escribe los folios" in pagina.inner_text(".resumen-error")
    pagina.fill("#id_doc", o.remitente.numero)
    pagina.fill("#id_folios", "3")
    pagina.fill("#id_asunto", "Sin guiones")
    pagina.set_input_files("input[name=archivos]", [{**PDF, "buffer": pdf()}])
    pagina.get_by_role("button", name="Registrar e imprimir cargo").click()
    documento = Documento.objects.get()
    assert documento.numero_expediente in pagina.inner_text("h1")
    assert (documento.asunto, documento.remitente, documento.archivos.count()) == (
        "Sin guiones",
        o.remitente,
        1,
    )


def test_register_somebody_new(hoja, o):
    pagina = hoja(o.ventanilla, "documents:registrar")
    pagina.fill("#id_doc", "01318842")
    pagina.fill("#id_folios", "1")
    pagina.fill("#id_asunto", "Primera vez")
    pagina.get_by_role("button", name="Registrar e imprimir cargo").click()
    assert pagina.input_value("#id_asunto") == "Primera vez"
    pagina.fill("#id_nombre", "Grimaldo Ccallo Flores")
    pagina.get_by_role("button", name="Registrar e imprimir cargo").click()
    assert Documento.objects.get().remitente.nombre == "Grimaldo Ccallo Flores"


def test_receive_from_the_tray_of_a_phone(hoja, o):
    fila = make_derivada(o)
    pagina = hoja(o.ana, "derivations:bandeja", "por-recibir", ancho=390)
    pagina.locator("tbody .exp a").click()
    pagina.locator("main a.btn", has_text="Recibir").click()
    pagina.get_by_role("button", name="Recibir").click()
    assert "recibido, 46 folios" in pagina.inner_text("#avisos")
    assert Derivacion.objects.get(pk=fila.pk).estado == EstadoDeDerivacion.RECIBIDO


def test_receive_a_list_of_codes(hoja, o):
    filas = [make_derivada(o), make_derivada(o)]
    pagina = hoja(o.ana, "derivations:lector")
    pagina.get_by_text("Pegar una lista").click()
    pagina.fill("#lista", "\n".join(f.documento.codigo_interno for f in filas))
    pagina.get_by_role("button", name="Recibir la lista").click()
    assert "2 recibidos" in pagina.inner_text("#lector-cuenta")
    assert Derivacion.objects.filter(estado=EstadoDeDerivacion.RECIBIDO).count() == 2


def test_derive(hoja, o):
    documento = make_recibida(o).documento
    pagina = hoja(o.ana, "documents:detalle", documento.pk)
    pagina.get_by_role("link", name="Derivar").click()
    pagina.get_by_role("button", name="Derivar").click()
    assert pagina.locator(".resumen-error").is_visible()
    pagina.select_option("select[name=area_destino]", label="Asesoría Jurídica (AJ)")
    pagina.fill("#id_instrucciones", "Opinión legal")
    pagina.get_by_role("button", name="Derivar").click()
    assert "Derivado a Asesoría Jurídica" in pagina.inner_text("#avisos")


def test_attend_with_an_answer(hoja, o):
    documento = make_recibida(o).documento
    pagina = hoja(o.ana, "documents:detalle", documento.pk)
    pagina.get_by_role("link", name="Atender").click()
    pagina.select_option("#id_resultado", "PROCEDENTE")
    pagina.set_input_files("input[type=file]", [{**PDF, "buffer": pdf()}])
    pagina.get_by_role("button", name="Atender").click()
    documento.refresh_from_db()
    assert (documento.estado, documento.archivos.count()) == (Estado.ATENDIDO, 1)


def test_search(hoja, o):
    documento = make_documento(o)
    pagina = hoja(o.ventanilla, "documents:archivo")
    pagina.fill("#q", "habilitacion")
    pagina.press("#q", "Enter")
    pagina.locator("tbody .exp a").click()
    assert documento.asunto in pagina.inner_text("h1")
    pagina.fill("#q", str(documento.numero))
    pagina.press("#q", "Enter")
    pagina.wait_for_url(f"**/expedientes/{documento.pk}/**")


def test_track_on_a_phone(hoja, o):
    documento = make_recibida(o).documento
    pagina = hoja(None, "portal:consultar", ancho=390)
    pagina.fill("#id_numero", documento.numero_expediente)
    pagina.fill("#id_clave", "0000-0000-00")
    pagina.get_by_role("button", name="Consultar").click()
    assert pagina.locator(".resumen-error").is_visible()
    assert pagina.input_value("#id_numero") == documento.numero_expediente
    pagina.fill("#id_clave", documento.clave)
    pagina.get_by_role("button", name="Consultar").click()
    assert documento.asunto in pagina.inner_text("main")


def test_log_in_and_out(hoja, o):
    pagina = hoja(None, "entrar")
    pagina.fill("#id_username", o.ana.username)
    pagina.fill("#id_password", CLAVE)
    pagina.get_by_role("button", name="Entrar").click()
    pagina.wait_for_url("**/bandejas/**")
    pagina.locator(".yo").click()
    pagina.get_by_role("button", name="Salir").click()
    pagina.wait_for_url("**/entrar/**")
