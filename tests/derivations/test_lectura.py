"""What the trays keep: never older than the last write, never of another user, never a permission."""

import re

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.caching import subir
from derivations.models import Derivacion
from derivations.services import recibir_derivacion
from documents.services import dar_acceso
from organization.models import Area
from tests.factories import make_derivada, make_documento, make_oficina, make_usuario

pytestmark = pytest.mark.django_db(transaction=True)
POR_RECIBIR = "/bandejas/por-recibir/"
FICHA = r"[A-Za-z0-9]{64}|desde=\d+|hace \d+ s"  # the form token and the clock


@pytest.fixture
def o():
    return make_oficina()


def abrir(client, usuario, url=POR_RECIBIR):
    client.force_login(usuario)
    with CaptureQueriesContext(connection) as consultas:
        respuesta = client.get(url)
    assert respuesta.status_code == 200
    return respuesta, [c["sql"] for c in consultas]


def numeros(respuesta):
    return [fila.expediente for fila in respuesta.context["pagina"].filas]


def test_the_second_time_the_rows_are_not_read(client, o):
    derivada = make_derivada(o)
    primera, leidas = abrir(client, o.ana)
    segunda, ahora = abrir(client, o.ana)
    assert numeros(primera) == numeros(segunda) == [derivada.documento.numero_expediente]
    assert any('FROM "derivations_derivacion"' in sql for sql in leidas)
    assert not any('"derivations_derivacion"' in sql or '"documents_documento"' in sql for sql in ahora)
    assert [re.sub(FICHA, "", r.content.decode()) for r in (primera, segunda)] == [
        re.sub(FICHA, "", segunda.content.decode())
    ] * 2


def test_a_write_shows_at_once(client, o):
    derivada = make_derivada(o)
    abrir(client, o.ana)
    otra = make_derivada(o)
    assert len(numeros(abrir(client, o.ana)[0])) == 2
    recibir_derivacion(derivacion_id=derivada.pk, actor=o.ana)
    respuesta, _ = abrir(client, o.ana)
    assert numeros(respuesta) == [otra.documento.numero_expediente]
    assert [str(p.conteo) for p in respuesta.context["pastillas"]][0] == "1"


def test_the_counters_follow_each_write(client, o):
    url = reverse("derivations:contadores")
    derivada = make_derivada(o)
    assert 'id="c-por-recibir" hx-swap-oob="true">1<' in abrir(client, o.ana, url)[0].content.decode()
    recibir_derivacion(derivacion_id=derivada.pk, actor=o.ana)
    cuerpo = abrir(client, o.ana, url)[0].content.decode()
    assert 'id="c-por-recibir" hx-swap-oob="true"><' in cuerpo
    assert 'id="c-en-proceso" hx-swap-oob="true">1<' in cuerpo


def test_what_one_may_see_is_not_shown_to_the_other(client, o):
    reservada = make_derivada(o, documento=make_documento(o, tipo_documento=o.denuncia))
    otra = make_usuario("otra", area=o.transportes)
    dar_acceso(documento_id=reservada.documento_id, usuarios=[o.ana], actor=o.jefa)
    assert len(numeros(abrir(client, o.ana)[0])) == 1
    assert numeros(abrir(client, otra)[0]) == []
    dar_acceso(documento_id=reservada.documento_id, usuarios=[otra], actor=o.ana)
    assert len(numeros(abrir(client, otra)[0])) == 1


def test_what_may_be_done_is_worked_out_each_time(client, o):
    make_derivada(o)
    assert "recibir" in abrir(client, o.ana)[0].context["panel"]["actos"]
    o.ana.membresias.all().delete()
    client.force_login(o.ana)
    assert client.get(POR_RECIBIR).status_code == 403


def test_a_renamed_area_shows_its_name(client, o):
    derivada = make_derivada(o)
    abrir(client, o.ana)
    Area.objects.filter(pk=derivada.area_origen_id).update(nombre="Mesa de partes central")
    assert "Mesa de partes central" in abrir(client, o.ana)[0].content.decode()


def test_emptying_the_cache_or_losing_it_changes_nothing(client, o):
    derivada = make_derivada(o)
    for _ in range(2):
        assert numeros(abrir(client, o.ana)[0]) == [derivada.documento.numero_expediente]
    with transaction.atomic():
        subir("todo")
    cache.clear()
    Derivacion.objects.filter(pk=derivada.pk).update(es_urgente=True)
    respuesta, _ = abrir(client, o.ana)
    assert respuesta.context["pagina"].filas[0].urgente
