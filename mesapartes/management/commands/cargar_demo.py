"""Command cargar_demo."""

import logging
import time

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core.errors import ErrorDeNegocio
from mesapartes.datos.demo import HayDocumentos, cargar_demo


class Command(BaseCommand):
    """Fill a new office with a demonstration: people to enter with and four weeks of work."""

    help = (
        "Carga una oficina de demostración con cuatro semanas de trabajo. La clave de todos es DEMO_PASSWORD."
    )

    def add_arguments(self, parser):
        parser.add_argument("--documentos", type=int, default=250)
        parser.add_argument("--semilla", type=int, default=2026)
        parser.add_argument("--forzar", action="store_true", help="Añade a una base que ya tiene documentos.")

    def handle(self, *args, documentos, semilla, forzar, verbosity, **opciones):
        inicio = time.monotonic()
        logging.getLogger("django-q").setLevel(logging.WARNING)  # one line for each file would hide the rest
        with tqdm(total=documentos, unit="doc", disable=None if verbosity else True) as barra:

            def avance(hechos, total):
                barra.total = total
                barra.update(hechos - barra.n)

            try:
                resumen = cargar_demo(documentos=documentos, semilla=semilla, forzar=forzar, avance=avance)
            except HayDocumentos as error:
                raise CommandError(f"{error} Con --forzar se añade de todos modos.") from error
            except ErrorDeNegocio as error:
                raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(
                self.style.SUCCESS(
                    f"Listo: {resumen.documentos} documentos y {resumen.usuarios} personas "
                    f"en {time.monotonic() - inicio:.0f} s."
                )
            )
            self.stdout.write(
                "Usuarios: ventanilla, transportes, legal, jefa, admin; la clave es DEMO_PASSWORD."
            )
