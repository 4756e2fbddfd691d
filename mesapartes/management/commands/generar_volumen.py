"""Command generar_volumen."""

import logging
import resource
import time

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core.errors import ErrorDeNegocio
from mesapartes.datos.volumen import HayDocumentos, generar_volumen


class Command(BaseCommand):
    """Load a large office to measure with; all in one transaction, so an interruption changes nothing."""

    help = "Genera un volumen grande de documentos para medir. Va en una sola transacción: si se corta, nada cambia."

    def add_arguments(self, parser):
        parser.add_argument("--documentos", type=int, required=True)
        parser.add_argument("--semilla", type=int, default=1)
        parser.add_argument("--anios", type=int, default=10)
        parser.add_argument(
            "--agregar", action="store_true", help="Añade a una base que ya tiene documentos."
        )
        parser.add_argument("--procesos", type=int, help="Procesos que generan; 0 genera en este mismo.")

    def handle(self, *args, documentos, semilla, anios, agregar, procesos, verbosity, **opciones):
        if documentos < 1 or not 1 <= anios <= 30:
            raise CommandError("--documentos es 1 o más, y --anios de 1 a 30.")
        inicio, self.barra, self.etapa, self.mostrar = time.monotonic(), None, "", bool(verbosity)
        # Every statement of a bulk load is slow, and each would break the bar.
        consultas = logging.getLogger("core.consultas")
        nivel = consultas.level
        consultas.setLevel(logging.ERROR)
        try:
            resumen = generar_volumen(
                documentos=documentos,
                semilla=semilla,
                anios=anios,
                agregar=agregar,
                procesos=procesos,
                avance=self._avance,
            )
        except HayDocumentos as error:
            raise CommandError(f"{error} Con --agregar se añade de todos modos.") from error
        except ErrorDeNegocio as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Interrumpido: la transacción se deshizo, los datos y los índices siguen como estaban."
            ) from None
        finally:
            consultas.setLevel(nivel)
            self._cerrar()
        if verbosity:
            self._contar(resumen, time.monotonic() - inicio)

    def _avance(self, etapa, hechos, total):
        if self.etapa != etapa:
            self._cerrar()
            self.etapa = etapa
            self.barra = tqdm(desc=etapa, total=total, disable=None if self.mostrar else True, smoothing=0.05)
        self.barra.update(hechos - self.barra.n)

    def _cerrar(self):
        if self.barra is not None:
            self.barra.close()

    def _contar(self, resumen, segundos):
        etapas = ", ".join(f"{nombre} {n:.0f} s" for nombre, n in resumen.segundos.items())
        memoria = [
            resource.getrusage(q).ru_maxrss // 1024 for q in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ]
        self.stdout.write(
            ", ".join(f"{etiqueta.split('.')[-1]} {n}" for etiqueta, n in resumen.filas.items())
        )
        self.stdout.write(f"Etapas: {etapas}. Memoria: {memoria[0]} MB, generador {memoria[1]} MB.")
        self.stdout.write(
            f"Para medir entra como {resumen.usuario_grande} (área más grande) o {resumen.usuario_mediano} "
            "(área mediana); la clave es DEMO_PASSWORD."
        )
        listo = (
            f"Listo: {resumen.documentos} documentos y {resumen.remitentes} remitentes en {segundos:.0f} s."
        )
        self.stdout.write(self.style.SUCCESS(listo))
