"""The kept receipt: laid out once, and each reprint says its own number and moment."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from core.caching.estado import vaciar
from documents import comprobante
from documents.comprobante import pdf_de_cargo
from documents.models import Cargo
from documents.receipts import FormatoDesconocido, render_cargo_pdf
from documents.services import datos_de_cargo
from tests.factories import make_documento, make_oficina

pytestmark = pytest.mark.django_db
MARCA = {"n": 57, "fecha": "24/11/2026 10:31:48"}


@pytest.fixture
def datos():
    return datos_de_cargo(make_documento(make_oficina()))


@pytest.fixture
def maquetas(monkeypatch):
    """Counts the layouts."""
    hechas = []

    def contar(*args, **kwargs):
        hechas.append(kwargs)
        return render_cargo_pdf(*args, **kwargs)

    monkeypatch.setattr(comprobante, "render_cargo_pdf", contar)
    return hechas


def textos(pdf):
    return [" ".join(pagina.extract_text().split()) for pagina in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("formato,copias", [("a5", 1), ("2x", 2), ("ticket", 1)])
def test_each_reprint_says_its_number_and_moment_on_the_kept_layout(datos, maquetas, formato, copias):
    pdf_de_cargo(datos, formato=formato, reimpresion={"n": 23, "fecha": "01/02/2026 03:45:59"})
    hecho = pdf_de_cargo(datos, formato=formato, reimpresion=MARCA)
    assert len(maquetas) == 1
    (dicho,) = textos(hecho)
    assert dicho.count("REIMPRESIÓN 57, 24/11/2026 10:31:48") == copias
    assert "5678" not in dicho and "REIMPRESIÓN 23" not in dicho
    assert textos(render_cargo_pdf(datos, formato=formato, reimpresion=MARCA)) == [dicho]
    pdf_de_cargo(datos, formato=formato, reimpresion={**MARCA, "n": 157})  # another width
    assert len(maquetas) == 2


def test_every_sheet_of_a_long_receipt_carries_the_mark(datos, maquetas):
    datos = datos | {"anexos": [{"nombre": f"Plano {n} de la ruta " * 3} for n in range(60)]}
    hojas = textos(pdf_de_cargo(datos, reimpresion=MARCA))
    assert len(hojas) > 1
    assert all("REIMPRESIÓN 57, 24/11/2026 10:31:48" in hoja for hoja in hojas)


def test_first_printing_and_labels_are_kept_whole(datos, maquetas):
    for formato in ("a5", "etiqueta"):
        assert pdf_de_cargo(datos, formato=formato) == pdf_de_cargo(datos, formato=formato)
    assert len(maquetas) == 2
    assert "REIMPRESIÓN" not in textos(pdf_de_cargo(datos))[0]


def test_another_fact_is_another_receipt(datos, maquetas):
    primero = pdf_de_cargo(datos)
    assert "Plano" in textos(pdf_de_cargo(datos | {"asunto": "Plano"}))[0]
    assert pdf_de_cargo(datos) == primero
    vaciar(grupo="generar_comprobante_pdf")
    pdf_de_cargo(datos)
    assert len(maquetas) == 3


def test_a_mark_that_cannot_be_written_is_laid_out_each_time(datos, maquetas, monkeypatch):
    raro = {"n": 2, "fecha": "24 de noviembre"}
    assert "24 de noviembre" in textos(pdf_de_cargo(datos, reimpresion=raro))[0]
    monkeypatch.setattr(comprobante, "_hallar", lambda *args: ([], {}))
    for _ in range(2):
        assert "REIMPRESIÓN 57, 24/11/2026" in textos(pdf_de_cargo(datos, reimpresion=MARCA))[0]
    assert len(maquetas) == 4
    with pytest.raises(FormatoDesconocido):
        pdf_de_cargo(datos, formato="a4", reimpresion=MARCA)


def test_doors_print_the_kept_receipt_and_count_each_printing(maquetas):
    o = make_oficina()
    documento = make_documento(o)
    cliente = Client()
    cliente.force_login(o.ventanilla)
    for n, url in enumerate(["documents:cargo-pdf", "api:documento-comprobante"] * 2):
        (hoja,) = textos(cliente.get(reverse(url, args=[documento.pk])).content)
        assert (f"REIMPRESIÓN {n}," in hoja) is (n > 0)
    assert len(maquetas) == 2
    assert Cargo.objects.get(documento=documento).impresiones == 4
