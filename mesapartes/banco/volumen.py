"""The database that is measured: made once with generar_volumen, or reused; never an office's real one."""

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from core.embedded import arrancar, detener, estado, rutas_de
from core.embedded.rutas import crear_claves
from core.texto import miles

RAIZ = Path(__file__).resolve().parents[2]
TAMANIOS = (100_000, 1_000_000, 10_000_000)
BYTES_POR_DOCUMENTO = 13_000  # on disk, with indexes and the log of writing them
FICHA = "volumen.json"
PARTES = (
    "carga",
    "sin_cache",
    "redis",
    "frio",
    "interno",
    "suelo",
    "memoria",
    "trabajador",
    "reportes",
    "tareas",
    "arranque",
    "planes",
)


class Rechazo(Exception):
    """Why the bench cannot run, in one Spanish line."""


def carpeta_de(documentos):
    """Where the volume of that size lives when no other place is named."""
    return RAIZ / "var" / "banco" / str(documentos)


@contextlib.contextmanager
def candado(rutas):
    """One bench at a time on each volume."""
    rutas.var.mkdir(parents=True, exist_ok=True)
    with open(rutas.var / "banco.candado", "w") as archivo:
        try:
            fcntl.flock(archivo, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Rechazo(f"Ya hay una medición en marcha sobre {rutas.var}.") from None
        yield


@contextlib.contextmanager
def postgres_de(var):
    """PostgreSQL of the volume, running; stopped at the end unless it ran before. Yields (Rutas, was running)."""
    rutas = rutas_de(var)
    crear_claves(rutas)
    ajeno = estado(rutas.var)["postgres"]
    rutas = arrancar(rutas.var, solo=("postgres",))
    try:
        yield rutas, ajeno
    finally:
        if not ajeno:
            detener(rutas.var)


def lo_que_hay(cursor):
    """Documents of the volume: None in an empty database, what generar_volumen noted otherwise.

    Raises: Rechazo when there are documents that generar_volumen did not make.
    """
    cursor.execute("SELECT to_regclass('documents_documento') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return None
    cursor.execute("SELECT EXISTS (SELECT 1 FROM documents_documento)")
    if not cursor.fetchone()[0]:
        return None
    cursor.execute("SELECT detalle->>'documentos' FROM core_evento WHERE tipo = 'volumen_generado'")
    cuentas = [int(n) for (n,) in cursor.fetchall()]
    if not cuentas:
        raise Rechazo(
            "Esta base tiene documentos que no son de generar_volumen: se mide en una aparte, con otra --var, "
            "porque la medición registra documentos."
        )
    return sum(cuentas)


def revisar_tamanio(hay, pedidos):
    """The documents to measure with. Args: what the database holds or None; what was asked or None.

    Raises: Rechazo when both are there and differ.
    """
    if hay is not None and pedidos is not None and hay != pedidos:
        raise Rechazo(
            f"Ese volumen es de {miles(hay)} documentos y pides {miles(pedidos)}: "
            "quita --documentos o elige otra --var."
        )
    return hay or pedidos or TAMANIOS[0]


def revisar_disco(var, documentos):
    """Raises: Rechazo when the volume would not fit."""
    carpeta = Path(var)
    while not carpeta.exists():
        carpeta = carpeta.parent
    libres, faltan = shutil.disk_usage(carpeta).free, documentos * BYTES_POR_DOCUMENTO + 2**30
    if libres < faltan:
        raise Rechazo(
            f"No queda espacio para {miles(documentos)} documentos en {carpeta}: hacen falta "
            f"{faltan / 2**30:.1f} GB y hay {libres / 2**30:.1f} GB."
        )


def preparar(entorno):
    """Migrations, catalogues and static files, as a start of script/server does. Raises: Rechazo."""
    orden = [sys.executable, "-m", "mesapartes.preparacion"]
    hecho = subprocess.run(orden, env=entorno, cwd=RAIZ, stdout=subprocess.DEVNULL, check=False)
    if hecho.returncode != 0:
        raise Rechazo("No se pudo preparar la base de datos del volumen.")


def generar(rutas, entorno, documentos):
    """Fills the empty database, showing the progress of the command. Raises: Rechazo."""
    revisar_disco(rutas.datos, documentos)
    inicio = time.monotonic()
    orden = [sys.executable, "manage.py", "generar_volumen", "--documentos", str(documentos)]
    hecho = subprocess.run(orden, env=entorno, cwd=RAIZ, stdout=subprocess.DEVNULL, check=False)
    if hecho.returncode != 0:
        raise Rechazo("No se pudo generar el volumen; la base quedó como estaba.")
    ficha = {"documentos": documentos, "segundos": round(time.monotonic() - inicio)}
    (rutas.var / FICHA).write_text(json.dumps(ficha))


def segundos_de_generar(rutas):
    """How long generar_volumen took when the bench ran it on this folder; None when it is not known."""
    with contextlib.suppress(OSError, ValueError):
        return json.loads((rutas.var / FICHA).read_text())["segundos"]
    return None


def tamanios(cursor):
    """Bytes of the database, of its largest tables and indexes: {"base", "tablas": [...], "indices": [...]}."""
    cursor.execute("SELECT pg_database_size(current_database())")
    base = cursor.fetchone()[0]
    cursor.execute(
        "SELECT c.relname, pg_table_size(c.oid), pg_indexes_size(c.oid), greatest(c.reltuples, 0)::bigint "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY pg_total_relation_size(c.oid) DESC LIMIT 12"
    )
    tablas = [{"tabla": t, "datos": d, "indices": i, "filas": f} for t, d, i, f in cursor.fetchall()]
    cursor.execute(
        "SELECT i.relname, t.relname, pg_relation_size(i.oid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
        "JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace "
        "WHERE n.nspname = 'public' ORDER BY pg_relation_size(i.oid) DESC LIMIT 30"
    )
    indices = [{"indice": i, "tabla": t, "bytes": b} for i, t, b in cursor.fetchall()]
    return {"base": base, "tablas": tablas, "indices": indices}


def enfriar(cursor):
    """Drop PostgreSQL's own buffers; the system's copy of the files stays. Returns: whether it could."""
    try:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_buffercache")
        cursor.execute("SELECT pg_buffercache_evict_all()")
    except Exception:
        return False
    return True


def fijar_entorno(entorno):
    """Make this process see what its children see; before Django loads."""
    os.environ.update(entorno)
    os.environ["MESA_PROCESO"] = "comando"
    os.environ["LOG_LEVEL"] = "ERROR"  # slow queries are expected here, and the progress bar is being drawn
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mesapartes.settings")
