"""Helpers of the HTML doors: page or fragment, refusals, redirects, keyset pages and capped counts."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory

from core import views
from core.errors import Conflicto, DatosInvalidos, NoExiste, Prohibido
from core.models import Tarea
from core.pages import (
    Conteo,
    avisar,
    con_error,
    contar_hasta,
    es_fragmento,
    eventos,
    ir_a,
    paginar,
    responder,
)

# the frame skips every address that is absent; its context processor reads the office
pytestmark = [pytest.mark.urls(()), pytest.mark.django_db]
ORDEN_UNIFORME = [("creada_en", "desc"), ("pk", "desc")]
ORDEN_CON_NULOS = [("terminada_en", "asc"), ("pk", "desc")]
BASE = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


@pytest.fixture
def pedir():
    """Build a request as the middleware would leave it."""

    def hacer(ruta="/lista", htmx=False, boosted=False, restore=False, usuario=None):
        peticion = RequestFactory().get(ruta)
        peticion.htmx = SimpleNamespace(boosted=boosted, history_restore_request=restore) if htmx else False
        peticion._messages = CookieStorage(peticion)
        peticion.user = usuario or SimpleNamespace(is_authenticated=False)
        peticion.session = {}
        return peticion

    return hacer


@pytest.fixture
def plantillas(tmp_path, settings):
    """Two tiny templates, a page and its fragment, beside the real ones."""
    (tmp_path / "pagina.html").write_text("<main>pagina {{ dato }} {{ error }}{{ form.errors }}</main>")
    (tmp_path / "_trozo.html").write_text("<b>trozo {{ dato }} {{ error }}{{ form.errors }}</b>")
    copia = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    settings.TEMPLATES = copia
    return "pagina.html", "_trozo.html"


class Formulario(forms.Form):
    folios = forms.IntegerField()


class TestResponder:
    def test_a_browser_gets_the_page_and_htmx_the_fragment(self, pedir, plantillas):
        assert "<main>" in responder(pedir(), *plantillas, {"dato": 7}).content.decode()
        assert "<main>" not in responder(pedir(htmx=True), *plantillas, {"dato": 7}).content.decode()

    def test_both_shapes_vary_by_htmx_without_losing_other_headers(self, pedir, plantillas):
        assert "HX-Request" in responder(pedir(), *plantillas)["Vary"]

    @pytest.mark.parametrize("extra", [{"boosted": True}, {"restore": True}])
    def test_boosted_and_history_requests_get_the_whole_page(self, pedir, extra):
        assert not es_fragmento(pedir(htmx=True, **extra))

    def test_pending_messages_travel_with_the_fragment_once(self, pedir, plantillas):
        peticion = pedir(htmx=True)
        avisar(peticion, "Derivado a Caminos.")
        html = responder(peticion, *plantillas).content.decode()
        assert 'id="avisos"' in html and 'hx-swap-oob="true"' in html and "Derivado a Caminos." in html

    def test_a_fragment_without_messages_carries_no_empty_region(self, pedir, plantillas):
        assert "avisos" not in responder(pedir(htmx=True), *plantillas).content.decode()


class TestConError:
    def test_field_texts_reach_the_form_and_the_status_is_the_refusals(self, pedir, plantillas):
        error = DatosInvalidos(campos={"folios": "Escribe los folios", "otro": "Revisa la serie"})
        form = Formulario({"folios": "46"})
        respuesta = con_error(pedir(), *plantillas, {}, error, form=form)
        assert respuesta.status_code == 422
        assert form.errors["folios"] == ["Escribe los folios"]
        assert form.non_field_errors() == ["Revisa la serie"]

    def test_a_refusal_without_fields_is_said_in_words(self, pedir, plantillas):
        respuesta = con_error(
            pedir(htmx=True), *plantillas, {}, Conflicto(mensaje="Ya fue recibido por Caminos.")
        )
        assert respuesta.status_code == 409
        assert "Ya fue recibido por Caminos." in respuesta.content.decode()


class TestIrA:
    def test_a_browser_is_redirected_and_told(self, pedir):
        peticion = pedir()
        respuesta = ir_a(peticion, "/x", "Hecho.")
        assert (respuesta.status_code, respuesta["Location"]) == (302, "/x")
        assert [str(m) for m in get_messages(peticion)] == ["Hecho."]

    def test_htmx_is_sent_by_header(self, pedir):
        respuesta = ir_a(pedir(htmx=True), "/x")
        assert respuesta.status_code == 200 and respuesta["HX-Redirect"] == "/x"

    def test_client_events_add_up(self, pedir):
        respuesta = eventos(ir_a(pedir(htmx=True), "/x"), "mesa:cerrar", "mesa:otro")
        assert "mesa:cerrar" in respuesta["HX-Trigger"] and "mesa:otro" in respuesta["HX-Trigger"]


def crear_tareas(cuantas, con_nulos=False):
    """Write tasks in groups of three with the same instant, so that ties are common."""
    Tarea.objects.bulk_create(
        Tarea(
            funcion="x.tasks.y",
            creada_en=BASE + timedelta(minutes=i // 3),
            terminada_en=None if con_nulos and i % 4 == 0 else BASE + timedelta(minutes=i // 3),
        )
        for i in range(cuantas)
    )


def recorrer(pedir, orden, qs=None, tamanio=7, campo="url_siguiente", inicio=""):
    """Follow the links to the end; return the pages' primary keys in the order shown."""
    paginas, url = [], inicio
    while True:
        pagina = paginar(Tarea.objects.all() if qs is None else qs, pedir("/lista" + url), orden, tamanio)
        paginas.append([f["pk"] if isinstance(f, dict) else f.pk for f in pagina])
        url = getattr(pagina, campo)
        if not url:
            return paginas, pagina


class TestPaginar:
    @pytest.mark.parametrize(
        "orden",
        [
            ORDEN_UNIFORME,
            ORDEN_CON_NULOS,
            [("terminada_en", "desc"), ("pk", "asc")],
            [("creada_en", "asc"), ("pk", "desc")],
            [("estado", "asc"), ("creada_en", "asc"), ("pk", "asc")],
        ],
    )
    def test_walking_forward_shows_each_row_once_in_database_order(self, pedir, orden):
        crear_tareas(31, con_nulos=True)
        esperado = list(
            Tarea.objects.order_by(*[c if s == "asc" else f"-{c}" for c, s in orden]).values_list(
                "pk", flat=True
            )
        )
        paginas, _ = recorrer(pedir, orden)
        assert sum(paginas, []) == esperado
        assert [len(p) for p in paginas] == [7, 7, 7, 7, 3]

    @pytest.mark.parametrize("orden", [ORDEN_UNIFORME, ORDEN_CON_NULOS])
    def test_walking_back_shows_the_same_pages(self, pedir, orden):
        crear_tareas(28, con_nulos=True)
        ida, ultima = recorrer(pedir, orden)
        vuelta, primera = recorrer(pedir, orden, campo="url_anterior", inicio=ultima.url_anterior)
        assert vuelta[::-1] == ida[:-1]
        assert primera.anterior is None and primera.siguiente

    def test_the_first_page_has_no_previous_and_a_short_list_no_next(self, pedir):
        crear_tareas(3)
        pagina = paginar(Tarea.objects.all(), pedir(), ORDEN_UNIFORME)
        assert (pagina.anterior, pagina.siguiente, len(pagina)) == (None, None, 3)

    def test_it_walks_dictionaries_too(self, pedir):
        crear_tareas(10)
        paginas, _ = recorrer(pedir, ORDEN_UNIFORME, qs=Tarea.objects.values("pk", "creada_en"))
        assert len(sum(paginas, [])) == len(set(sum(paginas, []))) == 10

    def test_links_keep_the_filters(self, pedir):
        crear_tareas(9)
        pagina = paginar(
            Tarea.objects.all(), pedir("/lista?estado=A&estado=B&cursor=viejo"), ORDEN_UNIFORME, 5
        )
        assert pagina.url_siguiente.startswith("?estado=A&estado=B&cursor=")

    @pytest.mark.parametrize(
        "cursor",
        [
            "basura",
            "eyJ4IjoxfQ",
            "W10",
            "WyJzIl0",
            "WyJzIiwiaG95IiwieCJd",
            "WyJzIix7InoiOiIxIn0sMV0",
            "x" * 5000,
        ],
    )
    def test_a_broken_or_foreign_cursor_shows_the_first_page(self, pedir, cursor):
        crear_tareas(9)
        pagina = paginar(Tarea.objects.all(), pedir(f"/lista?cursor={cursor}"), ORDEN_UNIFORME, 5)
        assert len(pagina) == 5 and pagina.anterior is None

    def test_the_page_size_is_one_of_the_offered(self, pedir):
        crear_tareas(60)
        assert len(paginar(Tarea.objects.all(), pedir("/l?filas=50"), ORDEN_UNIFORME)) == 50
        assert len(paginar(Tarea.objects.all(), pedir("/l?filas=9999"), ORDEN_UNIFORME)) == 25

    def test_a_deep_page_costs_one_query(self, pedir, django_assert_num_queries):
        crear_tareas(20)
        url = paginar(Tarea.objects.all(), pedir(), ORDEN_UNIFORME, 5).url_siguiente
        with django_assert_num_queries(1):
            paginar(Tarea.objects.all(), pedir("/l" + url), ORDEN_UNIFORME, 5)

    def test_rows_without_a_value_are_a_range_of_their_own(self, pedir, django_assert_num_queries):
        crear_tareas(24, con_nulos=True)
        orden = [("terminada_en", "asc"), ("pk", "asc")]
        url = paginar(Tarea.objects.all(), pedir(), orden, 5).url_siguiente
        with django_assert_num_queries(1) as captura:
            paginar(Tarea.objects.all(), pedir("/l" + url), orden, 5)
        assert "ROW(" in captura[0]["sql"] and " OR " not in captura[0]["sql"]
        paginas, _ = recorrer(pedir, orden, tamanio=5)
        assert sum(paginas, []) == list(
            Tarea.objects.order_by("terminada_en", "pk").values_list("pk", flat=True)
        )

    def test_a_uniform_order_compares_rows_so_that_one_index_range_serves(
        self, pedir, django_assert_num_queries
    ):
        crear_tareas(20)
        url = paginar(Tarea.objects.all(), pedir(), ORDEN_UNIFORME, 5).url_siguiente
        with django_assert_num_queries(1) as captura:
            paginar(Tarea.objects.all(), pedir("/l" + url), ORDEN_UNIFORME, 5)
        assert "ROW(" in captura[0]["sql"]


class TestContarHasta:
    def test_it_is_exact_up_to_the_ceiling(self):
        crear_tareas(5)
        assert contar_hasta(Tarea.objects.all(), 5) == Conteo(5)
        assert str(contar_hasta(Tarea.objects.all(), 5)) == "5"

    def test_above_the_ceiling_it_says_more_than(self):
        crear_tareas(6)
        conteo = contar_hasta(Tarea.objects.order_by("creada_en"), 5)
        assert (int(conteo), conteo.excede, str(conteo)) == (5, True, "más de 5")
        assert str(Conteo(1000, True)) == "más de 1\u202f000"

    def test_nothing_is_false(self):
        assert not contar_hasta(Tarea.objects.all())


class TestErrores:
    @pytest.mark.parametrize(
        ("error", "estado"),
        [
            (Prohibido(), 403),
            (NoExiste(), 404),
            (Conflicto(), 409),
            (DatosInvalidos(campos={"a": "Falta"}), 422),
        ],
    )
    def test_a_refusal_has_its_status_and_its_words(self, pedir, error, estado):
        respuesta = views.responder_error(pedir(), error)
        html = respuesta.content.decode()
        assert respuesta.status_code == estado and str(error) in html and html.count("<h1") == 1

    def test_htmx_gets_only_the_notice(self, pedir):
        html = views.responder_error(pedir(htmx=True), Conflicto()).content.decode()
        assert "<html" not in html and 'role="alert"' in html

    def test_what_is_missing_and_what_is_hidden_read_the_same(self, pedir):
        oculto = views.no_encontrado(pedir(), Http404("documento 7")).content.decode()
        ausente = views.no_encontrado(pedir(), Http404()).content.decode()
        assert re.sub(r"[0-9A-Za-z]{64}", "", oculto) == re.sub(
            r"[0-9A-Za-z]{64}", "", ausente
        )  # but for the token

    def test_a_failure_gives_a_code_for_support_and_logs_the_same_one(self, pedir, caplog):
        html = views.error_interno(pedir()).content.decode()
        codigo = caplog.records[-1].getMessage().split("código ")[1][:8]
        assert codigo in html and "Nada quedó a medias" in html

    def test_an_old_form_says_how_to_go_on(self, pedir):
        respuesta = views.csrf_fallida(pedir(), reason="CSRF token missing")
        assert respuesta.status_code == 403 and "borrador" in respuesta.content.decode()
        assert "CSRF token missing" not in respuesta.content.decode()

    def test_a_bad_request_is_answered(self, pedir):
        assert views.solicitud_mala(pedir()).status_code == 400


def test_the_error_summary_links_to_each_field(pedir):
    form = Formulario({"folios": ""})
    html = render_to_string("_errores.html", {"form": form}, pedir())
    assert 'role="alert"' in html and 'href="#id_folios"' in html
