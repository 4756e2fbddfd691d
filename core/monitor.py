"""What the operators see of the background work: queue, workers, pace, what runs, what failed, what is to come.

Every question reads a bounded stretch of an index, so that a million finished tasks cost nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from core import campana
from core.constants import (
    LATIDO_BARRIDO,
    LATIDO_PROCESO,
    LATIDO_TRABAJADOR,
    EstadoTarea,
    ajuste,
    titulo_de,
)
from core.health import duracion, espera_mayor, situacion
from core.models import Latido, Tarea
from core.pages import contar_varios
from core.rondas import clave_diaria, latido_de, proxima

TOPE = 10_000
MINUTOS = 60
FILAS = 50


@dataclass
class Trabajador:
    """One worker process: how it is in words, since its last sign of life, and the task it holds."""

    nombre: str
    latido_en: datetime | None
    vivo: bool
    palabras: str
    tarea: Tarea | None = None


def cola():
    """Return the figures of the queue: bells, due, oldest waiting, later, running, failed in a day."""
    ahora = timezone.now()
    espera = espera_mayor(ahora)
    return {
        "avisos": campana.profundidad(),
        "espera": None if espera is None else duracion(espera),
        **contar_varios(
            {
                "listas": Tarea.objects.listas(ahora=ahora),
                "programadas": Tarea.objects.pendientes().filter(proximo_intento_en__gt=ahora),
                "en_curso": Tarea.objects.filter(estado=EstadoTarea.EN_CURSO),
                "fallidas": Tarea.objects.filter(estado=EstadoTarea.FALLIDA),
                "fallidas_hoy": Tarea.objects.filter(
                    estado=EstadoTarea.FALLIDA, terminada_en__gte=ahora - timedelta(days=1)
                ),
            },
            tope=TOPE,
        ),
    }


def en_curso():
    """Return the running tasks, the longest first, each with `proceso` and `atascada`."""
    tareas = list(
        Tarea.objects.filter(estado=EstadoTarea.EN_CURSO)
        .select_related("solicitada_por")
        .order_by("iniciada_en")[:FILAS]
    )
    ahora = timezone.now()
    limite = ahora - timedelta(seconds=ajuste("Q_SOFT_TIMEOUT") + ajuste("TAREAS_SILENCIO_SEGUNDOS"))
    for tarea in tareas:
        tarea.proceso = tarea.arrendatario.rpartition(":")[0]
        tarea.atascada = bool(tarea.iniciada_en and tarea.iniciada_en < limite)
        tarea.sin_dueno = bool(tarea.arrendada_hasta and tarea.arrendada_hasta < ahora)
    return tareas


def trabajadores(corriendo):
    """Return every worker process seen in the last hour, the machines' queues and the sweeper, with its words.

    Args: corriendo what en_curso() gave.
    """
    ahora, limite = timezone.now(), ajuste("TAREAS_SILENCIO_SEGUNDOS")
    latidos = {latido.nombre: latido for latido in Latido.objects.order_by("nombre")[:500]}
    por_proceso = {tarea.proceso: tarea for tarea in corriendo}
    procesos = []
    for nombre, latido in latidos.items():
        if not nombre.startswith(f"{LATIDO_PROCESO} "):
            continue
        donde = nombre.partition(" ")[2]
        tarea = por_proceso.pop(donde, None)
        edad = (ahora - latido.latido_en).total_seconds()
        procesos.append(
            Trabajador(donde, latido.latido_en, edad <= limite, _palabras(edad, limite, tarea), tarea)
        )
    for donde, tarea in por_proceso.items():  # run by hand, or a worker that never gave a sign
        procesos.append(Trabajador(donde, None, not tarea.sin_dueno, _palabras(None, limite, tarea), tarea))
    procesos.sort(key=lambda p: (not p.vivo, p.nombre))
    colas = [
        Trabajador(
            _nombre_de_cola(nombre),
            latido.latido_en,
            (ahora - latido.latido_en).total_seconds() <= limite,
            latido.detalle,
        )
        for nombre, latido in latidos.items()
        if nombre == LATIDO_BARRIDO or nombre.split(" ")[0] == LATIDO_TRABAJADOR
    ]
    return procesos, colas


def _nombre_de_cola(nombre):
    if nombre == LATIDO_BARRIDO:
        return "Barrido"
    maquina = nombre.partition(" ")[2]
    return f"Trabajadores de {maquina}" if maquina else "Trabajadores, en conjunto"


def _palabras(edad, limite, tarea):
    if edad is not None and edad > limite:
        return "Sin señal: se detuvo o se perdió" + ("; su tarea se dará a otro" if tarea else "")
    if tarea is None:
        return "Libre"
    if tarea.sin_dueno:
        return "Su arriendo venció: la tarea se dará a otro"
    return "Atascado: pasó el límite" if tarea.atascada else "Trabaja"


def ritmo():
    """Return the last hour by minute: [{"minuto", "hechas", "fallidas", "canceladas"}], and its means in words.

    The wait is that of the last attempt, since it fell due.
    """
    desde = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=MINUTOS - 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_trunc('minute', terminada_en), count(*) FILTER (WHERE estado = 'HECHA'),"
            " count(*) FILTER (WHERE estado = 'FALLIDA'), count(*) FILTER (WHERE estado = 'CANCELADA'),"
            " count(iniciada_en),"
            " sum(greatest(0, extract(epoch FROM iniciada_en - proximo_intento_en))),"
            " sum(extract(epoch FROM terminada_en - iniciada_en))"
            " FROM core_tarea WHERE terminada_en >= %s GROUP BY 1",
            [desde],
        )
        filas = {fila[0]: fila[1:] for fila in cursor.fetchall()}
    minutos = []
    for n in range(MINUTOS):
        minuto = desde + timedelta(minutes=n)
        hechas, fallidas, canceladas = filas.get(minuto, (0, 0, 0))[:3]
        minutos.append({"minuto": minuto, "hechas": hechas, "fallidas": fallidas, "canceladas": canceladas})
    corridas = sum(f[3] for f in filas.values())
    return {
        "minutos": minutos,
        "total": sum(m["hechas"] + m["fallidas"] + m["canceladas"] for m in minutos),
        "espera": _media(filas, 4, corridas),
        "duracion": _media(filas, 5, corridas),
    }


def _media(filas, columna, corridas):
    if not corridas:
        return None
    media = float(sum(fila[columna] or 0 for fila in filas.values())) / corridas
    return f"{media:.2f} s" if media < 60 else duracion(round(media))


def barras(minutos, *, alto=80, ancho=8):
    """Return the chart of the pace: [{"x", "y", "alto", "yf", "altof"}] in units of the drawing, and its top."""
    tope = max((m["hechas"] + m["canceladas"] + m["fallidas"] for m in minutos), default=0) or 1
    columnas = []
    for n, m in enumerate(minutos):
        bien = round((m["hechas"] + m["canceladas"]) * alto / tope, 1)
        mal = round(m["fallidas"] * alto / tope, 1)
        columnas.append(
            {"x": n * ancho, "y": alto - bien, "alto": bien, "yf": alto - bien - mal, "altof": mal}
        )
    return columnas, tope


def fallidas():
    """Return the newest failed tasks."""
    return list(
        Tarea.objects.filter(estado=EstadoTarea.FALLIDA)
        .select_related("solicitada_por")
        .order_by("-terminada_en")[:FILAS]
    )


def programadas():
    """Return the tasks that wait for a later moment, the nearest first."""
    filas = Tarea.objects.pendientes().filter(proximo_intento_en__gt=timezone.now())
    return list(filas.select_related("solicitada_por").order_by("proximo_intento_en")[:FILAS])


def diarias():
    """Return what is asked for once a day: title, next time, and the last task it gave."""
    hoy, pedidas = timezone.localdate(), getattr(settings, "TAREAS_DIARIAS", {})
    dias = (hoy, hoy - timedelta(days=1))
    claves = {clave_diaria(ruta, dia): ruta for ruta in pedidas for dia in dias}
    ultimas = {}
    for tarea in Tarea.objects.filter(clave__in=list(claves)).order_by("pk"):
        ultimas[claves[tarea.clave]] = tarea
    filas = []
    for ruta, cuando in pedidas.items():
        ultima = ultimas.get(ruta)
        pedida_hoy = ultima is not None and ultima.clave == clave_diaria(ruta, hoy)
        siguiente = proxima(cuando, hoy + timedelta(days=1) if pedida_hoy else hoy)
        filas.append({"titulo": titulo_de(ruta), "ruta": ruta, "proxima": siguiente, "ultima": ultima})
    return sorted(filas, key=lambda fila: (fila["proxima"] is None, fila["proxima"] or timezone.now()))


def rondas():
    """Return the rounds of the sweep with what is known of their last turn."""
    rutas = getattr(settings, "BARRIDO_RONDAS", ())
    latidos = Latido.objects.in_bulk([latido_de(ruta) for ruta in rutas])
    return [{"ruta": ruta, "latido": latidos.get(latido_de(ruta))} for ruta in rutas]


def vivo():
    """Return what the page asks for again every few seconds."""
    corriendo = en_curso()
    procesos, colas = trabajadores(corriendo)
    pulso = ritmo()
    columnas, tope = barras(pulso["minutos"])
    return {
        "situacion": situacion(),
        "cola": cola(),
        "en_curso": corriendo,
        "procesos": procesos,
        "vivos": sum(p.vivo for p in procesos),
        "colas": colas,
        "ritmo": pulso,
        "con_movimiento": [
            m for m in reversed(pulso["minutos"]) if m["hechas"] or m["fallidas"] or m["canceladas"]
        ],
        "barras": columnas,
        "tope": tope,
    }


def todo():
    """Return everything of the page."""
    return vivo() | {
        "fallidas": fallidas(),
        "programadas": programadas(),
        "diarias": diarias(),
        "rondas": rondas(),
    }
