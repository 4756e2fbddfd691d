"""The bell and its pages: what the question costs and refuses, the list, the deep link, preferences, following."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.models import PresenciaArea
from documents.services import dar_acceso, retirar_acceso
from notifications.campana import _CUENTA
from notifications.constants import POR_DEFECTO, Tipo
from notifications.lectura import notificaciones_de
from notifications.models import Notificacion, Preferencia, Seguimiento
from notifications.services import notificar
from notifications.tasks import purgar_notificaciones
from organization.models import Usuario
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db
LISTA = "/notificaciones/"


@pytest.fixture
def o():
    return make_oficina()


def entrar(usuario):
    cliente = Client()
    cliente.force_login(usuario)
    return cliente


def avisar(usuario, clave="1", **over):
    datos = {"tipo": Tipo.DERIVADO, "texto": f"Hecho {clave}", "enlace": "/", "clave": clave} | over
    notificar(usuarios=[usuario], **datos)
    return Notificacion.objects.get(usuario=usuario, clave=clave)


def pulso_de(html):
    """The address of the next question, as the page carries it."""
    return re.search(r'data-pulso="([^"]+)"', html).group(1).replace("&amp;", "&")


def preguntar(cliente, url):
    with CaptureQueriesContext(connection) as consultas:
        respuesta = cliente.get(url)
    return respuesta.status_code, len(consultas), respuesta.content.decode()


class TestBell:
    def test_the_page_shows_the_count_at_once_and_the_question_costs_one_query(self, o):
        cliente = entrar(o.ana)
        for n in range(3):
            avisar(o.ana, str(n), urgente=n == 0)
        avisar(o.luis)
        html = cliente.get(LISTA).content.decode()
        assert 'aria-label="Notificaciones: 3 sin leer, 1 urgente"' in html
        assert '<b id="c-notificaciones" class="ro">3</b>' in html
        vence = Session.objects.get().expire_date
        assert preguntar(cliente, pulso_de(html)) == (204, 1, "")
        assert "mesa_sesion" not in cliente.get(pulso_de(html)).cookies
        assert Session.objects.get().expire_date == vence

    def test_news_bring_the_bell_again_with_the_words_of_the_newest(self, o):
        cliente = entrar(o.ana)
        url = pulso_de(cliente.get(LISTA).content.decode())
        avisar(o.ana, "1")
        estado, consultas, html = preguntar(cliente, url)
        assert (estado, consultas) == (200, 2)
        assert "Notificación nueva: Hecho 1" in html and ">1</b>" in html
        avisar(o.ana, "2", urgente=True)
        avisar(o.ana, "3")
        estado, _, otra = preguntar(cliente, pulso_de(html))
        assert "2 notificaciones nuevas: Hecho 3" in otra and 'class="ro">3</b>' in otra
        entrar(o.ana).post(reverse("notifications:leer-todas"))  # read in another window
        estado, consultas, vacia = preguntar(cliente, pulso_de(otra))
        assert (estado, consultas) == (200, 2) and '<b id="c-notificaciones"></b>' in vacia
        assert "campana-dice" not in vacia
        assert preguntar(cliente, pulso_de(vacia)) == (204, 1, "")

    def test_the_words_of_what_may_not_be_seen_any_more_are_not_said(self, o):
        documento = make_derivada(o, documento=make_documento(o, tipo_documento=o.denuncia)).documento
        dar_acceso(documento_id=documento.pk, usuarios=[o.luis], actor=o.ana)
        cliente = entrar(o.luis)
        url = pulso_de(cliente.get(LISTA).content.decode())
        avisar(o.luis, documento=documento)
        retirar_acceso(documento_id=documento.pk, usuario=o.luis, actor=o.ana)
        estado, consultas, html = preguntar(cliente, url)
        assert (estado, consultas) == (200, 3)
        assert "Notificación nueva." in html and "Hecho" not in html

    def test_without_its_living_session_there_is_no_answer(self, o):
        avisar(o.ana)
        cliente, ajena = entrar(o.ana), entrar(o.luis)
        url = pulso_de(cliente.get(LISTA).content.decode())
        vieja = re.sub(r"v=[\d.]+", "v=", url)
        de_luis = pulso_de(ajena.get(LISTA).content.decode())
        nadie = (403, 1, "")
        assert preguntar(cliente, vieja)[0] == 200
        assert preguntar(Client(), vieja) == (403, 0, "")
        assert preguntar(ajena, vieja) == nadie  # another's session
        assert preguntar(cliente, de_luis) == nadie
        for token in (
            "",
            "x",
            f"{o.ana.pk}.abc",
            url.split("t=")[1].replace(f"{o.ana.pk}.", f"{o.luis.pk}.", 1),
        ):
            assert preguntar(cliente, f"{reverse('notifications:pulso')}?t={token}&v=") == (403, 0, "")
        for fin in (
            lambda: Usuario.objects.filter(pk=o.ana.pk).update(is_active=False),
            lambda: Usuario.objects.filter(pk=o.ana.pk).update(is_active=True, password="otra"),
            lambda: Session.objects.all().update(expire_date=timezone.now()),
        ):
            fin()
            assert preguntar(cliente, vieja) == nadie

    def test_leaving_ends_the_question(self, o):
        cliente = entrar(o.ana)
        url = pulso_de(cliente.get(LISTA).content.decode())
        galleta = cliente.cookies["mesa_sesion"].value
        cliente.post(reverse("salir"))
        ladron = Client()
        ladron.cookies["mesa_sesion"] = galleta
        assert preguntar(ladron, url) == (403, 1, "")
        assert "_auth_user_id" not in ladron.session

    def test_many_are_counted_up_to_a_hundred(self, o):
        for n in range(99):
            avisar(o.ana, str(n))
        assert ">99</b>" in entrar(o.ana).get(LISTA).content.decode()
        avisar(o.ana, "99")
        avisar(o.ana, "100")
        assert ">99+</b>" in entrar(o.ana).get(LISTA).content.decode()


class TestList:
    def test_unread_urgent_ones_first_then_the_newest_and_the_pills_choose(self, o):
        for clave, urgente in (("a", True), ("b", False), ("c", True), ("d", False)):
            avisar(o.ana, clave, urgente=urgente)
        Notificacion.objects.filter(clave__in=["a", "b"]).update(leida_en=timezone.now())
        cliente = entrar(o.ana)

        def claves(ver):
            return "".join(n.clave for n in cliente.get(f"{LISTA}?ver={ver}").context["pagina"])

        assert (claves("todas"), claves("sin-leer"), claves("urgentes")) == ("cdba", "cd", "ca")
        avisar(o.ana, "e")
        assert claves("todas") == "cedba"

    def test_opening_one_marks_it_and_goes_there_and_nobody_opens_anothers(self, o):
        documento = make_recibida(o).documento
        Notificacion.objects.all().delete()
        enlace = reverse("documents:detalle", args=[documento.pk])
        propia = avisar(o.ana, documento=documento, enlace=enlace)
        cliente, url = entrar(o.ana), reverse("notifications:ir", args=[propia.pk])
        assert entrar(o.luis).get(url).status_code == 404
        assert not Notificacion.objects.get(pk=propia.pk).leida
        assert cliente.get(url).url == enlace
        assert Notificacion.objects.get(pk=propia.pk).leida
        assert cliente.get(url).url == enlace  # again

        PresenciaArea.objects.filter(documento=documento, area=o.transportes).delete()
        html = cliente.get(LISTA).content.decode()
        assert "Hecho 1" not in html and "ya no puedes ver" in html
        assert cliente.get(url, follow=True).status_code == 404

    def test_one_and_all_are_marked_by_forms_and_what_came_after_stays(self, o):
        uno, dos = avisar(o.ana, "1"), avisar(o.ana, "2")
        ajena, cliente = avisar(o.luis), entrar(o.ana)
        url = reverse("notifications:leer", args=[uno.pk])
        assert entrar(o.luis).post(url).status_code == 404
        assert cliente.post(url, {"ver": "sin-leer"}).url == f"{LISTA}?ver=sin-leer"
        despues = avisar(o.ana, "3")
        cliente.post(reverse("notifications:leer-todas"), {"hasta": dos.pk, "ver": "//otro.pe"})
        sin_leer = set(Notificacion.objects.sin_leer().values_list("pk", flat=True))
        assert sin_leer == {ajena.pk, despues.pk}

    def test_old_ones_go_read_soon_and_unread_late(self, o, settings):
        settings.NOTIFICACIONES_DIAS, settings.NOTIFICACIONES_DIAS_SIN_LEER = 10, 20
        for clave, creada, leida in (
            ("read old", 12, 11), ("read late", 12, 9), ("unread", 19, None), ("forgotten", 21, None), ("new", 0, 0)
        ):  # fmt: skip
            n = avisar(o.ana, clave)
            hace = [timezone.now() - timedelta(days=d) if d is not None else None for d in (creada, leida)]
            Notificacion.objects.filter(pk=n.pk).update(creada_en=hace[0], leida_en=hace[1])
        assert purgar_notificaciones() == {"borradas": 2}
        assert {n.clave for n in Notificacion.objects.all()} == {"read late", "unread", "new"}


class TestPreferences:
    def test_the_table_stores_what_differs_and_an_urgent_one_cannot_be_silenced(self, o):
        cliente, url = entrar(o.ana), reverse("notifications:preferencias")
        html = cliente.get(url).content.decode()
        assert Tipo.OPERACION.label not in html and Tipo.DERIVADO.label in html
        assert "Tu cuenta no tiene correo" in html
        assert html.count("disabled") == 1
        assert cliente.post(url, {"correo": ["copia"]}).url == url
        guardadas = {p.tipo: (p.en_sistema, p.por_correo) for p in Preferencia.objects.all()}
        assert guardadas["copia"] == (False, True)
        assert guardadas["urgente"] == (True, False)
        assert guardadas["asignado"] == (False, False)
        usuales = {
            canal: [t.value for t in Tipo if POR_DEFECTO[t][n]]
            for n, canal in enumerate(("sistema", "correo"))
        }
        cliente.post(url, usuales)
        assert not Preferencia.objects.exists()


class TestFollow:
    def test_the_button_of_the_record_follows_and_stops_with_and_without_htmx(self, o):
        pk = make_recibida(o).documento_id
        cliente, detalle = entrar(o.ana), reverse("documents:detalle", args=[pk])
        url = reverse("notifications:seguir", args=[pk])
        assert ">Seguir<" in cliente.get(detalle).content.decode()
        assert cliente.post(url, {"volver": detalle}).url == detalle
        assert "Dejar de seguir" in cliente.get(detalle).content.decode()
        assert cliente.post(url, {"dejar": 1, "volver": "https://otro.pe/"}).url == detalle
        assert "Dejar de seguir" in cliente.post(url, headers={"HX-Request": "true"}).content.decode()
        assert Seguimiento.objects.count() == 1

    def test_a_document_that_may_not_be_seen_is_not_followed_but_is_left(self, o):
        pk = make_recibida(o).documento_id
        url, cliente = reverse("notifications:seguir", args=[pk]), entrar(o.luis)
        assert cliente.post(url).status_code == 404
        assert cliente.post(url, {"dejar": 1}).status_code == 404
        Seguimiento.objects.create(usuario=o.luis, documento_id=pk)
        html = cliente.get(reverse("notifications:seguidos")).content.decode()
        assert "ya no puedes ver" in html and "Habilitación" not in html
        assert cliente.post(url, {"dejar": 1}, follow=True).status_code == 404  # it goes back to the record
        assert not Seguimiento.objects.exists()


def test_the_api_gives_and_takes_only_the_callers_own(o):
    documento = make_derivada(o, documento=make_documento(o, tipo_documento=o.denuncia)).documento
    dar_acceso(documento_id=documento.pk, usuarios=[o.luis], actor=o.ana)
    suya, ajena = avisar(o.luis, documento=documento, urgente=True), avisar(o.ana, "9")
    retirar_acceso(documento_id=documento.pk, usuario=o.luis, actor=o.ana)
    cliente, base = entrar(o.luis), "/api/v1/notificaciones/"
    (fila,) = cliente.get(f"{base}?ver=sin-leer&limite=1").json()["resultados"]
    assert (fila["id"], fila["enlace"], fila["documento"]) == (suya.pk, None, None)
    assert fila["texto"] == "Un documento que ya no puedes ver."
    assert cliente.get(f"{base}resumen/").json() == {"sin_leer": 1, "urgentes": 1, "ultima": suya.pk}
    assert cliente.post(f"{base}{ajena.pk}/leer/").status_code == 404
    assert cliente.post(f"{base}{suya.pk}/leer/").json()["leida_en"]
    assert cliente.post(f"{base}marcar-todas/").json() == {"leidas": 0}
    url = f"{base}configuracion/"
    cambio = {"preferencias": [{"tipo": "copia", "sistema": False, "correo": True}]}
    filas = cliente.put(url, cambio, content_type="application/json").json()["preferencias"]
    assert next(f for f in filas if f["tipo"] == "copia")["correo"] is True
    assert Preferencia.objects.count() == 1
    malo = {"preferencias": [{"tipo": "nada", "sistema": True, "correo": True}]}
    assert cliente.put(url, malo, content_type="application/json").status_code == 422


def test_counts_and_lists_take_an_index_among_many(o):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_notificacion"
            " (usuario_id, tipo, texto, enlace, urgente, clave, creada_en, leida_en)"
            " SELECT u.id, 'derivado', 'x', '/', n % 500 = 0, 'v' || n, now(),"
            "        CASE WHEN n % 100 = 0 THEN NULL ELSE now() END"
            "   FROM organization_usuario u, generate_series(1, 3000) n"
        )
        cursor.execute("ANALYZE notifications_notificacion")
        planes = []
        for consulta in (
            notificaciones_de(o.ana).order_by("-destacada", "-id")[:26],
            notificaciones_de(o.ana, "sin-leer").order_by("-destacada", "-id")[:26],
            notificaciones_de(o.ana, "urgentes").order_by("-destacada", "-id")[:26],
        ):
            planes.append(consulta.explain())
        cursor.execute("EXPLAIN " + _CUENTA, {"usuario": o.ana.pk})
        planes.append("\n".join(fila for (fila,) in cursor.fetchall()))
    assert ["Seq Scan" in plan for plan in planes] == [False] * 4
