"""A process of threads that write documents and read them through the cache, looking for an old or undone value.

Each document has one writer, which notes in shared memory what it has committed. A reader takes that note first, asks
the cache, and must get at least as much. Run by test_caching_vivo.py with one JSON argument; prints one JSON line.
"""

import json
import mmap
import random
import struct
import sys
import threading
import time

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from core import caching  # noqa: E402
from core.caching import almacen, uso  # noqa: E402
from documents.models import Documento  # noqa: E402

DESHECHO = 1_000_000  # added by writes that are rolled back
CASOS = json.loads(sys.argv[1])
DOCUMENTOS, AREA, ROMPER = CASOS["documentos"], CASOS["area"], CASOS["romper"]
fin = time.monotonic() + CASOS["segundos"]
cuentas = {"lecturas": 0, "aciertos": 0, "escrituras": 0, "deshechas": 0, "viejas": []}
candado = threading.Lock()
with open(CASOS["memoria"], "r+b") as archivo:
    memoria = mmap.mmap(archivo.fileno(), 0)


def anotado(n):
    return struct.unpack_from("q", memoria, 8 * n)[0]


def folios(pk):
    return Documento.objects.values_list("numero_folios", flat=True).get(pk=pk)


def leer(n):
    """(value from the cache, whether it was computed now)."""
    hecho = []

    def producir():
        hecho.append(1)
        return folios(DOCUMENTOS[n])

    valor = caching.en_cache(
        grupo="obtener_documento",
        clave=n,
        generaciones=caching.grupos_de_detalle(DOCUMENTOS[n]),
        producir=producir,
    )
    return valor, bool(hecho)


def leer_lista():
    hecho = []

    def producir():
        hecho.append(1)
        filas = dict(Documento.objects.filter(pk__in=DOCUMENTOS).values_list("pk", "numero_folios"))
        return [filas[pk] for pk in DOCUMENTOS]

    valor = caching.en_cache(
        grupo="listar_documentos",
        clave="todos",
        generaciones=caching.grupos_de_lista([AREA]),
        producir=producir,
    )
    return valor, bool(hecho)


def comprobar(que, valor, minimo, calculado):
    with candado:
        cuentas["lecturas"] += 1
        cuentas["aciertos"] += not calculado
        if valor < minimo or valor >= DESHECHO:
            cuentas["viejas"].append([que, valor, minimo, calculado])


def escribir(n):
    """One more sheet, committed, then noted; now and then also in Redis, as the broken variant would."""
    with transaction.atomic():
        Documento.objects.filter(pk=DOCUMENTOS[n]).update(numero_folios=anotado(n) + 1)
    if ROMPER == "en_redis":
        almacen.ejecutar(lambda redis: redis.incr(f"gen:{DOCUMENTOS[n]}"))
    struct.pack_into("q", memoria, 8 * n, anotado(n) + 1)
    with candado:
        cuentas["escrituras"] += 1


def deshacer(n):
    """A write that is undone, read through the cache while it is open."""
    try:
        with transaction.atomic():
            Documento.objects.filter(pk=DOCUMENTOS[n]).update(numero_folios=DESHECHO)
            valor, _ = leer(n)
            leer_lista()
            if valor != DESHECHO:
                with candado:
                    cuentas["viejas"].append(["propia", valor, DESHECHO, False])
            raise ZeroDivisionError
    except ZeroDivisionError:
        with candado:
            cuentas["deshechas"] += 1


def hilo(n):
    azar = random.Random(n)
    try:
        while time.monotonic() < fin and not (ROMPER and cuentas["viejas"]):
            suerte = azar.random()
            if suerte < 0.08:
                escribir(n)
            elif suerte < 0.10:
                if ROMPER != "en_redis":  # which fails at this too
                    deshacer(n)
            elif suerte < 0.25:
                minimos = [anotado(m) for m in range(len(DOCUMENTOS))]
                valores, calculado = leer_lista()
                for valor, minimo in zip(valores, minimos, strict=True):
                    comprobar("lista", valor, minimo, calculado)
            else:
                cual = azar.randrange(len(DOCUMENTOS))
                minimo = anotado(cual)
                comprobar("documento", *_con(leer(cual), minimo))
            time.sleep(azar.random() * 0.004)
    except BaseException as error:
        with candado:
            cuentas["viejas"].append(["error", repr(error)])
    finally:
        connection.close()


def _con(leido, minimo):
    return leido[0], minimo, leido[1]


def generaciones_en_redis(grupo, pedidas):
    """The broken variant: the numbers live in Redis and are raised after the commit."""
    cubos = {caching.grupo_documento(pk): pk for pk in DOCUMENTOS}
    claves = [f"gen:{cubos[g]}" for g in pedidas if g in cubos] or [f"gen:{pk}" for pk in DOCUMENTOS]
    _, valores = almacen.ejecutar(lambda redis: redis.mget(claves))
    return caching.Generaciones(
        tuple((c, str(v)) for c, v in zip(claves, valores or [None] * len(claves), strict=True))
    )


if ROMPER == "en_redis":
    uso._leer_generaciones = generaciones_en_redis

hilos = [threading.Thread(target=hilo, args=(n,)) for n in CASOS["hilos"]]
for uno in hilos:
    uno.start()
for uno in hilos:
    uno.join()
print(json.dumps(cuentas))
