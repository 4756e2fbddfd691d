"""Never stale: real processes write and read while Redis is stopped, hung, killed and started again.

MESA_PRUEBA_CACHE_SEGUNDOS makes the run longer than a quarter of a minute, where Redis is hurt about once a second.
"""

import os
import random
import signal
import time

import pytest
from django.db import connection

from documents.models import Documento
from tests.core.caching_util import Valkey, proceso_de_cache, resultado
from tests.factories import make_documento, make_oficina

pytestmark = pytest.mark.django_db(transaction=True)
SEGUNDOS = float(os.environ.get("MESA_PRUEBA_CACHE_SEGUNDOS") or 12)
PROCESOS, HILOS = 2, 4


@pytest.fixture
def valkey(tmp_path, request):
    servidor = Valkey(tmp_path, persiste=getattr(request, "param", False))
    servidor.abrir()
    yield servidor
    servidor.cerrar()


@pytest.fixture
def documentos():
    o = make_oficina()
    filas = [make_documento(o, numero_folios=1) for _ in range(PROCESOS * HILOS)]
    return {"documentos": [d.pk for d in filas], "area": o.mesa.pk}


def correr(valkey, documentos, tmp_path, *, segundos, romper="", maltratar=True):
    """Runs the processes while Redis is mistreated. Returns: their counts, added up, and how often it was hurt."""
    memoria = tmp_path / "comprometido"
    memoria.write_bytes((1).to_bytes(8, "little") * (PROCESOS * HILOS))
    procesos = [
        proceso_de_cache(
            "tests.core.caching_proceso",
            documentos
            | {
                "hilos": list(range(p * HILOS, (p + 1) * HILOS)),
                "segundos": segundos,
                "memoria": str(memoria),
                "romper": romper,
            },
            valkey.socket,
            pausa=0.1,  # the breaker closes soon, so that each fault meets a cache in use
        )
        for p in range(PROCESOS)
    ]
    danos, azar = [], random.Random(7)
    while maltratar and all(p.poll() is None for p in procesos):
        time.sleep(0.3 + 0.3 * azar.random())  # a while in peace, so that there is something kept
        dano = ("colgado", "matado", "apagado", "colgado y matado")[len(danos) % 4]
        if dano.startswith("colgado"):
            valkey.colgar()
            time.sleep(0.4)
        if dano == "colgado":
            valkey.soltar()
        else:
            valkey.matar(signal.SIGTERM if dano == "apagado" else signal.SIGKILL)
            time.sleep(0.2)
            valkey.abrir()
        danos.append(dano)
    total = {}
    for proceso in procesos:
        for campo, valor in resultado(proceso).items():
            total[campo] = total.get(campo, type(valor)()) + valor
    return total, danos


@pytest.mark.parametrize("valkey", [False, True], ids=["memoria", "persistente"], indirect=True)
def test_no_read_is_older_than_a_write_committed_before_it(valkey, documentos, tmp_path):
    total, danos = correr(valkey, documentos, tmp_path, segundos=SEGUNDOS)
    assert total["viejas"] == []
    assert set(danos) >= {"colgado", "matado", "apagado"} and len(danos) > SEGUNDOS / 2
    # it was put to the test: many writes, many undone, and a good part of the reads came from the cache
    assert total["escrituras"] > 2 * SEGUNDOS and total["deshechas"] > SEGUNDOS / 2
    assert total["aciertos"] > 0.1 * total["lecturas"]
    folios = Documento.objects.filter(pk__in=documentos["documentos"]).values_list("numero_folios", flat=True)
    assert sum(folios) == total["escrituras"] + len(documentos["documentos"])


def test_the_same_run_finds_old_reads_without_the_triggers(valkey, documentos, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE documents_documento DISABLE TRIGGER cache_update")
    try:
        total, _ = correr(
            valkey, documentos, tmp_path, segundos=20, romper="sin_disparadores", maltratar=False
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE documents_documento ENABLE TRIGGER cache_update")
    assert total["viejas"]


@pytest.mark.parametrize("valkey", [True], indirect=True)
def test_the_same_run_finds_old_reads_with_generations_kept_in_redis(valkey, documentos, tmp_path):
    total, _ = correr(valkey, documentos, tmp_path, segundos=30, romper="en_redis")
    assert {v[0] for v in total["viejas"]} <= {"documento", "lista"}, total
    assert total["viejas"]


@pytest.mark.parametrize("como", ["colgado", "apagado"])
def test_without_redis_one_request_of_the_process_waits_and_then_none_for_a_while(valkey, como):
    """Each failure is one wait of the socket timeout; every other use of the cache is skipped at once."""
    if como == "colgado":
        valkey.colgar()
    else:
        valkey.matar()
    caso = {"segundos": 3, "hilos": 4}
    hecho = resultado(proceso_de_cache("tests.core.caching_demora", caso, valkey.socket, pausa=1))
    assert 1 <= hecho["fallos"] <= 4  # one a second, whatever the threads
    assert hecho["peticiones"] > 20
