"""Signs of life: what each failure looks like from outside."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client, RequestFactory
from django.utils import timezone

from core import campana, health
from core.constants import LATIDO_BARRIDO, LATIDO_TRABAJADOR, EstadoTarea
from core.latidos import latir
from core.models import Latido, Tarea
from tests.factories import make_usuario

pytestmark = pytest.mark.django_db


@pytest.fixture
def sano(monkeypatch):
    """Worker and sweeper have just given signs of life, and Redis answers."""
    monkeypatch.setattr(campana, "profundidad", lambda: 0)
    latir(LATIDO_TRABAJADOR)
    latir(LATIDO_BARRIDO)


def preguntar():
    respuesta = Client().get("/salud/")
    return respuesta.status_code, respuesta.json()


def envejecer(nombre, segundos):
    Latido.objects.filter(nombre=nombre).update(latido_en=timezone.now() - timedelta(seconds=segundos))


def test_healthy_system_answers_200_to_anyone(sano):
    estado, cuerpo = preguntar()
    assert (estado, cuerpo["estado"]) == (200, "bien")
    assert set(cuerpo["revisiones"]) == {
        "base_de_datos",
        "redis",
        "trabajador",
        "barrido",
        "cola",
        "correo",
    }
    assert cuerpo["revisiones"]["cola"]["mas_antigua_segundos"] == 0


@pytest.mark.parametrize("nombre", [LATIDO_TRABAJADOR, LATIDO_BARRIDO])
def test_silent_process_makes_it_unhealthy(sano, nombre):
    envejecer(nombre, 600)
    estado, cuerpo = preguntar()
    assert (estado, cuerpo["estado"]) == (503, "mal")
    assert cuerpo["revisiones"][nombre]["estado"] == "mal"
    assert cuerpo["revisiones"][nombre]["latido_hace_segundos"] >= 600


def test_worker_never_seen_makes_it_unhealthy(sano):
    Latido.objects.all().delete()
    assert preguntar()[0] == 503


def test_absent_redis_degrades_but_does_not_stop(sano, monkeypatch):
    monkeypatch.setattr(campana, "profundidad", lambda: None)
    estado, cuerpo = preguntar()
    assert (estado, cuerpo["estado"], cuerpo["revisiones"]["redis"]["estado"]) == (200, "degradado", "mal")


def test_old_due_task_makes_the_queue_unhealthy(sano):
    Tarea.objects.create(funcion="x", proximo_intento_en=timezone.now() - timedelta(hours=1))
    Tarea.objects.create(funcion="x", proximo_intento_en=timezone.now() + timedelta(hours=1))
    Tarea.objects.create(funcion="x", estado=EstadoTarea.FALLIDA, terminada_en=timezone.now())
    estado, cuerpo = preguntar()
    cola = cuerpo["revisiones"]["cola"]
    assert (estado, cola["estado"], cola["listas"], cola["fallidas_24h"]) == (503, "mal", 1, 1)
    assert cola["mas_antigua_segundos"] >= 3600


def test_absent_database_answers_503_without_details(sano, monkeypatch):
    def caida():
        raise RuntimeError("password authentication failed for host 10.0.0.3")

    monkeypatch.setitem(health.REVISIONES, "base_de_datos", caida)
    estado, cuerpo = preguntar()
    assert (estado, cuerpo["revisiones"]["base_de_datos"]) == (503, {"estado": "mal"})
    assert cuerpo["revisiones"]["cola"] == {"estado": "sin_dato"}
    assert Client().get("/salud/vivo/").status_code == 503


def test_web_probe_does_not_depend_on_the_worker():
    assert Client().get("/salud/vivo/").status_code == 200


@pytest.mark.parametrize(
    ("trabajador", "barrido", "redis", "espera", "texto"),
    [
        (2, 3, True, 0, "Procesos al día, hace 3 s"),
        (30, 3, True, 0, "Procesos al día, hace 30 s"),
        (31, 3, True, 0, "Procesos detenidos hace 31 s"),
        (3, 720, True, 0, "Procesos detenidos hace 12 min"),
        (3, 3, False, 0, "Procesos al día, hace 3 s"),  # Redis is away and nothing waits for it
        (3, 3, False, 45, "Procesos detenidos hace 45 s"),  # a busy worker hides that nobody takes the rest
        (3, 3, True, 45, "Procesos al día, hace 3 s"),  # all are busy: others wait their turn
        (None, 3, True, 0, "Procesos sin señal"),
    ],
)
def test_foot_of_the_menu_tells_when_work_stands_still(trabajador, barrido, redis, espera, texto):
    """On the first page and in what it asks for every 25 s, to anyone; with 30 s of silence, within a minute."""
    for nombre, edad in ((LATIDO_TRABAJADOR, trabajador), (LATIDO_BARRIDO, barrido)):
        if edad is not None:
            latir(nombre, "redis" if redis else "sin redis")
            envejecer(nombre, edad)
    if espera:
        Tarea.objects.create(funcion="x", proximo_intento_en=timezone.now() - timedelta(seconds=espera))
    malo = "al día" not in texto
    cliente = Client()
    cliente.force_login(make_usuario("nadie"))
    for url in ("/cuenta/", "/procesos/pie/"):
        html = cliente.get(url).content.decode()
        assert (f'<strong class="urg">{texto}</strong></span>' if malo else f">{texto}</span>") in html
    assert 'hx-get="/procesos/pie/" hx-trigger="every 25s"' in cliente.get("/cuenta/").content.decode()


def test_only_reads_are_answered():
    assert health.salud(RequestFactory().post("/salud/")).status_code == 405


def test_answer_is_not_cached(sano):
    assert "no-store" in Client().get("/salud/")["Cache-Control"]


def test_command_prints_each_part_and_fails_when_one_is_down(sano, capsys):
    call_command("salud", no_color=True)
    assert [linea.split()[1] for linea in capsys.readouterr().out.splitlines()] == ["bien"] * 6
    envejecer(LATIDO_TRABAJADOR, 600)
    call_command("salud", "--solo", "barrido")
    with pytest.raises(CommandError) as error:
        call_command("salud", "--solo", "trabajador")
    assert error.value.returncode == 1


def test_real_redis_answers_the_depth_of_the_queue():
    campana.olvidar()
    assert campana.profundidad() >= 0
    assert campana.responde()
