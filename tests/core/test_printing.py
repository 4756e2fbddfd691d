"""Codes as SVG, and PDF that opens nothing but static files."""

import http.server
import io
import threading

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from core.printing import (
    RecursoNegado,
    cifra,
    code128_svg,
    contado,
    dos_por_hoja,
    leer_estatico,
    limpiar,
    pdf_de,
    qr_svg,
)


def leer(pdf, pagina=0, ppp=300):
    """Every code on one page, as a phone would see it."""
    documento = pypdfium2.PdfDocument(pdf)
    try:
        return zxingcpp.read_barcodes(documento[pagina].render(scale=ppp / 72).to_pil())
    finally:
        documento.close()


def hoja(cuerpo):
    return f'<html lang="es-PE" class="impreso pdf f-a4"><body><main class="hoja hoja-a4">{cuerpo}</main></body></html>'


@pytest.mark.parametrize(
    "texto", ["MP260004182X", "https://mesa.drtcpuno.gob.pe/c/K7Q2M9XD4TABCDEFGHJKMNPQRS", "A"]
)
def test_qr_is_an_ordinary_one_of_level_m(texto):
    (codigo,) = leer(pdf_de(hoja(f'<div class="q">{qr_svg(texto)}</div>')))
    assert codigo.text == texto
    assert codigo.format == zxingcpp.BarcodeFormat.QRCode
    assert codigo.ec_level == "M"


def test_qr_keeps_its_quiet_zone():
    svg = qr_svg("MP260004182X", borde=4)
    assert 'viewBox="0 0 29 29"' in svg
    assert "M4 4h7v1H4z" in svg


@pytest.mark.parametrize("texto", ["MP260004182X", "MP26J12345678", "MP2600041913"])
def test_bars_read_back(texto):
    (codigo,) = leer(pdf_de(hoja(code128_svg(texto, modulo_mm=0.25))))
    assert codigo.text == texto
    assert codigo.format == zxingcpp.BarcodeFormat.Code128


def test_bars_leave_ten_modules_on_each_side():
    svg = code128_svg("MP260004182X")
    assert 'viewBox="0 0 165 30"' in svg
    assert 'width="61.875mm"' in svg
    assert 'd="M10 0h' in svg


def test_labels_of_the_codes_are_escaped():
    assert "<b>" not in qr_svg("x", etiqueta='"><b>')
    assert "<b>" not in code128_svg("x", etiqueta='"><b>')


def test_text_is_real_and_accented():
    texto = (
        PdfReader(io.BytesIO(pdf_de(hoja("<p>Ñandú, cigüeña, ÁÉÍÓÚ, S/ 1 533,40, N.° 5</p>"))))
        .pages[0]
        .extract_text()
    )
    assert "Ñandú, cigüeña, ÁÉÍÓÚ, S/ 1 533,40, N.° 5" in texto


def test_clean_text_composes_accents_and_drops_tricks():
    assert limpiar("N\u0303andu\u0301") == "Ñandú"
    assert limpiar({"a": ["uno\x00\u202edos\r\ntres\u200b", 3, None, True]}) == {
        "a": ["unodos  tres", 3, None, True]
    }


def test_figures():
    assert cifra(1533) == "1\u202f533"
    assert cifra(None) == "0"
    assert contado(1, "folio", "folios") == "1 folio"
    assert contado(46, "folio", "folios") == "46 folios"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "https://example.com/static/css/impresos.css",
        "//example.com/a.png",
        "file:///etc/hostname",
        "FILE:///etc/hostname",
        "ftp://example.com/a",
        "data:text/css,*{color:red}",
        "/etc/hostname",
        "https://estatico.invalid/otro/css/impresos.css",
        "https://estatico.invalid/static/../manage.py",
        "https://estatico.invalid/static/css/../../manage.py",
        "https://estatico.invalid/static/%2e%2e/manage.py",
        "https://estatico.invalid/static/%2Fetc%2Fhostname",
        "https://estatico.invalid/static/..%5cmanage.py",
        "https://estatico.invalid/static/css/impresos.css%00.png",
        "https://estatico.invalid/static/no-existe.css",
        "https://estatico.invalid/static/",
        "https://estatico.invalid@example.com/static/css/impresos.css",
    ],
)
def test_only_static_files_are_read(url):
    with pytest.raises(RecursoNegado):
        leer_estatico(url)


def test_a_static_file_is_read():
    cuerpo, tipo = leer_estatico("https://estatico.invalid/static/css/impresos.css?v=1")
    assert tipo == "text/css"
    assert b"@page a5" in cuerpo


@pytest.fixture
def servidor_ajeno():
    """A web server that notes what it is asked."""
    pedidos = []

    class Puerta(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            pedidos.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    servidor = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Puerta)
    threading.Thread(target=servidor.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{servidor.server_port}", pedidos
    servidor.shutdown()
    servidor.server_close()


def test_no_element_reaches_network_or_disk(servidor_ajeno, tmp_path):
    raiz, pedidos = servidor_ajeno
    secreto = tmp_path / "secreto.txt"
    secreto.write_text("SECRETO-DEL-DISCO")
    disco = secreto.as_uri()
    cuerpo = "".join(
        f'<img src="{u}/i.png"><img srcset="{u}/s.png 2x"><object data="{u}/o.svg"></object><embed src="{u}/e.svg">'
        f'<svg width="9" height="9"><image href="{u}/svg.png" width="9" height="9"/><use href="{u}/u.svg#a"/></svg>'
        f'<a rel="attachment" href="{u}">adjunto</a><input type="image" src="{u}/in.png">'
        for u in (raiz, disco)
    )
    cabeza = "".join(
        f'<link rel="stylesheet" href="{u}/l.css"><link rel="attachment" href="{u}"><style>@import "{u}/m.css";'
        f"@font-face{{font-family:x;src:url({u}/f.woff2)}} p{{font-family:x;background:url({u}/b.png)}}"
        f"li{{list-style-image:url({u}/li.png)}}</style>"
        for u in (raiz, disco)
    )
    pdf = pdf_de(
        f"<html><head>{cabeza}</head><body><p>Queda el texto</p><ul><li>uno</li></ul>{cuerpo}</body></html>"
    )
    lector = PdfReader(io.BytesIO(pdf))
    assert pedidos == []
    assert b"SECRETO" not in pdf
    assert not any("SECRETO" in str(datos) for datos in lector.attachments.values())
    assert "Queda el texto" in lector.pages[0].extract_text()


def test_two_per_sheet_keeps_text_and_size():
    a5 = pdf_de(
        '<html lang="es-PE" class="impreso pdf f-a5"><head><title>Doble</title></head>'
        '<body><main class="hoja"><p>Único</p></main></body></html>'
    )
    lector = PdfReader(io.BytesIO(dos_por_hoja(a5)))
    (pagina,) = lector.pages
    assert [round(float(n)) for n in pagina.mediabox[2:]] == [595, 842]
    assert pagina.extract_text().count("Único") == 2
    assert lector.metadata.title == "Doble"
    assert str(lector.trailer["/Root"]["/Lang"]) == "es-PE"


def test_renders_from_several_threads_are_equal():
    html = hoja("<p>Hilo</p>" * 20)
    esperado = len(pdf_de(html))
    hallados, hilos = [], []
    for _ in range(4):
        hilos.append(threading.Thread(target=lambda: hallados.append(len(pdf_de(html)))))
        hilos[-1].start()
    for hilo in hilos:
        hilo.join()
    assert hallados == [esperado] * 4
