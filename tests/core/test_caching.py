"""The cache: keys, values, generations, and the three ways to use it."""

import datetime as dt
import enum
import threading
import time
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils.safestring import mark_safe

from core import caching
from core.caching import almacen
from core.caching.claves import clave_de
from core.caching.constants import ttl_de
from core.caching.valores import NoSeGuarda, a_bytes, de_bytes
from core.models import Generacion
from tests.core.caching_util import en_hilo, otra_conexion
from tests.core.cuenta_util import Cuenta, preguntar, subir

vivo = pytest.mark.django_db(transaction=True)


# Values and keys


def test_values_come_back_exactly_as_they_were():
    valor = {
        "a": (1, 2.5, None, True),
        3: {1, 2},
        "f": dt.date(2026, 11, 24),
        "h": dt.datetime(2026, 11, 24, 5, tzinfo=dt.UTC),
        "d": Decimal("1.50"),
        "u": UUID(int=7),
        "b": b"\x00%PDF",
        "largo": ["ñandú " * 2000],
    }
    assert de_bytes(a_bytes(valor)) == valor
    assert len(a_bytes(valor)) < 2000  # compressed


@pytest.mark.parametrize(
    "valor",
    [mark_safe("<b>"), enum.Enum("E", "A").A, object(), print, SimpleNamespace(a=1), {"x": [Generacion()]}],
)
def test_only_plain_data_is_kept(valor):
    with pytest.raises(NoSeGuarda):
        a_bytes(valor)


def test_planted_bytes_run_nothing():
    import os
    import pickle

    class Trampa:
        def __reduce__(self):
            return os.system, ("true",)

    with pytest.raises(NoSeGuarda):
        de_bytes(b"0" + pickle.dumps(Trampa()))


def test_keys_are_stable_and_tell_everything_apart():
    nada = caching.Generaciones(())

    def clave(pregunta, gens=nada, **otros):
        return clave_de("listar_documentos", pregunta, gens, **otros)

    assert clave({"b": 1, "a": {3, 1, 2}}) == clave({"a": {2, 3, 1}, "b": 1})
    distintas = {
        clave(1), clave("1"), clave([1]), clave(True), clave(None), clave({"a": 1}), clave(Decimal(1)),
        clave(1, version=2), clave(1, caching.Generaciones((("documentos", "5"),))),
        clave_de("obtener_documento", 1, nada),
    }  # fmt: skip
    assert len(distintas) == 10
    assert len(clave("x" * 5000)) < 100
    assert clave(7).startswith("mesa:cache:listar_documentos:")
    with pytest.raises(TypeError):
        clave(object())


def test_the_day_is_part_of_the_key(monkeypatch):
    from django.utils import timezone

    antes = clave_de("g", 1, caching.Generaciones(()))
    manana = timezone.localdate() + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *a: manana)
    assert clave_de("g", 1, caching.Generaciones(())) != antes


def test_times_to_live_are_those_required_and_can_be_set(settings):
    assert [
        ttl_de(grupo)
        for grupo in (
            "obtener_documento", "listar_documentos", "generar_comprobante_pdf", "obtener_estadisticas",
            "calcular_metricas",
        )
    ] == [600, 120, 3600, 300, 600]  # fmt: skip
    settings.CACHE_TTL = {"listar_documentos": 7}
    assert ttl_de("listar_documentos") == 7
    assert ttl_de("obtener_documento") == 600
    assert ttl_de("otra_cosa") == 120


# Generations


@vivo
def test_a_generation_is_committed_or_undone_with_its_transaction():
    def numero():
        return dict(caching.generaciones("a", "b").valores)

    inicio = numero()
    assert inicio == {"a": "0", "b": "0"}
    subir("a")
    despues = numero()
    assert despues["a"] != "0" and despues["b"] == "0"
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        caching.subir("a", "b")
        raise ZeroDivisionError
    assert numero() == despues
    with pytest.raises(transaction.TransactionManagementError):
        caching.subir("a")


@vivo
def test_a_group_is_raised_once_per_transaction_also_after_a_savepoint_is_undone():
    with transaction.atomic():
        caching.subir("a")
        primera = caching.generaciones("a")
        caching.subir("a")
        with transaction.atomic():
            caching.subir("a")
        assert caching.generaciones("a") == primera
        assert primera.propias
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            caching.subir("b")
            raise ZeroDivisionError
        assert caching.generaciones("b").valores == (("b", "0"),)
        caching.subir("b")
    numeros = caching.generaciones("a", "b")
    assert not numeros.propias
    assert all(int(n) > 0 for _, n in numeros.valores)


@vivo
def test_two_open_writers_take_different_slots_and_compaction_keeps_the_sum():
    with transaction.atomic():
        caching.subir("a")
        en_hilo(otra_conexion(lambda: subir("a")))  # would wait for ever behind a single row
    assert Generacion.objects.filter(grupo="a").count() == 2
    antes = caching.generaciones("a")
    assert caching.compactar(mas_de=1) == 1
    assert caching.generaciones("a") == antes
    assert Generacion.objects.filter(grupo="a").count() == 1


# Get or produce


@vivo
def test_kept_until_a_group_it_names_is_raised():
    cuenta = Cuenta()
    assert [preguntar(cuenta), preguntar(cuenta)] == [1, 1]
    subir("otro")
    assert preguntar(cuenta) == 1
    subir("documentos")
    assert preguntar(cuenta) == 2
    subir("cache:listar_documentos")
    assert preguntar(cuenta) == 3
    subir("todo")
    assert preguntar(cuenta) == 4
    assert preguntar(cuenta, version=2) == 5
    assert preguntar(cuenta, clave="otra") == 6


@vivo
def test_an_empty_answer_is_kept_too():
    veces = []
    for _ in range(2):
        assert preguntar(lambda: veces.append(1)) is None
    assert veces == [1]


@vivo
def test_generations_read_before_the_data_may_be_passed():
    leidas = caching.generaciones("documentos")
    cuenta = Cuenta()
    assert preguntar(cuenta, leidas) == 1
    subir("documentos")
    assert preguntar(cuenta, leidas) == 1  # the caller's own reading rules
    assert preguntar(cuenta) == 2


@vivo
def test_nothing_of_an_open_transaction_is_kept():
    cuenta = Cuenta()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        caching.subir("documentos")
        assert [preguntar(cuenta), preguntar(cuenta)] == [1, 2]
        raise ZeroDivisionError
    assert preguntar(cuenta) == 3
    with transaction.atomic():
        assert preguntar(cuenta) == 3  # a transaction that wrote nothing of it may use it
        caching.subir("catalogos")
        assert preguntar(cuenta) == 3
        assert preguntar(cuenta, ["documentos", "catalogos"]) == 4


@vivo
def test_threads_that_miss_at_once_compute_once(settings):
    settings.CACHE_TURNO_MS = 5000
    empezado, cuenta, valores = threading.Event(), Cuenta(), []

    def lento():
        empezado.set()
        time.sleep(0.5)
        return cuenta()

    def otro():
        empezado.wait()
        valores.append(preguntar(cuenta))

    hilos = [threading.Thread(target=otra_conexion(lambda: valores.append(preguntar(lento))))]
    hilos += [threading.Thread(target=otra_conexion(otro)) for _ in range(5)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert valores == [1] * 6


@vivo
def test_who_waits_for_a_failure_or_too_long_computes_alone(settings):
    settings.CACHE_TURNO_MS = 5000
    settings.CACHE_ESPERA_SEGUNDOS = 0.1
    empezado, seguir = threading.Event(), threading.Event()

    def fallar():
        empezado.set()
        seguir.wait(20)
        raise ZeroDivisionError

    def primero():
        with pytest.raises(ZeroDivisionError):
            preguntar(fallar)

    hilo = threading.Thread(target=otra_conexion(primero))
    hilo.start()
    empezado.wait()
    assert preguntar(lambda: 7) == 7
    seguir.set()
    hilo.join()


@vivo
def test_what_fails_is_not_kept():
    with pytest.raises(ZeroDivisionError):
        preguntar(lambda: 1 / 0)
    assert preguntar(lambda: 5) == 5


@vivo
def test_a_value_that_is_not_plain_is_told_in_tests_and_logged_in_production(settings, caplog):
    with pytest.raises(NoSeGuarda):
        preguntar(lambda: mark_safe("<b>"))
    settings.CACHE_ESTRICTA = False
    assert preguntar(lambda: mark_safe("<b>")) == "<b>"
    assert "no se puede guardar" in caplog.text
    assert preguntar(Cuenta()) == 1


@vivo
def test_spoilt_bytes_are_thrown_away():
    cuenta = Cuenta()
    preguntar(cuenta)
    redis = almacen.cliente()
    (clave,) = redis.keys("mesa:cache:listar_documentos:*")
    redis.set(clave, b"0nonsense")
    assert preguntar(cuenta) == 2
    assert preguntar(cuenta) == 2


@vivo
def test_time_to_live_and_size_are_bounded(settings):
    settings.CACHE_MAX_BYTES = 1000
    preguntar(lambda: b"x" * 2000)
    redis = almacen.cliente()
    assert redis.keys("mesa:cache:*:*") == []
    preguntar(lambda: b"x", ttl=50)
    (clave,) = redis.keys("mesa:cache:*:*")
    assert 44 <= redis.ttl(clave) <= 50


@vivo
def test_switched_off_it_asks_for_nothing(settings, django_assert_num_queries):
    settings.CACHE_ACTIVA = False
    cuenta = Cuenta()
    with django_assert_num_queries(0):
        assert [preguntar(cuenta), preguntar(cuenta)] == [1, 2]


@vivo
def test_a_hit_costs_one_query(django_assert_num_queries):
    cuenta = Cuenta()
    preguntar(cuenta)
    with django_assert_num_queries(1):
        preguntar(cuenta, ["documentos", "catalogos", "area:1"])


@pytest.mark.django_db
def test_in_a_test_that_is_rolled_back_nothing_is_kept_of_what_it_wrote():
    from organization.models import Sede

    Sede.objects.create(codigo="7", nombre="Sede de prueba")
    cuenta = Cuenta()
    assert [preguntar(cuenta, ["catalogos"]) for _ in range(2)] == [1, 2]
    assert connection.in_atomic_block
