"""Receipts with every size of data, and what their PDF shows: text, sizes, codes and letters out of place."""

import io

import pypdfium2
import zxingcpp
from pypdf import PdfReader

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
