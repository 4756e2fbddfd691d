"""Cargo, ticket and labels: what art. 35.2, 125 and 136 want on paper, in every size of data."""

import io
import re

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from derivations.printing import (
    render_hoja_remision_html,
    render_hoja_remision_pdf,
    render_hoja_ruta_html,
    render_hoja_ruta_pdf,
)
from documents.codes import codigo_interno
from documents.receipts import FORMATOS, FormatoDesconocido, render_cargo_html, render_cargo_pdf

COMPLETO = {
    "entidad": "DIRECCIÓN REGIONAL DE TRANSPORTES Y COMUNICACIONES PUNO",
    "sede": "sede central",
    "lugar": "Jr. Deza 123, Puno",
    "expediente": "EXP-2026-004182",
    "presentado_en": "18/11/2026 09:47:12",
    "fecha_legal": "18/11/2026",
    "mismo_dia": True,
    "remitente": "EMPRESA DE TRANSPORTES ÑUSTA DE COPACABANA S.A.C.",
    "remitente_documento": "RUC 20448310297",
    "firmante": "Grimaldo Ccallo Flores, gerente general, DNI 01318842",
    "documento": "Solicitud S/N del 17/11/2026",
    "asunto": "Habilitación vehicular por incremento, ruta Puno - Juliaca",
    "folios": 46,
    "numero_anexos": 3,
    "anexos": [
        {"nombre": "Tarjetas de propiedad", "folios": 4},
        {"nombre": "CITV", "folios": 6},
        {"nombre": "SOAT", "folios": 5},
    ],
    "procedimiento": "TR-07",
    "plazo": "10 días hábiles",
    "silencio": "silencio positivo",
    "destino": "Transporte de Pasajeros y Carga",
    "recibio": "Rosmery Tito Mamani, ventanilla 2",
    "clave": "K7Q2-M9XD-4T",
    "url": "https://mesa.drtcpuno.gob.pe/c/K7Q2M9XD4TABCDEFGHJKMNPQRS",
    "url_corta": "mesa.drtcpuno.gob.pe/c",
    "codigo_interno": "MP260004182X",
    "observacion": {
        "faltantes": ["pago por derecho de trámite", "copia del DNI"],
        "vence": "vie 20/11/2026",
        "base_legal": "art. 136, TUO Ley 27444",
    },
}
MINIMO = COMPLETO | {
    "sede": "",
    "presentado_en": "17/11/2026 21:47:12",
    "mismo_dia": False,
    "remitente": "Ñahui Quispe, Ana",
    "remitente_documento": "DNI 01318842",
    "firmante": "",
    "folios": 1,
    "numero_anexos": 0,
    "anexos": [],
    "procedimiento": "",
    "plazo": "",
    "silencio": "",
    "observacion": None,
}
LARGO = COMPLETO | {
    "entidad": "GOBIERNO REGIONAL DE PUNO, DIRECCIÓN REGIONAL DE TRANSPORTES, COMUNICACIONES, VIVIENDA Y SANEAMIENTO "
    * 2,
    "expediente": "EXP-JULIACA-2026-1234567",
    "remitente": "ASOCIACIÓN DE TRANSPORTISTAS ÑUSTA DE COPACABANA " * 5,
    "firmante": "Grimaldo Ccallo Flores, presidente del consejo directivo, DNI 01318842 " * 3,
    "asunto": (
        "Solicito habilitación vehicular por incremento de flota en la ruta Puno - Juliaca - Ñuñoa. " * 6
    )[:490]
    + "FINDELASUNTO",
    "folios": 1533,
    "numero_anexos": 40,
    "anexos": [
        {"nombre": f"Copia legalizada de la tarjeta de propiedad {n}", "folios": n} for n in range(1, 41)
    ],
    "destino": "Subdirección de Transporte Terrestre de Pasajeros, Mercancías y Servicios Especiales de la Región",
    "observacion": {
        "faltantes": [f"requisito faltante {n} del procedimiento" for n in range(1, 13)],
        "vence": "vie 20/11/2026",
        "base_legal": "art. 136, TUO Ley 27444",
    },
}
PALABRAZA = COMPLETO | {"asunto": "X" * 480 + "FINDELASUNTO", "remitente": "Y" * 200, "destino": "Z" * 120}
REIMPRESION = {"n": 2, "fecha": "24/11/2026 10:00:00"}
PAPELES = ("a5", "2x", "ticket")
MM = 72 / 25.4


def paginas(pdf):
    """Text of each page, spaces made single."""
    return [
        " ".join(p.extract_text().replace("\u202f", " ").split()) for p in PdfReader(io.BytesIO(pdf)).pages
    ]


def texto_de(pdf):
    return " ".join(paginas(pdf))


def medidas(pdf):
    return [tuple(round(float(n) / MM, 1) for n in p.mediabox[2:]) for p in PdfReader(io.BytesIO(pdf)).pages]


def codigos(pdf, pagina=0, ppp=300):
    documento = pypdfium2.PdfDocument(pdf)
    try:
        return zxingcpp.read_barcodes(documento[pagina].render(scale=ppp / 72).to_pil())
    finally:
        documento.close()


def letras_fuera(pdf, margen_mm):
    """Letters printed outside the margins, of every page."""
    documento, fuera = pypdfium2.PdfDocument(pdf), []
    try:
        for pagina in documento:
            ancho, alto = pagina.get_size()
            textos, margen = pagina.get_textpage(), margen_mm * MM
            for i in range(textos.count_chars()):
                izquierda, abajo, derecha, arriba = textos.get_charbox(i)
                if izquierda < margen or abajo < margen or derecha > ancho - margen or arriba > alto - margen:
                    if textos.get_text_range(i, 1).strip():
                        fuera.append(textos.get_text_range(i, 1))
    finally:
        documento.close()
    return "".join(fuera)


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


REMISION = {
    "entidad": COMPLETO["entidad"],
    "origen": "Mesa de Partes, sede central",
    "destino": "Dirección de Circulación Terrestre",
    "numero": "REM-2026-000318",
    "fecha": "18/11/2026 12:05:00",
    "autor": "Rosmery Tito Mamani",
    "total_folios": 2533,
    "filas": [
        {
            "expediente": f"EXP-2026-{n:06d}",
            "codigo_interno": codigo_interno(2026, "0", n),
            "remitente": f"Remitente Ñ{n}",
            "asunto": f"Asunto {n} " * 12,
            "folios": n,
            "va": "copia" if n % 3 == 0 else "original",
            "instruccion": "Para su atención",
        }
        for n in range(1, 31)
    ],
}
RUTA = {
    "entidad": COMPLETO["entidad"],
    "expediente": "EXP-2026-004182",
    "asunto": COMPLETO["asunto"],
    "remitente": COMPLETO["remitente"],
    "autor": "Rosmery Tito Mamani",
    "fecha": "24/11/2026 10:00:00",
    "filas": [
        {
            "cuando": f"18/11/2026 09:{n:02d}:12",
            "que": "Derivado",
            "quien": f"Persona {n}",
            "area": "Asesoría",
            "detalle": f"Paso {n}",
        }
        for n in range(60)
    ],
}


def test_delivery_slip_repeats_its_heads_and_ends_with_the_signatures():
    pdf = render_hoja_remision_pdf(REMISION)
    hojas = paginas(pdf)
    assert len(hojas) > 2
    for n, texto in enumerate(hojas, 1):
        for item in (
            "Expediente",
            "Instrucción",
            "REM-2026-000318",
            f"Página {n} de {len(hojas)}",
            "Emitido por Rosmery Tito Mamani, 18/11/2026 12:05:00",
        ):
            assert item in texto or n == len(hojas) and item in ("Expediente", "Instrucción")
    todo = " ".join(hojas)
    for fila in REMISION["filas"]:
        assert fila["codigo_interno"] in todo
        assert fila["remitente"] in todo
    for item in (
        "30 documentos, 2 533 folios en total",
        "De: Mesa de Partes, sede central",
        "original",
        "copia",
    ):
        assert item in todo
    for item in ("Recibí conforme", "Entregué conforme", "Fecha:", "Hora:"):
        assert item in hojas[-1]
    assert letras_fuera(pdf, 5) == ""


def test_delivery_slip_bars_read_back():
    hallados = codigos(render_hoja_remision_pdf(REMISION | {"filas": REMISION["filas"][:5]}))
    assert sorted(c.text for c in hallados) == sorted(f["codigo_interno"] for f in REMISION["filas"][:5])


def test_movement_sheet_holds_every_step():
    hojas = paginas(render_hoja_ruta_pdf(RUTA))
    assert len(hojas) > 1
    assert all("Cuándo" in t and "EXP-2026-004182" in t for t in hojas)
    assert all(f"Persona {n} " in " ".join(hojas) for n in range(60))
    assert "Sin movimientos" in texto_de(render_hoja_ruta_pdf(RUTA | {"filas": []}))


@pytest.mark.parametrize(
    "html",
    [
        lambda: render_cargo_html(COMPLETO, imprimir=True, volver="/x?a=1&b=2", url_pdf="/y"),
        lambda: render_cargo_html(LARGO, formato="ticket"),
        lambda: render_cargo_html(COMPLETO, formato="etiqueta"),
        lambda: render_hoja_remision_html(REMISION, imprimir=True),
        lambda: render_hoja_ruta_html(RUTA),
    ],
    ids=["a5", "ticket", "label", "slip", "movements"],
)
def test_pages_obey_the_content_policy(html):
    texto = html()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", texto)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', texto)
    assert not re.search(r"<script(?![^>]*\ssrc=)", texto)
    assert texto.count("<h1") == 1
    assert '<html lang="es-PE"' in texto
    assert "impresos" in texto
