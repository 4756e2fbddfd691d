"""Settings of the worker and sweeper that test_jobs_procesos.py starts: its database, its Valkey, short waits."""

import importlib
import os
from pathlib import Path

globals().update(
    {
        nombre: valor
        for nombre, valor in vars(importlib.import_module(os.environ["PRUEBA_AJUSTES"])).items()
        if nombre.isupper()
    }
)

DATABASES["default"]["NAME"] = os.environ["PRUEBA_BASE"]  # noqa: F821
Q_CLUSTER = Q_CLUSTER | {  # noqa: F821
    "workers": 1,
    "guard_cycle": 0.25,
    "timeout": 4,
    "retry": 60,
    "redis": Q_CLUSTER["redis"] | {"unix_socket_path": os.environ["PRUEBA_VALKEY"], "db": 0},  # noqa: F821
}
TAREAS_ARRIENDO_SEGUNDOS = 3
TAREAS_PULSO_SEGUNDOS = 0.3
TAREAS_BARRIDO_SEGUNDOS = 0.3
TAREAS_REAVISO_SEGUNDOS = 1
TAREAS_TIMBRE_PAUSA = 0.3
TAREAS_GRACIA_CANCELAR = 0.5
TAREAS_LATIDO_SEGUNDOS = 0.5
TAREAS_LATIDO_MAXIMO = 3
Q_SOFT_TIMEOUT, Q_TIMEOUT = 3, 4
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(Path(os.environ["PRUEBA_VALKEY"]).parent / "correos")
INTEGRACIONES_REDES_PERMITIDAS = ["127.0.0.0/8"]
