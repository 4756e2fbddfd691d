"""What a file is comes from its bytes; what is no document is refused with the way to mend it."""

import io
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from documents.files import aislado, deteccion
from documents.files import constants as c
from documents.files.espera import con_extension, limpiar_nombre
from documents.files.limites import peso_legible
from tests.documents import files_util as u

MUESTRAS = Path(__file__).resolve().parents[3] / "shared" / "samples"


@pytest.fixture
def examinar(tmp_path):
    def hacer(contenido, segundos=20):
        ruta = tmp_path / "x"
        ruta.write_bytes(contenido)
        return aislado.examinar(ruta, segundos=segundos)

    return hacer


ACEPTADOS = [
    ("pdf", u.pdf(3), c.PDF, 3),
    ("jpeg", u.imagen("JPEG"), "image/jpeg", 1),
    ("png", u.imagen("PNG"), "image/png", 1),
    ("webp", u.imagen("WEBP"), "image/webp", 1),
    ("tiff", u.tiff(3), "image/tiff", 3),
    ("docx", u.docx(), c.DOCX, None),
    ("xlsx", u.xlsx(), c.XLSX, None),
    ("pptx", u.pptx(), c.PPTX, None),
    ("odt", u.odf("text"), "application/vnd.oasis.opendocument.text", None),
    ("ods", u.odf("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet", None),
    ("odp", u.odf("presentation"), "application/vnd.oasis.opendocument.presentation", None),
    ("doc", u.ole("WordDocument", "1Table"), "application/msword", None),
    ("xls", u.ole("Workbook"), "application/vnd.ms-excel", None),
    ("ppt", u.ole("PowerPoint Document"), "application/vnd.ms-powerpoint", None),
    ("pdf after junk", b"\n\n" + u.pdf(), c.PDF, 1),
]


@pytest.mark.parametrize(
    ("contenido", "tipo", "paginas"), [a[1:] for a in ACEPTADOS], ids=[a[0] for a in ACEPTADOS]
)
def test_each_accepted_type_is_told_by_its_content(examinar, contenido, tipo, paginas):
    informe = examinar(contenido)
    assert (informe.tipo, informe.paginas, informe.rechazo, informe.aviso) == (tipo, paginas, "", "")


_PNG_ENORME = bytearray(u.imagen("PNG"))
_PNG_ENORME[16:24] = (30000).to_bytes(4, "big") * 2
_PNG_ENORME[29:33] = zlib.crc32(_PNG_ENORME[12:29]).to_bytes(4, "big")
RECHAZADOS = [
    ("empty", b"", "vacio"),
    ("html", b"<!DOCTYPE html><html><script>alert(1)</script>", "pagina_web"),
    ("html with pdf words", b"<html>%PDF-1.4 %%EOF", "pagina_web"),
    ("html in utf-16", "<html><body>".encode("utf-16"), "pagina_web"),
    ("svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "svg"),
    ("shell script", b"#!/bin/sh\nrm -rf /\n", "programa"),
    ("php", b"<?php system($_GET[0]);", "programa"),
    ("windows program", b"MZ" + b"\0" * 500, "programa"),
    ("program with pdf words", b"MZ" + b"\0" * 50 + u.pdf(), "programa"),
    ("linux program", b"\x7fELF" + b"\0" * 500, "programa"),
    ("plain text", "Señor director: …".encode(), "texto"),
    ("unknown bytes", bytes(range(256)), "tipo"),
    ("zip", u.paquete({"a.pdf": u.pdf()}), "comprimido"),
    ("rar", b"Rar!\x1a\x07\x00" + b"\0" * 50, "comprimido"),
    ("7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 50, "comprimido"),
    ("epub", u.paquete({"mimetype": "application/epub+zip", "x": "x"}), "comprimido"),
    ("docx with macros", u.docx({"word/vbaProject.bin": b"x"}), "macros"),
    ("macro content type", u.ooxml("word/document.xml", "ms-word.document.macroEnabled"), "macros"),
    ("odt with macros", u.odf(extra={"Basic/Standard/Module1.xml": "<m/>"}), "macros"),
    ("doc with macros", u.ole("WordDocument", "_VBA_PROJECT"), "macros"),
    ("office with password", u.ole("EncryptedPackage"), "clave_oficina"),
    ("other ole (msi, msg)", u.ole("Otra"), "tipo"),
    ("docx without its main part", u.paquete({"[Content_Types].xml": "<Types/>", "a": "b"}), "comprimido"),
    ("truncated docx", u.docx()[:-40], "danado"),
    ("truncated pdf", u.pdf(2)[:-30], "danado"),
    ("pdf of two lines", b"%PDF-1.7\n%%EOF", "danado"),
    ("truncated jpeg", u.imagen("JPEG", (400, 400))[:-900], "danado"),
    ("truncated png", u.imagen("PNG", (400, 400))[:-300], "danado"),
    ("image of too many points", bytes(_PNG_ENORME), "imagen_enorme"),
    ("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100, "heic"),
]


@pytest.mark.parametrize(("contenido", "motivo"), [r[1:] for r in RECHAZADOS], ids=[r[0] for r in RECHAZADOS])
def test_what_is_no_document_is_refused_with_its_reason(examinar, contenido, motivo):
    informe = examinar(contenido)
    assert (informe.rechazo, informe.agotado) == (motivo, False)
    assert "Hay que" in c.RECHAZOS[motivo]


def test_empty_basic_libraries_are_no_macros(examinar):
    assert examinar(u.odf(extra={"Basic/script-lc.xml": "<x/>", "Basic/Standard/script-lb.xml": "<x/>"})).tipo


def test_a_linearized_pdf_cut_short_is_refused(examinar):
    cortado = b"%PDF-1.4\n1 0 obj\n<</Linearized 1/L 900000/O 3>>\nendobj\n" + u.pdf()[9:]
    assert examinar(cortado).rechazo == "danado"


def test_a_locked_pdf_is_taken_with_a_warning(examinar):
    informe = examinar(u.pdf(clave="secreta"))
    assert (informe.tipo, informe.aviso) == (c.PDF, c.AVISO_CLAVE)


def test_a_pdf_that_opens_without_password_has_no_warning(examinar):
    informe = examinar(u.pdf(2, clave=""))
    assert (informe.paginas, informe.aviso) == (2, "")


def test_zip_bombs_are_refused_before_anything_grows(examinar):
    bomba = io.BytesIO()
    with zipfile.ZipFile(bomba, "w", zipfile.ZIP_DEFLATED) as archivo:
        with archivo.open("[Content_Types].xml", "w", force_zip64=True) as entrada:
            for _ in range(200):
                entrada.write(b"\0" * c.MB)
    inicio = time.monotonic()
    assert examinar(bomba.getvalue()).rechazo == "bomba"
    assert time.monotonic() - inicio < 5


def test_zip_with_too_many_entries_is_refused(examinar):
    muchos = u.paquete({f"f{n}": b"" for n in range(deteccion.MAX_ENTRADAS_ZIP + 1)}, zipfile.ZIP_STORED)
    assert examinar(muchos).rechazo == "bomba"


def test_a_file_that_hangs_its_reader_is_cut_off(tmp_path):
    """A page with millions of curves: the child dies, the caller goes on."""
    curvas = b"0 0 m " + b"9 9 700 5 1 800 c 800 1 5 700 9 9 c " * 400_000 + b"B*\n"
    objetos = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 900 900]/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(curvas), curvas),
    )
    cuerpo = b"%PDF-1.4\n" + b"".join(b"%d 0 obj %s endobj\n" % par for par in enumerate(objetos, 1))
    cuerpo += b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"
    ruta = tmp_path / "x.pdf"
    ruta.write_bytes(cuerpo)
    inicio = time.monotonic()
    hecho = aislado.derivar(
        ruta, tipo=c.PDF, miniatura=tmp_path / "m.png", texto=tmp_path / "t.txt", segundos=1
    )
    assert time.monotonic() - inicio < 9
    assert hecho["miniatura"] is False


def test_a_reader_without_memory_is_cut_off(tmp_path, monkeypatch):
    """The child refuses to grow over its bound; nothing of it reaches the parent."""
    orden = "import documents.files.aislado as a; a._acotar(5); bytearray(3 * 1024 ** 3)"
    hijo = subprocess.run([sys.executable, "-c", orden], capture_output=True, cwd=aislado.RAIZ)
    assert hijo.returncode == 1 and b"MemoryError" in hijo.stderr


def test_the_child_sees_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "no-debe-verse")
    vistos = {}
    monkeypatch.setattr(
        aislado.subprocess, "run", lambda *a, **k: vistos.update(k["env"]) or (_ for _ in ()).throw(OSError)
    )
    with pytest.raises(OSError):
        aislado.examinar(tmp_path / "x", segundos=1)
    assert "SECRET_KEY" not in vistos


def test_thumbnail_is_small_and_turned_as_the_camera_says(tmp_path):
    foto = Image.new("RGB", (800, 400), "red")
    exif = foto.getexif()
    exif[0x0112] = 6
    foto.save(tmp_path / "f.jpg", exif=exif)
    hecho = aislado.derivar(
        tmp_path / "f.jpg", tipo="image/jpeg", miniatura=tmp_path / "m.png", texto=tmp_path / "t", segundos=20
    )
    assert hecho == {"miniatura": True, "texto": False}
    with Image.open(tmp_path / "m.png") as miniatura:
        assert miniatura.format == "PNG" and miniatura.size == (120, 240)


@pytest.mark.parametrize(
    ("nombre", "tipo", "esperado"),
    [
        ("informe.pdf", "image/jpeg", "informe.jpg"),
        ("FOTO.JPEG", "image/jpeg", "FOTO.JPEG"),
        ("factura.pdf.exe", c.PDF, "factura.pdf"),
        ("Oficio 12.2026", c.PDF, "Oficio 12.2026.pdf"),
        ("sin extension", c.DOCX, "sin extension.docx"),
        ("plano.tiff", "image/tiff", "plano.tiff"),
    ],
)
def test_the_extension_follows_the_content(nombre, tipo, esperado):
    assert con_extension(nombre, tipo) == esperado


@pytest.mark.parametrize(
    ("nombre", "esperado"),
    [
        ("C:\\Users\\ana\\Solicitud.pdf", "Solicitud.pdf"),
        ("../../etc/passwd", "passwd"),
        ("in\u202efdp.exe", "infdp.exe"),
        ("a\r\nb\0.pdf", "ab.pdf"),
        ("", "archivo"),
        ("..", "archivo"),
        ("N\u0303andu.pdf", "\u00d1andu.pdf"),
    ],
)
def test_names_are_cleaned(nombre, esperado):
    assert limpiar_nombre(nombre) == esperado


def test_long_names_keep_their_extension():
    assert limpiar_nombre("x" * 400 + ".pdf") == "x" * 196 + ".pdf"
    assert len(con_extension("y" * 200, c.DOCX)) <= 200


@pytest.mark.parametrize(
    ("octetos", "texto"),
    [
        (812, "812 bytes"),
        (50 * c.MB, "50 MB"),
        (50 * c.MB + 1, "50 MB y 1 byte"),
        (50 * c.MB + c.MB // 2, "50,50 MB"),
    ],
)
def test_a_size_never_hides_its_excess(octetos, texto):
    assert peso_legible(octetos) == texto


@pytest.mark.skipif(not MUESTRAS.is_dir(), reason="the sample PDFs are not here")
def test_samples_of_many_producers():
    informes = {ruta.name: aislado.examinar(ruta, segundos=20) for ruta in MUESTRAS.glob("*.pdf")}
    assert {n for n, i in informes.items() if i.rechazo} == {"unreadablemetadata.pdf"}
    assert {n for n, i in informes.items() if i.aviso} == {"libreoffice-writer-password.pdf"}
    assert informes["pdflatex-4-pages.pdf"].paginas == 4
    assert informes["imagemagick-images.pdf"].paginas == 6
