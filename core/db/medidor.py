"""Times every query: logs the slow ones with their place in the code, and counts each shape in memory.

`medir` runs around each statement of the process, so it does the least: two readings of the clock, one look-up by
the text of the SQL, five additions under a lock. The shape and the place are worked out when a text is new, the
place also when the query was slow. It never asks the database anything. Source: docs/adr/0009-medir-consultas.md.
"""

import logging
import os
import threading
from contextlib import contextmanager
from time import perf_counter

from django.conf import settings
from django.core.signals import setting_changed
from django.db.backends.signals import connection_created
from psycopg.sql import Composable

from core.db.formas import CONTROL, breve, clave_de, forma_de
from core.db.lugar import lugar_que_pide

registro = logging.getLogger("core.consultas")

MAXIMO_FORMAS = 500  # further shapes are counted together
MAXIMO_TEXTOS = 1000  # texts of SQL whose shape is remembered
LARGO_TEXTO = 20_000  # longer ones are worked out each time
OTRAS = "(otras formas)"


class Cuenta:
    """What a process has seen of one shape since the last flush."""

    __slots__ = ("clave", "filas", "forma", "lentas", "lugar", "maximo", "total", "veces")

    def __init__(self, clave, forma, lugar):
        self.clave, self.forma, self.lugar = clave, forma, lugar
        self.vaciar()

    def vaciar(self):
        self.veces = self.filas = self.lentas = 0
        self.total = self.maximo = 0.0


class Memoria:
    """The counts of this process. `retirar` takes them out whole; `devolver` puts them back after a failed flush."""

    def __init__(self):
        self.candado = threading.RLock()  # a signal's handler may ask something in the middle
        self.por_texto, self.por_clave, self.pendientes = {}, {}, 0

    def cuenta_de(self, sql):
        """The count of the shape of this text. First sight: finds who asked."""
        texto = sql if isinstance(sql, str) else _texto(sql)
        forma = forma_de(texto)
        clave = clave_de(forma)
        with self.candado:
            cuenta = self.por_clave.get(clave)
            if cuenta is None and len(self.por_clave) >= MAXIMO_FORMAS:
                forma, clave = OTRAS, clave_de(OTRAS)
                cuenta = self.por_clave.get(clave)
        if cuenta is None:
            cuenta = Cuenta(clave, forma, "" if forma is OTRAS else lugar_que_pide())
        with self.candado:
            cuenta = self.por_clave.setdefault(clave, cuenta)
            if type(sql) is str and len(sql) <= LARGO_TEXTO and not sql.startswith(CONTROL):
                if len(self.por_texto) >= MAXIMO_TEXTOS:
                    self.por_texto.clear()
                self.por_texto[sql] = cuenta
        return cuenta

    def retirar(self):
        """[(clave, forma, lugar, veces, total_s, maximo_s, filas, lentas)] since the last time, by key."""
        with self.candado:
            filas = []
            for clave in sorted(self.por_clave):
                c = self.por_clave[clave]
                if c.veces:
                    filas.append((c.clave, c.forma, c.lugar, c.veces, c.total, c.maximo, c.filas, c.lentas))
                    c.vaciar()
            self.pendientes = 0
        return filas

    def devolver(self, filas):
        with self.candado:
            for clave, forma, lugar, veces, total, maximo, cuantas, lentas in filas:
                c = self.por_clave.setdefault(clave, Cuenta(clave, forma, lugar))
                c.veces += veces
                c.total += total
                c.maximo = max(c.maximo, maximo)
                c.filas += cuantas
                c.lentas += lentas


def _texto(sql):
    return sql.as_string(None) if isinstance(sql, Composable) else str(sql)


class _Ajustes:
    """The settings, read once: looking them up for each query would cost more than counting it."""

    lenta_s = float("inf")
    estadisticas = False

    def leer(self):
        self.lenta_s = max(0, settings.CONSULTA_LENTA_MS) / 1000 or float("inf")
        self.estadisticas = bool(settings.CONSULTAS_ESTADISTICAS)


ajustes = _Ajustes()
memoria = Memoria()
al_contar = None  # core.db.volcado sets here what starts its thread; None once it runs


def medir(execute, sql, params, many, context):
    """The execute wrapper of every connection. A statement that fails counts too: it may have run out of time."""
    filas = -1
    inicio = perf_counter()
    try:
        resultado = execute(sql, params, many, context)
        filas = context["cursor"].cursor.rowcount
        return resultado
    finally:
        anotar(sql, perf_counter() - inicio, filas)


def anotar(sql, segundos, filas):
    """Count one statement and, when it was slow, tell it. Does not raise of its own."""
    lenta = segundos >= ajustes.lenta_s
    cuenta = None
    if ajustes.estadisticas:
        cuenta = (memoria.por_texto.get(sql) if type(sql) is str else None) or memoria.cuenta_de(sql)
        with memoria.candado:
            cuenta.veces += 1
            cuenta.total += segundos
            if segundos > cuenta.maximo:
                cuenta.maximo = segundos
            if filas > 0:
                cuenta.filas += filas
            if lenta:
                cuenta.lentas += 1
            memoria.pendientes += 1
        if al_contar is not None:
            al_contar()
    if lenta:
        _avisar(sql, segundos, filas, cuenta)


def _avisar(sql, segundos, filas, cuenta):
    """One line of log: time, rows, place and shape; never a value, which may be a person's."""
    lugar = lugar_que_pide()
    if cuenta is not None and cuenta.forma is not OTRAS:
        cuenta.lugar = lugar
        forma = cuenta.forma
    else:
        forma = forma_de(_texto(sql))
    registro.warning(
        "Consulta lenta: %.0f ms, %s filas, en %s [%s]: %s",
        segundos * 1000,
        filas if filas >= 0 else "sin",
        lugar or "lugar desconocido",
        clave_de(forma),
        breve(forma),
    )


@contextmanager
def sin_medir(conexion):
    """What the tools themselves ask inside is neither told nor counted."""
    puestos = conexion.execute_wrappers
    conexion.execute_wrappers = [envoltorio for envoltorio in puestos if envoltorio is not medir]
    try:
        yield
    finally:
        conexion.execute_wrappers = puestos


def _al_conectar(sender, connection, **kwargs):
    """Outermost of the wrappers: temporary ones are taken off from the end of the list."""
    activo = ajustes.estadisticas or ajustes.lenta_s != float("inf")
    puesto = medir in connection.execute_wrappers
    if activo and not puesto:
        connection.execute_wrappers.insert(0, medir)
    elif puesto and not activo:
        connection.execute_wrappers.remove(medir)


def _al_cambiar(*, setting, **kwargs):
    if setting in ("CONSULTA_LENTA_MS", "CONSULTAS_ESTADISTICAS"):
        ajustes.leer()


def _en_el_hijo():
    """A forked process starts from zero: what its parent counted is its parent's, and so is the lock."""
    global memoria
    memoria = Memoria()


def instalar():
    """Measure every connection that this process opens from now on."""
    ajustes.leer()
    connection_created.connect(_al_conectar, dispatch_uid="core.db.medidor")
    setting_changed.connect(_al_cambiar, dispatch_uid="core.db.medidor")
    os.register_at_fork(after_in_child=_en_el_hijo)
