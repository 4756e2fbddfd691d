"""The receipt's doors: who prints, what each format is, what is counted and what stays frozen."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Evento
from documents.models import Cargo
from documents.receipts import FORMATOS
from documents.services import editar_documento
from tests.factories import make_derivada, make_documento, make_oficina

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def entrar():
    def _entrar(usuario):
        cliente = Client()
        cliente.force_login(usuario)
        return cliente

    return _entrar


def url(documento, nombre="cargo-pdf", **consulta):
    direccion = reverse(f"documents:{nombre}", args=[documento.pk])
    return direccion + "".join(f"?{k}={v}" for k, v in consulta.items())


def impresiones(documento):
    return Cargo.objects.get(documento=documento).impresiones


@pytest.mark.parametrize("formato", FORMATOS)
def test_each_format_is_a_pdf_never_kept_by_the_browser(o, entrar, formato):
    documento = make_documento(o)
    respuesta = entrar(o.ventanilla).get(url(documento, formato=formato))
    assert respuesta["Content-Type"] == "application/pdf"
    assert respuesta.content.startswith(b"%PDF")
    assert "no-store" in respuesta["Cache-Control"] and "private" in respuesta["Cache-Control"]
    assert documento.numero_expediente in respuesta["Content-Disposition"]


@pytest.mark.parametrize("formato", ["", "a4", "../a5"])
def test_another_format_is_refused_and_not_counted(o, entrar, formato):
    documento = make_documento(o)
    assert entrar(o.ventanilla).get(url(documento, formato=formato)).status_code == 422
    assert impresiones(documento) == 0


def test_printing_is_counted_once_a_request_and_told_as_reprint(o, entrar):
    documento, cliente = make_documento(o), entrar(o.ventanilla)
    primera = cliente.get(url(documento, "cargo")).content.decode()
    segunda = cliente.get(url(documento, "cargo")).content.decode()
    assert "REIMPRESIÓN" not in primera.upper()
    assert "REIMPRESIÓN 1" in segunda.upper()
    assert impresiones(documento) == 2
    eventos = Evento.objects.filter(tipo="cargo_impreso", documento_id=documento.pk).order_by("pk")
    assert [(e.detalle["formato"], e.detalle["n"], e.actor) for e in eventos] == [
        ("a5", 1, o.ventanilla),
        ("a5", 2, o.ventanilla),
    ]


def test_labels_leave_a_trace_and_are_not_receipts(o, entrar):
    documento, cliente = make_documento(o), entrar(o.ventanilla)
    cliente.get(url(documento, formato="etiqueta"))
    assert impresiones(documento) == 0
    assert Evento.objects.filter(tipo="cargo_impreso", documento_id=documento.pk).count() == 1


def test_asking_for_the_head_prints_nothing(o, entrar):
    documento, cliente = make_documento(o), entrar(o.ventanilla)
    respuesta = cliente.head(url(documento))
    assert respuesta.status_code == 200 and respuesta.content == b""
    assert impresiones(documento) == 0
    assert cliente.post(url(documento)).status_code == 405


def test_the_receipt_keeps_what_it_said(o, entrar):
    documento, cliente = make_documento(o), entrar(o.ventanilla)
    antes = cliente.get(url(documento, "cargo")).content.decode()
    editar_documento(
        documento_id=documento.pk, cambios={"asunto": "Otro asunto"}, motivo="Error de pluma", actor=o.jefa
    )
    despues = cliente.get(url(documento, "cargo")).content.decode()
    assert documento.asunto in antes and documento.asunto in despues
    assert "Otro asunto" not in despues


@pytest.mark.parametrize("nombre", ["cargo", "cargo-pdf"])
def test_only_the_window_and_supervisors_print(o, entrar, nombre):
    documento = make_documento(o)
    make_derivada(o, documento=documento)
    assert entrar(o.ventanilla).get(url(documento, nombre)).status_code == 200
    assert entrar(o.jefa).get(url(documento, nombre)).status_code == 200
    assert (
        entrar(o.ana).get(url(documento, nombre)).status_code == 403
    )  # sees it; the key is not for the area
    assert entrar(o.eva).get(url(documento, nombre)).status_code == 404
    assert Client().get(url(documento, nombre)).status_code == 302
    assert impresiones(documento) == 2
    assert Evento.objects.filter(tipo="acceso_denegado", documento_id=documento.pk).count() == 2


def test_a_reserved_receipt_is_for_the_persons_named(o, entrar):
    documento = make_documento(o, reservado=True)
    assert entrar(o.ventanilla).get(url(documento)).status_code == 200
    assert entrar(o.jefa).get(url(documento)).status_code == 404


class TestReprint:
    def test_it_is_the_last_one_of_this_person(self, o, entrar):
        make_documento(o)
        mio = make_documento(o)
        make_documento(o, actor=o.jefa)
        respuesta = entrar(o.ventanilla).get(reverse("documents:reimprimir"))
        assert respuesta["Location"] == url(mio, formato="a5")
        assert "no-store" in respuesta["Cache-Control"]

    def test_with_nothing_to_print_it_says_so(self, o, entrar):
        cliente = entrar(o.ventanilla)
        respuesta = cliente.get(reverse("documents:reimprimir"), follow=True)
        assert "Aún no registras ningún documento" in respuesta.content.decode()
        oculta = cliente.get(reverse("documents:reimprimir"), headers={"Sec-Fetch-Dest": "iframe"})
        assert oculta.status_code == 204

    def test_who_does_not_register_does_not_reprint(self, o, entrar):
        assert entrar(o.ana).get(reverse("documents:reimprimir")).status_code == 403


class TestRegistrado:
    def test_it_prints_by_itself_only_until_the_first_printing(self, o, entrar):
        documento, cliente = make_documento(o), entrar(o.ventanilla)
        pagina = url(documento, "registrado")
        assert "data-imprimir-auto" in cliente.get(pagina).content.decode()
        cliente.get(url(documento))
        assert "data-imprimir-auto" not in cliente.get(pagina).content.decode()

    def test_it_tells_the_instant_to_the_second_and_what_follows(self, o, entrar):
        documento = make_documento(o, area_sugerida=o.legal)
        cuerpo = entrar(o.ventanilla).get(url(documento, "registrado")).content.decode()
        assert f"Registrado {documento.numero_expediente}" in cuerpo
        assert documento.cargo.datos["presentado_en"].split()[1] in cuerpo
        assert o.legal.nombre in cuerpo and "Derivar ahora" in cuerpo

    def test_an_observed_paper_is_not_sent_yet(self, o, entrar):
        documento = make_documento(o, faltantes=["Pago por derecho de trámite"])
        cuerpo = entrar(o.ventanilla).get(url(documento, "registrado")).content.decode()
        assert "Derivar ahora" not in cuerpo and "no se deriva al área" in cuerpo

    def test_strangers_do_not_learn_that_it_exists(self, o, entrar):
        assert entrar(o.eva).get(url(make_documento(o), "registrado")).status_code == 404
