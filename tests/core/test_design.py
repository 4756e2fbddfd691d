"""The look: ceilings of weight, measured contrast, safe markup, and the words of states, clocks and figures."""

import gzip
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone

from core import texto as t
from core.templatetags import mesa_tags

RAIZ = Path(settings.BASE_DIR)
ESTATICOS = RAIZ / "static"
CSS = (ESTATICOS / "css/mesa.css").read_text(encoding="utf-8")
PLANTILLAS = sorted(p for p in (RAIZ / "templates").rglob("*.html") if "impresos" not in p.parts)
TOKENS = dict(re.findall(r"--([a-z0-9-]+):(#[0-9A-Fa-f]{6})\b", CSS))
LIMA = timezone.get_fixed_timezone(-300)

# text on its ground: 4.5 to 1; edges of controls: 3 to 1
TEXTO_SOBRE = [
    ("tinta", "papel"),
    ("tinta", "fondo"),
    ("tinta", "fondo-2"),
    ("tinta", "azul-l"),
    ("tinta-2", "papel"),
    ("tinta-2", "fondo"),
    ("tinta-2", "fondo-2"),
    ("tinta-3", "papel"),
    ("azul", "papel"),
    ("azul", "fondo"),
    ("azul", "azul-l"),
    ("papel", "azul"),
    ("papel", "azul-h"),
    ("papel", "marino"),
    ("papel", "granate"),
    ("verde", "papel"),
    ("verde", "verde-l"),
    ("tinta", "verde-l"),
    ("ambar", "ambar-l"),
    ("tinta", "ambar-l"),
    ("rojo", "papel"),
    ("rojo", "rojo-l"),
    ("tinta", "rojo-l"),
    ("papel", "rojo"),
    ("violeta", "violeta-l"),
    ("gris", "gris-l"),
    ("tinta", "foco"),
    ("marino", "papel"),
    ("tinta-2", "azul-l"),
    ("tinta-2", "ambar-l"),
]
BORDES = [("borde", "papel"), ("borde", "fondo"), ("azul", "papel"), ("rojo", "papel"), ("tinta", "foco")]


def luminancia(color):
    canales = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canales)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contraste(uno, otro):
    claro, oscuro = sorted((luminancia(TOKENS[uno]), luminancia(TOKENS[otro])), reverse=True)
    return (claro + 0.05) / (oscuro + 0.05)


class TestCeilings:
    def test_the_sheet_fits(self):
        assert len(CSS.encode()) <= 40_960
        assert len(gzip.compress(CSS.encode(), 9)) <= 9_216

    def test_our_scripts_fit(self):
        assert sum(p.stat().st_size for p in (ESTATICOS / "js").glob("*.js")) <= 14.75 * 1024

    def test_the_admin_overrides_and_the_icons_fit(self):
        assert (ESTATICOS / "css/admin.css").stat().st_size <= 3_072
        assert (ESTATICOS / "img/iconos.svg").stat().st_size <= 6_144


class TestSheet:
    def test_layers_stand_in_order(self):
        assert "@layer tokens, base, marco, piezas, paginas, utiles, impresion;" in CSS
        assert re.findall(r"^@layer (\w+) \{", CSS, re.M) == [
            "tokens",
            "base",
            "marco",
            "piezas",
            "paginas",
            "utiles",
            "impresion",
        ]

    def test_braces_balance_and_nothing_is_fetched(self):
        assert CSS.count("{") == CSS.count("}")
        assert not re.search(r"@import\s+['\"u]|url\(|https?:", CSS)

    def test_nothing_newer_than_the_oldest_browser(self):
        assert not re.search(r":has\(|color-mix\(|subgrid|@container", CSS)

    @pytest.mark.parametrize(("texto", "fondo"), TEXTO_SOBRE)
    def test_text_reads(self, texto, fondo):
        assert contraste(texto, fondo) >= 4.5

    @pytest.mark.parametrize(("borde", "fondo"), BORDES)
    def test_edges_of_controls_show(self, borde, fondo):
        assert contraste(borde, fondo) >= 3

    def test_every_colour_token_in_use_exists(self):
        definidos = set(re.findall(r"(--[a-z0-9-]+):", CSS))
        assert set(re.findall(r"var\((--[a-z0-9-]+)\)", CSS)) <= definidos

    def test_motion_and_forced_colours_are_respected(self):
        assert "prefers-reduced-motion" in CSS and "forced-colors" in CSS


def iconos():
    return set(re.findall(r'<symbol id="(\w+)"', (ESTATICOS / "img/iconos.svg").read_text(encoding="utf-8")))


class TestTemplates:
    @pytest.mark.parametrize("ruta", PLANTILLAS, ids=lambda p: str(p.relative_to(RAIZ / "templates")))
    def test_no_inline_script_style_or_foreign_asset(self, ruta):
        html = ruta.read_text(encoding="utf-8")
        propios = (
            "on[a-z]+" if "correo" in ruta.parts else "style|on[a-z]+"
        )  # a letter has no style sheet at hand
        assert not re.search(rf"<[^>]*\s({propios})\s*=", html)
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", html)
        assert "<style" not in html
        assert not re.search(r"""(src|href)=["'](https?:)?//""", html)
        assert "hx-on" not in html and "js:" not in html

    @pytest.mark.parametrize("ruta", PLANTILLAS, ids=lambda p: str(p.relative_to(RAIZ / "templates")))
    def test_every_icon_named_exists(self, ruta):
        html = ruta.read_text(encoding="utf-8")
        nombrados = set(re.findall(r'{% icono "(\w+)"', html)) | set(re.findall(r'\bicono="(\w+)"', html))
        assert nombrados <= iconos()

    def test_every_icon_of_states_and_messages_exists(self):
        assert {figura for figura, _, _ in mesa_tags.ESTADOS.values()} <= iconos()
        assert {figura for _, figura in mesa_tags.NIVELES.values()} <= iconos()


def pintar(fuente, **ctx):
    peticion = RequestFactory().get("/lista?estado=A&cursor=x")
    return engines["django"].from_string("{% load mesa_tags %}" + fuente).render(ctx, peticion)


class TestStates:
    @pytest.mark.parametrize(
        ("codigo", "palabra", "figura", "familia"),
        [
            ("PRESENTADO", "Presentado por web", "web", "hueca"),
            ("REGISTRADO", "Registrado", "sello", "az"),
            ("DERIVADO", "Derivado", "derivar", "vi"),
            ("EN_PROCESO", "En proceso", "medio", "az"),
            ("OBSERVADO", "Observado", "bandera", "am"),
            ("SUSPENDIDO", "Suspendido", "pausa", "am hueca"),
            ("ATENDIDO", "Atendido", "atender", "vd"),
            ("ARCHIVADO", "Archivado", "caja", ""),
            ("NO_PRESENTADO", "No presentado", "cerrar", ""),
            ("ANULADO", "Anulado", "cerrar", ""),
        ],
    )
    def test_a_state_is_figure_word_and_colour(self, codigo, palabra, figura, familia):
        html = pintar("{% estado d %}", d=SimpleNamespace(estado=codigo))
        assert f"#{figura}" in html and palabra in html and f'class="est {familia}"' in html

    def test_an_unknown_state_is_shown_as_it_comes(self):
        assert "RARO" in pintar("{% estado 'RARO' %}")

    def test_the_word_can_be_given(self):
        assert "En cola" in pintar("{% estado 'PENDIENTE' texto='En cola' %}")


class TestClock:
    @pytest.mark.parametrize(
        ("dias", "texto", "familia"),
        [
            (8, "Quedan 8 d", "vd"),
            (4, "Quedan 4 d", "vd"),
            (3, "Quedan 3 d", "am"),
            (1, "Quedan 1 d", "am"),
            (0, "Vence hoy", "am"),
            (-1, "Vencido 1 d", "llena"),
            (-12, "Vencido 12 d", "llena"),
        ],
    )
    def test_the_clock_speaks_in_words(self, dias, texto, familia):
        html = pintar("{% plazo d %}", d=SimpleNamespace(dias_restantes=dias, estado="EN_PROCESO"))
        assert texto in html and f'class="est {familia}"' in html

    @pytest.mark.parametrize(
        "cosa",
        [
            {"dias_restantes": 3, "en_pausa": True},
            {"dias_restantes": 3, "estado": "SUSPENDIDO"},
            {"dias_restantes": 3, "estado": "OBSERVADO"},
        ],
    )
    def test_a_pause_stops_it(self, cosa):
        assert "En pausa" in pintar("{% plazo d %}", d=cosa)

    def test_without_term_it_says_so(self):
        assert "Sin plazo" in pintar("{% plazo d %}", d={"estado": "EN_PROCESO", "dias_restantes": None})
        assert "Sin plazo" in pintar("{% plazo dias=None %}")

    @pytest.mark.parametrize("estado", ["ATENDIDO", "ARCHIVADO", "ANULADO", "NO_PRESENTADO"])
    def test_a_finished_record_has_no_clock(self, estado):
        assert (
            "est"
            not in pintar("{% plazo d %}", d={"estado": estado, "dias_restantes": -5}).split("class=")[1][:5]
        )

    def test_plain_values_are_accepted(self):
        assert "Quedan 8 d" in pintar("{% plazo dias=8 %}")


class Etiquetas(HTMLParser):
    """Collects the tags of a fragment as (name, attributes)."""

    def __init__(self, html):
        super().__init__()
        self.vistas = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.vistas.append((tag, dict(attrs)))

    def de(self, tag):
        return [a for nombre, a in self.vistas if nombre == tag]


class Formulario(forms.Form):
    folios = forms.IntegerField(
        label="Folios",
        help_text="De 1 a 9999",
        error_messages={"required": "Escribe los folios, por ejemplo 46"},
    )
    prioridad = forms.ChoiceField(choices=[("N", "Normal"), ("U", "Urgente")], widget=forms.RadioSelect)
    urgente = forms.BooleanField(label="Urgente", required=False)
    area = forms.CharField(label="Área", widget=forms.TextInput({"data-combo": "", "data-url": "/areas"}))


class TestFields:
    def test_label_hint_and_error_belong_to_the_control(self):
        form = Formulario({})
        partes = Etiquetas(pintar("{% campo form.folios 'c2 mitad' %}", form=form))
        (control,) = partes.de("input")
        ids = {a["id"] for _, a in partes.vistas if "id" in a}
        assert set(control["aria-describedby"].split()) <= ids and control["aria-invalid"] == "true"
        assert {a.get("for") for a in partes.de("label")} == {control["id"]}
        assert partes.vistas[0][1]["class"] == "campo c2 mitad mal"

    def test_the_same_look_comes_from_as_field_group(self):
        html = Formulario({})["folios"].as_field_group()
        assert 'class="campo' in html and "Escribe los folios, por ejemplo 46" in html

    def test_a_radio_group_is_a_named_group(self):
        partes = Etiquetas(pintar("{% campo form.prioridad 'c4 conmuta' %}", form=Formulario()))
        assert partes.de("fieldset") and partes.de("legend")
        assert [a["class"] for a in partes.de("div")] == ["campo c4", "conmuta"]
        assert {a["for"] for a in partes.de("label")} == {a["id"] for a in partes.de("input")}

    def test_a_lone_box_stands_in_its_label(self):
        partes = Etiquetas(pintar("{% campo form.urgente %}", form=Formulario()))
        assert partes.de("label")[0]["for"] == partes.de("input")[0]["id"] and len(partes.de("input")) == 1

    def test_a_combobox_gets_its_roles(self):
        (control,) = Etiquetas(pintar("{% campo form.area %}", form=Formulario())).de("input")
        assert (control["role"], control["aria-controls"]) == ("combobox", "id_area-l")

    def test_a_note_and_another_label_can_be_given(self):
        html = pintar("{% campo form.area nota='(opcional)' rotulo='Destino' %}", form=Formulario())
        assert "Destino" in html and "<small>(opcional)</small>" in html


class TestQueryString:
    def test_one_parameter_changes_and_the_rest_stay(self):
        assert pintar("{% consulta estado='B' cursor=None %}") == "?estado=B"
        assert pintar("{% consulta orden='asunto' %}") == "?estado=A&amp;cursor=x&amp;orden=asunto"


INSTANTE = datetime(2026, 11, 18, 9, 47, 12, tzinfo=LIMA)


class TestWords:
    @pytest.mark.parametrize(
        ("filtro", "valor", "sale"),
        [
            ("fecha", INSTANTE, "mié 18/11/2026"),
            ("fecha", date(2026, 12, 4), "vie 04/12/2026"),
            ("fecha_num", INSTANTE, "18/11/2026"),
            ("fecha_larga", INSTANTE, "miércoles 18 de noviembre de 2026"),
            ("fecha_hora", INSTANTE, "mié 18/11/2026, 09:47"),
            ("fecha_hora_seg", INSTANTE, "mié 18/11/2026, 09:47:12"),
            ("fecha_hora", date(2026, 11, 18), "mié 18/11/2026"),
            ("hora", INSTANTE, "09:47"),
            ("fecha", None, ""),
            ("miles", 1533, "1\u202f533"),
            ("miles", 999, "999"),
            ("miles", 1234567, "1\u202f234\u202f567"),
            ("peso", 4_299_161, "4,1 MB"),
            ("peso", 2_097_152, "2 MB"),
            ("peso", 98_304, "96 KB"),
            ("peso", 820, "820 bytes"),
            ("corto", "EXP-2026-004182", "2026-004182"),
            ("corto", "2026-1", "2026-1"),
            ("clave", "K7Q2M9XD4T", "K7Q2-M9XD-4T"),
            ("mayuscula", "mié 18", "Mié 18"),
            ("cuenta:'folio,folios'", 46, "46 folios"),
            ("cuenta:'folio,folios'", 1, "1 folio"),
            ("cuenta:'día hábil,días hábiles'", 1533, "1\u202f533 días hábiles"),
        ],
    )
    def test_filters(self, filtro, valor, sale):
        assert pintar("{{ v|" + filtro + " }}", v=valor) == sale

    def test_utc_instants_read_in_lima(self):
        assert t.fecha_hora(datetime(2026, 11, 19, 2, 0, tzinfo=UTC)) == "mié 18/11/2026, 21:00"

    def test_the_year_is_left_out_only_when_it_is_this_one(self):
        hoy = timezone.localdate()
        assert t.fecha_corta(hoy).endswith(f"{hoy:%d/%m}")
        assert t.fecha_corta(hoy.replace(year=hoy.year - 2, day=1)).endswith(str(hoy.year - 2))

    @pytest.mark.parametrize(
        ("antes", "sale"),
        [
            (timedelta(seconds=20), "hace 20 s"),
            (timedelta(minutes=5), "hace 5 min"),
            (timedelta(hours=2), "hoy 07:47"),
            (timedelta(hours=12), "ayer"),
            (timedelta(days=9), "hace 9 d"),
            (timedelta(days=-2), "vie 20/11/2026"),
        ],
    )
    def test_how_long_ago(self, antes, sale):
        assert t.hace(INSTANTE - antes, INSTANTE) == sale

    def test_how_long_ago_counts_days_for_dates(self):
        assert (
            t.hace(date(2026, 11, 18), INSTANTE) == "hoy"
            and t.hace(date(2026, 11, 9), INSTANTE) == "hace 9 d"
        )

    def test_plain_keys_fold_case_accents_and_spaces(self):
        assert t.normalizar("  Núñez   Ápaza ") == "nunez apaza" and t.normalizar(None) == ""


@pytest.mark.django_db
@pytest.mark.urls(())
@pytest.mark.parametrize("base", ["base.html", "publico.html"])
def test_the_frame_stands_empty_for_strangers(base):
    fuente = (
        "{% extends base %}{% block titulo %}Algo{% endblock %}{% block contenido %}<h1>x</h1>{% endblock %}"
    )
    html = (
        engines["django"].from_string(fuente).render({"marco": {}, "base": base}, RequestFactory().get("/"))
    )
    assert "<title>Algo - Mesa de Partes</title>" in html and 'lang="es-PE"' in html
    partes = Etiquetas(html)
    assert len(partes.de("main")) == 1 and partes.de("a")[0]["href"] == "#contenido"
    assert len({a["id"] for _, a in partes.vistas if "id" in a}) == sum("id" in a for _, a in partes.vistas)


@pytest.mark.urls(())
def test_a_page_with_errors_says_so_in_its_title():
    fuente = "{% extends 'publico.html' %}{% block titulo %}Algo{% endblock %}"
    html = (
        engines["django"]
        .from_string(fuente)
        .render({"marco": {}, "form": Formulario({})}, RequestFactory().get("/"))
    )
    assert "<title>Error: Algo" in html
