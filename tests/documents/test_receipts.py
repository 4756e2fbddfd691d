"""Cargo and ticket: what art. 35.2, 125 and 136 want on paper, and what a reprint or hostile data may change."""

import io
import re

import pytest
from pypdf import PdfReader

from documents.receipts import FORMATOS, FormatoDesconocido, render_cargo_html, render_cargo_pdf
from tests.documents.receipts_util import COMPLETO, MINIMO, PAPELES, REIMPRESION, paginas, texto_de

COMUNES = [
    "DIRECCIÓN REGIONAL DE TRANSPORTES Y COMUNICACIONES PUNO",
    "Mesa de Partes",
    "Jr. Deza 123, Puno",
    "CARGO DE RECEPCIÓN",
    "EXP-2026-004182",
    "Solicitud S/N del 17/11/2026",
    "Habilitación vehicular por incremento, ruta Puno - Juliaca",
    "Transporte de Pasajeros y Carga",
    "Rosmery Tito Mamani, ventanilla 2",
    "mesa.drtcpuno.gob.pe/c",
    "K7Q2-M9XD-4T",
    "MP260004182X",
    "Firma y sello de quien recibe",
    "La recepción no implica conformidad con el contenido",
    "Folios",
    "Anexos",
]
DEL_COMPLETO = [
    "Mesa de Partes, sede central, Jr. Deza 123, Puno",
    "18/11/2026 09:47:12",
    "Presentado y recibido el mismo día hábil",
    "18/11/2026; el plazo corre al subsanar",
    "EMPRESA DE TRANSPORTES ÑUSTA DE COPACABANA S.A.C.",
    "RUC 20448310297",
    "Grimaldo Ccallo Flores, gerente general, DNI 01318842",
    "46",
    "1) Tarjetas de propiedad (4 f.)",
    "2) CITV (6 f.)",
    "3) SOAT (5 f.)",
    "TR-07, 10 días hábiles, silencio positivo",
    "OBSERVADO",
    "pago por derecho de trámite; copia del DNI",
    "Tiene 2 días hábiles, hasta el vie 20/11/2026, para subsanar",
    "si no, se tendrá por no presentado (art. 136, TUO Ley 27444)",
    "Firma del administrado (por la observación)",
]
DEL_MINIMO = [
    "17/11/2026 21:47:12",
    "18/11/2026; presentado fuera del horario o en día no hábil",
    "Ñahui Quispe, Ana",
    "DNI 01318842",
    "Sin procedimiento ni plazo fijado",
]


@pytest.mark.parametrize("formato", PAPELES)
@pytest.mark.parametrize(
    ("datos", "propios"), [(COMPLETO, DEL_COMPLETO), (MINIMO, DEL_MINIMO)], ids=["full", "minimal"]
)
def test_every_item_of_the_law_is_printed(formato, datos, propios):
    pdf = render_cargo_pdf(datos, formato=formato)
    texto = texto_de(pdf)
    assert [item for item in COMUNES + propios if item not in texto] == []
    assert len(paginas(pdf)) == 1


@pytest.mark.parametrize("formato", PAPELES)
def test_without_observation_nothing_speaks_of_one(formato):
    texto = texto_de(render_cargo_pdf(MINIMO, formato=formato))
    assert "OBSERVADO" not in texto
    assert "Firma del administrado" not in texto


def test_both_dates_stand_in_the_heading_when_they_differ():
    texto = texto_de(render_cargo_pdf(MINIMO))
    assert re.search(r"Presentado 17/11/2026 21:47:12 Recepción legal 18/11/2026", texto)


@pytest.mark.parametrize("formato", FORMATOS)
@pytest.mark.parametrize("datos", [{}, {"expediente": "EXP-2026-000001", "codigo_interno": "MP260004182X"}])
def test_missing_keys_do_not_stop_the_printer(formato, datos):
    assert render_cargo_pdf(datos, formato=formato).startswith(b"%PDF")


@pytest.mark.parametrize("formato", PAPELES)
@pytest.mark.parametrize("datos", [COMPLETO, MINIMO], ids=["full", "minimal"])
def test_reprint_says_so_and_changes_nothing_else(formato, datos):
    original = texto_de(render_cargo_pdf(datos, formato=formato))
    copia = texto_de(render_cargo_pdf(datos, formato=formato, reimpresion=REIMPRESION))
    marca = "REIMPRESIÓN 2, 24/11/2026 10:00:00"
    assert marca not in original
    assert marca in copia
    assert sorted(copia.replace(marca, " ").split()) == sorted(original.split())


@pytest.mark.parametrize("formato", FORMATOS)
def test_same_data_same_pdf(formato):
    uno, dos = (texto_de(render_cargo_pdf(COMPLETO, formato=formato)) for _ in range(2))
    assert uno == dos


def test_unknown_paper_is_refused():
    for funcion in (render_cargo_html, render_cargo_pdf):
        with pytest.raises(FormatoDesconocido, match="a3"):
            funcion(COMPLETO, formato="a3")


def test_frozen_data_is_not_touched():
    copia = {
        **COMPLETO,
        "anexos": [dict(a) for a in COMPLETO["anexos"]],
        "observacion": dict(COMPLETO["observacion"]),
    }
    for formato in FORMATOS:
        render_cargo_pdf(COMPLETO, formato=formato)
    assert copia == COMPLETO


def test_hostile_text_is_only_text():
    malo = COMPLETO | {
        "asunto": '<script>alert(1)</script><img src="file:///etc/hostname">',
        "remitente": "\u202eArriba\x00",
    }
    html = render_cargo_html(malo)
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "<script>alert(1)</script>" in texto_de(render_cargo_pdf(malo))
    assert "\u202e" not in html


def test_term_of_one_day_and_silence_without_its_word():
    datos = COMPLETO | {"silencio": "Positivo", "observacion": COMPLETO["observacion"] | {"dias": 1}}
    texto = texto_de(render_cargo_pdf(datos))
    assert "Tiene 1 día hábil, hasta" in texto
    assert "TR-07, 10 días hábiles, silencio positivo" in texto


def test_term_and_silence_go_on_in_small_letters():
    datos = COMPLETO | {"silencio": "Silencio positivo", "plazo": "Sin plazo", "anexos": ["Copia simple"]}
    texto = texto_de(render_cargo_pdf(datos))
    assert "TR-07, sin plazo, silencio positivo" in texto
    assert "1) Copia simple" in texto
    assert "Procedimiento Sin plazo" in texto_de(render_cargo_pdf(MINIMO | {"plazo": "Sin plazo"}))


def test_pdf_says_its_title_language_and_author():
    lector = PdfReader(io.BytesIO(render_cargo_pdf(COMPLETO)))
    assert lector.metadata.title == "Cargo de recepción EXP-2026-004182"
    assert lector.metadata.author == COMPLETO["entidad"]
    assert str(lector.trailer["/Root"]["/Lang"]) == "es-PE"
