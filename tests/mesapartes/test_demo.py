"""cargar_demo: an office in every state, made by the services, the same for the same seed."""

import datetime as dt
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from core.health import revisar_cola
from core.models import Evento
from derivations.constants import Estado as EstadoDerivacion
from derivations.constants import Motivo
from derivations.models import Derivacion, HojaRemision
from documents.constants import ClaseArchivo, Estado
from documents.files.almacen import obtener_almacen
from documents.identidad import problema_de_numero
from documents.models import ArchivoAdjunto, Documento, Remitente
from mesapartes.datos.demo import HayDocumentos, cargar_demo
from mesapartes.datos.demo.vidas import VIDAS
from organization.calendar import cargar_calendario
from organization.calendar.constants import ZONA
from organization.models import Usuario
from tests.factories import make_documento, make_oficina

pytestmark = pytest.mark.django_db
CUANTOS = 36


@pytest.fixture
def el_dia_es(monkeypatch):
    def poner(*partes):
        monkeypatch.setattr(timezone, "now", lambda: dt.datetime(*partes, tzinfo=ZONA))

    return poner


def test_every_state_is_there_and_the_audit_holds(el_dia_es):
    el_dia_es(2026, 11, 24, 10, 42)
    resumen = cargar_demo(documentos=CUANTOS)
    assert resumen.documentos == CUANTOS == Documento.objects.count()
    assert set(resumen.vidas) == {vida.__name__ for vida in VIDAS}
    estados = set(Documento.objects.values_list("estado", flat=True))
    assert estados == set(Estado.values) - {Estado.PRESENTADO}
    hoy = dt.date(2026, 11, 24)
    assert Documento.objects.vencidos(hoy).exists()
    assert revisar_cola()["mas_antigua_segundos"] < 60, "the work of the made-up past looks late"
    assert Documento.objects.abiertos().filter(prioridad="URGENTE").exists()
    assert Documento.objects.filter(reservado=True, accesos__isnull=False).exists()
    for estado in EstadoDerivacion.values:
        assert Derivacion.objects.filter(estado=estado).exists(), estado
    assert set(Derivacion.objects.values_list("motivo", flat=True)) == set(Motivo.values)
    assert Derivacion.objects.copias().filter(estado=EstadoDerivacion.RECIBIDO).exists()
    assert ArchivoAdjunto.objects.filter(clase=ClaseArchivo.RESPUESTA, derivaciones__isnull=False).exists()
    assert HojaRemision.objects.exists()
    assert "íntegra" in _verificar()
    _todo_en_orden(dt.datetime(2026, 11, 24, 10, 42, tzinfo=ZONA))
    _la_gente_entra_y_ve()


def _verificar():
    salida = StringIO()
    call_command("verificar_auditoria", stdout=salida)
    return salida.getvalue()


def _todo_en_orden(ahora):
    """Numbers follow time, nothing is in the future or outside working days, files are on disk, RUC are right."""
    recibidos = list(Documento.objects.order_by("numero").values_list("fecha_recepcion", flat=True))
    assert recibidos == sorted(recibidos)
    calendario = cargar_calendario(ahora.date() - dt.timedelta(days=60))
    for instante in Evento.objects.exclude(documento_id=0).values_list("ocurrido_en", flat=True):
        assert instante <= ahora
        assert calendario.es_habil(instante.astimezone(ZONA).date())
    almacen = obtener_almacen()
    for archivo in ArchivoAdjunto.objects.all():
        assert almacen.peso(archivo.ruta) == archivo.peso_bytes
    for remitente in Remitente.objects.all():
        assert problema_de_numero(remitente.tipo_identidad, remitente.numero) == ""
    conocida = Remitente.objects.get(numero="20448310290")
    assert conocida.nombre == "Empresa de Transportes Virgen de Copacabana S.A.C."
    assert conocida.documentos.filter(numero_folios=46, asignado_a__username="transportes").exists()


def _la_gente_entra_y_ve():
    for nombre in ("ventanilla", "transportes", "legal", "jefa", "admin"):
        usuario = Usuario.objects.get(username=nombre)
        assert usuario.check_password("mesa-demo")
        assert Documento.objects.visibles_para(usuario).exists()
    jefa = Usuario.objects.get(username="jefa")
    assert Documento.objects.visibles_para(jefa).count() == Documento.objects.count()
    assert Usuario.objects.get(username="transportes").alcance.rol_principal == "usuario_area"


@pytest.mark.parametrize(
    "instante",
    [(2026, 11, 22, 3, 0), (2026, 11, 23, 8, 50), (2027, 1, 8, 18, 30)],
    ids=["sunday-night", "monday-early", "over-new-year"],
)
def test_any_moment_is_good(el_dia_es, instante):
    el_dia_es(*instante)
    resumen = cargar_demo(documentos=CUANTOS, semilla=3)
    assert sum(resumen.vidas.values()) == CUANTOS
    assert {Estado.REGISTRADO, Estado.OBSERVADO} <= set(Documento.objects.values_list("estado", flat=True))
    if instante[0] == 2027:
        assert Counter(Documento.objects.values_list("anio", flat=True)).keys() == {2026, 2027}
        assert Documento.objects.filter(numero_expediente="EXP-2027-000001").exists()


def test_the_same_seed_gives_the_same_office(el_dia_es):
    el_dia_es(2026, 11, 24, 10, 42)
    campos = (
        "numero_expediente",
        "clave",
        "codigo_qr",
        "asunto",
        "remitente_nombre",
        "estado",
        "fecha_limite",
    )
    vistas = []
    for _ in range(2):
        with transaction.atomic():
            cargar_demo(documentos=28, semilla=9)
            vistas.append(list(Documento.objects.order_by("numero_expediente").values_list(*campos)))
            transaction.set_rollback(True)
    assert vistas[0] == vistas[1]


def test_an_office_with_documents_is_refused(el_dia_es):
    el_dia_es(2026, 11, 24, 10, 42)
    make_documento(make_oficina())
    with pytest.raises(HayDocumentos):
        cargar_demo(documentos=28)
    with pytest.raises(CommandError, match="--forzar"):
        call_command("cargar_demo", documentos=28, verbosity=0)
    assert Documento.objects.count() == 1
