"""Command cache_vaciar."""

from django.core.management.base import BaseCommand, CommandError

from core.caching.estado import borrar_entradas, generacion_de, vaciar
from core.errors import ErrorDeNegocio
from core.texto import miles


class Command(BaseCommand):
    """Empty the cache, whole or by group, without touching anything else in Redis."""

    help = (
        "Vacía la cache: toda, una clase de entradas (listar_documentos) o lo que depende de un grupo de datos "
        "(catalogos, area:3). Vale al instante para todos los procesos, aunque Redis no responda."
    )

    def add_arguments(self, parser):
        parser.add_argument("grupo", nargs="?", help="Clase de entradas o grupo de datos; sin él, toda.")

    def handle(self, *args, **opciones):
        grupo = opciones["grupo"]
        try:
            generacion = generacion_de(grupo)
            vaciar(grupo=grupo)
        except ErrorDeNegocio as error:
            raise CommandError(f"No existe el grupo «{grupo}».") from error
        self.stdout.write(f"Vaciada: {grupo or 'toda la cache'}.")
        if generacion == grupo:  # entries of every kind depend on it: they go by their TTL
            return
        borradas = borrar_entradas(grupo=grupo)
        self.stdout.write(
            "Redis no responde: sus entradas ya no se usarán."
            if borradas is None
            else f"{miles(borradas)} entradas borradas de Redis."
        )
