"""Page "Procesos" and its API: a person's own background work, seen, cancelled and tried again."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.models import Tarea
from tests.factories import make_oficina

pytestmark = pytest.mark.django_db
FUNCION = "reports.tasks.verificar_cifras"


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def ana(o):
    cliente = Client()
    cliente.force_login(o.ana)
    return cliente


def tarea(o, **campos):
    return Tarea.objects.create(**{"funcion": FUNCION, "solicitada_por": o.ana, **campos})


def texto_de(cliente, url="/procesos/", **opciones):
    html = cliente.get(url, **opciones).content.decode()
    return html, " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_each_state_is_told_in_words_with_what_can_be_done(o, ana):
    traza = 'Error inesperado (ValueError).\n\nValueError: en /srv/x.py\n\nTraceback "/srv/x.py", line 3'
    casos = {
        tarea(o): ("En espera", "Cancelar"),
        tarea(o, error="La base de datos no respondió.\n\nx", intentos=1): (
            "Se intentará de nuevo",
            "Cancelar",
        ),
        tarea(o, estado="EN_CURSO", progreso=42, progreso_texto="420 de 1000"): (
            "42 % 420 de 1000",
            "Cancelar",
        ),
        tarea(o, estado="EN_CURSO", cancelar=True): ("Deteniéndose", None),
        tarea(o, estado="HECHA", resultado={"enlace": "/reportes/7/"}): ("Ver el resultado", None),
        tarea(o, estado="HECHA", resultado={"enlace": "//otro.example/"}): ("Hecho", None),
        tarea(o, estado="FALLIDA", error=traza, intentos=3): ("Error inesperado (ValueError).", "Reintentar"),
        tarea(o, estado="CANCELADA"): ("Cancelado", None),
    }
    ajena = Tarea.objects.create(funcion=FUNCION, solicitada_por=o.luis)
    html, texto = texto_de(ana)
    filas = {
        int(re.search(r"N.º (\d+)", f)[1]): f
        for f in re.findall(r"<tr><th scope=\"row\".*?</tr>", html, re.S)
    }
    assert list(filas) == sorted((t.pk for t in casos), reverse=True)
    for una, (dice, boton) in casos.items():
        limpia = " ".join(re.sub(r"<[^>]+>", " ", filas[una.pk]).split())
        assert dice in limpia
        assert (re.search(r"<button", filas[una.pk]) is not None) == bool(boton)
        assert boton is None or boton in limpia
    assert "Verificación de las cifras" in texto
    assert f"N.º {ajena.pk}" not in texto
    for secreto in ("/srv/", "Traceback", "otro.example", "verificar_cifras"):
        assert secreto not in html
    assert '<progress max="100" value="42"' in html


def test_it_refreshes_only_while_something_lives_and_pages_by_key(o, ana):
    viva = tarea(o)
    assert 'hx-trigger="every 3s"' in texto_de(ana)[0]
    fragmento = texto_de(ana, headers={"HX-Request": "true"})[0]
    assert fragmento.startswith('<div id="procesos"') and "<html" not in fragmento
    Tarea.objects.filter(pk=viva.pk).update(estado="HECHA")
    for _ in range(25):
        tarea(o, estado="HECHA")
    html, _ = texto_de(ana)
    assert "every 3s" not in html.partition('id="procesos"')[2]
    siguiente = re.search(r'rel="next" href="([^"]+)"', html)[1]
    assert f"N.º {viva.pk}" in texto_de(ana, "/procesos/" + siguiente)[1]


def test_cancel_and_retry_of_ones_own(o, ana):
    espera, fallida, hecha = tarea(o), tarea(o, estado="FALLIDA"), tarea(o, estado="HECHA")
    corre = tarea(
        o, estado="EN_CURSO", arrendatario="a:1:x", arrendada_hasta=timezone.now() + timedelta(minutes=1)
    )
    for una, acto, dice, queda in (
        (espera, "cancelar", "cancelado", "CANCELADA"),
        (corre, "cancelar", "se detendrá en unos segundos", "EN_CURSO"),
        (fallida, "reintentar", "en espera de empezar otra vez", "PENDIENTE"),
        (hecha, "cancelar", "La tarea ya terminó", "HECHA"),
        (hecha, "reintentar", "no se puede reintentar", "HECHA"),
    ):
        respuesta = ana.post(f"/procesos/{una.pk}/{acto}/", follow=True)
        assert dice in respuesta.content.decode()
        una.refresh_from_db()
        assert una.estado == queda


def test_api_tells_the_same_and_nothing_of_the_inside(o, ana):
    una = tarea(
        o,
        estado="FALLIDA",
        args={"clave": "secreta"},
        error="No hay datos.\n\nErrorDefinitivo: x\n\n/srv/a.py",
    )
    tarea(o)
    cuerpo = ana.get("/api/v1/tareas/").json()
    assert [t["estado"] for t in cuerpo["resultados"]] == ["PENDIENTE", "FALLIDA"]
    assert [t["id"] for t in ana.get("/api/v1/tareas/?estado=FALLIDA").json()["resultados"]] == [una.pk]
    assert ana.get("/api/v1/tareas/?estado=NADA").status_code == 422
    respuesta = ana.get(f"/api/v1/tareas/{una.pk}/")
    assert respuesta.json()["error"] == "No hay datos."
    assert not {"srv", "secreta"} & set(re.findall(r"\w+", respuesta.content.decode()))
    assert ana.post(f"/api/v1/tareas/{una.pk}/reintentar/").json()["estado"] == "PENDIENTE"
    assert ana.post(f"/api/v1/tareas/{una.pk}/cancelar/").json()["estado"] == "CANCELADA"
    negado = ana.post(f"/api/v1/tareas/{una.pk}/cancelar/")
    assert (negado.status_code, negado.json()["error"]["code"]) == (409, "tarea_terminada")
    assert ana.get(f"/api/v1/tareas/{10**30}/").status_code == 404
