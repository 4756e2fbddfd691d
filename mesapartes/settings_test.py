"""Settings of the tests: throw-away PostgreSQL and Valkey, fast passwords, nothing written outside a temporary folder.

tests/conftest.py starts the servers on the folder named here. MESA_PRUEBAS_VAR reuses one, and leaves it running.
"""

import os
import tempfile
from pathlib import Path

_obrero = os.environ.get("PYTEST_XDIST_WORKER", "")
_numero = int(_obrero.removeprefix("gw")) + 1 if _obrero else 0
if not _obrero:  # the workers of pytest-xdist inherit what their controller chose
    os.environ["MESA_VAR"] = os.environ.get("MESA_PRUEBAS_VAR") or str(
        Path(tempfile.gettempdir()) / f"mesa-pruebas-{os.geteuid()}-{os.getpid()}"
    )
os.environ |= {
    "DEBUG": "0",
    "SECRET_KEY": "clave-de-pruebas-" + "p" * 50,
    "ENCRYPTION_KEY": "cHJ1ZWJhcHJ1ZWJhcHJ1ZWJhcHJ1ZWJhcHJ1ZWJhMTI=",
    "PUBLIC_BASE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "CSRF_TRUSTED_ORIGINS": "",
    "MESA_PROCESO": "comando",
    "DATABASE_URL": "",
    "DB_HOST": "",
    "DB_NAME": "mesa",
    "DB_USER": "mesa",
    "REDIS_URL": "",
    "REDIS_HOST": "",
    "REDIS_PASSWORD": "",
    "REDIS_SENTINELS": "",
    "REDIS_DB_BROKER": str(2 * _numero),
    "REDIS_DB_CACHE": str(2 * _numero + 1),
    "STATIC_HOST": "",
    "STATIC_ROOT": "",
    "MESA_ALMACEN": "django.core.files.storage.FileSystemStorage",
    "MESA_ALMACEN_OPCIONES": "{}",
    "MESA_PROXIES": "0",
    "CLAMD_URL": "",
    "INTEGRACIONES_REDES_PERMITIDAS": "",
    "INTEGRACIONES_CA": "",
    "DEMO_PASSWORD": "mesa-demo",
    "LOG_LEVEL": "WARNING",
    "CONSULTAS_ESTADISTICAS": "0",  # the tests that look at them turn them on
    "CONSULTA_LENTA_MS": "0",
}

from mesapartes.settings import *  # noqa: E402, F403
from mesapartes.settings import DATABASES, MESA_VAR, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = MESA_VAR / f"archivos-{_obrero or 'unico'}"
STORAGES["default"]["OPTIONS"]["location"] = str(MEDIA_ROOT)
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = False
CACHE_ESTRICTA = True
TAREAS_DIARIAS = {}  # no test depends on the hour
