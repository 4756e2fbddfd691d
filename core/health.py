"""Signs of life of the whole: database, Redis, worker, sweeper and queue."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import JsonResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import campana
from core.constants import (
    LATIDO_BARRIDO,
    LATIDO_TRABAJADOR,
    SIN_REDIS,
    TOPE_CONTEO,
    EstadoTarea,
    ajuste,
)
from core.models import Latido, Tarea
from core.texto import miles

BIEN, MAL, SIN_DATO = "bien", "mal", "sin_dato"


def revisar_base_de_datos():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return {"estado": BIEN}


def revisar_redis():
    """Redis down is reported but does not make the whole unhealthy: work goes on without it and returns alone."""
    avisos = campana.profundidad()
    return {"estado": MAL, "avisos": None} if avisos is None else {"estado": BIEN, "avisos": avisos}


def _edades():
    """Return ({name: seconds since its sign of life, or None}, whether the sweeper finds Redis) in one query."""
    filas = Latido.objects.filter(nombre__in=(LATIDO_TRABAJADOR, LATIDO_BARRIDO))
    ahora, hallados = timezone.now(), {f.nombre: f for f in filas}
    edades = {
        nombre: max(0, round((ahora - hallados[nombre].latido_en).total_seconds()))
        if nombre in hallados
        else None
        for nombre in (LATIDO_TRABAJADOR, LATIDO_BARRIDO)
    }
    barrido = hallados.get(LATIDO_BARRIDO)
    return edades, barrido is None or barrido.detalle != SIN_REDIS


def _revisar_latido(nombre):
    edad = _edades()[0][nombre]
    bien = edad is not None and edad <= ajuste("TAREAS_SILENCIO_SEGUNDOS")
    return {"estado": BIEN if bien else MAL, "latido_hace_segundos": edad}


def revisar_trabajador():
    """A worker that holds the queue's lock and died leaves the rest idle for ever; only this heartbeat shows it."""
    return _revisar_latido(LATIDO_TRABAJADOR)


def revisar_barrido():
    return _revisar_latido(LATIDO_BARRIDO)


def situacion():
    """Return (text, whether it is bad) of the background work, for the foot of the menu.

    A worker that is busy gives signs of life too. Without Redis a busy one may hide that nobody takes what waits:
    then the oldest task that waits decides.
    """
    edades, con_redis = _edades()
    if None in edades.values():
        return "Procesos sin señal", True
    peor = max(edades.values())
    espera = 0
    if not con_redis:
        espera = espera_mayor(timezone.now()) or 0
    if max(peor, espera) > ajuste("TAREAS_SILENCIO_SEGUNDOS"):
        return f"Procesos detenidos hace {duracion(max(peor, espera))}", True
    return f"Procesos al día, hace {duracion(peor)}", False


def duracion(segundos):
    """Return a number of seconds in words: "20 s", "12 min", "3 h", "4 d"."""
    if segundos < 60:
        return f"{segundos} s"
    if segundos < 7200:
        return f"{segundos // 60} min"
    return f"{segundos // 3600} h" if segundos < 172_800 else f"{miles(segundos // 86_400)} d"


def espera_mayor(ahora):
    """Return how many seconds the oldest due task has waited, or None when none waits."""
    filas = Tarea.objects.listas(ahora=ahora).order_by("proximo_intento_en")
    antigua = filas.values_list("proximo_intento_en", flat=True).first()
    return None if antigua is None else max(0, round((ahora - antigua).total_seconds()))


def revisar_cola():
    ahora = timezone.now()
    pendientes = Tarea.objects.listas(ahora=ahora)
    atraso = espera_mayor(ahora) or 0
    fallidas = Tarea.objects.filter(estado=EstadoTarea.FALLIDA, terminada_en__gte=ahora - timedelta(days=1))
    return {
        "estado": BIEN if atraso <= ajuste("TAREAS_ATRASO_MAXIMO") else MAL,
        "listas": _contar(pendientes),
        "en_curso": _contar(Tarea.objects.filter(estado=EstadoTarea.EN_CURSO)),
        "vencidas": _contar(Tarea.objects.vencidas(ahora=ahora)),
        "fallidas_24h": _contar(fallidas),
        "mas_antigua_segundos": atraso,
    }


def _contar(filas):
    return filas.order_by().values("pk")[: TOPE_CONTEO + 1].count()


REVISIONES = {
    "base_de_datos": revisar_base_de_datos,
    "redis": revisar_redis,
    "trabajador": revisar_trabajador,
    "barrido": revisar_barrido,
    "cola": revisar_cola,
}
NO_DETIENEN = {"redis"}


def revisiones():
    """Return every check by name: those above and those that settings.SALUD_REVISIONES adds, which stop nothing."""
    otras = getattr(settings, "SALUD_REVISIONES", {})
    return REVISIONES | {nombre: import_string(ruta) for nombre, ruta in otras.items()}


def revisar(nombres=None):
    """Run the checks. Returns: (healthy, {name: {"estado", ...}}). Never raises, and tells nothing of the inside."""
    resultado, todas = {}, revisiones()
    for nombre in nombres or todas:
        if resultado.get("base_de_datos", {}).get("estado") == MAL and nombre != "redis":
            resultado[nombre] = {"estado": SIN_DATO}
            continue
        try:
            resultado[nombre] = todas[nombre]()
        except Exception:
            resultado[nombre] = {"estado": MAL}
    exigidos = set(resultado) if len(resultado) == 1 else set(REVISIONES) - NO_DETIENEN
    return all(r["estado"] == BIEN for nombre, r in resultado.items() if nombre in exigidos), resultado


def _responder(nombres=None):
    sano, hechas = revisar(nombres)
    estado = (
        BIEN if sano and all(r["estado"] == BIEN for r in hechas.values()) else "degradado" if sano else MAL
    )
    return JsonResponse({"estado": estado, "revisiones": hechas}, status=200 if sano else 503)


@never_cache
@login_not_required
@require_safe
def salud(request):
    """Report everything; 503 when a part that work needs has stopped."""
    return _responder()


@never_cache
@login_not_required
@require_safe
def vivo(request):
    """Report whether this web process and its database answer; for the probe that restarts web processes."""
    return _responder(["base_de_datos"])
