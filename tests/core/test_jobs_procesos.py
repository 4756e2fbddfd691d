"""No task is lost when real processes die: worker, whole cluster, Redis killed or hung. PostgreSQL and Valkey only."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings as ajustes
from django.db import connection, transaction
from django_q.conf import Conf

from core import campana
from core.constants import EstadoTarea
from core.embedded.binarios import valkey_bin
from core.health import revisar
from core.jobs import cancelar_tarea, encolar
from core.models import Latido, Tarea
from tests.core import las_cinco
from tests.integrations.otra_entidad import en_marcha

RAIZ = Path(__file__).resolve().parents[2]
MODULO = "tests.core.tareas_de_prueba"
PLAZO = 25  # seconds for what normally takes two or three, on a machine with other work

pytestmark = pytest.mark.django_db(transaction=True)


def esperar(condicion, que, segundos=PLAZO):
    fin = time.monotonic() + segundos
    while not (valor := condicion()):
        assert time.monotonic() < fin, f"no ocurrió a tiempo: {que}"
        time.sleep(0.05)
    return valor


class Procesos:
    """A private Valkey, one cluster with one worker, one sweeper."""

    def __init__(self, carpeta):
        self.carpeta = carpeta
        self.socket = carpeta / "v.sock"
        self.registro = (carpeta / "registro").open("ab")
        self.valkey = self.cluster = self.barrido = self.guardian = None

    def abrir_valkey(self):
        self.valkey = subprocess.Popen(
            [
                valkey_bin(),
                "--port",
                "0",
                "--unixsocket",
                self.socket,
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                self.carpeta,
            ],
            stdout=self.registro,
            stderr=self.registro,
        )
        esperar(campana.responde, "Valkey responde")
        campana.olvidar()

    def matar_valkey(self):
        self.valkey.kill()
        self.valkey.wait(10)
        self.socket.unlink(missing_ok=True)

    def abrir_cluster(self):
        self.cluster = self._django("qcluster")

    def abrir_barrido(self):
        self.barrido = self._django("barrer", "--bucle")

    def abrir_guardian(self):
        """Start the command that runs the cluster and the sweep together, watching them."""
        self.guardian = self._django("trabajar")

    def matar_cluster(self):
        """Kill guard, workers, monitor and pusher at once, as a power cut does."""
        os.killpg(self.cluster.pid, signal.SIGKILL)
        self.cluster.wait(10)

    def _django(self, *orden):
        entorno = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.core.ajustes_procesos",
            "PRUEBA_AJUSTES": os.environ["DJANGO_SETTINGS_MODULE"],
            "PRUEBA_BASE": connection.settings_dict["NAME"],
            "PRUEBA_VALKEY": str(self.socket),
            "MESA_PRUEBAS_VAR": str(ajustes.MESA_VAR),
            "PYTHONPATH": os.pathsep.join(filter(None, (str(RAIZ), os.environ.get("PYTHONPATH")))),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "django", *orden, "--skip-checks"],
            cwd=RAIZ,
            env=entorno,
            start_new_session=True,
            stdout=self.registro,
            stderr=self.registro,
        )

    def cerrar(self):
        for proceso in (self.guardian, self.cluster, self.barrido):
            if proceso is self.guardian and proceso is not None and proceso.poll() is None:
                proceso.terminate()  # it ends its own cluster
                with suppress(subprocess.TimeoutExpired):
                    proceso.wait(5)
            if proceso is not None and proceso.poll() is None:
                os.killpg(proceso.pid, signal.SIGKILL)
                proceso.wait(10)
        if self.valkey is not None:
            self.valkey.kill()
            self.valkey.wait(10)
        self.registro.close()


@pytest.fixture(scope="module")
def procesos(django_db_setup):
    """Start the processes once; each test leaves them running."""
    with tempfile.TemporaryDirectory(prefix="mesa-q-") as carpeta, pytest.MonkeyPatch.context() as parche:
        todos = Procesos(Path(carpeta))
        parche.setattr(Conf, "REDIS", Conf.REDIS | {"unix_socket_path": str(todos.socket), "db": 0})
        campana.olvidar()
        try:
            todos.abrir_valkey()
            todos.abrir_cluster()
            todos.abrir_barrido()
            yield todos
        finally:
            todos.cerrar()
            campana.olvidar()


@pytest.fixture(autouse=True)
def a_la_vista(procesos, capfd, request):
    """Show what the processes said when a test fails, and start each test with the bell ready."""
    campana.olvidar()
    yield
    print((procesos.carpeta / "registro").read_text(errors="replace")[-6000:])


def pedir(archivo, segundos, marca):
    """Queue a task that notes its start and its end. Returns: (Tarea, seconds the transaction and bell took)."""
    inicio = time.monotonic()
    with transaction.atomic():
        tarea = encolar(
            funcion="tests.core.tareas_de_prueba.dormir_y_anotar",
            args={"archivo": str(archivo), "segundos": segundos, "marca": marca},
        )
    return tarea, time.monotonic() - inicio


def anotado(archivo, palabra, marca):
    """Return the pid of the worker that noted the word, or None."""
    if archivo.exists():
        for linea in archivo.read_text().splitlines():
            if linea.startswith(f"{palabra} {marca} "):
                return int(linea.split()[2])
    return None


def hechas(*tareas):
    return Tarea.objects.filter(pk__in=[t.pk for t in tareas], estado=EstadoTarea.HECHA).count() == len(
        tareas
    )


def test_killed_worker_does_not_lose_its_task(procesos, tmp_path):
    archivo = tmp_path / "notas"
    tarea, _ = pedir(archivo, 1, "a")
    pid = esperar(lambda: anotado(archivo, "inicio", "a"), "la tarea empieza")
    os.kill(pid, signal.SIGKILL)
    esperar(lambda: hechas(tarea), "la tarea termina en otro trabajador")
    tarea.refresh_from_db()
    assert tarea.intentos == 2
    assert anotado(archivo, "fin", "a") != pid


def test_hung_redis_neither_delays_nor_loses(procesos, tmp_path):
    procesos.valkey.send_signal(signal.SIGSTOP)
    try:
        primera, demora = pedir(tmp_path / "notas", 0, "a")
        segunda, demora_corta = pedir(tmp_path / "notas", 0, "b")
    finally:
        procesos.valkey.send_signal(signal.SIGCONT)
    assert demora < 1.2
    assert demora_corta < 0.25  # the breaker does not ask again
    esperar(lambda: hechas(primera, segunda), "las tareas terminan cuando Redis vuelve")


def test_killed_redis_neither_delays_nor_loses(procesos, tmp_path):
    corriendo, _ = pedir(tmp_path / "notas", 1, "corriendo")
    esperar(lambda: anotado(tmp_path / "notas", "inicio", "corriendo"), "la tarea empieza")
    rung, _ = pedir(
        tmp_path / "notas", 0, "avisada"
    )  # its ring dies with Valkey, which keeps nothing on disk
    procesos.matar_valkey()
    try:
        sin_redis, demora = pedir(tmp_path / "notas", 0, "sin redis")
    finally:
        procesos.abrir_valkey()
    assert demora < 1
    esperar(lambda: hechas(corriendo, rung, sin_redis), "las tareas terminan cuando Redis vuelve")
    corriendo.refresh_from_db()
    assert corriendo.intentos == 1


def test_power_cut_over_the_whole_cluster_loses_nothing(procesos, tmp_path):
    archivo = tmp_path / "notas"
    tareas = [pedir(archivo, 0.4, f"t{n}")[0] for n in range(5)]
    esperar(lambda: anotado(archivo, "inicio", "t0"), "empieza la primera")
    procesos.matar_cluster()
    procesos.abrir_cluster()
    esperar(lambda: hechas(*tareas), "todas terminan")
    assert max(Tarea.objects.values_list("intentos", flat=True)) <= 3


def test_cancel_stops_a_worker_that_says_nothing(procesos):
    """Within five seconds, in a statement that would last a minute; the same process takes the next task."""
    with transaction.atomic():
        tarea = encolar(funcion=f"{MODULO}.esperar_sin_avisar", args={"donde": "sql", "segundos": 60})
    esperar(lambda: Tarea.objects.filter(pk=tarea.pk, estado="EN_CURSO").exists(), "la tarea empieza")
    proceso = Tarea.objects.get(pk=tarea.pk).arrendatario.rpartition(":")[0]
    esperar(lambda: Latido.objects.filter(nombre=f"proceso {proceso}").exists(), "el proceso da señales")
    inicio = time.monotonic()
    cancelar_tarea(tarea_id=tarea.pk)
    esperar(lambda: Tarea.objects.filter(pk=tarea.pk, estado="CANCELADA").exists(), "se detiene", 5)
    assert time.monotonic() - inicio < 5
    assert not Latido.objects.filter(nombre__startswith="a medias").exists()


def test_worker_stuck_beyond_the_hard_limit_is_killed_and_its_task_says_so(procesos, tmp_path):
    with transaction.atomic():
        tarea = encolar(funcion=f"{MODULO}.no_hacer_caso", args={"segundos": 60})
    siguiente, _ = pedir(tmp_path / "notas", 0, "siguiente")
    esperar(lambda: Tarea.objects.filter(pk=tarea.pk, estado="FALLIDA").exists(), "se le pone fin", 40)
    tarea.refresh_from_db()
    assert (tarea.intentos, tarea.error_legible) == (
        1,
        "La tarea pasó el límite de 4 segundos y su proceso se terminó por la fuerza.",
    )
    esperar(lambda: hechas(siguiente), "otro trabajador sigue")


def test_connections_cut_by_postgres_lose_nothing(procesos, tmp_path):
    """A restart of PostgreSQL in mid-task, as its clients see it: every connection of theirs is gone."""
    archivo = tmp_path / "notas"
    corriendo, _ = pedir(archivo, 1, "corriendo")
    esperar(lambda: anotado(archivo, "inicio", "corriendo"), "la tarea empieza")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1
    siguiente, _ = pedir(archivo, 0, "siguiente")
    esperar(lambda: hechas(corriendo, siguiente), "ambas terminan")
    corriendo.refresh_from_db()
    assert corriendo.intentos == 1


def test_each_kind_of_task_killed_half_way_and_at_its_end_is_done_once(procesos, tmp_path, settings):
    """kill -9 of the worker at a progress point, and when the work is done but not yet written down."""
    settings.INTEGRACIONES_REDES_PERMITIDAS = ["127.0.0.0/8"]
    with en_marcha() as remota:
        with transaction.atomic():
            pedidas = las_cinco.pedir(remota, tmp_path)
        esperar(lambda: not Tarea.objects.vivas().filter(pk__in=pedidas).exists(), "todas terminan", 90)
        estados = {
            (t.args["funcion"], t.args["paso"]): (t.estado, t.intentos, t.error_legible)
            for t in Tarea.objects.filter(pk__in=pedidas)
        }
        assert set(estados.values()) == {("HECHA", 2, "")}, estados
        assert len(estados) == len(las_cinco.FUNCIONES) + 2
        esperar(las_cinco.apurar, "llega lo que una muerte dejó para después")
        las_cinco.comprobar(remota, Path(procesos.carpeta) / "correos")


def test_silent_workers_are_noticed_and_replaced(procesos, tmp_path, settings):
    """An idle worker dies with the queue's lock and the cluster goes silent (django-q2, issue 23)."""
    procesos.matar_cluster()
    os.killpg(procesos.barrido.pid, signal.SIGKILL)
    procesos.abrir_guardian()
    archivo = tmp_path / "notas"
    primera, _ = pedir(archivo, 0, "a")
    esperar(lambda: hechas(primera), "el trabajador está libre")
    time.sleep(0.3)
    os.kill(anotado(archivo, "fin", "a"), signal.SIGKILL)
    varias = [pedir(archivo, 0, f"b{n}")[0] for n in range(4)]
    esperar(lambda: hechas(*varias), "trabajadores nuevos terminan todo")
    esperar(lambda: revisar(["trabajador", "barrido", "cola"])[0], "salud lo confirma")
    procesos.guardian.terminate()
    assert procesos.guardian.wait(PLAZO) == 0
    assert not vivos_en_grupos_de(procesos)


def vivos_en_grupos_de(procesos):
    """Return the pids of processes whose environment names this test's Valkey, but for the Valkey itself."""
    marca = f"PRUEBA_VALKEY={procesos.socket}".encode()
    hallados = []
    for carpeta in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if marca in (carpeta / "environ").read_bytes().split(b"\0"):
                hallados.append(int(carpeta.name))
    return hallados
