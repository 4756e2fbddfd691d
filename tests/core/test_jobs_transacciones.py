"""The task outbox between real transactions: two at once, rollbacks, interruptions."""

import threading
import time

import pytest
from django.db import connection, transaction

from core import ejecucion
from core.constants import EstadoTarea
from core.errors import FueraDeTransaccion
from core.jobs import (
    cancelar_tarea,
    ejecutar_tarea,
    encolar,
)
from core.models import Latido, Tarea
from tests.core import tareas_de_prueba
from tests.core.jobs_util import MODULO, esperar, nueva


@pytest.mark.django_db(transaction=True)
class TestRealTransactions:
    def test_outside_a_transaction_it_is_refused(self):
        with pytest.raises(FueraDeTransaccion):
            encolar(funcion=f"{MODULO}.sumar")

    def test_two_workers_never_take_the_same_task(self):
        tarea = nueva(args={"a": 1, "b": 1})
        barrera, tomadas = threading.Barrier(6), []

        def tomar():
            barrera.wait(10)
            if ejecucion.reclamar(tarea.pk):
                tomadas.append(1)
            connection.close()

        hilos = [threading.Thread(target=tomar) for _ in range(6)]
        for hilo in hilos:
            hilo.start()
        for hilo in hilos:
            hilo.join(20)
        assert tomadas == [1]

    def test_equal_requests_at_the_same_time_make_one_task(self):
        barrera, pks, errores = threading.Barrier(6), [], []

        def pedir():
            try:
                barrera.wait(10)
                pks.append(nueva(clave="k").pk)
            except Exception as error:  # noqa: BLE001
                errores.append(error)
            finally:
                connection.close()

        hilos = [threading.Thread(target=pedir) for _ in range(6)]
        for hilo in hilos:
            hilo.start()
        for hilo in hilos:
            hilo.join(20)
        assert errores == []
        assert len(pks) == 6
        assert len(set(pks)) == 1

    def test_shared_task_does_not_start_before_the_change_that_asks_for_it_commits(self):
        tarea = nueva(args={"a": 1, "b": 1}, clave="k")
        fin = []

        def trabajador():
            ejecutar_tarea(tarea.pk)
            fin.append(time.monotonic())
            connection.close()

        hilo = threading.Thread(target=trabajador)
        with transaction.atomic():
            encolar(funcion=f"{MODULO}.sumar", clave="k")
            hilo.start()
            time.sleep(0.4)
            assert fin == []
        hilo.join(10)
        tarea.refresh_from_db()
        assert tarea.estado == EstadoTarea.HECHA

    def test_progress_and_cancel_cross_a_long_transaction(self, settings, tmp_path):
        """The task reports from inside one; others see it, and their cancel is not kept waiting."""
        settings.TAREAS_PULSO_SEGUNDOS = 0.05
        testigo = tmp_path / "empezo"
        tarea = nueva("dentro_de_transaccion", {"archivo": str(testigo)})
        estados = []

        def trabajador():
            estados.append(ejecutar_tarea(tarea.pk))
            connection.close()

        hilo = threading.Thread(target=trabajador)
        hilo.start()
        esperar(testigo.exists)
        esperar(lambda: Tarea.objects.filter(pk=tarea.pk, progreso_texto="en transacción").exists())
        inicio = time.monotonic()
        cancelar_tarea(tarea_id=tarea.pk)
        assert time.monotonic() - inicio < 1
        hilo.join(10)
        assert estados == [EstadoTarea.CANCELADA]

    def test_cancel_reaches_a_task_that_says_nothing(self, settings):
        """It is interrupted where it waits, what it wrote is undone, and a stretch that may not be cut ends first."""
        settings.TAREAS_PULSO_SEGUNDOS = settings.TAREAS_GRACIA_CANCELAR = 0.1
        tareas_de_prueba.OIDOS.clear()

        def cancelar(tarea):
            esperar(lambda: Tarea.objects.filter(pk=tarea.pk, estado="EN_CURSO").exists())
            time.sleep(0.2)
            cancelar_tarea(tarea_id=tarea.pk)
            connection.close()

        for donde in ("sql", "sueno", "proceso", "entero"):
            tarea = nueva("esperar_sin_avisar", {"donde": donde, "segundos": 1 if donde == "entero" else 60})
            hilo = threading.Thread(target=cancelar, args=(tarea,))
            hilo.start()
            inicio = time.monotonic()
            assert ejecutar_tarea(tarea.pk) == EstadoTarea.CANCELADA, donde
            hilo.join(10)
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

    def test_lease_is_renewed_while_the_task_says_nothing(self, settings):
        settings.TAREAS_PULSO_SEGUNDOS, settings.TAREAS_ARRIENDO_SEGUNDOS = 0.05, 0.6
        tarea = nueva("girar", {"segundos": 1.5})
        estados = []

        def trabajador():
            estados.append(ejecutar_tarea(tarea.pk))
            connection.close()

        hilo = threading.Thread(target=trabajador)
        hilo.start()
        while hilo.is_alive():
            assert not Tarea.objects.vencidas().exists()
            time.sleep(0.1)
        assert estados == [EstadoTarea.HECHA]
