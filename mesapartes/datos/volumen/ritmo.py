"""How much enters each day, and how many documents of each age are still open."""

import datetime as dt
import math
from dataclasses import dataclass

PARTE_ABIERTA = 0.06
LOTE = 2_000


@dataclass(frozen=True)
class Tramo:
    """Documents of one day inside a batch: index of the working day, how many, and the first number of them."""

    dia: int
    cuantos: int
    numero: int


@dataclass(frozen=True)
class Lote:
    """A batch: its ordinal, the place of its first document among all, and its days in order."""

    n: int
    primero: int
    tramos: tuple


def peso_del_dia(fecha, desde):
    """How busy a working day is: Mondays, ends of month, March, July and December, and a little more each year."""
    peso = 1.03 ** ((fecha - desde).days / 365)
    peso *= {0: 1.5, 1: 1.2}.get(fecha.weekday(), 1.0)
    if (fecha + dt.timedelta(days=7)).month != fecha.month:
        peso *= 1.25
    return peso * (1.2 if fecha.month in (3, 7, 12) else 1.0)


def repartir(total, dias):
    """Documents of each working day; adds up to the total. Args: dias in order, dates."""
    pesos = [peso_del_dia(dia, dias[0]) for dia in dias]
    suma, hechos, acumulado, cuentas = sum(pesos), 0, 0.0, []
    for peso in pesos:
        acumulado += peso
        hasta = round(total * acumulado / suma)
        cuentas.append(hasta - hechos)
        hechos = hasta
    return cuentas


def vida_media(cuentas):
    """Working days T such that a document of age a is open with probability 0.97 exp(-a / T), 6 % in all."""
    total, ultimo = sum(cuentas), len(cuentas) - 1
    bajo, alto = 0.01, 10.0 * len(cuentas)
    for _ in range(60):
        medio = (bajo + alto) / 2
        abiertos = sum(n * 0.97 * math.exp(-(ultimo - i) / medio) for i, n in enumerate(cuentas) if n)
        bajo, alto = (medio, alto) if abiertos < PARTE_ABIERTA * total else (bajo, medio)
    return alto


def lotes(dias, cuentas, ultimos, tamanio=LOTE):
    """Groups whole days into batches, numbering by year. Args: ultimos {year: last number given}; updated."""
    resultado, tramos, llenos, primero = [], [], 0, 0
    for i, cuantos in enumerate(cuentas):
        if not cuantos:
            continue
        anio = dias[i].year
        tramos.append(Tramo(i, cuantos, ultimos.get(anio, 0) + 1))
        ultimos[anio] = ultimos.get(anio, 0) + cuantos
        llenos += cuantos
        if llenos >= tamanio:
            resultado.append(Lote(len(resultado), primero, tuple(tramos)))
            primero, tramos, llenos = primero + llenos, [], 0
    if tramos:
        resultado.append(Lote(len(resultado), primero, tuple(tramos)))
    return resultado
