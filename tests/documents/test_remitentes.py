"""The person's page, its correction, and the options of a person box."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Evento
from documents.models import Remitente
from tests.factories import make_derivada, make_documento, make_oficina, make_remitente

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


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


def url(persona, nombre="remitente"):
    return reverse(f"documents:{nombre}", args=[persona.pk])


def ficha(persona, **over):
    campos = ("tipo_identidad", "numero", "nombre", "correo", "telefono", "direccion")
    return {c: getattr(persona, c) for c in campos} | over


class TestPage:
    def test_it_lists_what_the_user_may_see_and_no_more(self, o, entrar):
        visible, oculto = make_documento(o), make_documento(o, reservado=True, actor=o.jefa)
        cuerpo = entrar(o.ventanilla).get(url(o.remitente)).content.decode()
        assert visible.numero_corto in cuerpo
        assert oculto.numero_corto not in cuerpo
        assert "1 expediente visible" in cuerpo

    def test_an_area_sees_the_person_of_its_papers(self, o, entrar):
        assert entrar(o.ana).get(url(o.remitente)).status_code == 403
        make_derivada(o)
        cuerpo = entrar(o.ana).get(url(o.remitente)).content.decode()
        assert o.remitente.nombre in cuerpo
        assert "Corregir datos" not in cuerpo

    def test_a_refused_look_is_recorded(self, o, entrar):
        entrar(o.eva).get(url(o.remitente))
        assert Evento.objects.filter(tipo="acceso_denegado", actor=o.eva).count() == 1

    def test_nobody_without_a_session(self, o):
        assert Client().get(url(o.remitente)).status_code == 302

    def test_there_is_no_such_person(self, o, entrar):
        assert entrar(o.ventanilla).get("/remitentes/999999/").status_code == 404


class TestCorrection:
    def test_before_and_after_are_kept(self, o, entrar):
        respuesta = entrar(o.ventanilla).post(
            url(o.remitente, "remitente-editar"), ficha(o.remitente, correo="nuevo@correo.pe")
        )
        assert respuesta["Location"] == url(o.remitente)
        evento = Evento.objects.get(tipo="remitente_editado")
        assert (evento.antes["correo"], evento.despues["correo"]) == ("", "nuevo@correo.pe")
        assert evento.actor == o.ventanilla

    def test_saving_the_same_leaves_no_trace(self, o, entrar):
        entrar(o.ventanilla).post(url(o.remitente, "remitente-editar"), ficha(o.remitente))
        assert not Evento.objects.filter(tipo="remitente_editado").exists()

    def test_in_the_dialog_it_closes_and_tells_the_page(self, o, entrar):
        cliente, direccion = entrar(o.ventanilla), url(o.remitente, "remitente-editar")
        dialogo = cliente.get(direccion, headers=HTMX).content.decode()
        assert "<html" not in dialogo
        assert 'id="persona_correo"' in dialogo  # id_correo is the field of the form below
        respuesta = cliente.post(direccion, ficha(o.remitente, telefono="951204883"), headers=HTMX)
        assert "mesa:cerrar" in respuesta["HX-Trigger"] and "mesa:persona" in respuesta["HX-Trigger"]
        mal = cliente.post(direccion, ficha(o.remitente, nombre=" "), headers=HTMX)
        assert mal.status_code == 422 and "<html" not in mal.content.decode()

    @pytest.mark.parametrize(
        ("cambio", "dice"),
        [
            ({"nombre": " "}, "nombre"),
            ({"numero": "20448310291"}, "último dígito del RUC"),
            ({"numero": "2044831029"}, "11 dígitos; escribiste 10"),
            ({"tipo_identidad": "DNI"}, "8 dígitos; escribiste 11"),
            ({"tipo_identidad": "DNI", "numero": ""}, "Escribe el número"),
            ({"correo": "sin-arroba"}, "correo"),
        ],
    )
    def test_a_mistake_changes_nothing_and_says_how_to_mend_it(self, o, entrar, cambio, dice):
        respuesta = entrar(o.ventanilla).post(
            url(o.remitente, "remitente-editar"), ficha(o.remitente, **cambio)
        )
        assert respuesta.status_code == 422
        assert dice in respuesta.content.decode()
        assert Remitente.objects.get().numero == o.remitente.numero

    def test_the_number_of_another_person_is_a_conflict(self, o, entrar):
        otra = make_remitente(tipo_identidad="DNI", numero="01318842", nombre="Yeny Pari Ticona")
        respuesta = entrar(o.ventanilla).post(
            url(otra, "remitente-editar"), ficha(otra, tipo_identidad="RUC", numero=o.remitente.numero)
        )
        assert respuesta.status_code == 409
        assert o.remitente.nombre in respuesta.content.decode()

    @pytest.mark.parametrize("quien", ["ana", "eva", "lector", "admin"])
    def test_areas_do_not_correct_persons(self, o, entrar, quien):
        make_derivada(o)
        direccion = url(o.remitente, "remitente-editar")
        assert entrar(getattr(o, quien)).get(direccion).status_code == 403
        assert entrar(getattr(o, quien)).post(direccion, ficha(o.remitente, nombre="X")).status_code == 403
        assert Remitente.objects.get().nombre == o.remitente.nombre

    def test_a_supervisor_may(self, o, entrar):
        direccion = url(o.remitente, "remitente-editar")
        assert entrar(o.jefa).post(direccion, ficha(o.remitente, nombre="Nueva")).status_code == 302

    def test_the_receipts_keep_the_old_name(self, o, entrar):
        documento, viejo = make_documento(o), o.remitente.nombre
        entrar(o.jefa).post(
            url(o.remitente, "remitente-editar"), ficha(o.remitente, nombre="Razón social nueva")
        )
        documento.cargo.refresh_from_db()
        assert documento.cargo.datos["remitente"] == viejo


class TestOptions:
    URL = "/remitentes/sugerencias/"

    @pytest.mark.parametrize("q", ["20448310290", "20448", "virgen copaca", "COPACABÁNA"])
    def test_by_number_or_by_the_beginnings_of_the_name(self, o, entrar, q):
        assert o.remitente.nombre in entrar(o.ventanilla).get(self.URL, {"q": q}).content.decode()

    @pytest.mark.parametrize("q", ["", "   ", "20449310", "nadie", "' or 1=1 --", "&|!:*()"])
    def test_nothing_is_found_of_nothing(self, o, entrar, q):
        respuesta = entrar(o.ventanilla).get(self.URL, {"q": q})
        assert respuesta.status_code == 200
        assert "role=" not in respuesta.content.decode()

    def test_only_who_registers_or_corrects(self, o, entrar):
        assert entrar(o.ana).get(self.URL, {"q": "virgen"}).status_code == 403
        assert entrar(o.jefa).get(self.URL, {"q": "virgen"}).status_code == 200
