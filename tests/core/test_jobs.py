"""The task outbox: queueing, sharing, running, failing, cancelling, sweeping."""

import json
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core import campana, ejecucion, interrupcion, jobs, latidos, tasks
from core.constants import LATIDO_BARRIDO, LATIDO_TRABAJADOR, EstadoTarea, ajuste
from core.errors import Conflicto, FueraDeTransaccion, NoExiste
from core.jobs import (
    barrer,
    cancelar_tarea,
    ejecutar_tarea,
    encolar,
    progreso_actual,
    reintentar_tarea,
    tarea_actual,
)
from core.models import Evento, Latido, Tarea
from tests.core import tareas_de_prueba

MODULO = "tests.core.tareas_de_prueba"


def nueva(funcion="sumar", args=None, **opciones):
    with transaction.atomic():
        return encolar(funcion=f"{MODULO}.{funcion}", args=args or {}, **opciones)


@pytest.fixture
def timbres(monkeypatch):
    """Replace the bell by a list of the ids rung; `timbres.suena = False` is Redis being away."""

    class Timbres(list):
        suena, en_redis = True, 0

    lista = Timbres()

    def tocar(tarea_id):
        if lista.suena:
            lista.append(tarea_id)
        return lista.suena

    monkeypatch.setattr(campana, "tocar", tocar)
    monkeypatch.setattr(campana, "responde", lambda: lista.suena)
    monkeypatch.setattr(campana, "profundidad", lambda: lista.en_redis if lista.suena else None)
    monkeypatch.setattr(campana, "pedir_latido", lambda: lista.suena)
    return lista


def adelantar(tarea, **campos):
    Tarea.objects.filter(pk=tarea.pk).update(**campos)


def hace(segundos):
    return timezone.now() - timedelta(seconds=segundos)


@pytest.mark.django_db
class TestQueueing:
    def test_bell_rings_after_commit_only(self, timbres, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            tarea = nueva(args={"a": 1, "b": 2}, documento_id=9)
            assert timbres == []
        assert timbres == [tarea.pk]
        tarea.refresh_from_db()
        assert (tarea.estado, tarea.args, tarea.documento_id, tarea.intentos) == (
            "PENDIENTE",
            {"a": 1, "b": 2},
            9,
            0,
        )

    def test_unanswered_bell_leaves_the_task_to_the_next_sweep(
        self, timbres, django_capture_on_commit_callbacks
    ):
        timbres.suena = False
        with django_capture_on_commit_callbacks(execute=True):
            tarea = nueva()
        tarea.refresh_from_db()
        assert tarea.avisada_en is None
        assert barrer() == {"liberadas": 0, "cerradas": 0, "avisadas": 0, "redis": False}
        timbres.suena = True
        assert barrer()["avisadas"] == 1
        assert timbres == [tarea.pk]

    def test_rolled_back_change_leaves_no_task(self, timbres):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            nueva()
            raise ZeroDivisionError
        assert not Tarea.objects.exists()

    def test_later_start_is_not_rung_now(self, timbres, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            tarea = nueva(args={"a": 1, "b": 2}, en=timezone.now() + timedelta(hours=1))
        assert (timbres, barrer()["avisadas"], ejecutar_tarea(tarea.pk)) == ([], 0, "")
        adelantar(tarea, proximo_intento_en=hace(1))
        assert barrer()["avisadas"] == 1
        assert ejecutar_tarea(tarea.pk) == EstadoTarea.HECHA

    def test_same_key_shares_the_pending_task(self):
        primera = nueva(clave="estadisticas:3")
        assert nueva(clave="estadisticas:3").pk == primera.pk
        assert nueva(clave="estadisticas:4").pk != primera.pk
        assert nueva().pk != nueva().pk

    def test_same_key_is_free_again_once_the_task_ended(self):
        primera = nueva(args={"a": 1, "b": 2}, clave="k")
        assert ejecutar_tarea(primera.pk) == EstadoTarea.HECHA
        assert nueva(clave="k").pk != primera.pk

    def test_database_holds_the_rule_of_the_key(self):
        nueva(clave="k")
        with pytest.raises(IntegrityError), transaction.atomic():
            Tarea.objects.create(funcion="x", clave="k")

    def test_request_during_the_run_makes_it_run_once_more(self, timbres):
        tarea = nueva(clave="k")
        adelantar(tarea, estado="EN_CURSO", arrendatario="otro", arrendada_hasta=hace(-60))
        compartida = nueva(clave="k")
        assert (compartida.pk, compartida.repetir) == (tarea.pk, True)

    def test_repeated_task_goes_back_to_the_queue_with_all_its_attempts(self, timbres):
        tarea = nueva("pedirse_de_nuevo")
        adelantar(tarea, args={"tarea_id": tarea.pk})
        assert tasks.ejecutar(str(tarea.pk)) == EstadoTarea.PENDIENTE
        assert timbres == [tarea.pk]
        tarea.refresh_from_db()
        assert (tarea.intentos, tarea.repetir, tarea.terminada_en, tarea.resultado) == (
            0,
            False,
            None,
            "hecho",
        )


@pytest.mark.django_db
class TestRunning:
    def test_result_and_progress_are_kept(self):
        tarea = nueva(args={"a": 2, "b": 3})
        assert tasks.ejecutar(str(tarea.pk)) == EstadoTarea.HECHA
        tarea.refresh_from_db()
        assert (tarea.resultado, tarea.progreso, tarea.progreso_texto) == ({"suma": 5}, 100, "a medias")
        assert (tarea.intentos, tarea.error, tarea.arrendatario, tarea.arrendada_hasta) == (1, "", "", None)
        assert tarea.iniciada_en <= tarea.terminada_en

    def test_second_call_does_nothing(self):
        tarea = nueva(args={"a": 2, "b": 3})
        ejecutar_tarea(tarea.pk)
        assert ejecutar_tarea(tarea.pk) == ""
        assert ejecutar_tarea(10**9) == ""

    def test_failure_waits_longer_each_time_and_then_ends(self):
        tarea = nueva("fallar", max_intentos=4)
        for intento, espera in ((1, 5), (2, 30), (3, 120)):
            adelantar(tarea, proximo_intento_en=hace(0))
            assert ejecutar_tarea(tarea.pk) == EstadoTarea.PENDIENTE
            tarea.refresh_from_db()
            assert tarea.intentos == intento
            falta = (tarea.proximo_intento_en - timezone.now()).total_seconds()
            assert espera - 2 < falta <= espera
            assert ejecutar_tarea(tarea.pk) == ""  # not yet due
        adelantar(tarea, proximo_intento_en=hace(0))
        assert ejecutar_tarea(tarea.pk) == EstadoTarea.FALLIDA
        tarea.refresh_from_db()
        assert (tarea.error_legible, tarea.error_tecnico) == (
            "Error inesperado (ValueError).",
            "ValueError: no se pudo",
        )
        assert "fallar" in tarea.error
        assert tarea.terminada_en

    @pytest.mark.parametrize("funcion", ["fallar_para_siempre", "no_existe"])
    def test_what_no_attempt_can_mend_ends_at_once(self, funcion):
        tarea = nueva(funcion)
        assert ejecutar_tarea(tarea.pk) == EstadoTarea.FALLIDA

    def test_task_may_choose_its_wait(self):
        tarea = nueva("esperar_afuera", {"segundos": 900})
        ejecutar_tarea(tarea.pk)
        tarea.refresh_from_db()
        assert tarea.proximo_intento_en - timezone.now() > timedelta(seconds=890)

    def test_database_error_in_the_task_does_not_spoil_the_close(self):
        tarea = nueva("romper_la_base", max_intentos=1)
        assert ejecutar_tarea(tarea.pk) == EstadoTarea.FALLIDA

    def test_task_may_open_a_durable_block(self):
        assert ejecutar_tarea(nueva("durable").pk) == EstadoTarea.HECHA

    def test_soft_limit_stops_the_task(self, settings):
        settings.Q_SOFT_TIMEOUT = 0.2
        tarea = nueva("girar", {"segundos": 5})
        inicio = time.monotonic()
        assert ejecutar_tarea(tarea.pk) == EstadoTarea.FALLIDA  # another attempt would last as long
        assert time.monotonic() - inicio < 2
        tarea.refresh_from_db()
        assert tarea.error_legible == "La tarea superó el límite de 0.2 segundos y se detuvo."

    def test_soft_limit_keeps_the_alarm_that_was_set(self):
        sonadas = []
        previa = signal.signal(signal.SIGALRM, lambda *_: sonadas.append(1))
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        try:
            with interrupcion.limite_suave(0.1), pytest.raises(interrupcion.TiempoAgotado):
                time.sleep(1)
            assert sonadas == []
            time.sleep(0.4)
            assert sonadas == [1]
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with interrupcion.limite_suave(5):
                pass
            assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 0.3
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previa)

    def test_progress_outside_a_task_is_nothing(self):
        progreso_actual(50, "nada")
        assert tarea_actual() is None

    def test_running_leaves_a_heartbeat(self, monkeypatch):
        monkeypatch.setitem(latidos._ultimo_latido, "en", -100.0)
        ejecutar_tarea(nueva(args={"a": 1, "b": 1}).pk)
        assert Latido.objects.get(nombre=LATIDO_TRABAJADOR).latido_en > hace(5)


@pytest.mark.django_db
class TestByHand:
    def test_cancel_stops_a_pending_task_at_once(self, django_user_model):
        actor = django_user_model.objects.create_user("sara")
        tarea = cancelar_tarea(tarea_id=nueva(documento_id=4).pk, actor=actor)
        assert tarea.estado == EstadoTarea.CANCELADA
        assert tarea.terminada_en
        assert ejecutar_tarea(tarea.pk) == ""
        evento = Evento.objects.get(tipo="tarea_cancelada")
        assert (evento.documento_id, evento.actor, evento.detalle["tarea"]) == (4, actor, tarea.pk)

    def test_cancel_reaches_a_running_task_at_its_next_progress(self):
        tarea = nueva("insistir_hasta_cancelar")
        adelantar(tarea, args={"tarea_id": tarea.pk})
        assert ejecutar_tarea(tarea.pk) == EstadoTarea.CANCELADA
        tarea.refresh_from_db()
        assert tarea.resultado is None

    def test_cancel_of_a_running_task_sets_the_flag(self):
        tarea = nueva()
        adelantar(tarea, estado="EN_CURSO", arrendatario="otro", arrendada_hasta=hace(-60))
        cancelada = cancelar_tarea(tarea_id=tarea.pk)
        assert (cancelada.estado, cancelada.cancelar) == (EstadoTarea.EN_CURSO, True)

    def test_finished_task_cannot_be_cancelled(self):
        tarea = nueva(args={"a": 1, "b": 1})
        ejecutar_tarea(tarea.pk)
        with pytest.raises(Conflicto, match="hecha"):
            cancelar_tarea(tarea_id=tarea.pk)

    def test_retry_starts_a_failed_task_again(self, timbres, django_capture_on_commit_callbacks):
        tarea = nueva("fallar", max_intentos=1)
        ejecutar_tarea(tarea.pk)
        with django_capture_on_commit_callbacks(execute=True):
            reintentar_tarea(tarea_id=tarea.pk)
        tarea.refresh_from_db()
        assert (tarea.estado, tarea.intentos, tarea.error, tarea.terminada_en) == ("PENDIENTE", 0, "", None)
        assert timbres == [tarea.pk]
        assert Evento.objects.get(tipo="tarea_reintentada").antes["estado"] == "FALLIDA"
        assert ejecutar_tarea(tarea.pk) == EstadoTarea.FALLIDA

    def test_retry_is_refused_while_alive_or_done(self):
        tarea = nueva(args={"a": 1, "b": 1})
        with pytest.raises(Conflicto):
            reintentar_tarea(tarea_id=tarea.pk)
        ejecutar_tarea(tarea.pk)
        with pytest.raises(Conflicto):
            reintentar_tarea(tarea_id=tarea.pk)
        with pytest.raises(NoExiste):
            reintentar_tarea(tarea_id=10**9)

    def test_retry_is_refused_when_an_equal_task_is_alive(self):
        vieja = cancelar_tarea(tarea_id=nueva(clave="k").pk)
        nueva(clave="k")
        with pytest.raises(Conflicto, match="otra igual"):
            reintentar_tarea(tarea_id=vieja.pk)

    def test_command_lists_retries_runs_and_purges(self, capsys, timbres):
        fallida, hecha = nueva("fallar", max_intentos=1), nueva(args={"a": 1, "b": 1})
        ejecutar_tarea(fallida.pk)
        call_command("tareas", "--ejecutar", str(hecha.pk))
        call_command("tareas")
        salida = capsys.readouterr().out
        assert f"Tarea {hecha.pk}: HECHA." in salida
        assert "ValueError: no se pudo" in salida
        call_command("tareas", "--fallidas", "--tipo", "fallar")
        assert "Traceback" in capsys.readouterr().out
        call_command("tareas", "--json", "--tipo", "sumar")
        assert json.loads(capsys.readouterr().out)["id"] == hecha.pk
        call_command("tareas", "--resumen")
        assert capsys.readouterr().out.split()[:3] == ["1", "FALLIDA", "Fallar"]
        call_command("tareas", "--reintentar", "todas", "--tipo", "reporte en excel")
        assert "0 tareas en espera." in capsys.readouterr().out
        call_command("tareas", "--reintentar", "todas")
        assert "1 tareas en espera." in capsys.readouterr().out
        call_command("tareas", "--cancelar", str(fallida.pk))
        with pytest.raises(CommandError):
            call_command("tareas", "--cancelar", str(fallida.pk))
        adelantar(hecha, terminada_en=hace(100 * 86400))
        call_command("tareas", "--purgar", "90")
        assert list(Tarea.objects.values_list("pk", flat=True)) == [fallida.pk]

    def test_a_night_removes_what_ended_well_long_ago_and_keeps_what_failed(self, settings):
        settings.TAREAS_DIAS = 90
        dias = {"vieja": 90.01, "reciente": 89.99, "fallida": 400}
        tareas = {nombre: nueva(args={"a": 1, "b": 1}) for nombre in dias}
        for nombre, tarea in tareas.items():
            estado = EstadoTarea.FALLIDA if nombre == "fallida" else EstadoTarea.HECHA
            adelantar(tarea, estado=estado, terminada_en=hace(dias[nombre] * 86400))
        assert tasks.purgar() == {"tareas": 1}
        assert set(Tarea.objects.values_list("pk", flat=True)) == {
            tareas["reciente"].pk,
            tareas["fallida"].pk,
        }


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


def test_titles_are_words_for_people(settings):
    settings.TAREAS_TITULOS = {"reports.tasks.x": "Reporte en Excel"}
    assert Tarea(funcion="reports.tasks.x").titulo == "Reporte en Excel"
    assert Tarea(funcion="app.tasks.hacer_algo").titulo == "Hacer algo"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("consulta", "indice"),
    [
        (lambda: Tarea.objects.listas().order_by("proximo_intento_en")[:10], "tarea_lista"),
        (lambda: Tarea.objects.vencidas().order_by("arrendada_hasta")[:10], "tarea_arriendo"),
        (lambda: Tarea.objects.filter(documento_id=3).order_by("-pk")[:10], "tarea_documento"),
        (lambda: Tarea.objects.vivas().filter(clave="k"), "tarea_clave_viva_unica"),
        (lambda: Tarea.objects.filter(clave="k"), "tarea_clave"),
        (lambda: Tarea.objects.filter(solicitada_por=3).order_by("-pk")[:10], "tarea_de_persona"),
        (lambda: Tarea.objects.filter(terminada_en__gte=hace(3600)).order_by(), "tarea_terminada"),
        (
            lambda: Tarea.objects.filter(desenlace_en__lte=hace(30)).order_by("desenlace_en"),
            "tarea_desenlace",
        ),
    ],
)
def test_each_question_of_the_queue_has_its_index(consulta, indice):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert indice in consulta().explain()


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
        _esperar(testigo.exists)
        _esperar(lambda: Tarea.objects.filter(pk=tarea.pk, progreso_texto="en transacción").exists())
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
            _esperar(lambda: Tarea.objects.filter(pk=tarea.pk, estado="EN_CURSO").exists())
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


def _esperar(condicion, segundos=10):
    fin = time.monotonic() + segundos
    while not condicion():
        assert time.monotonic() < fin, "it did not happen in time"
        time.sleep(0.02)
