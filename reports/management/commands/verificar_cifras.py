"""Command verificar_cifras."""

import time

from django.core.management.base import BaseCommand, CommandError

from reports.constants import DIFERENCIAS_MOSTRADAS
from reports.services import comparar_cifras, describir


class Command(BaseCommand):
    """Compare the maintained figures with a full count; exit code 1 and the name of each that differs."""

    help = "Compara las cifras mantenidas con un conteo completo y nombra cada diferencia."

    def add_arguments(self, parser):
        parser.add_argument("--todas", action="store_true", help="Nombra todas, no solo las primeras.")

    def handle(self, *args, todas, **opciones):
        inicio = time.monotonic()
        diferencias = comparar_cifras()
        segundos = time.monotonic() - inicio
        if not diferencias:
            self.stdout.write(
                self.style.SUCCESS(f"Las cifras coinciden con el conteo completo ({segundos:.1f} s).")
            )
            return
        mostradas = diferencias if todas else diferencias[:DIFERENCIAS_MOSTRADAS]
        for linea in describir(mostradas):
            self.stderr.write(linea)
        raise CommandError(
            f"{len(diferencias)} cifras difieren del conteo completo; manage.py cifras --recalcular las corrige.",
            returncode=1,
        )
