"""A power cut at any step of a registration: no number without record, no record without files, no gap, no double."""

import hashlib
import json
import signal
import socket
import threading
import uuid

import pytest
from django.db import connection

from core.models import Evento, Tarea
from documents.files.espera import poner_en_espera
from documents.models import ArchivoAdjunto, ArchivoEnEspera, Cargo, Correlativo, Documento
from tests.documents.files_util import pdf, subida
from tests.factories import make_documento, make_oficina
from tests.registro_muere import PASOS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def carpeta(almacen):
    return almacen


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def ventanilla(o, carpeta, criadero):
    """Registers in another process. Returns: what it said, or None when it died as told."""

    def correr(paso, *, llave, archivos=(), redis=""):
        datos = {
            "usuario": o.ventanilla.pk,
            "tipo": o.sol.pk,
            "remitente": o.remitente.pk,
            "area": o.mesa.pk,
            "llave": str(llave),
            "archivos": [str(a) for a in archivos],
            "redis": str(redis),
        }
        base = connection.settings_dict["NAME"]
        codigo, salida, quejas = criadero.correr("tests.registro_muere", base, str(carpeta), paso, datos)
        if paso == "nada":
            assert codigo == 0, quejas[-2000:]
            return json.loads(salida)
        assert codigo == -signal.SIGKILL, quejas[-2000:]
        return None

    return correr


def en_espera(o, cuantos=2):
    return [
        poner_en_espera(usuario=o.ventanilla, subida=subida(pdf(marca=f"anexo {n}")), para="principal").pk
        for n in range(cuantos)
    ]


def comprobar_todo(carpeta):
    """Every number has its record, every record its receipt, trace, files and tasks, every file its bytes."""
    numeros = sorted(Documento.objects.values_list("numero", flat=True))
    assert numeros == list(range(1, len(numeros) + 1))
    ultimo = Correlativo.objects.values_list("ultimo", flat=True).first() or 0
    assert ultimo == len(numeros)
    for documento in Documento.objects.all():
        assert Cargo.objects.get(documento=documento).datos["expediente"] == documento.numero_expediente
        assert documento.presencias.count() == 1
        evento = Evento.objects.get(documento_id=documento.pk, tipo="documento_registrado")
        assert evento.detalle["archivos"] == documento.archivos.count()
        assert Tarea.objects.filter(documento_id=documento.pk, funcion__endswith="adjunto").count() == (
            documento.archivos.count()
        )
    assert not Evento.objects.exclude(
        documento_id__in=[0, *Documento.objects.values_list("pk", flat=True)]
    ).exists()
    for fila in [*ArchivoEnEspera.objects.all(), *ArchivoAdjunto.objects.all()]:
        contenido = (carpeta / fila.ruta).read_bytes()
        assert len(contenido) == fila.peso_bytes
        assert hashlib.sha256(contenido).hexdigest() == fila.hash_archivo


@pytest.mark.parametrize("paso", PASOS)
def test_a_kill_at_any_step_leaves_all_or_nothing(o, carpeta, ventanilla, paso):
    make_documento(o)
    llave, archivos = uuid.uuid4(), en_espera(o)
    ventanilla(paso, llave=llave, archivos=archivos)
    confirmado = paso == "confirmado"
    assert Documento.objects.count() == 1 + confirmado
    assert ArchivoAdjunto.objects.count() == 2 * confirmado
    assert ArchivoEnEspera.objects.count() == (0 if confirmado else 2 + (paso == "archivo en espera"))
    comprobar_todo(carpeta)
    # The clerk presses again: the same form gives the document it already made, or makes it now.
    dicho = ventanilla("nada", llave=llave, archivos=archivos)
    documento = Documento.objects.get(pk=dicho["pk"])
    assert documento.numero == 2
    assert Documento.objects.count() == 2
    assert [a.es_principal for a in documento.archivos.order_by("orden")] == [True, False]
    # And the next one in the queue takes the next number.
    assert make_documento(o).numero == 3
    comprobar_todo(carpeta)


def test_the_first_number_of_the_year_survives_a_kill(o, carpeta, ventanilla):
    ventanilla("numerado", llave=uuid.uuid4())
    ventanilla("antes de confirmar", llave=uuid.uuid4())
    assert make_documento(o).numero == 1
    comprobar_todo(carpeta)


def test_a_dead_window_holds_no_lock(o, ventanilla):
    """A window killed with the counter in its hand lets the others go on at once."""
    make_documento(o)
    ventanilla("antes de confirmar", llave=uuid.uuid4())
    hechos = []
    otra = threading.Thread(target=lambda: (hechos.append(make_documento(o).numero), connection.close()))
    otra.start()
    otra.join(15)
    assert hechos == [2]


# --- Redis away ------------------------------------------------------------------------------------------------


@pytest.fixture
def redis_colgado(tmp_path):
    """A Redis that takes connections and never answers."""
    camino = tmp_path / "colgado.sock"
    with socket.socket(socket.AF_UNIX) as servidor:
        servidor.bind(str(camino))
        servidor.listen(64)
        yield camino


@pytest.mark.parametrize("como", ["parado", "colgado"])
def test_registration_needs_no_redis_and_keeps_its_tasks(
    o, carpeta, ventanilla, redis_colgado, tmp_path, como
):
    camino = redis_colgado if como == "colgado" else tmp_path / "no-existe.sock"
    dicho = ventanilla("nada", llave=uuid.uuid4(), archivos=en_espera(o), redis=camino)
    assert dicho["segundos"] < 8  # the bell gives up in a third of a second; the rest is a loaded machine
    tareas = Tarea.objects.filter(documento_id=dicho["pk"], funcion__endswith="procesar_archivo_adjunto")
    assert sorted(tareas.values_list("estado", "avisada_en")) == [("PENDIENTE", None)] * 2
    assert tareas.listas().count() == 2  # the next sweep rings for them
    comprobar_todo(carpeta)
