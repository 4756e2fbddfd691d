"""The background work measured with its own processes: how fast short tasks drain, and what the row of one costs.

As a program, `python -m mesapartes.banco.tareas 1000 2` drains so many tasks with so many workers and prints its
figures as a line of JSON.
"""

import contextlib
import os
import subprocess
import sys
import time
from datetime import datetime

from core.texto import miles
from mesapartes.banco import aparte
from mesapartes.banco.volumen import RAIZ

TAREAS, TRABAJADORES = 1_000, 2
META_S = 60
MUESTRAS = 100
ESPERA_S = 180
FUNCION = "core.tasks.probar"
CABEZA = [
    "Tareas",
    "trabajadores",
    "vaciar, s",
    "meta, s",
    "por s",
    "pedir, ms",
    "tomar y cerrar, ms",
    "consultas",
]


def medir_aparte(*, entorno, tareas=TAREAS, trabajadores=TRABAJADORES):
    """Figures of one drain, made in another process. Raises: RuntimeError with what it said."""
    return aparte.medir_aparte(
        "mesapartes.banco.tareas", tareas, trabajadores, entorno=entorno, espera=2 * ESPERA_S
    )


def tabla_de(entrada):
    """(head, rows) of the report of the bench."""
    medida = entrada.get("tareas")
    if not medida:
        return CABEZA, []
    cumple = "✓" if medida["vaciar_s"] < META_S else "✗"
    return CABEZA, [
        [
            miles(medida["tareas"]),
            medida["trabajadores"],
            f"{medida['vaciar_s']} {cumple}",
            META_S,
            round(medida["tareas"] / medida["vaciar_s"]),
            medida["pedir_ms"],
            medida["correr_ms"],
            f"{medida['pedir_consultas']} + {medida['correr_consultas']}",
        ]
    ]


def nota_de(entrada):
    """Lines below the table: when and over what it was measured, perhaps another moment than the rest."""
    medida = entrada.get("tareas")
    if not medida:
        return []
    donde = f"sobre {miles(medida['documentos'])} documentos; carga media {medida['carga']} al empezar"
    nota = (
        f"Medido el {medida['fecha']}, confirmación {medida['commit']}, {donde}. Vaciar cuenta desde que se pide la "
        "primera; pedir es la fila y su aviso; tomar y cerrar, una tarea vacía en un proceso. Consultas: al pedir y al "
        "correr."
    )
    return [nota, ""]


# --- in the process of its own -----------------------------------------------------------------------------


def medir(tareas, trabajadores):
    """Drain so many tasks from the first request to the last one done; then cost one without workers."""
    from core.models import Tarea
    from documents.models import Documento
    from mesapartes.banco import maquina

    carga = maquina.carga_media()
    try:
        with _trabajando(trabajadores):
            inicio = time.perf_counter()
            for _ in range(tareas):
                _pedir()
            pedidas = time.perf_counter() - inicio
            _esperar(
                lambda: not Tarea.objects.vivas().filter(funcion=FUNCION).exists(), "las tareas terminan"
            )
            vaciar = time.perf_counter() - inicio
            hechas = Tarea.objects.filter(funcion=FUNCION, estado="HECHA", intentos=1).count()
        if hechas != tareas:
            raise RuntimeError(f"Se hicieron {hechas} de {tareas} a la primera.")
        return {
            "tareas": tareas,
            "trabajadores": trabajadores,
            "vaciar_s": round(vaciar, 1),
            "pedir_todas_s": round(pedidas, 1),
            **_costo_de_una(),
            "commit": maquina.confirmacion(),
            "documentos": Documento.objects.count(),
            "carga": carga,
            "fecha": f"{datetime.now().astimezone():%Y-%m-%d %H:%M}",
        }
    finally:
        Tarea.objects.filter(funcion=FUNCION).delete()


def _pedir():
    from django.db import transaction

    from core.jobs import encolar

    with transaction.atomic():
        return encolar(funcion=FUNCION)


def _costo_de_una():
    """Medians of asking for a task, bell included, and of claiming, running and closing it; and their statements."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from core.jobs import ejecutar_tarea
    from mesapartes.banco.cifras import mediana

    pedir, correr = [], []
    for _ in range(MUESTRAS):
        inicio = time.perf_counter()
        tarea = _pedir()
        pedir.append(time.perf_counter() - inicio)
        inicio = time.perf_counter()
        ejecutar_tarea(tarea.pk)
        correr.append(time.perf_counter() - inicio)
    with CaptureQueriesContext(connection) as al_pedir:
        tarea = _pedir()
    with CaptureQueriesContext(connection) as al_correr:
        ejecutar_tarea(tarea.pk)
    return {
        "pedir_ms": round(mediana(pedir) * 1000, 2),
        "correr_ms": round(mediana(correr) * 1000, 2),
        "pedir_consultas": len(al_pedir),
        "correr_consultas": len(al_correr),
    }


@contextlib.contextmanager
def _trabajando(trabajadores):
    """The product's own command with so many workers, ready to take tasks."""
    from core.constants import LATIDO_PROCESO
    from core.models import Latido

    listos = Latido.objects.filter(nombre__startswith=f"{LATIDO_PROCESO} ")
    listos.delete()
    entorno = os.environ | {
        "Q_WORKERS": str(trabajadores),
        "MESA_PROCESO": "trabajador",
        "LOG_LEVEL": "WARNING",
    }
    proceso = subprocess.Popen(
        [sys.executable, "manage.py", "trabajar", "--gracia", "5"],
        cwd=RAIZ,
        env=entorno,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _esperar(lambda: listos.count() == trabajadores, "los trabajadores empiezan")
        yield
    finally:
        proceso.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            proceso.wait(20)
        if proceso.poll() is None:
            proceso.kill()


def _esperar(condicion, que):
    fin = time.monotonic() + ESPERA_S
    while not condicion():
        if time.monotonic() > fin:
            raise RuntimeError(f"No ocurrió a tiempo: {que}.")
        time.sleep(0.05)


if __name__ == "__main__":
    aparte.responder(medir, int(sys.argv[1]), int(sys.argv[2]))
