"""Delivery slip and movement sheet on paper, and the content policy of every printed page."""

import re

import pytest

from derivations.printing import (
    render_hoja_remision_html,
    render_hoja_remision_pdf,
    render_hoja_ruta_html,
    render_hoja_ruta_pdf,
)
from documents.codes import codigo_interno
from documents.receipts import render_cargo_html
from tests.documents.receipts_util import COMPLETO, LARGO, codigos, letras_fuera, paginas, texto_de

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
