"""Search: one box, combined filters, suggestions; nobody finds what may not be seen."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from documents.codes import codigo_interno
from documents.constants import Estado
from documents.forms.busqueda import CampoFecha
from documents.identidad import digito_ruc
from documents.models import Documento
from documents.querysets import numeros_de_identidad
from tests.factories import make_documento, make_oficina, make_recibida, make_remitente

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def buscar(client, o):
    """Searches as the reader who sees everything not reserved, unless told otherwise."""

    def _buscar(usuario=None, nombre="buscar", headers=None, **datos):
        client.force_login(usuario or o.lector)
        return client.get(reverse(f"documents:{nombre}"), datos, headers=headers)

    return _buscar


def numeros(respuesta):
    return {d.numero for d in respuesta.context["pagina"]}


def mover(documento, *, anio=None, numero=None):
    """Gives a document another year or number, as an imported one has."""
    anio, numero = anio or documento.anio, numero or documento.numero
    Documento.objects.filter(pk=documento.pk).update(
        anio=anio,
        numero=numero,
        numero_expediente=f"EXP-{anio}-{numero:06d}",
        codigo_interno=codigo_interno(anio, "0", numero),
    )
    documento.refresh_from_db()
    return documento


class TestNumber:
    @pytest.mark.parametrize(
        "escrito",
        [
            "4182",
            "004182",
            " 4182 ",
            "2026-4182",
            "2026-004182",
            "004182-2026",
            "4182/2026",
            "EXP-2026-004182",
            "exp-2026-4182",
            "EXP 2026-004182",
            "Exp. N° 004182-2026",
            "EXP N.º 4182",
            "N° 4182",
            "nro 4182",
            "#4182",
            "expediente 4182",
            "exp'2026'004182",
            "MP260004182X",
            "mp26 0004182 x",
            "*MP260004182X*",
            "]C0MP260004182X",
        ],
    )
    def test_any_spelling_goes_straight_to_the_record(self, o, buscar, escrito):
        documento = mover(make_documento(o), anio=2026, numero=4182)
        make_documento(o)
        respuesta = buscar(q=escrito)
        assert respuesta.status_code == 302, escrito
        assert respuesta["Location"] == reverse("documents:detalle", args=[documento.pk])

    def test_a_citizens_qr_goes_straight_too(self, o, buscar):
        documento = make_documento(o)
        for leido in (documento.codigo_qr, f"https://mesa.example/c/{documento.codigo_qr}"):
            assert buscar(q=leido)["Location"].endswith(f"/{documento.pk}/")
        leido_en_teclado_ajeno = f"httpsÑ--mesa.example-c-{documento.codigo_qr.lower()}"
        assert buscar(q=leido_en_teclado_ajeno)["Location"].endswith(f"/{documento.pk}/")

    def test_the_same_number_of_two_years_is_listed(self, o, buscar):
        mover(make_documento(o), anio=2025, numero=77)
        actual = mover(make_documento(o), anio=2026, numero=77)
        respuesta = buscar(q="77")
        assert respuesta.status_code == 200 and len(respuesta.context["pagina"]) == 2
        assert buscar(q="2026-77")["Location"].endswith(f"/{actual.pk}/")

    def test_only_the_visible_one_of_two_goes_straight(self, o, buscar):
        oculto = mover(make_documento(o, tipo_documento=o.denuncia), anio=2025, numero=77)
        visible = mover(make_documento(o), anio=2026, numero=77)
        assert buscar(q="77")["Location"].endswith(f"/{visible.pk}/")
        assert buscar(q=oculto.numero_expediente).status_code == 200
        assert buscar(q=oculto.codigo_interno).context["pagina"].filas == []

    @pytest.mark.parametrize("placa", ["ABC-1", "V1", "RDR-1", "1a", "-1", "0", "99999999999", "2147483648"])
    def test_what_is_not_a_number_is_not_taken_for_one(self, o, buscar, placa):
        make_documento(o)
        assert buscar(q=placa).status_code == 200

    def test_with_filters_a_number_stays_in_the_list(self, o, buscar):
        documento = make_documento(o)
        respuesta = buscar(q=documento.numero_expediente, estado="REGISTRADO")
        assert respuesta.status_code == 200 and numeros(respuesta) == {documento.numero}


class TestPersons:
    def test_identity_lists_the_documents(self, o, buscar):
        maria = make_remitente(tipo_identidad="DNI", numero="44556677", nombre="María Quispe Ñahui")
        make_documento(o, remitente=maria), make_documento(o)
        respuesta = buscar(q="44556677")
        assert numeros(respuesta) == {1} and respuesta.status_code == 200
        assert [p.nombre for p in respuesta.context["personas"]] == ["María Quispe Ñahui"]
        assert numeros(buscar(q="20448310290")) == {2} == numeros(buscar(q="20-448310290"))

    def test_dni_and_ruc_of_one_natural_person_meet(self, o, buscar):
        ruc = "1044556677" + digito_ruc("1044556677")
        make_documento(o, remitente=make_remitente(tipo_identidad="DNI", numero="44556677", nombre="María"))
        make_documento(o, remitente=make_remitente(tipo_identidad="RUC", numero=ruc, nombre="María E.I.R.L."))
        assert numeros(buscar(q="44556677")) == {1, 2} == numeros(buscar(q=ruc))
        assert numeros_de_identidad(ruc) == [ruc, "44556677"]

    def test_an_unknown_identity_finds_nothing_rather_than_words(self, o, buscar):
        make_documento(o, asunto="Multa 12345678")
        assert buscar(q="12345678").context["pagina"].filas == []

    def test_a_person_link_lists_only_what_is_visible(self, o, buscar):
        make_documento(o), make_documento(o, tipo_documento=o.denuncia)
        respuesta = buscar(persona=o.remitente.pk)
        assert numeros(respuesta) == {1} and respuesta.context["persona"] == o.remitente

    def test_names_of_unseen_senders_are_never_offered(self, o, buscar):
        denunciante = make_remitente(tipo_identidad="DNI", numero="44556677", nombre="Denunciante Secreta")
        make_documento(o, remitente=denunciante, tipo_documento=o.denuncia)
        for datos in ({"q": "denunciante"}, {"q": "44556677"}, {"persona": denunciante.pk}):
            respuesta = buscar(**datos)
            assert "Denunciante Secreta" not in respuesta.content.decode()
        assert "Secreta" not in buscar(nombre="sugerencias", q="denunciante").content.decode()
        assert "Secreta" in buscar(o.ventanilla, "sugerencias", q="denunciante").content.decode()


class TestWords:
    @pytest.mark.parametrize(
        ("texto", "esperado"),
        [
            ("habilitacion", {1}),
            ("HABILITACIÓN vehicular", {1}),
            ("habilitaciones", {1}),
            ("incremento habilitación", {1}),
            ("la habilitación de la ruta", {1}),
            ("copacabana", {1, 2}),
            ("Copacabana habilitación", {1}),
            ("tramitacion", {2}),
            ("trámite", {2}),
            ("nandu", {2}),
            ("habilitación tramitación", set()),
            ("inexistente", set()),
        ],
    )
    def test_accents_endings_and_order_do_not_matter(self, o, buscar, texto, esperado):
        make_documento(o)
        make_documento(o, asunto="Tramitaciones del puente Ñandú")
        assert numeros(buscar(q=texto)) == esperado

    @pytest.mark.parametrize(
        "texto",
        [
            "'; DROP TABLE documents_documento; --",
            "a' OR '1'='1",
            "habilitación & | ! :* <-> (",
            '"comillas sin cerrar',
            "%_\\",
            "\\'",
            "de la el",
            "((((",
            "!!!",
            "<script>alert(1)</script>",
            "{{ 7*7 }}",
            "🙂 ñ",
            "x" * 200,
            " ".join(["palabra"] * 28),
        ],
    )
    def test_strange_text_is_only_text(self, o, buscar, texto):
        make_documento(o)
        for puerta in ("buscar", "sugerencias", "archivo"):
            respuesta = buscar(nombre=puerta, q=texto)
            assert respuesta.status_code == 200
            assert "<script>alert" not in respuesta.content.decode()
        for campo in ("expediente", "remitente", "asunto", "etiqueta"):
            assert buscar(**{campo: texto[:40]}).status_code == 200
        assert Documento.objects.count() == 1

    def test_a_nul_byte_or_a_very_long_text_says_how_to_mend_it(self, o, buscar):
        for texto in ("a\x00b", "x" * 201):
            respuesta = buscar(q=texto)
            assert respuesta.status_code == 200 and respuesta.context["form"].errors["q"]

    def test_nothing_found_says_what_to_try(self, o, buscar):
        texto = buscar(q="<b>zzz").content.decode()
        assert "No hay resultados para «&lt;b&gt;zzz»." in texto
        assert "Prueba con menos palabras o el DNI." in texto


class TestScope:
    def test_each_finds_what_is_theirs(self, o, buscar):
        make_recibida(o)
        assert numeros(buscar(o.ana, q="habilitacion")) == {1}
        assert numeros(buscar(o.eva, q="habilitacion")) == set()
        assert buscar(o.eva, q="1").status_code == 200

    def test_reserved_ones_only_for_the_named(self, o, buscar):
        make_documento(o, tipo_documento=o.denuncia, asunto="Cobro indebido")
        for usuario in (o.lector, o.jefa, o.admin):
            assert numeros(buscar(usuario, q="cobro")) == set()
            assert "Cobro" not in buscar(usuario, "sugerencias", q="cobro").content.decode()
        assert numeros(buscar(o.ventanilla, q="cobro")) == {1}

    def test_anonymous_goes_to_the_log_in(self, o, client):
        for nombre in ("buscar", "sugerencias", "archivo"):
            assert client.get(reverse(f"documents:{nombre}"), {"q": "1"}).status_code == 302


class TestFilters:
    @pytest.fixture(autouse=True)
    def cosas(self, o):
        luis = make_remitente(tipo_identidad="DNI", numero="44556677", nombre="Luis Mamani Choque")
        self.uno = make_documento(o, etiquetas=["rutas"], prioridad="ALTA")
        self.dos = make_documento(o, remitente=luis, tipo_documento=o.oficio, asunto="Pedido de maquinaria")
        self.tres = make_recibida(o, documento=make_documento(o, asunto="Licencia AIIb")).documento
        Documento.objects.filter(pk=self.dos.pk).update(
            fecha_recepcion=timezone.make_aware(timezone.datetime(2026, 1, 31, 23, 59)),
            fecha_presentacion=timezone.make_aware(timezone.datetime(2026, 1, 31, 23, 59)),
            fecha_limite=date(2026, 2, 10),
        )

    @pytest.mark.parametrize(
        ("filtros", "esperado"),
        [
            ({"expediente": "2"}, {2}),
            ({"remitente": "44556677"}, {2}),
            ({"remitente": "mamani lui"}, {2}),
            ({"remitente": "maquinaria"}, set()),
            ({"asunto": "maquinarias"}, {2}),
            ({"asunto": "copacabana"}, set()),
            ({"desde": "31/01/2026", "hasta": "31/01/2026"}, {2}),
            ({"desde": "2026-01-31", "hasta": "2026-01-31"}, {2}),
            ({"desde": "01/02/2026"}, {1, 3}),
            ({"hasta": "30/01/2026"}, set()),
            ({"estado": "EN_PROCESO"}, {3}),
            ({"estado": ["EN_PROCESO", "REGISTRADO"]}, {1, 2, 3}),
            ({"prioridad": "ALTA"}, {1}),
            ({"etiqueta": " Rutas "}, {1}),
            ({"vencidos": "on"}, {2}),
            ({"vencidos": "on", "remitente": "copacabana"}, set()),
            ({"q": "44556677", "estado": "REGISTRADO", "hasta": "31/01/2026"}, {2}),
            ({"q": "44556677", "estado": "EN_PROCESO"}, set()),
        ],
    )
    def test_each_and_combined(self, buscar, filtros, esperado):
        assert numeros(buscar(**filtros)) == esperado

    def test_by_type_area_and_who_registered(self, o, buscar):
        assert numeros(buscar(tipo=o.oficio.pk)) == {2}
        assert numeros(buscar(area=o.transportes.pk)) == {3}
        assert numeros(buscar(registro=o.ventanilla.pk)) == {1, 2, 3}
        assert numeros(buscar(area=o.transportes.pk, tipo=o.oficio.pk)) == set()

    @pytest.mark.parametrize(
        ("filtros", "dicho"),
        [
            ({"desde": "31/02/2026"}, "no es una fecha: escríbela como 18/11/2026"),
            ({"desde": "ayer"}, "no es una fecha"),
            ({"hasta": "2026-13-01"}, "no es una fecha"),
            ({"desde": "02/01/2026", "hasta": "01/01/2026"}, "igual o posterior"),
            ({"tipo": "999999"}, "opción"),
            ({"tipo": "x"}, "opción"),
            ({"estado": "INVENTADO"}, "opción"),
            ({"area": "9" * 30}, "opción"),
            ({"persona": "-1"}, "1"),
            ({"persona": "9" * 30}, ""),
        ],
    )
    def test_a_wrong_filter_says_how_to_mend_it_and_the_rest_apply(self, buscar, filtros, dicho):
        respuesta = buscar(asunto="maquinaria", **filtros)
        texto = respuesta.content.decode()
        assert respuesta.status_code == 200 and 'role="alert"' in texto and dicho in texto
        assert "<title>Error:" in texto and 'value="maquinaria"' in texto
        if "hasta" not in filtros:
            assert numeros(respuesta) == {2}

    def test_filters_live_in_the_address(self, o, buscar):
        texto = buscar(asunto="maquinaria", tipo=o.oficio.pk).content.decode()
        assert "desde=%2Fbuscar%2F%3Fasunto%3Dmaquinaria" in texto
        assert "2 en uso" in texto and "Quitar filtros" in texto

    @pytest.mark.parametrize(
        ("orden", "esperado"),
        [("reciente", [3, 1, 2]), ("antiguo", [2, 1, 3]), ("plazo", [2, 1, 3]), ("inventado", [3, 1, 2])],
    )
    def test_orders(self, o, buscar, orden, esperado):
        respuesta = buscar(registro=o.ventanilla.pk, orden=orden)
        assert [d.numero for d in respuesta.context["pagina"]] == esperado


class TestPages:
    def test_keyset_pages_reach_every_row_once(self, o, buscar, client):
        for _ in range(30):
            make_documento(o)
        primera = buscar(q="habilitacion")
        assert len(primera.context["pagina"]) == 25 and str(primera.context["total"]) == "30"
        segunda = client.get(reverse("documents:buscar") + primera.context["pagina"].url_siguiente)
        assert numeros(primera) | numeros(segunda) == set(range(1, 31))
        assert not numeros(primera) & numeros(segunda)
        assert buscar(q="habilitacion", cursor="roto").status_code == 200

    def test_the_fragment_is_only_the_list(self, o, buscar):
        make_documento(o)
        respuesta = buscar(q="habilitacion", headers={"HX-Request": "true"})
        assert "<html" not in respuesta.content.decode() and "<table" in respuesta.content.decode()

    def test_the_cost_is_the_same_for_1_and_20_rows(self, o, buscar, django_assert_max_num_queries):
        cuentas = []
        for datos in ({"q": "habilitacion"}, {"asunto": "ruta"}):
            buscar(**datos)  # the log-in, its session and making the question are not the list's cost
        for cuantos in (1, 19):
            for _ in range(cuantos):
                make_recibida(o)
            for datos in ({"q": "habilitacion"}, {"asunto": "ruta", "estado": "EN_PROCESO"}):
                with django_assert_max_num_queries(45) as captura:
                    buscar(**datos)
                cuentas.append(len(captura))
        assert cuentas[:2] == cuentas[2:]

    def test_empty_page_invites_and_lists_nothing(self, o, buscar):
        make_documento(o)
        respuesta = buscar()
        assert "pagina" not in respuesta.context and "Filtros" in respuesta.content.decode()

    def test_overdue_and_paused_rows_say_so(self, o, buscar):
        documento = make_documento(o)
        Documento.objects.filter(pk=documento.pk).update(fecha_limite=date.today() - timedelta(days=20))
        assert "Vencido" in buscar(q="habilitacion").content.decode()
        Documento.objects.filter(pk=documento.pk).update(estado=Estado.SUSPENDIDO)
        assert "En pausa" in buscar(q="habilitacion").content.decode()


class TestSuggestions:
    def test_at_most_eight_records_and_persons_as_options(self, o, buscar):
        for _ in range(10):
            make_documento(o)
        texto = buscar(nombre="sugerencias", q="copacabana").content.decode()
        assert texto.count('role="option"') == 8
        assert "persona=" in texto and "/expedientes/" in texto

    @pytest.mark.parametrize(
        "q", ["habil", "habilitación vehi", "copac", "1", "20448310290", "virgen de copa"]
    )
    def test_they_come_while_typing(self, o, buscar, q):
        make_documento(o)
        assert 'role="option"' in buscar(nombre="sugerencias", q=q).content.decode()

    @pytest.mark.parametrize("q", ["", "   ", "zzz"])
    def test_nothing_gives_nothing(self, o, buscar, q):
        make_documento(o)
        assert 'role="option"' not in buscar(nombre="sugerencias", q=q).content.decode()


@pytest.mark.parametrize(
    ("escrito", "fecha"),
    [
        ("18/11/2026", date(2026, 11, 18)),
        ("8/1/26", date(2026, 1, 8)),
        ("18-11-2026", date(2026, 11, 18)),
        ("2026-11-18", date(2026, 11, 18)),
        ("29/02/2028", date(2028, 2, 29)),
        ("", None),
    ],
)
def test_dates_as_people_write_them(escrito, fecha):
    assert CampoFecha(required=False).clean(escrito) == fecha


@pytest.mark.parametrize(
    ("metodo", "texto", "indice"),
    [
        ("con_numero", "4182", "documento_numero_unico"),
        ("con_numero", "EXP-2026-004182", "documento_numero_unico"),
        ("con_token", "0123456789ABCDEFGHJKMNPQRS", "codigo_qr"),
        ("con_remitente", "20448310290", "remitente"),
        ("con_etiqueta", "rutas", "documento_etiquetas"),
    ],
)
def test_an_index_can_serve_each_search(o, metodo, texto, indice):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = getattr(Documento.objects.order_by(), metodo)(texto).explain()
    assert indice in plan and "Seq Scan on documents_documento" not in plan, plan
