"""Settings of Mesa de Partes: one environment name for each secret, host and limit.

Every name read here stands in .env.example with a comment. With no name set, PostgreSQL and Valkey are the
embedded ones of `core.embedded`, on unix sockets, with data under MESA_VAR.
"""

import re
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry

from core.embedded import rutas_de
from mesapartes.bitacora import bitacora
from mesapartes.cableado import (  # noqa: F401 - what the lower rooms call of the upper ones
    BARRIDO_RONDAS,
    REACCIONES,
    SALUD_REVISIONES,
    TAREAS_AL_TERMINAR,
    TAREAS_DIARIAS,
    TAREAS_TITULOS,
)
from mesapartes.pantallas import PANTALLAS, PANTALLAS_USUARIO  # noqa: F401 - for manage.py explicar

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")


def lista(nombre, defecto=()):
    """Values of a comma-separated environment name, without blanks."""
    return [valor.strip() for valor in env.list(nombre, default=list(defecto)) if valor.strip()]


# --- What runs, and where its data is ---------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
MESA_PROCESO = env.str("MESA_PROCESO", default="comando")  # web, trabajador or comando
MESA_VAR = Path(env.str("MESA_VAR", default="") or BASE_DIR / "var").expanduser().resolve()
RUTAS = rutas_de(MESA_VAR)


def clave(nombre, *, de_desarrollo):
    """A secret from the environment, else from the file that script/setup keeps under MESA_VAR.

    Raises: ImproperlyConfigured, with what to do, when there is none and DEBUG is off.
    """
    valor = env.str(nombre, default="").strip()
    archivo = RUTAS.claves / nombre.lower()
    if not valor and archivo.is_file():
        valor = archivo.read_text(encoding="ascii").strip()
    if valor:
        return valor
    if DEBUG:
        return de_desarrollo
    raise ImproperlyConfigured(
        f"Falta {nombre}: defínela en el entorno (ver .env.example) o ejecuta script/setup, "
        f"que crea una y la guarda en {archivo}."
    )


SECRET_KEY = clave("SECRET_KEY", de_desarrollo="solo-para-desarrollo-" + "x" * 50)
SECRET_KEY_FALLBACKS = lista("SECRET_KEY_FALLBACKS")
# Fernet keys of the credentials at rest: the first encrypts, all decrypt (rotation).
ENCRYPTION_KEYS = [
    parte.strip()
    for parte in clave("ENCRYPTION_KEY", de_desarrollo="ZGVzYXJyb2xsby1kZXNhcnJvbGxvLWRlc2Fycm9sbG8=").split(
        ","
    )
    if parte.strip()
]
for _clave in ENCRYPTION_KEYS:
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}=", _clave):
        raise ImproperlyConfigured(
            "ENCRYPTION_KEY no es una clave Fernet (44 caracteres base64); "
            "créala con: .venv/bin/python -m core.embedded clave-fernet"
        )

PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://localhost:8000").rstrip("/")
_publica = urlsplit(PUBLIC_BASE_URL)
if _publica.scheme not in ("http", "https") or not _publica.hostname:
    raise ImproperlyConfigured(
        "PUBLIC_BASE_URL debe ser una dirección completa, como https://mesa.entidad.gob.pe"
    )
HTTPS = _publica.scheme == "https"
ALLOWED_HOSTS = lista("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
if "*" not in ALLOWED_HOSTS:  # probes of the same container ask by 127.0.0.1
    ALLOWED_HOSTS += [host for host in (_publica.hostname, "127.0.0.1") if host not in ALLOWED_HOSTS]
CSRF_TRUSTED_ORIGINS = lista("CSRF_TRUSTED_ORIGINS") or [f"{_publica.scheme}://{_publica.netloc}"]

# --- Applications ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "core",
    "organization",
    "documents",
    "derivations",
    "notifications",
    "integrations",
    "reports",
    "portal",
    "mesapartes.apps.MesaPartesConfig",
    "mesapartes.apps.AdminMesaConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "django_q",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.EntradaObligatoria",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.ErroresDeNegocio",
]

ROOT_URLCONF = "mesapartes.urls"
WSGI_APPLICATION = "mesapartes.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mesapartes.marco.marco",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Language and time -------------------------------------------------------------------------------------

LANGUAGE_CODE = "es-pe"
LANGUAGES = [("es", "Español")]
FORMAT_MODULE_PATH = ["mesapartes.formatos"]
TIME_ZONE = "America/Lima"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # years and numbers of records stay plain; figures use a filter

# --- Who enters --------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "organization.Usuario"
LOGIN_URL = "entrar"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "entrar"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "core.sesiones"  # in PostgreSQL, never in the cache: an outage must not log people out
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=12 * 3600)
SESSION_COOKIE_NAME = "mesa_sesion"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Security of answers -----------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^salud/"]  # probes inside the network speak plain HTTP
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if env.bool("MESA_PROXY_HTTPS", default=False):  # only behind a proxy that sets this header itself
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Proxies in front whose X-Forwarded-For is believed, counted from the right; 0 believes none.
MESA_PROXIES = env.int("MESA_PROXIES", default=0)
CSRF_FAILURE_VIEW = "core.views.csrf_fallida"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the record shows its PDF in a frame of the same origin
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # the line above is on purpose
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
    }
}

# --- Database ----------------------------------------------------------------------------------------------

if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db("DATABASE_URL")}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": env.str("DB_NAME", default="mesa"),
            "USER": env.str("DB_USER", default="mesa"),
            "PASSWORD": env.str("DB_PASSWORD", default=""),
            "HOST": env.str("DB_HOST", default="") or str(RUTAS.sockets),
            "PORT": env.str("DB_PORT", default="") or "5432",
        }
    }
_base = DATABASES["default"]
_base.update({"ATOMIC_REQUESTS": False, "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 60})
_opciones = _base.setdefault("OPTIONS", {})
_opciones.setdefault("connect_timeout", env.int("DB_CONNECT_TIMEOUT", default=5))
_opciones.setdefault("application_name", f"mesa-{MESA_PROCESO}")
if MESA_PROCESO == "web":
    # No page may hold a connection or a lock for long; workers and commands may.
    _limite = env.int("DB_STATEMENT_TIMEOUT_MS", default=30_000)
    _opciones.setdefault("options", f"-c statement_timeout={_limite} -c lock_timeout={min(_limite, 10_000)}")
    if env.bool("DB_POOL", default=True):
        _minimo = env.int("DB_POOL_SIZE", default=2)
        _base["CONN_MAX_AGE"] = 0  # the pool keeps the connections
        _opciones["pool"] = {
            "min_size": _minimo,
            "max_size": _minimo + env.int("DB_POOL_OVERFLOW", default=6),
            "timeout": env.float("DB_POOL_TIMEOUT", default=12.0),
            "max_lifetime": env.float("DB_POOL_RECYCLE", default=1800.0),
        }

# --- Redis: cache and bell of the task queue ---------------------------------------------------------------

REDIS_DB_CACHE = env.int("REDIS_DB_CACHE", default=1)
REDIS_DB_BROKER = env.int("REDIS_DB_BROKER", default=0)
_redis_url = env.str("REDIS_URL", default="")
_redis_clave = env.str("REDIS_PASSWORD", default="")
if _redis_url:
    _redis = parse_url(_redis_url)
    _redis.pop("db", None)
elif env.str("REDIS_HOST", default=""):
    _redis = {"host": env.str("REDIS_HOST"), "port": env.int("REDIS_PORT", default=6379)}
else:
    _redis = {"path": str(RUTAS.socket_valkey)}
if _redis_clave:
    _redis.setdefault("password", _redis_clave)


def _redis_localizacion(db):
    """The URL that django-redis wants for database number `db`; credentials travel apart."""
    if "path" in _redis:
        return f"unix://{_redis['path']}?db={db}"
    esquema = "rediss" if _redis_url.startswith("rediss://") else "redis"
    return f"{esquema}://{_redis.get('host', 'localhost')}:{_redis.get('port', 6379)}/{db}"


_sin_reintentos = {"retry": Retry(NoBackoff(), 0)}
REDIS_SENTINELS = [
    (parte.rpartition(":")[0] or parte, int(parte.rpartition(":")[2]) if ":" in parte else 26379)
    for parte in lista("REDIS_SENTINELS")
]
_sentinel_servicio = env.str("REDIS_SENTINEL_SERVICE", default="mymaster")


def _cache_redis(db, *, conexion_s, espera_s, ignora_fallos):
    """One django-redis cache: short timeouts, no retries, so an absent Redis costs milliseconds."""
    opciones = {
        "CLIENT_CLASS": "django_redis.client.DefaultClient",
        "IGNORE_EXCEPTIONS": ignora_fallos,
        "SOCKET_CONNECT_TIMEOUT": conexion_s,
        "SOCKET_TIMEOUT": espera_s,
        "CONNECTION_POOL_KWARGS": dict(_sin_reintentos),
    }
    for origen, destino in (("username", "USERNAME"), ("password", "PASSWORD")):
        if _redis.get(origen):
            opciones[destino] = _redis[origen]
    localizacion = _redis_localizacion(db)
    if REDIS_SENTINELS:
        opciones["CONNECTION_FACTORY"] = "django_redis.pool.SentinelConnectionFactory"
        opciones["SENTINELS"] = REDIS_SENTINELS
        opciones["SENTINEL_KWARGS"] = {"socket_timeout": conexion_s, "socket_connect_timeout": conexion_s}
        localizacion = f"redis://{_sentinel_servicio}/{db}"
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": localizacion,
        "KEY_PREFIX": "mesa",
        "TIMEOUT": 300,
        "OPTIONS": opciones,
    }


CACHES = {"default": _cache_redis(REDIS_DB_CACHE, conexion_s=0.2, espera_s=0.2, ignora_fallos=True)}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

CACHE_ACTIVA = env.bool("CACHE_ACTIVA", default=True)
CACHE_PAUSA_SEGUNDOS = env.float("CACHE_PAUSA_SEGUNDOS", default=5)
CACHE_TTL = {  # seconds that each kind of entry is kept (core.caching)
    "obtener_documento": env.int("CACHE_TTL_OBTENER_DOCUMENTO", default=600),
    "listar_documentos": env.int("CACHE_TTL_LISTAR_DOCUMENTOS", default=120),
    "generar_comprobante_pdf": env.int("CACHE_TTL_GENERAR_COMPROBANTE_PDF", default=3600),
    "obtener_estadisticas": env.int("CACHE_TTL_OBTENER_ESTADISTICAS", default=300),
    "calcular_metricas": env.int("CACHE_TTL_CALCULAR_METRICAS", default=600),
}

# --- Tasks (django-q2): the Tarea row is the truth, this is only how it is run ------------------------------

Q_TIMEOUT = env.int("Q_TIMEOUT", default=1800)
Q_SOFT_TIMEOUT = env.int("Q_SOFT_TIMEOUT", default=1500)
TAREAS_DIAS = env.int("TAREAS_DIAS", default=90)
Q_CLUSTER = {
    "name": "mesa",
    "broker_class": "core.campana.BrokerMesa",  # Redis, with patience when it is away
    "label": "Cola de tareas",
    "workers": env.int("Q_WORKERS", default=2),
    "timeout": Q_TIMEOUT,
    "retry": Q_TIMEOUT + 300,  # must exceed timeout
    "queue_limit": 1,  # prefetched tasks die with their worker: keep one
    "recycle": 1000,
    "max_rss": env.int("Q_MAX_RSS_KB", default=400_000),
    "save_limit": -1,  # Tarea keeps the history; failures are saved all the same
    "catch_up": False,
    "ack_failures": True,
    "max_attempts": 1,
}
if REDIS_SENTINELS:
    CACHES["cola"] = _cache_redis(REDIS_DB_BROKER, conexion_s=0.3, espera_s=3, ignora_fallos=False)
    Q_CLUSTER["django_redis"] = "cola"
else:
    Q_CLUSTER["redis"] = {
        "db": REDIS_DB_BROKER,
        "socket_connect_timeout": 0.3,
        "socket_timeout": 3,  # above the 1 s that a worker waits for a task
        **_sin_reintentos,
        **({"unix_socket_path": _redis["path"]} if "path" in _redis else {}),
        **({"ssl": True} if _redis_url.startswith("rediss://") else {}),
        **{campo: _redis[campo] for campo in ("host", "port", "username", "password") if _redis.get(campo)},
    }
if Q_SOFT_TIMEOUT >= Q_TIMEOUT:
    raise ImproperlyConfigured("Q_SOFT_TIMEOUT debe ser menor que Q_TIMEOUT.")

# Read notices are kept for so many days, unread ones for so many more.
NOTIFICACIONES_DIAS = env.int("NOTIFICACIONES_DIAS", default=90)
NOTIFICACIONES_DIAS_SIN_LEER = env.int("NOTIFICACIONES_DIAS_SIN_LEER", default=365)
REPORTES_DIAS = env.int("REPORTES_DIAS", default=7)  # that a report is kept once it is ready
REPORTES_VIVOS = env.int("REPORTES_VIVOS", default=5)  # in the making at once, for each person
REPORTES_PDF_FILAS = env.int("REPORTES_PDF_FILAS", default=20_000)  # more is for Excel: nobody prints it

# --- Files -------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_HOST = env.str("STATIC_HOST", default="").rstrip("/")  # a CDN in front of the same files
if STATIC_HOST:
    STATIC_URL = f"{STATIC_HOST}/static/"
    for _regla in ("default-src", "img-src"):
        CONTENT_SECURITY_POLICY["DIRECTIVES"][_regla].append(STATIC_HOST)
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or MESA_VAR / "estaticos")
MEDIA_ROOT = MESA_VAR / "archivos"  # private: never served by URL, only through a view that checks who asks
MEDIA_URL = ""
STORAGES = {
    "default": {
        "BACKEND": env.str("MESA_ALMACEN", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env.json("MESA_ALMACEN_OPCIONES", default={})
        or {"location": str(MEDIA_ROOT), "base_url": None, "file_permissions_mode": 0o640},
    },
    "staticfiles": {"BACKEND": "mesapartes.estaticos.AlmacenEstaticos"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
MESA_MAX_PRINCIPAL_MB = env.int("MESA_MAX_PRINCIPAL_MB", default=50)
MESA_MAX_ANEXO_MB = env.int("MESA_MAX_ANEXO_MB", default=20)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 60
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
# The same disk as the stored files, when script/setup has made it; else the system's.
FILE_UPLOAD_TEMP_DIR = str(RUTAS.temporales if RUTAS.temporales.is_dir() else tempfile.gettempdir())
CLAMD_URL = env.str("CLAMD_URL", default="")

# --- API ---------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["core.api_json.RenderJson"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "EXCEPTION_HANDLER": "core.api.manejar_error",
    "NUM_PROXIES": MESA_PROXIES,
}
# Networks an integration may call besides the public Internet, also without https; checked by integrations.redes.
INTEGRACIONES_REDES_PERMITIDAS = lista("INTEGRACIONES_REDES_PERMITIDAS")
INTEGRACIONES_CA = env.str("INTEGRACIONES_CA", default="")
# --- Mail and log ------------------------------------------------------------------------------------------

EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)
CORREO_RESPONDER_A = env.str("CORREO_RESPONDER_A", default="")
OPERADORES_CORREO = lista("OPERADORES_CORREO")
# Working hours of the alerts of terms, and the hour of the chiefs' summary; both on working days, in Lima.
AVISOS_HORARIO = tuple(lista("AVISOS_HORARIO", ("08:00", "18:00")))
RESUMEN_HORA = env.str("RESUMEN_HORA", default="07:30")
TAREAS_DIARIAS = TAREAS_DIARIAS | {
    "notifications.tasks.enviar_resumenes": (RESUMEN_HORA, "organization.calendar.es_habil")
}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="mesa-de-partes@localhost")
_correo = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = _correo["EMAIL_BACKEND"]
for _nombre in ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL"):
    if _correo.get(f"EMAIL_{_nombre}") is not None:
        globals()[f"EMAIL_{_nombre}"] = _correo[f"EMAIL_{_nombre}"]

CONSULTA_LENTA_MS = env.int("CONSULTA_LENTA_MS", default=200)
CONSULTAS_ESTADISTICAS = env.bool("CONSULTAS_ESTADISTICAS", default=True)
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOGGING = bitacora(LOG_LEVEL)

# --- Demonstration -----------------------------------------------------------------------------------------

MESA_DEMO = env.bool("MESA_DEMO", default=True)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="mesa-demo")
