"""What surrounds the cache: breaker, figures of use, commands and the operators' page."""

import threading
import time
from io import StringIO

import pytest
import redis
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.urls import reverse
from redis.backoff import NoBackoff
from redis.retry import Retry

from core import caching
from core.caching import almacen, metricas
from core.caching.cortacircuito import Cortacircuito, Paso, circuito
from core.caching.estado import estado
from core.models import Evento, Generacion
from tests.core.test_admin import con_permisos  # noqa: F401 fixture
from tests.core.test_caching import Cuenta, preguntar

vivo = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def propio(monkeypatch):
    """Counters of the test alone, and a closed breaker before and after."""
    nuevos = metricas.Contadores()
    for modulo in ("core.caching.metricas", "core.caching.uso", "core.caching.estado"):
        monkeypatch.setattr(f"{modulo}.contadores", nuevos)
    circuito._reiniciar()
    yield nuevos
    circuito._reiniciar()


def redis_ausente():
    """A client that is refused at once; like the product's, it does not try again."""
    return redis.Redis(
        unix_socket_path="/nonexistent/v.sock", socket_timeout=0.2, retry=Retry(NoBackoff(), 0)
    )


@pytest.fixture
def sin_redis(monkeypatch):
    """Redis refuses every connection. Returns the list of attempts."""
    intentos = []

    def cliente():
        intentos.append(1)
        return redis_ausente()

    monkeypatch.setattr(almacen, "cliente", cliente)
    return intentos


# Breaker


class Reloj:
    def __init__(self):
        self.ahora = 1000.0

    def __call__(self):
        return self.ahora


def fallar():
    raise redis.TimeoutError


def test_breaker_skips_after_a_failure_and_then_tries_once(caplog):
    reloj, hechas = Reloj(), []
    corta = Cortacircuito(reloj=reloj)
    assert corta.ejecutar(lambda: 7) == (Paso.HECHO, 7)
    assert corta.ejecutar(fallar) == (Paso.FALLO, None)
    assert (corta.estado, corta.abierto) == ("abierto", True)
    reloj.ahora += 4.9
    assert corta.ejecutar(lambda: hechas.append(1)) == (Paso.OMITIDO, None)
    reloj.ahora += 0.2
    assert corta.estado == "a prueba"
    assert corta.ejecutar(fallar) == (Paso.FALLO, None)
    assert corta.ejecutar(lambda: hechas.append(1))[0] is Paso.OMITIDO
    reloj.ahora += 5.1
    assert corta.ejecutar(lambda: 8) == (Paso.HECHO, 8)
    assert (corta.estado, hechas) == ("cerrado", [])
    assert [r.message for r in caplog.records] == [
        "Se sigue sin cache: Redis no responde (TimeoutError).",
        "Redis responde otra vez: vuelve la cache.",
    ]


def test_pause_is_a_setting(settings):
    settings.CACHE_PAUSA_SEGUNDOS = 1
    reloj = Reloj()
    corta = Cortacircuito(reloj=reloj)
    corta.ejecutar(fallar)
    reloj.ahora += 1.1
    assert corta.ejecutar(lambda: 1)[0] is Paso.HECHO


def test_threads_at_the_same_moment_do_not_all_wait():
    corta = Cortacircuito()
    dentro, demoras, pasos = threading.Event(), [], []

    def colgar():
        dentro.set()
        time.sleep(0.5)
        raise redis.TimeoutError

    def medir():
        dentro.wait()
        for _ in range(5):
            inicio = time.perf_counter()
            pasos.append(corta.ejecutar(lambda: 1)[0])
            demoras.append(time.perf_counter() - inicio)

    hilos = [threading.Thread(target=lambda: corta.ejecutar(colgar))]
    hilos += [threading.Thread(target=medir) for _ in range(7)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert set(pasos) == {Paso.OMITIDO}
    # each pays at most one turn of 10 ms; the rest is this machine
    assert max(demoras) < 0.25
    assert sum(d > 0.05 for d in demoras) <= 7


def test_a_turn_that_is_short_is_waited_for(settings):
    settings.CACHE_TURNO_MS = 2000
    corta = Cortacircuito()
    pasos = []

    def operar():
        pasos.append(corta.ejecutar(lambda: time.sleep(0.01))[0])

    hilos = [threading.Thread(target=operar) for _ in range(6)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert pasos == [Paso.HECHO] * 6


# Redis away


@vivo
def test_without_redis_everything_is_computed_and_it_is_tried_once(sin_redis, django_assert_num_queries):
    cuenta = Cuenta()
    with django_assert_num_queries(1):  # only the first asks for the generations
        assert [preguntar(cuenta) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert len(sin_redis) == 1


@vivo
def test_writes_made_without_redis_are_seen_when_it_returns(monkeypatch, sin_redis):
    monkeypatch.undo()
    cuenta = Cuenta()
    preguntar(cuenta)
    with monkeypatch.context() as ausente:
        ausente.setattr(almacen, "cliente", redis_ausente)
        with transaction.atomic():
            caching.subir("documentos")
        assert preguntar(cuenta) == 2
    circuito._reiniciar()
    assert preguntar(cuenta) == 3


# Figures of use


@vivo
def test_use_is_added_up_in_redis(propio):
    cuenta = Cuenta()
    for _ in range(4):
        preguntar(cuenta)
    assert almacen.cliente().keys("mesa:cache-uso:*") == []  # in the process, until it is time
    uso = next(u for u in estado().grupos if u.grupo == "listar_documentos")
    assert (uso.aciertos, uso.fallos, uso.guardadas, uso.errores, uso.omitidas) == (3, 1, 1, 0, 0)
    assert uso.tasa == 75
    assert uso.ms_cache > 0 and uso.ms_producir is not None
    preguntar(cuenta)
    assert propio.enviar()
    assert next(u for u in estado(dias=8).grupos if u.grupo == "listar_documentos").aciertos == 4


@vivo
def test_use_is_written_every_few_seconds_and_survives_an_outage(monkeypatch):
    reloj = Reloj()
    contadores = metricas.Contadores(reloj=reloj)
    contadores.contar("g", aciertos=1)
    with monkeypatch.context() as ausente:
        ausente.setattr(almacen, "cliente", redis_ausente)
        reloj.ahora += 6
        contadores.contar("g", aciertos=1)
    circuito._reiniciar()
    reloj.ahora += 6
    contadores.contar("g", aciertos=1, fallos=2)
    (clave,) = almacen.cliente().keys("mesa:cache-uso:*")
    assert almacen.cliente().hgetall(clave) == {b"g:aciertos": b"3", b"g:fallos": b"2"}
    assert almacen.cliente().ttl(clave) > 7 * 86400


@vivo
def test_what_is_skipped_is_counted(sin_redis, propio):
    for _ in range(3):
        preguntar(Cuenta())
    assert dict(propio._cuentas)["listar_documentos:errores"] == 1
    assert dict(propio._cuentas)["listar_documentos:omitidas"] == 2


@vivo
def test_failures_of_redis_are_counted_among_processes(monkeypatch, propio):
    assert estado().cortes == 0
    with monkeypatch.context() as ausente:
        ausente.setattr(almacen, "cliente", redis_ausente)
        preguntar(Cuenta())
    circuito._abierto_hasta = 0
    assert estado().cortes == 1
    assert "vistos por los procesos: 1;" in correr("cache_estado")


# Commands


def correr(nombre, *argumentos, **opciones):
    salida = StringIO()
    call_command(nombre, *argumentos, stdout=salida, no_color=True, **opciones)
    return salida.getvalue()


@vivo
def test_cache_estado_shows_use_keys_and_memory():
    cuenta = Cuenta()
    preguntar(cuenta)
    preguntar(cuenta)
    texto = correr("cache_estado")
    assert "responde" in texto
    fila = next(linea for linea in texto.splitlines() if linea.startswith("listar_documentos"))
    grupo, ttl, consultas, tasa, errores, omitidas, _, _, claves, *memoria = fila.split()
    assert (ttl, consultas, tasa, errores, omitidas, claves) == ("120", "2", "50.0", "0", "0", "1")
    assert memoria[1] == "bytes"
    assert "—" in next(linea for linea in texto.splitlines() if linea.startswith("obtener_documento"))
    assert "Generaciones: " in texto
    assert "Filas unidas: 0." in correr("cache_estado", sin_contar=True, compactar=True)


@vivo
def test_cache_estado_without_redis(sin_redis, settings):
    assert "Redis no responde" in correr("cache_estado")
    settings.CACHE_ACTIVA = False
    assert "desactivada" in correr("cache_estado")


@vivo
def test_cache_vaciar_empties_a_kind_a_group_or_everything_and_nothing_else():
    cliente = almacen.cliente()
    cliente.set("ajena", 1)
    cuenta = Cuenta()

    def lista():
        return preguntar(cuenta)

    def documento():
        return caching.en_cache(grupo="obtener_documento", clave=1, producir=cuenta)

    assert (lista(), documento(), lista()) == (1, 2, 1)
    assert "1 entradas borradas" in correr("cache_vaciar", "listar_documentos")
    assert (lista(), documento()) == (3, 2)
    assert "Vaciada: documentos." in correr("cache_vaciar", "documentos")
    assert (lista(), documento()) == (4, 2)
    assert "Vaciada: toda la cache." in correr("cache_vaciar")
    assert cliente.keys("mesa:cache:*") == [] and cliente.get("ajena") == b"1"
    assert (lista(), documento()) == (5, 6)
    vaciadas = Evento.objects.filter(tipo="cache_vaciada").order_by("pk")
    assert list(vaciadas.values_list("detalle__grupo", flat=True)) == [
        "listar_documentos",
        "documentos",
        "todo",
    ]
    with pytest.raises(CommandError):
        correr("cache_vaciar", "¿qué?")


@vivo
def test_cache_vaciar_works_without_redis(sin_redis):
    assert "ya no se usarán" in correr("cache_vaciar")
    assert Generacion.objects.filter(grupo="todo").exists()


# Page


@vivo
def test_page_shows_the_figures_and_empties_after_asking(con_permisos):  # noqa: F811
    url = reverse("admin:core_generacion_changelist")
    vaciar = reverse("admin:core_generacion_vaciar", args=["listar_documentos"])
    assert con_permisos("admin.entrar").get(url).status_code == 403
    assert con_permisos("admin.entrar").post(vaciar).status_code == 403
    cliente = con_permisos("admin.entrar", "tarea.administrar")
    cuenta = Cuenta()
    assert (preguntar(cuenta), preguntar(cuenta)) == (1, 1)
    html = cliente.get(url).content.decode()
    assert "Vaciar toda la cache" in html and vaciar in html
    assert "50.0 %" in html and "Memoria</th>" not in html
    assert "Memoria</th>" in cliente.get(url, {"contar": "1", "dias": "8"}).content.decode()
    assert "Se vaciará «listar_documentos»" in cliente.get(vaciar).content.decode()
    assert preguntar(cuenta) == 1
    respuesta = cliente.post(vaciar, follow=True)
    assert "Vaciada: listar_documentos." in respuesta.content.decode()
    assert preguntar(cuenta) == 2
    evento = Evento.objects.get(tipo="cache_vaciada")
    assert evento.actor == con_permisos.usuario
    cliente.post(reverse("admin:core_generacion_vaciar", args=["todo"]))
    assert preguntar(cuenta) == 3


@vivo
def test_page_without_redis(con_permisos, sin_redis):  # noqa: F811
    cliente = con_permisos("admin.entrar", "tarea.administrar")
    assert "Redis no responde" in cliente.get(reverse("admin:core_generacion_changelist")).content.decode()
