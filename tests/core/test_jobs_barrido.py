"""The sweep of the task outbox, and what is done when a task ends badly."""

import pytest
from django.core.management import call_command

from core import ejecucion, jobs
from core.constants import LATIDO_BARRIDO, EstadoTarea, ajuste
from core.jobs import barrer, cancelar_tarea, ejecutar_tarea, reintentar_tarea
from core.models import Latido, Tarea
from tests.core import tareas_de_prueba
from tests.core.jobs_util import MODULO, adelantar, hace, nueva


@pytest.mark.django_db
class TestSweeping:
    def en_curso(self, **campos):
        tarea = nueva(args={"a": 1, "b": 1})
        adelantar(
            tarea,
            **{
                "estado": "EN_CURSO",
                "intentos": 1,
                "arrendatario": "muerto",
                "arrendada_hasta": hace(1),
                **campos,
            },
        )
        return tarea

    def estado(self, tarea):
        tarea.refresh_from_db()
        return tarea.estado

    def test_task_of_a_dead_worker_is_freed_and_rung(self, timbres):
        tarea = self.en_curso()
        assert barrer() == {"liberadas": 1, "cerradas": 0, "avisadas": 1, "redis": True}
        assert (self.estado(tarea), timbres) == ("PENDIENTE", [tarea.pk])
        assert ejecutar_tarea(tarea.pk) == EstadoTarea.HECHA

    def test_live_lease_is_left_alone(self, timbres):
        tarea = self.en_curso(arrendada_hasta=hace(-30))
        assert barrer()["liberadas"] == 0
        assert self.estado(tarea) == "EN_CURSO"

    def test_dead_worker_on_the_last_attempt_ends_the_task(self, timbres):
        tarea = self.en_curso(intentos=3)
        assert barrer()["cerradas"] == 1
        assert self.estado(tarea) == "FALLIDA"
        assert "se detuvo antes de terminar" in tarea.error

    def test_worker_killed_at_the_hard_limit_ends_the_task_with_its_reason(self, timbres, settings):
        tarea = self.en_curso(iniciada_en=hace(1895))
        otra = self.en_curso(iniciada_en=hace(1500))  # it died of something else
        assert (barrer()["cerradas"], self.estado(otra)) == (1, "PENDIENTE")
        tarea.refresh_from_db()
        assert (tarea.estado, tarea.intentos) == ("FALLIDA", 1)  # not tried again for another half hour
        assert tarea.error_legible == (
            "La tarea pasó el límite de 30 minutos y su proceso se terminó por la fuerza."
        )

    def test_dead_worker_of_a_cancelled_task_cancels_it(self, timbres):
        tarea = self.en_curso(cancelar=True)
        barrer()
        assert self.estado(tarea) == "CANCELADA"

    def test_asked_again_while_its_worker_died_it_runs_with_all_attempts(self, timbres):
        tarea = self.en_curso(intentos=3, repetir=True)
        barrer()
        assert (self.estado(tarea), tarea.intentos, tarea.repetir) == ("PENDIENTE", 0, False)

    def test_rung_task_is_not_rung_again_at_once(self, timbres):
        tarea = nueva()
        assert barrer()["avisadas"] == 0  # its commit has just rung
        adelantar(tarea, avisada_en=hace(ajuste("TAREAS_REAVISO_SEGUNDOS") + 1))
        assert barrer()["avisadas"] == 1
        assert barrer()["avisadas"] == 0

    def test_rings_do_not_pile_up_while_the_workers_are_busy(self, timbres):
        vieja, sin_timbre = nueva(), nueva()
        adelantar(vieja, avisada_en=hace(3600))
        adelantar(sin_timbre, avisada_en=None)
        timbres.en_redis = jobs.LOTE_BARRIDO
        assert (barrer()["avisadas"], timbres) == (1, [sin_timbre.pk])
        timbres.en_redis = 0
        assert (barrer()["avisadas"], timbres) == (1, [sin_timbre.pk, vieja.pk])

    def test_lost_lease_cannot_close_the_task(self):
        tarea = ejecucion.reclamar(nueva().pk)
        corrida = ejecucion.Corrida(tarea)
        adelantar(tarea, arrendatario="otro")
        ejecucion._cerrar(tarea, corrida, {"estado": EstadoTarea.HECHA})
        tarea.refresh_from_db()
        assert (tarea.estado, tarea.arrendatario) == ("EN_CURSO", "otro")
        with pytest.raises(ejecucion.ArriendoPerdido):
            corrida.avanzar(10, "")

    def test_failed_attempt_of_a_cancelled_task_is_not_tried_again(self):
        tarea = ejecucion.reclamar(nueva().pk)
        adelantar(tarea, cancelar=True)
        cambios = ejecucion._fallo(tarea, ValueError("x"))
        assert ejecucion._cerrar(tarea, ejecucion.Corrida(tarea), cambios) == EstadoTarea.CANCELADA

    def test_sweep_leaves_its_heartbeat_and_asks_the_worker_for_one_now_and_then(self, timbres):
        barrer()
        assert Latido.objects.filter(nombre=LATIDO_BARRIDO).exists()
        assert jobs.pedir_latido() is True
        assert jobs.pedir_latido() is False
        Latido.objects.filter(nombre="peticion").update(latido_en=hace(60))
        assert jobs.pedir_latido() is True

    def test_command_tells_what_it_did(self, timbres, capsys):
        self.en_curso()
        call_command("barrer")
        assert capsys.readouterr().out.strip() == "1 liberadas, 0 cerradas, 1 avisadas"


@pytest.mark.django_db
class TestAfterTheEnd:
    """TAREAS_AL_TERMINAR: who hears of a task that ended otherwise than HECHA, and when."""

    @pytest.fixture(autouse=True)
    def oyente(self, settings, timbres):
        tareas_de_prueba.OIDOS.clear()
        settings.TAREAS_AL_TERMINAR = {
            f"{MODULO}.{nombre}": f"{MODULO}.oir_el_final"
            for nombre in ("sumar", "fallar", "insistir_hasta_cancelar")
        }

    def oido(self, tarea):
        tarea.refresh_from_db()
        return [(estado, args) for pk, estado, args in tareas_de_prueba.OIDOS if pk == tarea.pk]

    def test_each_way_of_ending_badly_is_told_once(self, django_capture_on_commit_callbacks):
        fallida = nueva("fallar", {"texto": "x"}, max_intentos=2)
        assert ejecutar_tarea(fallida.pk) == EstadoTarea.PENDIENTE
        assert self.oido(fallida) == []  # it will be tried again
        adelantar(fallida, proximo_intento_en=hace(1))
        assert ejecutar_tarea(fallida.pk) == EstadoTarea.FALLIDA
        corriendo = nueva("insistir_hasta_cancelar")
        adelantar(corriendo, args={"tarea_id": corriendo.pk})
        assert ejecutar_tarea(corriendo.pk) == EstadoTarea.CANCELADA
        barrida, espera, hecha = nueva(), nueva(), nueva(args={"a": 1, "b": 1})
        adelantar(barrida, estado="EN_CURSO", intentos=3, arrendatario="muerto", arrendada_hasta=hace(1))
        with django_capture_on_commit_callbacks(execute=True):
            barrer()
            cancelar_tarea(tarea_id=espera.pk)
        ejecutar_tarea(hecha.pk)
        assert self.oido(fallida) == [("FALLIDA", {"texto": "x"})]
        assert self.oido(corriendo) == [("CANCELADA", {"tarea_id": corriendo.pk})]
        assert self.oido(barrida) == [("FALLIDA", {})]
        assert self.oido(espera) == [("CANCELADA", {})]
        assert self.oido(hecha) == []
        assert not Tarea.objects.filter(desenlace_en__isnull=False).exists()

    def test_what_failed_or_died_in_between_is_told_by_a_later_sweep(self, settings, caplog):
        settings.TAREAS_AL_TERMINAR = {f"{MODULO}.fallar": f"{MODULO}.no_existe"}
        tarea = nueva("fallar", max_intentos=1)
        assert ejecutar_tarea(tarea.pk) == EstadoTarea.FALLIDA
        assert "falló lo que sigue" in caplog.text
        settings.TAREAS_AL_TERMINAR = {f"{MODULO}.fallar": f"{MODULO}.oir_el_final"}
        barrer()
        assert self.oido(tarea) == []  # not at once
        adelantar(tarea, desenlace_en=hace(31))
        barrer()
        assert self.oido(tarea) == [("FALLIDA", {})]
        barrer()
        assert len(self.oido(tarea)) == 1

    def test_a_retry_owes_nothing_more(self):
        tarea = nueva("fallar", max_intentos=1)
        ejecutar_tarea(tarea.pk)
        adelantar(tarea, desenlace_en=hace(31))
        reintentar_tarea(tarea_id=tarea.pk)
        barrer()
        assert len(self.oido(tarea)) == 1
