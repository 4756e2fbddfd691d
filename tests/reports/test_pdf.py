"""A report in PDF: what it prints, over as many pages as it needs, and when it refuses or is stopped."""

import io
import re
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from pypdf import PdfReader

from organization.models import Entidad
from reports.errors import DemasiadasFilas
from reports.escritores import pdf
from reports.escritores.letra import FAMILIAS, Letra, letra, rutas_de_fuentes
from reports.informes.base import Columna, InformeDeFilas, Lectura

pytestmark = pytest.mark.django_db

LIMA = ZoneInfo("America/Lima")
AMBITO = SimpleNamespace(instante=datetime(2026, 11, 18, 9, 47, tzinfo=LIMA))
COLUMNAS = [
    Columna("numero", "Expediente", 18),
    Columna("recibido", "Recibido", 17, "instante"),
    Columna("asunto", "Asunto", 60),
    Columna("folios", "Folios", 8, "entero"),
    Columna("vence", "Vence", 12, "fecha"),
    Columna("horas", "Horas", 8, "horas"),
    Columna("parte", "Parte", 8, "porcentaje"),
    Columna("urgente", "Urgente", 8, "si_no"),
]


class Prueba(InformeDeFilas):
    codigo, titulo = "prueba", "Documentos por vencer"

    def __init__(self, filas, *, total=None, columnas=COLUMNAS):
        self.dadas, self.total, self._columnas = filas, len(filas) if total is None else total, columnas

    def columnas(self, filtros):
        return self._columnas

    def contar(self, ambito, filtros):
        return self.total

    def filas(self, ambito, filtros):
        return iter(self.dadas)

    def filtros_en_palabras(self, filtros):
        return [("Recibido desde", "01/11/2026"), ("Área", "Subgerencia de Señalización")] if filtros else []

    def leer(self, ambito, filtros):
        resumen = [("Documentos", 1533), ("Horas en promedio", 7.25)]
        return Lectura(self.contar(ambito, filtros), resumen, self.filas(ambito, filtros))


def fila(n, asunto="Licencia de construcción en la avenida Ñaña"):
    recibido = datetime(2026, 11, 3, 1, 5, tzinfo=ZoneInfo("UTC")) + timedelta(days=n % 20)
    return (f"EXP-2026-{n:06d}", recibido, asunto, 1200, date(2026, 12, 4), 12.5, 0.125, n % 2 == 0)


def hacer(informe, *, filtros=True, avance=lambda hechas, total: None):
    destino = io.BytesIO()
    filas = pdf.escribir(informe, AMBITO, filtros, destino=destino, autor="Rosa Ñahui <jefa>", avance=avance)
    return filas, destino.getvalue()


def textos(datos):
    """Text of each page, with its blanks as one space."""
    return [" ".join(pagina.extract_text().split()) for pagina in PdfReader(io.BytesIO(datos)).pages]


def test_every_row_once_in_order_under_a_head_with_page_n_of_m():
    Entidad.objects.update_or_create(pk=1, defaults={"nombre": "Municipalidad de Ñaña"})
    avisos = []
    filas, datos = hacer(Prueba([fila(n) for n in range(403)]), avance=lambda *par: avisos.append(par))
    paginas = textos(datos)
    m = len(paginas)
    assert filas == 403 and m > 10
    numeros = re.findall(r"EXP-2026-(\d{6})", " ".join(paginas))
    assert [int(n) for n in numeros] == list(range(403))
    for n, pagina in enumerate(paginas, start=1):
        assert f"Página {n} de {m}" in pagina and len(re.findall("Página", pagina)) == 1
        assert "Expediente Recibido Asunto Folios Vence Horas Parte Urgente" in pagina
        assert "Emitido por Rosa Ñahui <jefa>, mié 18/11/2026, 09:47" in pagina
        assert "Municipalidad de Ñaña" in pagina and "Documentos por vencer" in pagina
    primera = paginas[0]
    assert "Recibido desde: 01/11/2026 · Área: Subgerencia de Señalización" in primera
    assert "Documentos: 1 533 · Horas en promedio: 7,2" in primera
    assert "02/11/2026 20:05" in primera  # the office's time, not UTC
    assert "Licencia de construcción en la avenida Ñaña 1 200 04/12/2026 12,5 12,5 % Sí" in primera
    assert "403 filas" in paginas[-1]
    assert avisos[0] == (0, 403) and avisos[-1] == (403, 403)
    assert all(b[0] - a[0] <= pdf.FILAS_POR_AVISO for a, b in zip(avisos, avisos[1:], strict=False))

    lector = PdfReader(io.BytesIO(datos))
    assert lector.metadata.title == "Documentos por vencer" and lector.metadata.author == "Rosa Ñahui <jefa>"
    assert lector.root_object["/Lang"] == "es-PE"
    fuentes = [f.get_object() for p in lector.pages for f in p["/Resources"]["/Font"].values()]
    assert fuentes and all(
        "/FontFile2" in f["/FontDescriptor"] for f in fuentes if f["/Subtype"] == "/TrueType"
    )


@pytest.mark.parametrize(
    "asunto, se_lee",
    [
        ("<script>alert('1')</script> & Cía. <b>", "<script>alert('1')</script> & Cía. <b>"),
        ("línea uno\nlínea\tdos\x00\u202eocultas", "línea uno línea dosocultas"),
        ("W" * 4000, "W" * 12),
        ("palabra " * 3000, "palabra palabra"),
        ("Solicitud 🙂 שלום urgente", "urgente"),
        ("\U0010fffd\ud800 fin", "fin"),
        ("", "EXP-2026-000001"),
    ],
)
def test_hostile_text_is_text_inside_its_column(asunto, se_lee):
    _, datos = hacer(Prueba([fila(0), fila(1, asunto), fila(2)]))
    junto = " ".join(textos(datos))
    assert se_lee in junto
    assert re.findall(r"EXP-2026-(\d{6})", junto) == ["000000", "000001", "000002"]
    signos = max(len(asunto.split(" ")[0]), 1)
    if signos == 4000:
        assert junto.count("W") == 4000
    if asunto.startswith("palabra"):
        assert junto.count("palabra") == 3000
    documento = pypdfium2.PdfDocument(datos)
    for pagina in documento:
        ancho, alto = pagina.get_size()
        hoja = pagina.get_textpage()
        cajas = [hoja.get_rect(n) for n in range(hoja.count_rects())]
        assert all(40 < x0 <= x1 < ancho - 40 and 15 < y0 <= y1 < alto - 20 for x0, y0, x1, y1 in cajas)
    documento.close()


def test_many_columns_and_none_of_the_rows():
    columnas = [Columna(f"c{n}", f"Columna número {n}", 40) for n in range(40)]
    _, datos = hacer(Prueba([tuple(f"valor-{n}" for n in range(40))], columnas=columnas))
    assert "valor-39" in textos(datos)[0].replace(" ", "")
    columnas = [Columna("asunto", "Asunto", 60), Columna("fin", "Fin", 12, "fecha")]
    tardia = [("palabra " * 60, date(2026, 12, 4) if n == 299 else None) for n in range(300)]
    _, datos = hacer(Prueba(tardia, columnas=columnas))
    assert "04/12/2026" in textos(datos)[-1]  # whole, though no row of the first pages has one
    filas, datos = hacer(Prueba([]), filtros=False)
    assert filas == 0 and "No hay filas con estos filtros." in textos(datos)[0]
    assert "Filtros: ninguno" in textos(datos)[0] and "Página 1 de 1" in textos(datos)[0]


def test_row_limit_both_ends(settings):
    settings.REPORTES_PDF_FILAS = 60
    assert hacer(Prueba([fila(n) for n in range(60)]))[0] == 60
    destino, leidas = io.BytesIO(), []
    for informe in (
        Prueba((leidas.append(n) or fila(n) for n in range(61)), total=61),
        Prueba((fila(n) for n in range(10**9)), total=1),  # more than it said
    ):
        with pytest.raises(DemasiadasFilas, match="un PDF lleva hasta 60. Pídelo en Excel"):
            pdf.escribir(informe, AMBITO, True, destino=destino, autor="x", avance=lambda *_: None)
    assert destino.getvalue() == b"" and leidas == []


@pytest.mark.parametrize("donde", [1, 150, 300])
def test_a_stop_leaves_nothing_behind(donde):
    class Alto(Exception):
        pass

    def avance(hechas, total):
        if hechas >= donde and (hechas < total or donde == 300):
            raise Alto

    destino = io.BytesIO()
    with pytest.raises(Alto):
        pdf.escribir(
            Prueba([fila(n) for n in range(300)]), AMBITO, True, destino=destino, autor="x", avance=avance
        )
    assert destino.getvalue() == b""
    assert hacer(Prueba([fila(0)]))[0] == 1  # and the next one is whole


def test_a_machine_without_fonts_still_prints(monkeypatch):
    pobre = Letra(rutas_de_fuentes(()))
    assert pobre.normal.face.name != letra().normal.face.name or FAMILIAS[-1][0] in str(
        letra().normal.face.name
    )
    monkeypatch.setattr(pdf, "letra", lambda: pobre)
    _, datos = hacer(Prueba([fila(0, "Señalización → 🙂 fin")]))
    assert "Señalización ? ? fin" in textos(datos)[0]
