"""Command salud."""

from django.core.management.base import BaseCommand, CommandError

from core.health import BIEN, revisar, revisiones


class Command(BaseCommand):
    """Print the signs of life; exit code 1 when something that work needs has stopped."""

    help = "Muestra el estado de la base de datos, Redis, el trabajador, el barrido, la cola y el correo."

    def add_arguments(self, parser):
        parser.add_argument("--solo", choices=list(revisiones()), help="Revisa solo esta parte.")

    def handle(self, *args, **opciones):
        sano, hechas = revisar([opciones["solo"]] if opciones["solo"] else None)
        for nombre, revision in hechas.items():
            datos = ", ".join(f"{k}: {'—' if v is None else v}" for k, v in revision.items() if k != "estado")
            estilo = self.style.SUCCESS if revision["estado"] == BIEN else self.style.ERROR
            self.stdout.write(f"{nombre:<14} {estilo(revision['estado']):<9} {datos}".rstrip())
        if not sano:
            raise CommandError("El sistema no está sano.", returncode=1)
