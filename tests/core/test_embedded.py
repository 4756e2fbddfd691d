"""The embedded servers: they start, stop, survive sudden death and say in one line why they cannot."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from core.embedded import ErrorEmbebido, arrancar, detener, estado, rutas_de, servicio
from core.embedded.binarios import explicar
from core.embedded.rutas import crear_claves, sockets_de

RAIZ = Path(__file__).resolve().parents[2]


@pytest.fixture
def var():
    """A data folder that the servers' account can enter, removed at the end."""
    carpeta = Path(tempfile.mkdtemp(prefix="mesa-emb-"))
    carpeta.chmod(0o755)
    yield carpeta
    detener(carpeta)
    servicio.olvidar(rutas_de(carpeta))


def consultar(rutas, orden):
    with psycopg.connect(host=str(rutas.sockets), dbname="mesa", user="mesa", autocommit=True) as conexion:
        cursor = conexion.execute(orden)
        return cursor.fetchall() if cursor.description else None


def test_data_survives_stop_and_start(var):
    rutas = arrancar(var)
    assert estado(var) == {"postgres": True, "valkey": True}
    consultar(rutas, "create table prueba as select 'ñandú' as palabra")
    assert consultar(rutas, "select upper(palabra) from prueba") == [("ÑANDÚ",)]
    detener(var)
    assert estado(var) == {"postgres": False, "valkey": False}
    rutas = arrancar(var)
    assert consultar(rutas, "select palabra from prueba") == [("ñandú",)]


def test_start_right_after_kill_9_keeps_committed_data(var):
    rutas = arrancar(var)
    consultar(rutas, "create table prueba (n int)")
    consultar(rutas, "insert into prueba values (1), (2), (3)")
    servicio._orden_valkey(rutas, b"SET timbre 7\r\n")
    time.sleep(1.2)  # appendfsync everysec
    for pid in servicio.procesos(rutas).values():
        os.kill(pid, signal.SIGKILL)
    rutas = arrancar(var)
    assert consultar(rutas, "select sum(n) from prueba") == [(6,)]
    assert b"7" in servicio._orden_valkey(rutas, b"GET timbre\r\n")


def test_lock_left_by_a_dead_server_with_a_reused_process_number_is_removed(var):
    rutas = arrancar(var, solo=("postgres",))
    detener(var)
    candado = rutas.postgres / "datos/postmaster.pid"
    candado.write_text(f"{os.getpid()}\n{rutas.postgres / 'datos'}\n0\n5432\n")
    arrancar(var, solo=("postgres",))
    assert estado(var)["postgres"]


def test_second_start_joins_the_running_servers(var):
    rutas = arrancar(var)
    antes = servicio.procesos(rutas)
    assert arrancar(var) == rutas
    assert servicio.procesos(rutas) == antes


def test_unreadable_valkey_file_is_put_aside(var):
    rutas = arrancar(var, solo=("valkey",))
    detener(var)
    for archivo in (rutas.valkey / "appendonlydir").glob("*.manifest"):
        archivo.write_text("esto no es un manifiesto\n")
    arrancar(var, solo=("valkey",))
    assert estado(var)["valkey"]
    assert list(rutas.valkey.glob("appendonlydir.apartado-*"))


def test_full_disk_is_one_line(var, monkeypatch):
    monkeypatch.setattr(servicio, "MINIMO_NUEVO_MB", 10**9)
    with pytest.raises(ErrorEmbebido, match="No queda espacio en el disco") as aviso:
        arrancar(var)
    assert "\n" not in str(aviso.value)


@pytest.mark.parametrize(
    ("salida", "esperado"),
    [
        (
            "initdb: error: could not write file: No space left on device",
            "No queda espacio en el disco de /d",
        ),
        (
            "postgres: error while loading shared libraries: libz.so.1: cannot open shared object file",
            "A PostgreSQL le falta la biblioteca del sistema libz.so.1; en Debian o Ubuntu: apt-get install zlib1g.",
        ),
        (
            "linea\nFATAL:  could not create lock file: Permission denied",
            "PostgreSQL no puede escribir en /d",
        ),
        ("uno\nFATAL: algo raro\ntres", "PostgreSQL no arrancó: FATAL: algo raro"),
    ],
)
def test_failures_are_explained_in_one_line(salida, esperado):
    texto = explicar(salida, que="PostgreSQL", lugar="/d")
    assert texto.startswith(esperado)
    assert "\n" not in texto


def test_unusable_folder_is_one_line(var):
    (var / "archivo").write_text("x")
    with pytest.raises(ErrorEmbebido, match="no es una carpeta|No se puede"):
        arrancar(var / "archivo")


def test_command_line_reports_a_reason_without_a_traceback(var):
    (var / "archivo").write_text("x")
    orden = [sys.executable, "-m", "core.embedded", "start", "--var", str(var / "archivo")]
    hecho = subprocess.run(orden, cwd=RAIZ, capture_output=True, text=True, check=False)
    assert hecho.returncode == 1
    assert hecho.stderr.startswith("mesa: ") and hecho.stderr.count("\n") == 1


def test_socket_path_stays_short(monkeypatch):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/tmp/" + "larga/" * 30)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert len(str(sockets_de("/srv/mesa/var") / ".s.PGSQL.5432")) <= 107


def test_keys_are_made_once_and_private(var):
    rutas = rutas_de(var)
    crear_claves(rutas)
    primera = (rutas.claves / "secret_key").read_text()
    crear_claves(rutas)
    assert (rutas.claves / "secret_key").read_text() == primera
    assert (rutas.claves / "encryption_key").stat().st_mode & 0o077 == 0
    assert len((rutas.claves / "encryption_key").read_text().strip()) == 44
