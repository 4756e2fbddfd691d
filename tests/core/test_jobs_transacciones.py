"""The task outbox between real transactions: two at once, rollbacks, interruptions."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from core import ejecucion
from core.constants import EstadoTarea
from core.errors import FueraDeTransaccion
from core.jobs import cancelar_tarea, ejecutar_tarea, encolar
from core.models import Latido, Tarea
from tests.concurrency_util import a_la_vez
from tests.core import tareas_de_prueba
from tests.core.jobs_util import MODULO, esperar, nueva


@pytest.fixture
def aparte():
    """Starts an act in another thread, with a connection of its own. Returns: its future."""
    with ThreadPoolExecutor(1) as hilos:

        def correr(acto, *argumentos):
            try:
                return acto(*argumentos)
            finally:
                connection.close()

        yield lambda acto, *argumentos: hilos.submit(correr, acto, *argumentos)


@pytest.mark.django_db(transaction=True)
class TestRealTransactions:
    def test_outside_a_transaction_it_is_refused(self):
        with pytest.raises(FueraDeTransaccion):
            encolar(funcion=f"{MODULO}.sumar")

    def test_two_workers_never_take_the_same_task(self):
        tarea = nueva(args={"a": 1, "b": 1})
        tomadas = a_la_vez(*[lambda: ejecucion.reclamar(tarea.pk)] * 6)
        assert [t.pk for t in tomadas if t is not None] == [tarea.pk]

    def test_equal_requests_at_the_same_time_make_one_task(self):
        pedidas = a_la_vez(*[lambda: nueva(clave="k")] * 6)
        assert len({t.pk for t in pedidas}) == 1

    def test_shared_task_does_not_start_before_the_change_that_asks_for_it_commits(self, aparte):
        tarea = nueva(args={"a": 1, "b": 1}, clave="k")
        with transaction.atomic():
            encolar(funcion=f"{MODULO}.sumar", clave="k")
            trabajador = aparte(ejecutar_tarea, tarea.pk)
            time.sleep(0.4)
            assert not trabajador.done()
        assert trabajador.result(10) == EstadoTarea.HECHA

    def test_progress_and_cancel_cross_a_long_transaction(self, aparte, settings, tmp_path):
        """The task reports from inside one; others see it, and their cancel is not kept waiting."""
        settings.TAREAS_PULSO_SEGUNDOS = 0.05
        testigo = tmp_path / "empezo"
        tarea = nueva("dentro_de_transaccion", {"archivo": str(testigo)})
        trabajador = aparte(ejecutar_tarea, tarea.pk)
        esperar(testigo.exists)
        esperar(lambda: Tarea.objects.filter(pk=tarea.pk, progreso_texto="en transacción").exists())
        inicio = time.monotonic()
        cancelar_tarea(tarea_id=tarea.pk)
        assert time.monotonic() - inicio < 1
        assert trabajador.result(10) == EstadoTarea.CANCELADA

    def test_cancel_reaches_a_task_that_says_nothing(self, aparte, settings):
        """It is interrupted where it waits, what it wrote is undone, and a stretch that may not be cut ends first."""
        settings.TAREAS_PULSO_SEGUNDOS = settings.TAREAS_GRACIA_CANCELAR = 0.1
        tareas_de_prueba.OIDOS.clear()

        def cancelar(tarea):
            esperar(lambda: Tarea.objects.filter(pk=tarea.pk, estado="EN_CURSO").exists())
            time.sleep(0.2)
            cancelar_tarea(tarea_id=tarea.pk)

        for donde in ("sql", "sueno", "proceso", "entero"):
            tarea = nueva("esperar_sin_avisar", {"donde": donde, "segundos": 1 if donde == "entero" else 60})
            cancela = aparte(cancelar, tarea)
            inicio = time.monotonic()
            assert ejecutar_tarea(tarea.pk) == EstadoTarea.CANCELADA, donde
            cancela.result(10)
            assert time.monotonic() - inicio < 4, donde
            assert tareas_de_prueba.OIDOS == (["entero"] if donde == "entero" else [])
            assert not Latido.objects.filter(nombre__startswith="a medias").exists()
        otra = nueva(args={"a": 1, "b": 1})
        assert ejecutar_tarea(otra.pk) == EstadoTarea.HECHA  # the same process goes on

    def test_soft_limit_reaches_a_long_statement(self, settings):
        settings.Q_SOFT_TIMEOUT = 0.3
        tarea = nueva("esperar_sin_avisar", {"donde": "sql"})
        inicio = time.monotonic()
        assert ejecutar_tarea(tarea.pk) == EstadoTarea.FALLIDA
        assert time.monotonic() - inicio < 3
        tarea.refresh_from_db()
        assert tarea.error_legible == "La tarea superó el límite de 0.3 segundos y se detuvo."
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%'"
            )
            assert cursor.fetchone()[0] == 1  # itself

    def test_lease_is_renewed_while_the_task_says_nothing(self, aparte, settings):
        settings.TAREAS_PULSO_SEGUNDOS, settings.TAREAS_ARRIENDO_SEGUNDOS = 0.05, 0.6
        tarea = nueva("girar", {"segundos": 1.5})
        trabajador = aparte(ejecutar_tarea, tarea.pk)
        while not trabajador.done():
            assert not Tarea.objects.vencidas().exists()
            time.sleep(0.1)
        assert trabajador.result() == EstadoTarea.HECHA
