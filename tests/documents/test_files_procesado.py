"""The slow checks: pages, thumbnail, text, damage and threats; safe to run twice."""

import contextlib
import io
import socket
import struct
import threading

import pytest
from django.db import transaction
from PIL import Image
from pypdf import PdfWriter

from core.jobs import Reintentar, ejecutar_tarea
from core.models import Evento, Tarea
from documents.files import aislado, espera, procesado
from documents.files import constants as c
from documents.files.almacen import obtener_almacen
from documents.files.servir import estado_para_pantalla, se_puede_servir
from documents.tasks import procesar_archivo_adjunto
from tests.documents import files_util as u

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def carpeta(almacen):
    return almacen


def adjunto(contenido, nombre="solicitud.pdf", documento=None):
    persona = u.usuario()
    puesto = espera.poner_en_espera(usuario=persona, subida=u.subida(contenido, nombre), para=c.PRINCIPAL)
    documento = documento or u.nuevo_documento()
    with transaction.atomic():
        return espera.adjuntar_en_espera(
            documento=documento, ids=[puesto.pk], usuario=persona, clases="ESCRITO"
        )[0]


def procesar(archivo, **opciones):
    procesar_archivo_adjunto(archivo.pk, **opciones)
    archivo.refresh_from_db()
    return archivo


def miniatura_de(archivo):
    with obtener_almacen().abrir(archivo.miniatura) as guardada:
        imagen = Image.open(io.BytesIO(guardada.read()))
        imagen.load()
        return imagen


@pytest.mark.parametrize(
    ("contenido", "paginas", "con_miniatura"),
    [
        (u.pdf(3), 3, True),
        (u.tiff(4), 4, True),
        (u.imagen("JPEG", (900, 900)), 1, True),
        (u.imagen("WEBP"), 1, True),
        (u.xlsx(), None, False),
        (u.ole("WordDocument"), None, False),
    ],
    ids=["pdf", "tiff", "jpeg", "webp", "xlsx", "doc"],
)
def test_pages_and_thumbnail(contenido, paginas, con_miniatura):
    archivo = procesar(adjunto(contenido))
    assert (archivo.estado_proceso, archivo.paginas, archivo.problema) == ("LISTO", paginas, "")
    assert bool(archivo.miniatura) is con_miniatura
    if con_miniatura:
        imagen = miniatura_de(archivo)
        assert imagen.format == "PNG" and imagen.width <= 240 and imagen.height <= 960


def test_the_queued_task_runs_by_its_path():
    archivo = adjunto(u.pdf(2))
    tarea = Tarea.objects.get(clave=f"archivo:{archivo.pk}")
    assert ejecutar_tarea(tarea.pk) == "HECHA"
    archivo.refresh_from_db()
    assert archivo.estado_proceso == "LISTO" and archivo.paginas == 2


def test_twice_changes_nothing_and_a_missing_row_is_no_error(carpeta):
    archivo = procesar(adjunto(u.pdf()))
    antes = sorted(x for x in carpeta.rglob("*") if x.is_file())
    procesar(archivo)
    procesar(archivo, forzar=True)
    assert sorted(x for x in carpeta.rglob("*") if x.is_file()) == antes
    assert procesar_archivo_adjunto(archivo_id=10**9) == {"estado": ""}


def test_the_text_of_a_pdf_is_kept():
    from django.template.loader import render_to_string  # noqa: F401  settings are ready
    from weasyprint import HTML

    archivo = procesar(adjunto(HTML(string="<p>Solicito copia certificada</p>").write_pdf()))
    assert "Solicito copia certificada" in procesado.texto_de(archivo)
    assert procesado.texto_de(procesar(adjunto(u.imagen()))) == ""


@pytest.mark.parametrize("dano", ["cambiado", "falta"])
def test_damaged_bytes_are_quarantined_with_one_event(carpeta, dano):
    archivo = adjunto(u.pdf())
    if dano == "falta":
        (carpeta / archivo.ruta).unlink()
    else:
        (carpeta / archivo.ruta).write_bytes(u.pdf())
    for _ in range(2):
        procesar(archivo, forzar=True)
    assert archivo.estado_proceso == "CON_PROBLEMA" and archivo.en_cuarentena
    assert archivo.problema == (c.PROBLEMA_FALTA if dano == "falta" else c.PROBLEMA_DANADO)
    evento = Evento.objects.get(tipo="archivo_danado")
    assert evento.documento_id == archivo.documento_id and evento.detalle["archivo_id"] == archivo.pk
    assert not se_puede_servir(archivo) and estado_para_pantalla(archivo)["clave"] == "cuarentena"


def test_a_restored_copy_leaves_quarantine(carpeta):
    contenido = u.pdf()
    archivo = adjunto(contenido)
    (carpeta / archivo.ruta).write_bytes(b"x")
    assert procesar(archivo).en_cuarentena
    (carpeta / archivo.ruta).write_bytes(contenido)
    assert not procesar(archivo, forzar=True).en_cuarentena
    assert (archivo.estado_proceso, archivo.problema) == ("LISTO", "")


def test_a_locked_pdf_is_ready_with_its_warning():
    archivo = procesar(adjunto(u.pdf(clave="x")))
    assert (archivo.estado_proceso, archivo.problema, archivo.miniatura) == ("LISTO", c.AVISO_CLAVE, "")
    assert estado_para_pantalla(archivo) == {"clave": "aviso", "texto": c.AVISO_CLAVE}


@pytest.mark.parametrize("informe", [aislado.Informe(agotado=True), aislado.Informe(rechazo="danado")])
def test_a_hostile_file_ends_with_a_problem_and_stays_available(monkeypatch, informe):
    archivo = adjunto(u.pdf())
    monkeypatch.setattr(procesado.aislado, "examinar", lambda *a, **k: informe)
    procesar(archivo)
    assert (archivo.estado_proceso, archivo.problema) == ("CON_PROBLEMA", c.PROBLEMA_ILEGIBLE)
    assert se_puede_servir(archivo)


def test_pdf_whose_pages_name_each_other_does_not_hang():
    escritor = PdfWriter()
    pagina = escritor.add_blank_page(200, 200)
    salida = io.BytesIO()
    escritor.write(salida)
    crudo = salida.getvalue().replace(b"/Count 1", b"/Count 9")
    assert pagina is not None
    archivo = procesar(adjunto(crudo))
    assert archivo.estado_proceso in ("LISTO", "CON_PROBLEMA")


@contextlib.contextmanager
def clamd(ruta, respuesta):
    """A clamd that reads an INSTREAM and answers this."""
    recibido = []
    servidor = socket.socket(socket.AF_UNIX)
    servidor.bind(str(ruta))
    servidor.listen()

    def atender():
        with contextlib.suppress(OSError):
            while True:
                conexion, _ = servidor.accept()
                with conexion, conexion.makefile("rb") as flujo:
                    assert flujo.read(10) == b"zINSTREAM\0"
                    datos = b""
                    while largo := struct.unpack("!L", flujo.read(4))[0]:
                        datos += flujo.read(largo)
                    recibido.append(datos)
                    conexion.sendall(respuesta)

    hilo = threading.Thread(target=atender, daemon=True)
    hilo.start()
    try:
        yield recibido
    finally:
        servidor.close()


@pytest.fixture
def socket_clamd(tmp_path_factory, settings):
    ruta = tmp_path_factory.mktemp("c") / "s"
    settings.CLAMD_URL = f"unix://{ruta}"
    return ruta


def test_a_clean_file_is_served_only_after_the_verdict(socket_clamd):
    contenido = u.pdf()
    archivo = adjunto(contenido)
    assert not se_puede_servir(archivo)
    assert estado_para_pantalla(archivo) == {"clave": "revision", "texto": "En revisión antivirus."}
    with clamd(socket_clamd, b"stream: OK\0") as recibido:
        procesar(archivo)
    assert recibido == [contenido] and se_puede_servir(archivo)


def test_an_infected_file_is_quarantined(socket_clamd):
    archivo = adjunto(u.pdf())
    with clamd(socket_clamd, b"stream: Eicar-Test-Signature FOUND\0"):
        procesar(archivo)
    assert archivo.en_cuarentena and "Eicar-Test-Signature" in archivo.problema
    assert Evento.objects.filter(tipo="archivo_infectado", documento_id=archivo.documento_id).count() == 1
    assert not se_puede_servir(archivo)


@pytest.mark.parametrize("respuesta", [None, b"", b"INSTREAM size limit exceeded. ERROR\0"])
def test_without_a_verdict_it_is_tried_again(socket_clamd, respuesta):
    archivo = adjunto(u.pdf())
    entorno = contextlib.nullcontext() if respuesta is None else clamd(socket_clamd, respuesta)
    with entorno, pytest.raises(Reintentar):
        procesar_archivo_adjunto(archivo.pk)
    archivo.refresh_from_db()
    assert archivo.estado_proceso == "PENDIENTE" and not se_puede_servir(archivo)
