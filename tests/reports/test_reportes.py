"""A report that somebody asks for: made behind, once, whole or not at all, kept for its days and for its owner."""

import csv
import errno
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from core.errors import DatosInvalidos
from core.jobs import ejecutar_tarea
from core.models import Evento, Tarea
from documents.errors import AccionProhibida
from documents.services import dar_acceso
from organization.models import Membresia
from reports import almacen
from reports.constants import EstadoReporte
from reports.errors import DemasiadosReportes
from reports.escritores import excel
from reports.models import Reporte
from reports.services import (
    cancelar_reporte,
    reintentar_reporte,
    solicitar_reporte,
    vencer_reportes,
)
from tests.factories import make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db


@pytest.fixture
def disco(almacen):
    return almacen


@pytest.fixture
def o(disco):
    return make_oficina()


def archivos(disco):
    """Every file and folder of a run that the storage holds."""
    return sorted(str(f.relative_to(disco)) for f in disco.rglob("*") if f.is_file() or "-" in f.name)


def pedir(actor, formato="xlsx", codigo="documentos", **filtros):
    return solicitar_reporte(codigo=codigo, formato=formato, filtros=filtros, actor=actor)


def hacer(reporte):
    """Runs its task. Returns: (state of the task, the report)."""
    estado = ejecutar_tarea(reporte.tarea_id)
    reporte.refresh_from_db()
    return estado, reporte


PELIGROSOS = [
    "=1+1",
    "+51 999",
    "-2 folios",
    "@SUM(A1)",
    "#N/A",
    "\tcon tabulador",
    "'ya citado",
    "2026-0001",
]


def test_texts_stay_texts_and_the_sheet_is_ready_to_use(o, disco):
    for texto in PELIGROSOS:
        make_recibida(o, documento=make_documento(o, asunto=texto))
    estado, reporte = hacer(pedir(o.jefa, q="", orden="antiguo", estado=["EN_PROCESO"]))
    assert (estado, reporte.estado, reporte.filas) == ("HECHA", "LISTO", len(PELIGROSOS))
    assert len(almacen.abrir(reporte.archivo).read()) == reporte.bytes

    libro = load_workbook(almacen.abrir(reporte.archivo))
    datos = libro["Datos"]
    assert libro.active.title == "Datos"
    titulos = [celda.value for celda in datos[1]]
    asunto, recibido = titulos.index("Asunto"), titulos.index("Recibido")
    for fila, escrito in zip(datos.iter_rows(min_row=2), PELIGROSOS, strict=True):
        assert (fila[asunto].data_type, fila[asunto].value.strip()) == ("s", escrito.strip())
        assert fila[recibido].is_date
    assert (datos.freeze_panes, datos.print_title_rows) == ("A2", "$1:$1")
    assert datos.auto_filter.ref == f"A1:M{len(PELIGROSOS) + 1}"
    assert datos.oddFooter.right.text == "Página &P de &N"
    assert "Estado: En proceso" in datos.oddHeader.right.text
    hoja = {fila[0]: fila[1] for fila in libro["Reporte"].iter_rows(values_only=True) if fila[0]}
    assert hoja["Generado por"] == o.jefa.nombre_completo
    assert (hoja["Estado"], hoja["Filas"], hoja["Documentos"]) == (
        "En proceso",
        len(PELIGROSOS),
        len(PELIGROSOS),
    )

    crudo = almacen.abrir(hacer(pedir(o.jefa, "csv", orden="antiguo"))[1].archivo).read()
    assert crudo.startswith(b"\xef\xbb\xbf") and crudo.endswith(b"\r\n")
    filas = list(csv.reader(io.StringIO(crudo.decode("utf-8-sig"), newline=""), delimiter=";"))
    escritos = [fila[asunto] for fila in filas[1:]]
    assert escritos == [(f"'{t.strip()}" if t.strip()[0] in "=+-@" else t.strip()) for t in PELIGROSOS]


def test_rows_beyond_a_sheet_go_on_the_next(o, monkeypatch):
    for _ in range(3):
        make_documento(o)
    monkeypatch.setattr(excel, "FILAS_POR_HOJA", 3)
    libro = load_workbook(almacen.abrir(hacer(pedir(o.admin))[1].archivo))
    assert [(h.title, h.max_row, h.auto_filter.ref) for h in libro.worksheets[1:]] == [
        ("Datos", 3, "A1:M3"),
        ("Datos 2", 2, "A1:M2"),
    ]


def test_asking_twice_is_one_report_and_there_is_a_limit(o, settings, django_assert_max_num_queries):
    settings.REPORTES_VIVOS = 2
    primero = pedir(o.jefa, q="uno")
    assert pedir(o.jefa, q="uno") == primero
    assert pedir(o.admin, q="uno") != primero  # of another person
    pedir(o.jefa, q="dos")
    with pytest.raises(DemasiadosReportes):
        pedir(o.jefa, q="tres")
    hacer(primero)
    with django_assert_max_num_queries(25):  # whatever the rows: nothing is counted
        assert pedir(o.jefa, q="uno") != primero
    for actor, cambios, error in (
        (o.ana, {}, AccionProhibida),
        (o.jefa, {"desde": "2026-02-31"}, DatosInvalidos),
        (o.jefa, {"formato": "doc"}, DatosInvalidos),
    ):
        with pytest.raises(error):
            pedir(actor, **cambios)


def test_rights_are_those_of_when_it_runs(o):
    reservado = make_recibida(o, documento=make_documento(o, tipo_documento=o.denuncia)).documento
    make_recibida(o)
    dar_acceso(documento_id=reservado.pk, usuarios=[o.jefa], actor=o.ventanilla)
    assert hacer(pedir(o.jefa))[1].filas == 2
    assert hacer(pedir(o.admin))[1].filas == 1  # sees everything but what is reserved
    reporte = pedir(o.jefa)
    reservado.accesos.filter(usuario=o.jefa).delete()
    assert hacer(reporte)[1].filas == 1
    reporte = pedir(o.jefa)
    Membresia.objects.filter(usuario=o.jefa).delete()
    estado, reporte = hacer(reporte)
    assert (estado, reporte.estado) == ("FALLIDA", "FALLIDO")
    assert "no permite" in reporte.error
    assert Evento.objects.get(tipo="reporte_fallido").detalle["usuario"] == o.jefa.pk


def test_a_full_disk_leaves_no_half_file(o, disco, monkeypatch):
    make_documento(o)
    escribir = excel.ExcelWriter.save

    def lleno(libro):
        libro._archive.fp.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(excel.ExcelWriter, "save", lleno)
    estado, reporte = hacer(pedir(o.admin))
    assert (estado, reporte.estado) == ("FALLIDA", "FALLIDO")
    assert "No queda espacio" in reporte.error
    assert archivos(disco) == []
    monkeypatch.setattr(excel.ExcelWriter, "save", escribir)
    assert hacer(reintentar_reporte(reporte_id=reporte.pk, actor=o.admin))[1].estado == "LISTO"
    assert len(archivos(disco)) == 1


@pytest.mark.parametrize("momento", ["en espera", "escribiendo"])
def test_a_cancelled_report_leaves_no_file(
    o, disco, monkeypatch, momento, django_capture_on_commit_callbacks
):
    make_documento(o)
    reporte = pedir(o.admin)
    with django_capture_on_commit_callbacks(execute=True):
        if momento == "en espera":
            cancelar_reporte(reporte_id=reporte.pk, actor=o.admin)
        else:
            presentar = excel._presentar

            def cancelar(*args):
                presentar(*args)
                assert archivos(disco) != []
                cancelar_reporte(reporte_id=reporte.pk, actor=o.admin)

            monkeypatch.setattr(excel, "_presentar", cancelar)
            assert hacer(reporte)[0] == "CANCELADA"
    reporte.refresh_from_db()
    assert reporte.estado == EstadoReporte.CANCELADO
    assert archivos(disco) == []
    assert not Evento.objects.filter(tipo__startswith="reporte_").exists()


def test_killed_between_file_and_row_it_is_made_once(o, disco, monkeypatch):
    make_documento(o)
    reporte = pedir(o.admin, "csv")
    colocar = almacen.colocar

    def morir(temporal, ruta):
        colocar(temporal, ruta)
        raise RuntimeError("killed")

    monkeypatch.setattr(almacen, "colocar", morir)
    assert hacer(reporte)[0] == "PENDIENTE"
    resto = almacen._espera() / f"{reporte.pk}-abcd"  # what a kill leaves
    resto.mkdir(parents=True)
    (resto / "reporte").write_bytes(b"half")
    monkeypatch.setattr(almacen, "colocar", colocar)
    Tarea.objects.update(proximo_intento_en=timezone.now())
    assert hacer(reporte)[0] == "HECHA"
    assert archivos(disco) == [reporte.archivo]
    assert Reporte.objects.count() == 1
    ejecutar_tarea(reporte.tarea_id)
    assert Evento.objects.filter(tipo="reporte_listo").count() == 1


def test_the_file_is_removed_when_its_days_are_over(o, disco):
    _, reporte = hacer(pedir(o.admin, "csv"))
    assert reporte.vence_en - reporte.listo_en == timedelta(days=7)
    assert vencer_reportes(ahora=reporte.vence_en - timedelta(seconds=1)) == 0
    assert Path(disco / reporte.archivo).is_file()
    assert vencer_reportes(ahora=reporte.vence_en) == 1
    assert vencer_reportes(ahora=reporte.vence_en) == 0
    assert archivos(disco) == []
    otra_vez = reintentar_reporte(reporte_id=reporte.pk, actor=o.admin)
    assert otra_vez.pk != reporte.pk
    assert hacer(otra_vez)[1].estado == "LISTO"


def test_in_another_kind_of_storage(o, settings):
    memoria = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": memoria}
    make_documento(o)
    _, reporte = hacer(pedir(o.admin, "csv"))
    with almacen.abrir(reporte.archivo) as archivo:
        assert len(archivo.read()) == reporte.bytes
    vencer_reportes(ahora=reporte.vence_en)
    with pytest.raises(FileNotFoundError):
        almacen.abrir(reporte.archivo)


def test_pages_show_one_s_own_and_give_the_file_to_nobody_else(o, disco, client):
    def abrir(quien, ruta, *args, metodo="get", datos=None):
        client.force_login(quien)
        return getattr(client, metodo)(reverse(ruta, args=args), datos or {})

    make_documento(o)
    assert abrir(o.ana, "reports:lista").status_code == 403
    mal = abrir(
        o.admin, "reports:pedir", "documentos", metodo="post", datos={"asunto": "obras", "desde": "ayer"}
    )
    assert mal.status_code == 422
    assert 'value="obras"' in mal.content.decode() and "no es una fecha" in mal.content.decode()
    bien = abrir(o.admin, "reports:pedir", "documentos", metodo="post", datos={"formato": "csv"})
    assert bien.status_code == 302
    reporte = Reporte.objects.get()
    lista = abrir(o.admin, "reports:lista").content.decode()
    assert "En espera" in lista and "every 2s" in lista
    assert abrir(o.admin, "reports:descargar", reporte.pk).status_code == 410
    hacer(reporte)
    lista = abrir(o.admin, "reports:lista").content.decode()
    assert "Descargar" in lista and "every 2s" not in lista

    archivo = abrir(o.admin, "reports:descargar", reporte.pk)
    assert b"".join(archivo).startswith(b"\xef\xbb\xbf")
    assert archivo["Content-Disposition"].startswith('attachment; filename="documentos-')
    for otro in (o.jefa, o.lector, o.ana):
        assert abrir(otro, "reports:descargar", reporte.pk).status_code == 404
        assert abrir(otro, "reports:cancelar", reporte.pk, metodo="post").status_code == 404
        assert abrir(otro, "reports:reintentar", reporte.pk, metodo="post").status_code == 404
    assert reporte.pk not in [r.pk for r in abrir(o.jefa, "reports:lista").context["pagina"]]

    Reporte.objects.update(vence_en=timezone.now())
    assert abrir(o.admin, "reports:descargar", reporte.pk).status_code == 410
    Reporte.objects.update(vence_en=timezone.now() + timedelta(seconds=60))
    Membresia.objects.filter(usuario=o.admin).update(
        rol=o.roles["supervisor"]
    )  # sees less than the file holds
    assert abrir(o.admin, "reports:descargar", reporte.pk).status_code == 403


def test_the_command_writes_what_a_person_would_get(o, tmp_path):
    make_documento(o, asunto="Obra en la plaza")
    make_documento(o)
    salida = tmp_path / "hoy.csv"
    opciones = {"codigo": "documentos", "formato": "csv", "salida": salida}
    call_command(
        "generar_reporte",
        usuario="administradora",
        filtros='{"asunto": "plaza"}',
        stdout=io.StringIO(),
        **opciones,
    )
    assert salida.read_text("utf-8-sig").count("\n") == 2
    for usuario, codigo, filtros, dicho in (
        ("ana", "documentos", "{}", "no permite"),
        ("ana", "tablero", "{}", "no permite"),
        ("nadie", "documentos", "{}", "usuario nadie"),
        ("administradora", "documentos", "[", "no es JSON"),
        ("administradora", "documentos", "[1]", "no es un objeto"),
        ("administradora", "documentos", '{"desde": "ayer"}', "desde: .*no es una fecha"),
        ("administradora", "tablero", "{}", "no se hace en ese formato"),
    ):
        with pytest.raises(CommandError, match=dicho):
            call_command(
                "generar_reporte", usuario=usuario, filtros=filtros, **{**opciones, "codigo": codigo}
            )
    assert [f.name for f in tmp_path.iterdir() if f.is_file()] == ["hoy.csv"]


def test_the_api_accepts_follows_and_hands_over(o, disco, client):
    make_documento(o, asunto="Obra en la plaza")
    client.force_login(o.admin)
    cuerpo = {"codigo": "documentos", "formato": "csv", "filtros": {"asunto": "plaza", "vencidos": False}}
    pedido = client.post(reverse("api:reportes"), cuerpo, content_type="application/json")
    assert (pedido.status_code, pedido.json()["estado"]) == (202, "PEDIDO")
    lugar = pedido["Location"]
    assert client.get(lugar).json()["descarga"] is None
    assert client.get(f"{lugar}descarga/").status_code == 410
    hacer(Reporte.objects.get())
    listo = client.get(lugar).json()
    assert (listo["estado"], listo["progreso"], listo["filas"]) == ("LISTO", 100, 1)
    assert len(b"".join(client.get(listo["descarga"]))) == listo["bytes"]
    assert client.post(f"{lugar}cancelar/").status_code == 409
    assert [r["id"] for r in client.get(reverse("api:reportes")).json()["reportes"]] == [listo["id"]]
    for mal in (
        {"filtros": {"desde": "ayer"}},
        {"filtros": {"area": 0}},
        {"filtros": {"q": {"a": 1}}},
        {"formato": "doc"},
    ):
        malo = client.post(reverse("api:reportes"), {**cuerpo, **mal}, content_type="application/json")
        assert malo.status_code == 422 and malo.json()["error"]["details"]
    client.force_login(o.jefa)
    assert client.get(lugar).status_code == 404
