"""Large reports as the process of tasks makes them: each in a process of its own, with its time and its peak of memory.

As a program, `python -m mesapartes.banco.reportes xlsx 100000` measures one and prints its figures as a line of JSON.
"""

import os
import resource
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from core.texto import miles
from mesapartes.banco import aparte

PEDIDOS = (("xlsx", 100_000), ("xlsx", 500_000), ("csv", 500_000), ("pdf", 5_000), ("pdf", 20_000))
FORMATOS = {"xlsx": "Excel", "csv": "CSV", "pdf": "PDF"}
METAS = {("pdf", 5_000): (60, 500)}  # seconds, MB
ESPERA_S = 1_200
CABEZA = [
    "Reporte de documentos",
    "filas",
    "s",
    "meta",
    "s de procesador",
    "memoria máxima, MB",
    "meta",
    "archivo, MB",
    "mayor espera entre avances, s",
]


def pedidos_para(documentos):
    """What can be measured on a volume of that size; on a small one, one of each format with what there is."""
    caben = [pedido for pedido in PEDIDOS if pedido[1] <= documentos]
    return caben or [(formato, documentos) for formato in FORMATOS]


def medir_aparte(formato, filas, *, entorno):
    """Figures of one report, made in another process. Raises: RuntimeError with what it said."""
    return aparte.medir_aparte("mesapartes.banco.reportes", formato, filas, entorno=entorno, espera=ESPERA_S)


def tabla_de(entrada):
    """(head, rows) of the report of the bench."""
    filas = []
    for medida in entrada.get("reportes", []):
        segundos, memoria = METAS.get((medida["formato"], medida["filas"]), (None, None))
        filas.append(
            [
                FORMATOS[medida["formato"]],
                miles(medida["filas"]),
                _con_marca(medida["segundos"], segundos),
                segundos or "",
                medida["procesador_s"],
                _con_marca(medida["memoria_mb"], memoria),
                memoria or "",
                f"{medida['bytes'] / 2**20:.1f}",
                medida["silencio_s"],
            ]
        )
    return CABEZA, filas


def _con_marca(valor, meta):
    return valor if meta is None else f"{valor} {'✓' if valor <= meta else '✗'}"


# --- in the process of its own -----------------------------------------------------------------------------


def medir(formato, filas):
    """Make one report of so many documents, the oldest, and throw it away. Returns: its figures."""
    from organization.models import Usuario
    from reports.informes.base import Ambito

    usuario = Usuario(username="medicion", is_superuser=True)  # never saved
    informe, filtros = _recortado(usuario, filas)
    silencio = _Silencio()
    inicio, procesador = time.perf_counter(), time.process_time()
    with tempfile.TemporaryFile() as destino:
        hechas = informe.escribir(
            formato, Ambito.de(usuario), filtros, destino=destino, autor="Medición", avance=silencio.avance
        )
        segundos, procesador = time.perf_counter() - inicio, time.process_time() - procesador
        octetos = destino.seek(0, os.SEEK_END)
    return {
        "formato": formato,
        "filas": hechas,
        "segundos": round(segundos, 1),
        "procesador_s": round(procesador, 1),
        "memoria_mb": round(memoria_maxima() / 2**20),
        "bytes": octetos,
        "silencio_s": round(silencio.mayor, 2),
    }


def _recortado(usuario, filas):
    """(the report of documents cut at so many, its empty form)."""
    from reports.informes.documentos import Documentos

    entero = Documentos()
    filtros = entero.formulario(usuario, {})
    if not filtros.is_valid():
        raise RuntimeError(str(filtros.errors.as_text()))
    visibles = filtros.hallados(usuario).order_by("pk").values_list("pk", flat=True)
    ultimo = list(visibles[filas - 1 : filas])

    class Recortado(Documentos):
        def _consulta(self, ambito, filtros):
            consulta = super()._consulta(ambito, filtros)
            return consulta.filter(pk__lte=ultimo[0]) if ultimo else consulta

    return Recortado(), filtros


class _Silencio:
    """The longest time between two reports of progress, once the first came: what a cancel waits for."""

    def __init__(self):
        self.ultimo, self.mayor = None, 0.0

    def avance(self, hechas, total):
        ahora = time.perf_counter()
        if self.ultimo is not None:
            self.mayor = max(self.mayor, ahora - self.ultimo)
        self.ultimo = ahora


def memoria_maxima():
    """Most bytes that this process has had in memory."""
    # VmHWM begins with the program; ru_maxrss may be that of the process that started it.
    with suppress(OSError, StopIteration):
        estado = Path("/proc/self/status").read_text()
        linea = next(linea for linea in estado.splitlines() if linea.startswith("VmHWM"))
        return int(linea.split()[1]) * 1024
    pico = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return pico if sys.platform == "darwin" else pico * 1024


if __name__ == "__main__":
    aparte.responder(medir, sys.argv[1], int(sys.argv[2]))
