"""The task outbox: queueing, sharing, running, failing, cancelling."""

import json
import signal
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core import interrupcion, latidos, tasks
from core.constants import LATIDO_TRABAJADOR, EstadoTarea
from core.errors import Conflicto, NoExiste
from core.jobs import (
    barrer,
    cancelar_tarea,
    ejecutar_tarea,
    progreso_actual,
    reintentar_tarea,
    tarea_actual,
)
from core.models import Evento, Latido, Tarea
from tests.core.jobs_util import adelantar, hace, nueva


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
