"""Command cifras."""

import time

from django.core.management.base import BaseCommand
from django.db import connection

from reports.constants import Medida
from reports.services import acumular_cifras, recalcular_cifras


class Command(BaseCommand):
    """Show how large the maintained figures are and roll up their changes; with --recalcular, count all again."""

    help = (
        "Muestra las cifras mantenidas y acumula sus cambios; con --recalcular las cuenta de nuevo y corrige."
    )

    def add_arguments(self, parser):
        parser.add_argument("--recalcular", action="store_true", help="Cuenta todo de nuevo y corrige.")

    def handle(self, *args, recalcular, **opciones):
        if recalcular:
            inicio = time.monotonic()
            corregidas = recalcular_cifras()
            self.stdout.write(f"{corregidas} cifras corregidas en {time.monotonic() - inicio:.1f} s.")
        else:
            self.stdout.write(f"{acumular_cifras()} cifras puestas al día.")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT medida, count(*), sum(n) FROM reports_cifra GROUP BY medida ORDER BY medida"
            )
            for medida, filas, suma in cursor.fetchall():
                self.stdout.write(f"{Medida(medida).label}: {filas} filas, suman {suma}")
            cursor.execute("SELECT count(*) FROM reports_cifradelta")
            self.stdout.write(f"Cambios por acumular: {cursor.fetchone()[0]}")
