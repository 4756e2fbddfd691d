"""Charts are one picture with its numbers in words, drawn to scale, safe and readable without colour."""

import re
from xml.etree import ElementTree

import pytest

from reports import graficos
from reports.graficos import (
    Area,
    Columna,
    Dia,
    barras_area,
    barras_dia,
    columnas_edad,
    escala,
    recortar,
)

MALO = "Área <b>&\"'</b> de prueba"
DIAS = [
    Dia("27/10", "27/10/2026", 71, 66),
    Dia("28/10", "28/10/2026", 0, 1),
    Dia("29/10", "29/10/2026", 1533, 0),
]
DIBUJOS = {
    "dias": (barras_dia(DIAS, clave="a"), ["1\u202f604 ingresados", "67 atendidos", "27/10/2026: 71 y 66"]),
    "areas": (
        barras_area([Area("Licencias", 61, 12, 4, 0), Area(MALO, 0, 0, 0, 3)], clave="b"),
        ["Licencias: 61 en plazo, 12 por vencer, 4 vencidos", f"{MALO}: 0 en plazo", "3 sin plazo"],
    ),
    "edad": (columnas_edad([Columna("0 a 5", 88), Columna("más de 30", 17, True)], clave="c"), ["0 a 5: 88"]),
    **{
        f"vacío {n}": (dibujo, [frase])
        for n, (dibujo, frase) in enumerate(
            [
                (barras_dia([], clave="e"), "Sin días"),
                (barras_dia([Dia("1", "1", 0, 0)], clave="f"), "0 ingresados"),
                (barras_area([], clave="g"), "Sin pendientes"),
                (columnas_edad([], clave="h"), "Sin pendientes"),
                (barras_dia(DIAS * 20, clave="j"), "ingresados"),
            ]
        )
    },
}


@pytest.mark.parametrize("nombre", DIBUJOS)
def test_a_chart_is_one_picture_that_tells_its_numbers(nombre):
    dibujo, frases = DIBUJOS[nombre]
    raiz = ElementTree.fromstring(dibujo)
    ns = "{http://www.w3.org/2000/svg}"
    assert raiz.tag == f"{ns}svg" and raiz.get("role") == "img"
    titulo, desc = raiz.find(f"{ns}title"), raiz.find(f"{ns}desc")
    assert raiz.get("aria-labelledby") == f"{titulo.get('id')} {desc.get('id')}" and titulo.text
    for frase in frases:
        assert frase in desc.text
    ids = [e.get("id") for e in raiz.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", dibujo)) <= set(ids)
    ancho, alto = map(float, raiz.get("viewBox").split()[2:])
    for pieza in raiz.iter():
        assert not {a for a in pieza.attrib if a == "style" or a.startswith("on") or "href" in a}
        assert pieza.tag.removeprefix(ns) in "svg title desc defs pattern rect path circle line text".split()
        if pieza.tag == f"{ns}text":
            assert float(pieza.get("font-size")) >= 13
            assert 0 <= float(pieza.get("x")) <= ancho and 0 < float(pieza.get("y")) <= alto
    for patron in raiz.iter(f"{ns}pattern"):
        assert not patron.get("patternTransform")
    for barra in raiz.findall(f"{ns}rect"):
        x, y, w, h = (float(barra.get(n)) for n in ("x", "y", "width", "height"))
        assert w > 0 and h > 0 and x >= 0 and y >= 0 and x + w <= ancho + 0.1 and y + h <= alto + 0.1


def test_bars_are_drawn_to_scale_from_zero():
    alturas = [
        float(h)
        for h in re.findall(
            r'<rect x="[\d.]+" y="[\d.]+" width="[\d.]+" height="([\d.]+)"', DIBUJOS["dias"][0]
        )
    ]
    cantidades = [71, 66, 1, 1533]
    for alto, cantidad in zip(alturas, cantidades, strict=True):
        assert alto == pytest.approx(198 * cantidad / escala(1533)[0], abs=0.06)


@pytest.mark.parametrize(
    ("mayor", "esperado"),
    [
        (0, (1, 1)),
        (1, (1, 1)),
        (4, (4, 1)),
        (5, (6, 2)),
        (101, (150, 50)),
        (120, (150, 50)),
        (1533, (2000, 500)),
    ],
)
def test_the_axis_holds_the_largest_value_in_round_steps(mayor, esperado):
    assert escala(mayor) == esperado


def test_long_names_are_cut_after_a_word():
    assert recortar("Licencias de Conducir") == "Licencias de Conducir"
    assert recortar("Transporte de Pasajeros y Carga") == "Transporte de Pasajeros…"
    assert recortar("Fiscalización e Infracciones") == "Fiscalización…"
    assert len(recortar("x" * 60)) == graficos.LETRAS_DE_NOMBRE
