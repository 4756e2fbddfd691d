"""Carries the counts of queries from each process to PostgreSQL, in the background and by a connection of its own.

Never on the connection of who asked: a rollback would lose the counts, and an aborted transaction would refuse
them. What cannot be written stays in memory for the next time; a killed process loses at most ESPERA_S seconds.
"""

import atexit
import contextlib
import logging
import multiprocessing
import os
import threading
from multiprocessing import util

import psycopg
from django.db import DatabaseError, connections

from core.db import medidor

registro = logging.getLogger("core.consultas")

ESPERA_S = 20.0
CADA = 5000  # or after so many queries
ESPERA_CONEXION_S = 2
DIAS_DE_MEMORIA = 30
MAXIMO_EN_TABLA = 2000
TABLA = "core_formaconsulta"
_COLUMNAS = "clave, forma, lugar, veces, total_ms, maximo_ms, filas, lentas"

_SUMAR = f"""
    INSERT INTO {TABLA} AS t ({_COLUMNAS}, primera_en, ultima_en)
    SELECT {_COLUMNAS}, now(), now()
      FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::float8[], %s::float8[], %s::bigint[],
                  %s::bigint[]) AS n({_COLUMNAS})
     ORDER BY clave
    ON CONFLICT (clave) DO UPDATE SET
        veces = t.veces + excluded.veces, total_ms = t.total_ms + excluded.total_ms,
        maximo_ms = greatest(t.maximo_ms, excluded.maximo_ms), filas = t.filas + excluded.filas,
        lentas = t.lentas + excluded.lentas, ultima_en = excluded.ultima_en,
        lugar = CASE WHEN excluded.lugar = '' THEN t.lugar ELSE excluded.lugar END
"""  # noqa: S608 - constants; in order of key, so that two processes never wait for each other in a circle
_OLVIDAR = f"""
    DELETE FROM {TABLA} WHERE ultima_en < now() - interval '{DIAS_DE_MEMORIA} days' OR clave IN (
        SELECT clave FROM {TABLA} ORDER BY ultima_en DESC OFFSET {MAXIMO_EN_TABLA})
"""  # noqa: S608

_tocar = threading.Event()
_un_volcado = threading.Lock()
_ya_olvido = False


def _conectar():
    """A connection outside Django's and outside the pool, which page requests need whole."""
    datos = dict(connections["default"].get_connection_params())
    for sobra in ("pool", "cursor_factory", "context", "prepare_threshold"):
        datos.pop(sobra, None)
    datos |= {"connect_timeout": ESPERA_CONEXION_S, "application_name": "mesa-estadisticas"}
    datos["options"] = "-c statement_timeout=5000 -c lock_timeout=2000 -c synchronous_commit=off"
    return psycopg.connect(**datos, autocommit=True)


def volcar():
    """Add what this process has counted to the table. Returns the number of shapes written, 0 when it could not."""
    global _ya_olvido
    if not _un_volcado.acquire(timeout=10):
        return 0
    try:
        filas = medidor.memoria.retirar()
        if not filas:
            return 0
        try:
            with contextlib.closing(_conectar()) as conexion:
                columnas = list(zip(*filas, strict=True))
                for posicion in (4, 5):  # seconds to milliseconds
                    columnas[posicion] = [1000 * segundos for segundos in columnas[posicion]]
                conexion.execute(_SUMAR, [list(columna) for columna in columnas])
                if not _ya_olvido:
                    conexion.execute(_OLVIDAR)
                    _ya_olvido = True
        except (psycopg.Error, DatabaseError) as error:
            medidor.memoria.devolver(filas)
            registro.debug("Las estadísticas de consultas esperan: %s", error)
            return 0
        return len(filas)
    finally:
        _un_volcado.release()


def _girar():
    while True:
        _tocar.wait(ESPERA_S)
        _tocar.clear()
        try:
            volcar()
        except Exception:  # the thread must outlive whatever happens to one flush
            registro.exception("No se pudieron guardar las estadísticas de consultas")


def _al_contar():
    """Start the thread at the first query of the process; threads do not survive a fork."""
    medidor.al_contar = _tocar_si_hay_muchas
    threading.Thread(target=_girar, name="mesa-estadisticas", daemon=True).start()
    atexit.register(volcar)
    if multiprocessing.parent_process() is not None:  # children of multiprocessing skip atexit
        util.Finalize(None, volcar, exitpriority=0)


def _tocar_si_hay_muchas():
    if medidor.memoria.pendientes >= CADA:
        _tocar.set()


def _en_el_hijo():
    global _tocar, _un_volcado
    _tocar, _un_volcado = threading.Event(), threading.Lock()
    medidor.al_contar = _al_contar


def instalar():
    """Flush from now on in the background: what the first query of each process starts."""
    medidor.instalar()
    medidor.al_contar = _al_contar
    os.register_at_fork(after_in_child=_en_el_hijo)
