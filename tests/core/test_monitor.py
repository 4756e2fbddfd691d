"""The operators' page of the background work: queue, workers, pace, what runs, what failed and what is to come."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import campana, monitor
from core.latidos import latir
from core.models import Evento, Latido, Tarea
from core.rondas import Rondas, cada, clave_diaria
from tests.core.jobs_util import hace
from tests.factories import make_oficina

pytestmark = pytest.mark.django_db
URL = "/admin/core/tarea/monitor/"
FUNCION = "reports.tasks.verificar_cifras"


def tarea(**campos):
    return Tarea.objects.create(**{"funcion": FUNCION, **campos})


def en_curso(proceso, **campos):
    defecto = {"arrendada_hasta": hace(-60), "iniciada_en": hace(20), "intentos": 1, "progreso": 42}
    return tarea(estado="EN_CURSO", arrendatario=f"{proceso}:abcd", **defecto | campos)


@pytest.fixture
def cliente():
    oficina = make_oficina()
    cliente = Client()
    cliente.force_login(oficina.admin)
    cliente.oficina = oficina
    return cliente


def texto_de(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_only_operators_open_it(cliente):
    assert cliente.get(URL).status_code == 200
    assert cliente.get(f"{URL}vivo/").status_code == 200
    cliente.force_login(cliente.oficina.jefa)
    for pedir in (cliente.get, cliente.post):
        assert pedir(URL).status_code in (302, 403)
    assert cliente.get(f"{URL}vivo/").status_code in (302, 403)


def test_workers_are_told_in_words(cliente, settings, monkeypatch):
    monkeypatch.setattr(campana, "profundidad", lambda: None)
    for proceso, edad in (("srv:10", 2), ("srv:11", 3), ("srv:12", 400), ("srv:13", 2)):
        latir(f"proceso {proceso}")
        Latido.objects.filter(nombre=f"proceso {proceso}").update(latido_en=hace(edad))
    latir("trabajador")
    latir("barrido", "sin redis")
    una = en_curso("srv:11", progreso_texto="a medias")
    en_curso("srv:12", arrendada_hasta=hace(5))
    en_curso("srv:13", iniciada_en=hace(settings.Q_SOFT_TIMEOUT + 100))
    en_curso("otra:99", arrendada_hasta=hace(-50))
    palabras = {p.nombre: (p.vivo, p.palabras) for p in monitor.vivo()["procesos"]}
    assert palabras == {
        "srv:10": (True, "Libre"),
        "srv:11": (True, "Trabaja"),
        "srv:12": (False, "Sin señal: se detuvo o se perdió; su tarea se dará a otro"),
        "srv:13": (True, "Atascado: pasó el límite"),
        "otra:99": (True, "Trabaja"),
    }
    texto = texto_de(cliente.get(URL).content.decode())
    for dicho in (
        f"Trabaja: Verificación de las cifras {una.pk} , 42 %",
        "42 % a medias",
        "Redis no responde: las tareas esperan en la base de datos",
        "Barre, sin Redis",
        "Trabajadores con señal 4",
    ):
        assert dicho in texto


def test_figures_of_queue_and_pace(cliente):
    for n in range(3):
        tarea(proximo_intento_en=hace(90 + n))
    tarea(proximo_intento_en=hace(-600))
    for _ in range(4):
        tarea(estado="HECHA", proximo_intento_en=hace(65), iniciada_en=hace(62), terminada_en=hace(60))
    tarea(estado="FALLIDA", iniciada_en=hace(62), proximo_intento_en=hace(65), terminada_en=hace(60))
    tarea(estado="CANCELADA", terminada_en=hace(60))
    tarea(estado="HECHA", iniciada_en=hace(7300), terminada_en=hace(7200))
    datos = monitor.vivo()
    assert (int(datos["cola"]["listas"]), int(datos["cola"]["programadas"]), datos["cola"]["espera"]) == (
        3,
        1,
        "1 min",
    )
    assert (datos["ritmo"]["total"], datos["ritmo"]["espera"], datos["ritmo"]["duracion"]) == (
        6,
        "3.00 s",
        "2.00 s",
    )
    assert [(m["hechas"], m["fallidas"], m["canceladas"]) for m in datos["con_movimiento"]] == [(4, 1, 1)]
    llenas = [b for b in datos["barras"] if b["alto"]]
    assert [(round(b["alto"]), round(b["altof"])) for b in llenas] == [(67, 13)]
    html = cliente.get(f"{URL}vivo/").content.decode()
    assert html.count("<rect") == 2 and "," not in re.search(r"<rect[^>]+>", html)[0]


def test_failed_are_tried_again_one_many_or_all_and_others_cancelled(cliente):
    rotas = [tarea(estado="FALLIDA", terminada_en=hace(n), error="No hay datos.\n\nx") for n in range(4)]
    luego, corre = tarea(proximo_intento_en=hace(-600)), en_curso("srv:1")
    texto = texto_de(cliente.get(URL).content.decode())
    assert "No hay datos." in texto and "Fallidas, las últimas 4 de 4" in texto

    def enviar(acto, *tareas):
        respuesta = cliente.post(URL, {"acto": acto, "ids": [t.pk for t in tareas]}, follow=True)
        return [str(m) for m in respuesta.context["messages"]]

    assert enviar("reintentar") == ["Elige al menos una tarea."]
    assert enviar("reintentar", *rotas[:2]) == ["Puestas en espera: 2."]
    assert enviar("todas") == ["Puestas en espera: 2."]
    assert enviar("cancelar", luego, corre) == ["Canceladas o avisadas para detenerse: 2."]
    estados = dict(Tarea.objects.values_list("pk", "estado"))
    assert {estados[t.pk] for t in rotas} == {"PENDIENTE"}
    assert (estados[luego.pk], estados[corre.pk]) == ("CANCELADA", "EN_CURSO")
    assert Tarea.objects.get(pk=corre.pk).cancelar
    assert Evento.objects.filter(tipo__startswith="tarea_", actor=cliente.oficina.admin).count() == 6


def test_daily_tasks_and_rounds_with_their_last_result(cliente, settings):
    settings.TAREAS_DIARIAS = {FUNCION: 0, "core.tasks.compactar_generaciones": "23:30"}
    settings.BARRIDO_RONDAS = ["core.latidos.olvidar_procesos", "core.latidos.no_existe"]
    hoy = timezone.localdate()
    tarea(
        clave=clave_diaria(FUNCION, hoy),
        estado="FALLIDA",
        error="3 cifras difieren.\n\nx",
        terminada_en=hace(1),
    )
    Rondas().vuelta()
    datos = monitor.todo()
    segunda, primera = datos["diarias"]  # the next one first
    assert (primera["ultima"].estado, primera["proxima"].date()) == ("FALLIDA", hoy + timedelta(days=1))
    assert f"{segunda['proxima']:%H:%M}" == "23:30"
    bien, mal = datos["rondas"]
    assert bien["latido"].detalle == "bien" and "no_existe" in mal["latido"].detalle
    assert "3 cifras difieren." in texto_de(cliente.get(URL).content.decode())


def test_a_round_looks_again_after_its_time_and_at_once_when_it_failed(monkeypatch):
    vistas = []

    @cada(20)
    def mirar():
        vistas.append(reloj)
        if reloj == 140:
            raise ValueError

    for reloj in (100, 119.9, 120, 139, 140, 141, 160, 161):
        monkeypatch.setattr("core.rondas.monotonic", lambda ahora=reloj: ahora)
        with suppress(ValueError):
            mirar()
    assert vistas == [100, 120, 140, 141, 161]


def test_it_costs_the_same_with_many_rows(cliente):
    def contar():
        with CaptureQueriesContext(connection) as consultas:
            cliente.get(URL)
        return len(consultas)

    cliente.get(URL)
    antes = contar()
    for n in range(30):
        en_curso(f"srv:{n}", solicitada_por=cliente.oficina.ana)
        latir(f"proceso srv:{n}")
        tarea(estado="FALLIDA", terminada_en=hace(n), solicitada_por=cliente.oficina.ana)
        tarea(proximo_intento_en=hace(-n - 60), solicitada_por=cliente.oficina.ana)
    assert contar() <= antes
