"""Signs of life of the whole: database, Redis, worker, sweeper and queue."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import campana
from core.constants import LATIDO_BARRIDO, LATIDO_TRABAJADOR, TOPE_CONTEO, EstadoTarea, ajuste
from core.models import Latido, Tarea

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


def _edad(nombre):
    latido = Latido.objects.filter(nombre=nombre).values_list("latido_en", flat=True).first()
    return None if latido is None else max(0, round((timezone.now() - latido).total_seconds()))


def revisar_trabajador():
    """A worker that holds the queue's lock and died leaves the rest idle for ever; only this heartbeat shows it."""
    edad = _edad(LATIDO_TRABAJADOR)
    bien = edad is not None and edad <= ajuste("TAREAS_LATIDO_MAXIMO")
    return {"estado": BIEN if bien else MAL, "latido_hace_segundos": edad}


def revisar_barrido():
    edad = _edad(LATIDO_BARRIDO)
    bien = edad is not None and edad <= max(60, 6 * ajuste("TAREAS_BARRIDO_SEGUNDOS"))
    return {"estado": BIEN if bien else MAL, "latido_hace_segundos": edad}


def revisar_cola():
    ahora = timezone.now()
    pendientes = Tarea.objects.listas(ahora=ahora)
    antigua = pendientes.order_by("proximo_intento_en").values_list("proximo_intento_en", flat=True).first()
    atraso = 0 if antigua is None else max(0, round((ahora - antigua).total_seconds()))
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


def revisar(nombres=None):
    """Run the checks. Returns: (healthy, {name: {"estado", ...}}). Never raises, and tells nothing of the inside."""
    resultado = {}
    for nombre in nombres or REVISIONES:
        if resultado.get("base_de_datos", {}).get("estado") == MAL and nombre != "redis":
            resultado[nombre] = {"estado": SIN_DATO}
            continue
        try:
            resultado[nombre] = REVISIONES[nombre]()
        except Exception:
            resultado[nombre] = {"estado": MAL}
    exigidos = set(resultado) - (NO_DETIENEN if len(resultado) > 1 else set())
    return all(resultado[nombre]["estado"] == BIEN for nombre in exigidos), resultado


def _responder(nombres=None):
    sano, revisiones = revisar(nombres)
    estado = (
        BIEN
        if sano and all(r["estado"] == BIEN for r in revisiones.values())
        else "degradado"
        if sano
        else MAL
    )
    return JsonResponse({"estado": estado, "revisiones": revisiones}, status=200 if sano else 503)


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
