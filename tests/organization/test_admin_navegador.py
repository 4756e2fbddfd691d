"""The administration in a real browser, under the strict content policy."""

import os

import pytest
from django.test import Client
from django.utils import timezone

from core.models import Evento
from documents.models import Documento
from organization.models import Encargatura, Jornada, Membresia, Rol, Usuario
from tests.admin_util import make_una_de_cada, pagina
from tests.factories import CLAVE, make_oficina

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def o():
    oficina = make_oficina()
    oficina.raiz = Usuario.objects.create_superuser("raiz", password=CLAVE, first_name="Raíz")
    return oficina


@pytest.fixture
def hoja(request, live_server, o):
    """A page of a superuser; the test fails on any message of the console or file not found."""
    ventana = request.getfixturevalue("pagina")
    cliente = Client()
    cliente.force_login(o.raiz)
    galleta = {"name": "mesa_sesion", "value": cliente.cookies["mesa_sesion"].value, "url": live_server.url}
    ventana.context.add_cookies([galleta])
    quejas = []
    ventana.on("console", lambda m: quejas.append(m.text) if m.type in ("error", "warning") else None)
    ventana.on("response", lambda r: quejas.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    ventana.ir = lambda url: ventana.goto(live_server.url + url)
    yield ventana
    assert quejas == []


def foto(hoja, nombre):
    """Keeps a picture when MESA_FOTOS names a folder."""
    if os.environ.get("MESA_FOTOS"):
        hoja.screenshot(path=f"{os.environ['MESA_FOTOS']}/{nombre}.png", full_page=True)


def test_every_page_opens_without_a_complaint(hoja, o):
    filas = make_una_de_cada(o)
    hoja.ir("/admin/")
    foto(hoja, "indice")
    for etiqueta, fila in filas.items():
        for vista in (("changelist",), ("change", fila.pk), ("history", fila.pk)):
            hoja.ir(pagina(type(fila), *vista))
            assert hoja.locator("#content h1").first.is_visible()
            foto(hoja, f"{etiqueta}-{vista[0]}")
    hoja.ir(pagina(Documento, "acto", filas["documents.documento"].pk, "anular"))
    foto(hoja, "acto")


def test_permissions_of_a_role_move_from_one_list_to_the_other(hoja, o):
    rol = Rol.objects.get(codigo="consulta")
    hoja.ir(pagina(Rol, "change", rol.pk))
    hoja.locator("#id_permisos_from").select_option("documento.anotar")
    hoja.locator(".selector-add").click()
    foto(hoja, "rol-permisos")
    hoja.locator("input[name=_save]").click()
    hoja.locator(".messagelist .success").wait_for()
    assert rol.permisos.filter(pk="documento.anotar").exists()


def test_dates_and_hours_are_chosen_with_their_widgets(hoja, o):
    hoja.ir(pagina(Encargatura, "add"))
    hoja.select_option("#id_usuario", str(o.luis.pk))
    hoja.select_option("#id_area", str(o.transportes.pk))
    hoja.get_by_role("link", name="Hoy").first.click()
    assert hoja.input_value("#id_desde") == f"{timezone.localdate():%d/%m/%Y}"
    hoja.locator("#calendarlink1").click()
    hoja.locator("#calendarbox1 .calendarnav-next").click()
    hoja.locator("#calendarin1 td a", has_text="15").first.click()
    foto(hoja, "encargatura-fechas")
    hoja.fill("#id_sustento", "RD 5-2026")
    hoja.locator("input[name=_save]").click()
    hoja.locator(".messagelist .success").wait_for()
    fila = Encargatura.objects.get()
    assert fila.desde == timezone.localdate()
    assert fila.hasta.day == 15 and fila.hasta > fila.desde
    hoja.ir(pagina(Jornada, "add"))
    hoja.get_by_role("link", name="Hoy").first.click()
    hoja.get_by_label("Lunes").check()
    hoja.locator("#clocklink0").click()
    hoja.get_by_role("link", name="6 a.m.").click()
    hoja.locator("#clocklink1").click()
    hoja.locator("#clockbox1").get_by_role("link", name="Mediodía").click()
    hoja.locator("input[name=_save]").click()
    hoja.locator(".messagelist .success").wait_for()
    assert Jornada.objects.get().dias == [1]


def test_role_in_another_area_is_added_in_the_page_of_the_user(hoja, o):
    hoja.ir(pagina(Usuario, "change", o.ana.pk))
    hoja.locator("#membresias-group .add-row a").click()
    hoja.select_option("#id_membresias-1-area", str(o.legal.pk))
    hoja.select_option("#id_membresias-1-rol", label="Consulta")
    foto(hoja, "usuario-areas")
    hoja.locator("input[name=_save]").click()
    hoja.locator(".messagelist .success").wait_for()
    assert Membresia.objects.filter(usuario=o.ana, area=o.legal, rol__codigo="consulta").exists()
    assert Evento.objects.filter(tipo="membresia_creada").count() == 1


def test_user_is_deactivated_from_the_list(hoja, o):
    hoja.ir(pagina(Usuario) + "?q=eva")
    hoja.locator("input.action-select").first.check()
    hoja.select_option("select[name=action]", "desactivar")
    hoja.locator(".actions button").click()
    hoja.get_by_text("Desactivar: 1 de 1.").wait_for()
    foto(hoja, "usuario-desactivado")
    assert not Usuario.objects.get(pk=o.eva.pk).is_active
