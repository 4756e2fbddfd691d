"""Command marcar_rebotes."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core.errors import DatosInvalidos
from core.texto import cuenta
from notifications.correo.rebotes import marcar_rebote


class Command(BaseCommand):
    """Strike off addresses whose mails came back, as the postmaster's mailbox says."""

    help = "Marca direcciones cuyos correos rebotaron: no se les vuelve a escribir hasta levantar la marca."

    def add_arguments(self, parser):
        parser.add_argument("direcciones", nargs="*", help="Direcciones; con - se leen de la entrada.")
        parser.add_argument("--archivo", type=Path, help="Archivo con una dirección por línea.")
        parser.add_argument("--motivo", default="Devuelto por su servidor")

    def handle(self, *args, **opciones):
        direcciones = [d for d in opciones["direcciones"] if d != "-"]
        if "-" in opciones["direcciones"]:
            direcciones += sys.stdin.read().split()
        if opciones["archivo"]:
            try:
                direcciones += opciones["archivo"].read_text(encoding="utf-8").split()
            except OSError as error:
                raise CommandError(f"No se pudo leer {opciones['archivo']}: {error.strerror}.") from error
        if not direcciones:
            raise CommandError("Escribe al menos una dirección, o --archivo.")
        marcadas, malas = 0, []
        for direccion in dict.fromkeys(direcciones):
            try:
                marcadas += marcar_rebote(direccion=direccion, motivo=opciones["motivo"])[1]
            except DatosInvalidos:
                malas.append(direccion)
        self.stdout.write(f"{cuenta(marcadas, 'dirección marcada', 'direcciones marcadas')}.")
        if malas:
            raise CommandError(f"No son direcciones: {', '.join(malas[:10])}.")
