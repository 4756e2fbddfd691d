"""Cargo, ticket and labels as paper: sizes, margins, codes that read back, and data too long for a page."""

import re

import pytest
import zxingcpp

from documents.receipts import FORMATOS, render_cargo_html, render_cargo_pdf
from tests.documents.receipts_util import (
    COMPLETO,
    LARGO,
    MINIMO,
    PALABRAZA,
    PAPELES,
    REIMPRESION,
    codigos,
    letras_fuera,
    medidas,
    paginas,
    texto_de,
)


@pytest.mark.parametrize(("formato", "cuantos"), [("a5", 1), ("2x", 2), ("ticket", 1)])
@pytest.mark.parametrize("datos", [COMPLETO, MINIMO, LARGO], ids=["full", "minimal", "long"])
def test_codes_on_the_first_page_read_back(formato, cuantos, datos):
    hallados = codigos(render_cargo_pdf(datos, formato=formato))
    qr = [c for c in hallados if c.format == zxingcpp.BarcodeFormat.QRCode]
    barras = [c.text for c in hallados if c.format == zxingcpp.BarcodeFormat.Code128]
    assert [c.text for c in qr] == [COMPLETO["url"]] * cuantos
    assert {c.ec_level for c in qr} == {"M"}
    assert barras == ["MP260004182X"] * cuantos


def test_codes_are_read_from_a_203_dpi_printer():
    for formato in ("ticket", "etiqueta"):
        assert len(codigos(render_cargo_pdf(COMPLETO, formato=formato), ppp=203)) == 2


@pytest.mark.parametrize(("formato", "cuantos"), [("etiqueta", 2), ("etiqueta_chica", 1)])
@pytest.mark.parametrize(
    "datos", [COMPLETO, MINIMO, LARGO, PALABRAZA], ids=["full", "minimal", "long", "one-word"]
)
def test_label_codes_hold_the_internal_code_only(formato, cuantos, datos):
    pdf = render_cargo_pdf(datos, formato=formato)
    assert [c.text for c in codigos(pdf)] == ["MP260004182X"] * cuantos
    (texto,) = paginas(pdf)
    assert "MP260004182X" in texto
    assert datos["expediente"] in texto.replace("- ", "-")
    assert letras_fuera(pdf, 1.9) == ""


@pytest.mark.parametrize("formato", ["etiqueta", "etiqueta_chica"])
def test_label_never_shows_what_is_the_citizens(formato):
    texto = texto_de(render_cargo_pdf(COMPLETO, formato=formato))
    html = render_cargo_html(COMPLETO, formato=formato)
    assert "EXP-2026-004182" in texto
    assert "46 folios, 3 anexos" in texto
    assert "18/11/2026 09:47" in texto
    assert "TRANSPORTE DE PASAJEROS" in texto
    assert "MP260004182X" in texto
    for dato in ("clave", "url", "url_corta", "remitente", "remitente_documento", "firmante", "asunto"):
        assert COMPLETO[dato] not in texto
        assert COMPLETO[dato] not in html
    assert "K7Q2M9XD4T" not in html


def test_label_sizes_and_bars():
    assert medidas(render_cargo_pdf(COMPLETO, formato="etiqueta")) == [(100.0, 50.0)]
    assert medidas(render_cargo_pdf(COMPLETO, formato="etiqueta_chica")) == [(60.0, 40.0)]
    assert 'class="cb"' not in render_cargo_html(COMPLETO, formato="etiqueta_chica")


def test_paper_sizes():
    assert medidas(render_cargo_pdf(COMPLETO)) == [(210.0, 148.0)]
    assert medidas(render_cargo_pdf(COMPLETO, formato="2x")) == [(210.0, 297.0)]


def test_ticket_is_80_mm_wide_and_as_long_as_its_content():
    largos = []
    for datos in (MINIMO, COMPLETO, LARGO):
        ((ancho, alto),) = medidas(render_cargo_pdf(datos, formato="ticket"))
        assert ancho == 80.0
        largos.append(alto)
    assert 150 < largos[0] < largos[1] < largos[2]
    assert largos[1] < 320


@pytest.mark.parametrize("formato", FORMATOS)
def test_nothing_is_printed_outside_the_margins(formato):
    for datos in (COMPLETO, MINIMO, LARGO, PALABRAZA):
        margen = {"etiqueta": 1.9, "etiqueta_chica": 1.9, "ticket": 2.9}.get(formato, 7.5)
        assert letras_fuera(render_cargo_pdf(datos, formato=formato, reimpresion=REIMPRESION), margen) == ""


@pytest.mark.parametrize("formato", ["a5", "2x"])
def test_long_cargo_goes_on_with_its_heading_and_code_on_each_page(formato):
    hojas = paginas(render_cargo_pdf(LARGO, formato=formato))
    assert len(hojas) > 1
    for n, texto in enumerate(hojas, 1):
        assert "CARGO DE RECEPCIÓN" in texto
        assert "EXP-JULIACA-2026-1234567" in texto
        assert "18/11/2026 09:47:12" in texto
        assert "MP260004182X" in texto
        assert "Firma y sello de quien recibe" in texto
        assert f"Hoja {n} de {len(hojas)}" in texto
    assert "K7Q2-M9XD-4T" in hojas[0]


@pytest.mark.parametrize("formato", PAPELES)
def test_long_cargo_loses_nothing(formato):
    texto = texto_de(render_cargo_pdf(LARGO, formato=formato))
    assert "FINDELASUNTO" in texto
    for n in range(1, 41):
        assert re.search(rf"{n}\) Copia legalizada de la tarjeta de propiedad {n} \({n} f\.\)", texto), n
    for n in range(1, 13):
        assert f"requisito faltante {n} del procedimiento" in texto
    assert "se tendrá por no presentado (art. 136, TUO Ley 27444)" in texto
    assert "1 533" in texto


@pytest.mark.parametrize("formato", PAPELES)
def test_a_word_without_end_is_broken(formato):
    pdf = render_cargo_pdf(PALABRAZA, formato=formato)
    pegado = texto_de(pdf).replace(" ", "")
    assert "X" * 480 + "FINDELASUNTO" in pegado
    assert "Y" * 200 in pegado
    assert len(paginas(pdf)) == 1


def test_a_subject_of_500_letters_shrinks_into_one_a5():
    datos = COMPLETO | {
        "asunto": LARGO["asunto"],
        "anexos": [{"nombre": f"Anexo {n}", "folios": 1} for n in range(1, 16)],
    }
    hojas = paginas(render_cargo_pdf(datos))
    assert len(hojas) == 1
    assert "FINDELASUNTO" in hojas[0]
    assert "Hoja 1 de 1" in hojas[0]
