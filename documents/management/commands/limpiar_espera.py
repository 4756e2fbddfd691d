"""Removes forgotten uploads and stored contents that no row names."""

from django.core.management.base import BaseCommand, CommandError

from core.texto import peso
from documents.files.constants import HORAS_EN_ESPERA
from documents.files.limpieza import limpiar_espera


class Command(BaseCommand):
    help = "Retira los archivos en espera vencidos y los contenidos que ningún registro nombra."

    def add_arguments(self, parser):
        parser.add_argument("--horas", type=int, default=HORAS_EN_ESPERA, help="Antigüedad mínima (48).")
        parser.add_argument("--simular", action="store_true", help="Dice qué retiraría, sin retirar nada.")

    def handle(self, *args, horas, simular, **opciones):
        if horas < 1:
            raise CommandError("--horas debe ser 1 o más: un archivo recién subido aún no tiene registro.")
        hecho = limpiar_espera(horas=horas, simular=simular)
        verbo = "Se retirarían" if simular else "Retirados"
        self.stdout.write(
            f"{verbo}: {hecho.filas} en espera, {hecho.archivos} contenidos sin registro "
            f"({peso(hecho.bytes_libres)}), {hecho.temporales} restos de subidas cortadas."
        )
