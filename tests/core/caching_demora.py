"""A process of threads whose requests use the cache three times each; says what each request took.

Run by test_caching_vivo.py with one JSON argument; prints one JSON line.
"""

import json
import statistics
import sys
import threading
import time

import django

django.setup()

from django.db import connection  # noqa: E402

from core import caching  # noqa: E402
from core.caching.cortacircuito import circuito  # noqa: E402

CASO = json.loads(sys.argv[1])
demoras, candado = [], threading.Lock()
fin = time.monotonic() + CASO["segundos"]


def peticion(n):
    for uso in range(3):
        caching.en_cache(
            grupo="listar_documentos", clave=[n, uso], generaciones=["documentos"], producir=lambda: "x" * 500
        )


def hilo(n):
    connection.ensure_connection()
    propias = []
    while time.monotonic() < fin:
        inicio = time.perf_counter()
        peticion(n)
        propias.append((time.perf_counter() - inicio) * 1000)
        time.sleep(0.005)
    connection.close()
    with candado:
        demoras.extend(propias)


hilos = [threading.Thread(target=hilo, args=(n,)) for n in range(CASO["hilos"])]
for uno in hilos:
    uno.start()
for uno in hilos:
    uno.join()
cortes = statistics.quantiles(demoras, n=1000)
print(
    json.dumps(
        {
            "peticiones": len(demoras),
            "fallos": circuito.fallos,
            "p50": cortes[499],
            "p99": cortes[989],
            "maximo": max(demoras),
            "lentas": sum(d > 150 for d in demoras),
        }
    )
)
