"""The settings as a process reads them: refusals in one line, and what each environment name turns on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RAIZ = Path(__file__).resolve().parents[2]
CLAVES = {"SECRET_KEY": "s" * 60, "ENCRYPTION_KEY": "cHJ1ZWJhcHJ1ZWJhcHJ1ZWJhcHJ1ZWJhcHJ1ZWJhMTI="}


def leer(tmp_path, expresion="None", **entorno):
    """Evaluate an expression over `s`, the settings of a fresh process; returns (value, error text)."""
    base = {"PATH": os.environ["PATH"], "MESA_VAR": str(tmp_path), "DEBUG": "0"}
    orden = f"import json; from mesapartes import settings as s; print(json.dumps({expresion}, default=str))"
    hecho = subprocess.run(
        [sys.executable, "-c", orden],
        cwd=RAIZ,
        env={**base, **entorno},
        capture_output=True,
        text=True,
        check=False,
    )
    return (json.loads(hecho.stdout) if hecho.returncode == 0 else None), hecho.stderr


@pytest.mark.parametrize("falta", ["SECRET_KEY", "ENCRYPTION_KEY"])
def test_a_missing_key_in_production_stops_the_start_and_says_which(tmp_path, falta):
    _, error = leer(tmp_path, **{nombre: valor for nombre, valor in CLAVES.items() if nombre != falta})
    assert (
        error.strip()
        .splitlines()[-1]
        .startswith(f"django.core.exceptions.ImproperlyConfigured: Falta {falta}: defínela en el entorno")
    )


def test_a_malformed_encryption_key_is_refused(tmp_path):
    _, error = leer(tmp_path, **{**CLAVES, "ENCRYPTION_KEY": "corta"})
    assert "ENCRYPTION_KEY no es una clave Fernet" in error


def test_several_encryption_keys_are_kept_in_order(tmp_path):
    otra = "b3RyYW90cmFvdHJhb3RyYW90cmFvdHJhb3RyYW90MTI="
    valor, _ = leer(
        tmp_path, "s.ENCRYPTION_KEYS", **{**CLAVES, "ENCRYPTION_KEY": f"{otra}, {CLAVES['ENCRYPTION_KEY']}"}
    )
    assert valor == [otra, CLAVES["ENCRYPTION_KEY"]]


def test_keys_of_the_machine_serve_when_the_environment_has_none(tmp_path):
    (tmp_path / "claves").mkdir()
    for nombre, valor in CLAVES.items():
        (tmp_path / "claves" / nombre.lower()).write_text(valor + "\n")
    valor, error = leer(tmp_path, "s.SECRET_KEY")
    assert valor == CLAVES["SECRET_KEY"], error


def test_only_the_web_pools_connections(tmp_path):
    ver = '[s.DATABASES["default"]["CONN_MAX_AGE"], s.DATABASES["default"]["OPTIONS"].get("pool")]'
    vida, pool = leer(tmp_path, ver, MESA_PROCESO="web", DB_POOL_SIZE="3", DB_POOL_OVERFLOW="4", **CLAVES)[0]
    assert vida == 0 and (pool["min_size"], pool["max_size"]) == (3, 7)
    assert leer(tmp_path, ver, MESA_PROCESO="trabajador", **CLAVES)[0] == [60, None]


@pytest.mark.parametrize(
    ("entorno", "cache", "cola"),
    [
        (
            {"REDIS_URL": "redis://:s3creta@r.local:7000/5"},
            "redis://r.local:7000/1",
            {"host": "r.local", "port": 7000, "db": 0},
        ),
        (
            {"REDIS_HOST": "r", "REDIS_DB_CACHE": "4", "REDIS_DB_BROKER": "5"},
            "redis://r:6379/4",
            {"host": "r", "port": 6379, "db": 5},
        ),
        (
            {"REDIS_URL": "unix:///run/v.sock"},
            "unix:///run/v.sock?db=1",
            {"unix_socket_path": "/run/v.sock", "db": 0},
        ),
        ({"REDIS_URL": "rediss://r:6380"}, "rediss://r:6380/1", {"host": "r", "ssl": True}),
    ],
)
def test_cache_and_queue_use_separate_numbers_of_the_same_redis(tmp_path, entorno, cache, cola):
    valor, error = leer(
        tmp_path, '[s.CACHES["default"]["LOCATION"], s.Q_CLUSTER["redis"]]', **CLAVES, **entorno
    )
    assert valor, error
    assert valor[0] == cache
    assert cola.items() <= valor[1].items()


def test_sentinel_serves_cache_and_queue(tmp_path):
    ver = '[s.CACHES["default"]["OPTIONS"]["SENTINELS"], s.CACHES["cola"]["LOCATION"], s.Q_CLUSTER["django_redis"]]'
    valor, error = leer(
        tmp_path, ver, REDIS_SENTINELS="a:26379, b:26380", REDIS_SENTINEL_SERVICE="mesa", **CLAVES
    )
    assert valor == [[["a", 26379], ["b", 26380]], "redis://mesa/0", "cola"], error


def test_https_turns_on_the_secure_answers(tmp_path):
    ver = "[s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.ALLOWED_HOSTS]"
    seguro, _ = leer(
        tmp_path, ver, PUBLIC_BASE_URL="https://mesa.gob.pe", ALLOWED_HOSTS="otra.gob.pe", **CLAVES
    )
    assert seguro == [True, True, True, ["otra.gob.pe", "mesa.gob.pe", "127.0.0.1"]]
    llano, _ = leer(tmp_path, ver, PUBLIC_BASE_URL="http://localhost:8000", **CLAVES)
    assert llano[:3] == [False, False, False]


def test_retry_is_always_above_the_time_limit(tmp_path):
    valor, _ = leer(tmp_path, '[s.Q_CLUSTER["timeout"], s.Q_CLUSTER["retry"]]', Q_TIMEOUT="4000", **CLAVES)
    assert valor[0] == 4000 < valor[1]
    assert "Q_SOFT_TIMEOUT debe ser menor" in leer(tmp_path, Q_TIMEOUT="100", **CLAVES)[1]
