"""Queries and database time of a request, measured apart with Django's test client; and the plans of its queries."""

import re
import time
from contextlib import contextmanager
from http.cookies import SimpleCookie
from uuid import uuid4

from django.db import connection, transaction
from django.test import Client

from core.db.planes import explicar
from mesapartes.banco.carga import Pedidos
from mesapartes.banco.cifras import mediana, redondo
from mesapartes.banco.servidor import HOST

REPETICIONES, TOPE_S = 5, 4
LECTURA = re.compile(r"\s*(SELECT|WITH)\b", re.I)
# Who asks, and with what powers, is read from small tables; what grows with the documents is here.
DE_DATOS = re.compile(r"\b(documents|derivations|busqueda|portal|reports)_(?!tipodocumento)\w+|core_evento")


class Cuaderno:
    """Notes each query of a block with its time."""

    def __init__(self):
        self.filas = []

    def __call__(self, ejecutar, sql, params, many, context):
        inicio = time.perf_counter()
        try:
            return ejecutar(sql, params, many, context)
        finally:
            self.filas.append((sql, params, (time.perf_counter() - inicio) * 1000))

    @property
    def ms(self):
        return sum(fila[2] for fila in self.filas)


@contextmanager
def anotando():
    """Yields a Cuaderno that notes what this connection executes."""
    cuaderno = Cuaderno()
    with connection.execute_wrapper(cuaderno):
        yield cuaderno


def pedir(pedidos: Pedidos, n):
    """One request of the operation in this process. Returns: (response, Cuaderno)."""
    cliente = Client(SERVER_NAME=HOST, raise_request_exception=False)
    cliente.cookies = SimpleCookie(pedidos.galletas[0])
    ruta = pedidos.rutas[n % len(pedidos.rutas)]
    with anotando() as cuaderno:
        if pedidos.metodo == "POST":
            cuerpo = pedidos.cuerpo.replace("{llave}", str(uuid4())).replace("{n}", str(n))
            respuesta = cliente.post(ruta, cuerpo, content_type="application/json")
        else:
            respuesta = cliente.get(ruta)
        respuesta.getvalue() if respuesta.streaming else respuesta.content
    return respuesta, cuaderno


def medir(operacion, *, vaciar, veces=REPETICIONES):
    """{"consultas", "bd_ms", "consultas_repetida", "bd_ms_repetida"}: medians, of the first time and again.

    Args: vaciar empties the cache, so that the first of each pair is computed.
    """
    pedidos, nuevas, otra_vez = operacion.pedidos, [], []
    paso = max(1, len(pedidos.rutas) // veces)
    pedir(pedidos, 0)  # what a process reads once
    inicio = time.monotonic()
    for n in range(veces):
        if n and time.monotonic() - inicio > TOPE_S:
            break
        vaciar()
        for lista in (nuevas, otra_vez):
            _, cuaderno = pedir(pedidos, n * paso)
            lista.append((len(cuaderno.filas), cuaderno.ms))
    return {
        "consultas": round(mediana([n for n, _ in nuevas])),
        "bd_ms": redondo(mediana([ms for _, ms in nuevas])),
        "consultas_repetida": round(mediana([n for n, _ in otra_vez])),
        "bd_ms_repetida": redondo(mediana([ms for _, ms in otra_vez])),
    }


def planes(operacion, cuantos=2):
    """Plans of the slowest readings of one request. Returns: [{"ms", "sql", "plan", "veredicto"}]."""
    pedir(operacion.pedidos, 0)
    _, cuaderno = pedir(operacion.pedidos, len(operacion.pedidos.rutas) // 2)
    lecturas = [f for f in cuaderno.filas if LECTURA.match(f[0]) and DE_DATOS.search(f[0])]
    return [
        {"ms": redondo(ms), "sql": sql, "plan": _plan(sql, params), "veredicto": _veredicto(sql, params)}
        for sql, params, ms in sorted(lecturas, key=lambda fila: -fila[2])[:cuantos]
    ]


def _plan(sql, params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params)
        lineas = [linea for (linea,) in cursor.fetchall()]
        transaction.set_rollback(True)
    return "\n".join(lineas)


def _veredicto(sql, params):
    """What manage.py explicar says of the same query; nothing of one that locks, which it does not run."""
    if "FOR UPDATE" in sql:
        return ""
    dicho = explicar(sql, params, analizar=True)
    hallado = "".join(f"; {texto}" for _, texto in dicho.hallazgos)
    return f"{dicho.nivel}: lee {dicho.leidas} filas y muestra {dicho.mostradas}{hallado}"
