"""Reception and delivery with the reader: every way a paper is named, and every answer."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from derivations.constants import Estado
from derivations.models import Derivacion, HojaRemision
from derivations.services import rechazar_derivacion, recibir_derivacion
from tests.factories import make_derivada, make_documento, make_oficina, make_usuario

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LECTOR = "/lector/"


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def ana(o):
    return entrar(o.ana)


def entrar(usuario):
    client = Client()
    client.force_login(usuario)
    return client


def pasar(client, codigo, headers=HTMX, **datos):
    return client.post(reverse("derivations:lector"), {"codigo": codigo, **datos}, headers=headers or {})


@pytest.mark.parametrize(
    "leido",
    [
        lambda d: d.codigo_interno,
        lambda d: f"]C0{d.codigo_interno}",
        lambda d: d.codigo_interno.lower(),
        lambda d: d.numero_expediente,
        lambda d: d.numero_expediente.lower().replace("-", "'"),
        lambda d: d.numero_corto,
        lambda d: str(d.numero),
        lambda d: f"{settings.PUBLIC_BASE_URL}/c/{d.codigo_qr}",
        lambda d: f"httpÑ--testserver-c-{d.codigo_qr}",
        lambda d: d.codigo_qr,
    ],
)
def test_a_paper_is_named_in_any_spelling(o, ana, leido):
    derivacion = make_derivada(o)
    respuesta = pasar(ana, leido(derivacion.documento))
    texto = respuesta.content.decode()
    assert respuesta.status_code == 200
    assert f"{derivacion.documento.numero_corto} recibido" in texto and "46 folios" in texto
    derivacion.refresh_from_db()
    assert derivacion.estado == Estado.RECIBIDO and derivacion.usuario_recibe == o.ana


def test_each_reading_adds_one_line_and_cleans_the_field(o, ana):
    una, otra = make_derivada(o), make_derivada(o)
    pasar(ana, una.documento.codigo_interno)
    texto = pasar(ana, otra.documento.codigo_interno).content.decode()
    assert texto.count("<li class=") == 1 and "<html" not in texto
    assert 'id="id_codigo"' in texto and f'value="{otra.documento.codigo_interno}"' not in texto
    assert "2 recibidos, 0 por revisar" in texto and 'id="lector-resumen" hx-swap-oob="true"' in texto
    pagina = ana.get(LECTOR).content.decode()
    assert una.documento.numero_corto in pagina and otra.documento.numero_corto in pagina


def test_another_area_s_paper_says_who_awaits_it(o, ana):
    derivacion = make_derivada(o, destino=o.caminos)
    texto = pasar(ana, derivacion.documento.codigo_interno).content.decode()
    assert "no viene para tu área" in texto and "Está derivado a Caminos." in texto
    assert derivacion.documento.asunto not in texto
    derivacion.refresh_from_db()
    assert derivacion.estado == Estado.PENDIENTE


def test_a_reserved_paper_is_not_even_confirmed_to_outsiders(o, ana):
    documento = make_documento(o, reservado=True, personas=[o.ventanilla])
    make_derivada(o, documento=documento, destino=o.caminos)
    texto = pasar(ana, documento.codigo_interno).content.decode()
    assert "No encontramos" in texto and "Caminos" not in texto


def test_a_reserved_paper_is_received_by_the_named_without_its_subject(o, ana):
    documento = make_documento(o, reservado=True, personas=[o.ventanilla])
    make_derivada(o, documento=documento)
    texto = pasar(ana, documento.codigo_interno).content.decode()
    assert "recibido" in texto and documento.asunto not in texto


def test_repeated_reading_says_when(o, ana):
    derivacion = make_derivada(o)
    pasar(ana, derivacion.documento.codigo_interno)
    assert "ya lo recibiste hoy a las" in pasar(ana, derivacion.documento.codigo_interno).content.decode()
    colega = entrar(make_usuario("colega", area=o.transportes))
    assert (
        "ya lo recibió Ana Prueba hoy" in pasar(colega, derivacion.documento.codigo_interno).content.decode()
    )


def test_different_folios_wait_for_an_explanation(o, ana):
    derivacion = make_derivada(o)
    texto = pasar(ana, derivacion.documento.codigo_interno, folios="45").content.decode()
    assert "llegó con 45 folios, el sistema dice 46" in texto
    enlace = reverse("derivations:recibir", args=[derivacion.pk])
    assert f"{enlace}?folios=45&amp;volver=%2Flector%2F" in texto
    derivacion.refresh_from_db()
    assert derivacion.estado == Estado.PENDIENTE
    ana.post(enlace, {"folios": "45", "observaciones": "falta la hoja 12", "volver": LECTOR})
    pagina = ana.get(LECTOR).content.decode()
    assert "recibido con 45 folios" in pagina and "1 recibido, 0 por revisar" in pagina


def test_the_folios_it_says_are_received_at_once(o, ana):
    derivacion = make_derivada(o)
    assert "recibido" in pasar(ana, derivacion.documento.codigo_interno, folios="46").content.decode()


def test_a_copy_is_acknowledged(o):
    derivacion = make_derivada(o, copias=[o.legal])
    texto = pasar(entrar(o.luis), derivacion.documento.codigo_interno).content.decode()
    assert "copia recibida" in texto
    assert Derivacion.objects.copias().get().estado == Estado.RECIBIDO
    derivacion.refresh_from_db()
    assert derivacion.estado == Estado.PENDIENTE


def test_what_was_returned_is_not_ours_any_more(o, ana):
    derivacion = make_derivada(o)
    rechazar_derivacion(derivacion_id=derivacion.pk, motivo="no", actor=o.ana)
    texto = pasar(ana, derivacion.documento.codigo_interno).content.decode()
    assert "no viene para tu área" in texto and "Mesa de Partes" in texto
    assert "recibido" in pasar(entrar(o.ventanilla), derivacion.documento.codigo_interno).content.decode()


@pytest.mark.parametrize("codigo", ["MP260004182Z", "999999", "hola", "<b>x</b>", "EXP-1999-000001"])
def test_unknown_codes_are_told_and_escaped(o, ana, codigo):
    texto = pasar(ana, codigo).content.decode()
    assert "No encontramos" in texto and "<b>x</b>" not in texto


def test_a_wrong_check_character_finds_nothing(o, ana):
    codigo = make_derivada(o).documento.codigo_interno
    mal = codigo[:-1] + ("A" if codigo[-1] != "A" else "B")
    assert "No encontramos" in pasar(ana, mal).content.decode()


def test_an_empty_field_asks_for_a_code(o, ana):
    assert pasar(ana, "  ").status_code == 422
    respuesta = pasar(ana, "", headers=None)
    assert (
        respuesta.status_code == 422 and "Pasa el lector o escribe el número." in respuesta.content.decode()
    )


def test_without_script_each_reading_comes_back_to_the_page(o, ana):
    derivacion = make_derivada(o)
    respuesta = pasar(ana, derivacion.documento.codigo_interno, headers=None)
    assert respuesta.status_code == 302 and respuesta["Location"] == LECTOR
    assert f"{derivacion.documento.numero_corto} recibido" in ana.get(LECTOR).content.decode()


def test_a_pasted_list_is_read_line_by_line(o, ana):
    una, otra, mal = make_derivada(o), make_derivada(o), make_derivada(o)
    lista = f"{una.documento.codigo_interno}\n\n{otra.documento.numero_expediente}; 46\n{mal.documento.numero},45\n?"
    ana.post(LECTOR, {"acto": "lista", "lista": lista})
    texto = ana.get(LECTOR).content.decode()
    assert "2 recibidos, 2 por revisar" in texto
    assert Derivacion.objects.filter(estado=Estado.RECIBIDO).count() == 2


def test_it_ends_with_the_printed_list(o, ana):
    derivacion = make_derivada(o)
    pasar(ana, derivacion.documento.codigo_interno)
    respuesta = ana.post(LECTOR, {"acto": "terminar"}, follow=True)
    texto = respuesta.content.decode()
    assert "Documentos recibidos" in texto and derivacion.documento.numero_expediente in texto
    assert "1 documento, 46 folios" in texto
    assert derivacion.documento.numero_corto not in ana.get(LECTOR).content.decode()


def test_nothing_read_prints_nothing(o, ana):
    respuesta = ana.post(LECTOR, {"acto": "terminar"}, follow=True)
    assert "Aún no hay nada leído." in respuesta.content.decode()
    assert ana.get("/lector/hoja/").status_code == 404


def test_start_again_forgets_the_lines(o, ana):
    derivacion = make_derivada(o)
    pasar(ana, derivacion.documento.codigo_interno)
    ana.post(LECTOR, {"acto": "vaciar"})
    assert derivacion.documento.numero_corto not in ana.get(LECTOR).content.decode()


def test_delivery_gathers_a_slip_per_destination(o):
    client = entrar(o.ventanilla)
    una, otra = make_derivada(o), make_derivada(o, destino=o.legal)
    ajena = make_derivada(o, destino=o.caminos)
    recibir_derivacion(derivacion_id=ajena.pk, actor=o.eva)
    for fila in (una, otra, una, ajena):
        texto = pasar(client, fila.documento.codigo_interno, modo="entregar").content.decode()
    assert "no sale de tu área" in texto and "Lo tiene Caminos." in texto
    pagina = client.get(f"{LECTOR}?modo=entregar").content.decode()
    assert "2 en la hoja, 1 por revisar" in pagina and "ya está en la lista" in pagina
    respuesta = client.post(LECTOR, {"acto": "terminar", "modo": "entregar"}, follow=True)
    assert respuesta.status_code == 200 and HojaRemision.objects.count() == 2
    una.refresh_from_db()
    assert una.estado == Estado.PENDIENTE


def test_who_may_not_receive_is_refused(o):
    assert entrar(o.lector).get(LECTOR).status_code == 403
    assert entrar(o.lector).get(f"{LECTOR}?modo=entregar").status_code == 403
    assert entrar(o.ana).get(f"{LECTOR}?modo=otro").status_code == 404


def test_two_readers_of_one_area_never_receive_twice(o, ana):
    derivacion = make_derivada(o)
    colega = entrar(make_usuario("colega", area=o.transportes))
    pasar(ana, derivacion.documento.codigo_interno)
    assert "ya lo recibió Ana Prueba" in pasar(colega, derivacion.documento.codigo_interno).content.decode()
