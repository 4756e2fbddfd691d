"""Settings of the processes that test_caching_vivo.py starts: its database, its Valkey, short pauses."""

import importlib
import os

globals().update(
    {
        nombre: valor
        for nombre, valor in vars(importlib.import_module(os.environ["PRUEBA_AJUSTES"])).items()
        if nombre.isupper()
    }
)

DATABASES["default"]["NAME"] = os.environ["PRUEBA_BASE"]  # noqa: F821
CACHES["default"]["LOCATION"] = f"unix://{os.environ['PRUEBA_VALKEY']}?db=0"  # noqa: F821
CACHE_PAUSA_SEGUNDOS = float(os.environ.get("PRUEBA_PAUSA", 5))
LOGGING = {"version": 1, "disable_existing_loggers": True}
