"""Command cache_estado."""

from django.core.management.base import BaseCommand

from core.caching import compactar
from core.caching.constants import DIAS_DE_USO
from core.caching.estado import estado
from core.texto import miles, peso


def _cifra(valor, formato="{:.1f}"):
    return "—" if valor is None else formato.format(valor)


class Command(BaseCommand):
    """Show how much the cache is used and what it takes; the figures are those of every process."""

    help = "Muestra el uso de la cache por grupo, sus claves y memoria, y el estado de Redis."

    def add_arguments(self, parser):
        parser.add_argument("--dias", type=int, default=1, help="Días de uso, con hoy (1 a 8).")
        parser.add_argument("--sin-contar", action="store_true", help="No recorre las claves de Redis.")
        parser.add_argument(
            "--compactar", action="store_true", help="Une las filas de generaciones que sobran en PostgreSQL."
        )

    def handle(self, *args, **opciones):
        dicho = estado(dias=min(max(opciones["dias"], 1), DIAS_DE_USO), contar=not opciones["sin_contar"])
        self.stdout.write(self._del_servidor(dicho))
        self.stdout.write(
            f"{'grupo':<28}{'TTL s':>6}{'consultas':>11}{'aciertos %':>12}{'errores':>9}{'omitidas':>10}"
            f"{'ms cache':>10}{'ms calcular':>13}{'claves':>9}{'memoria':>11}"
        )
        for uso in dicho.grupos:
            self.stdout.write(
                f"{uso.grupo:<28}{uso.ttl:>6}{miles(uso.consultas):>11}{_cifra(uso.tasa):>12}"
                f"{miles(uso.errores):>9}{miles(uso.omitidas):>10}{_cifra(uso.ms_cache, '{:.2f}'):>10}"
                f"{_cifra(uso.ms_producir):>13}{'—' if uso.claves is None else miles(uso.claves):>9}"
                f"{'—' if uso.octetos is None else peso(uso.octetos):>11}"
            )
        if dicho.parcial:
            self.stdout.write("Claves y memoria son parciales: había más, o Redis dejó de responder.")
        if dicho.responde:
            self.stdout.write(
                f"Fallos de Redis vistos por los procesos: {miles(dicho.cortes)}; tras cada uno se sigue "
                f"{dicho.pausa:g} s sin cache."
            )
        generaciones = dicho.generaciones
        self.stdout.write(
            f"Generaciones: {miles(generaciones['grupos'])} grupos en {miles(generaciones['ranuras'])} filas; "
            f"{generaciones['maximo']} a lo más por grupo."
        )
        if opciones["compactar"]:
            self.stdout.write(f"Filas unidas: {miles(compactar())}.")

    def _del_servidor(self, dicho):
        if not dicho.activa:
            return self.style.WARNING("La cache está desactivada (CACHE_ACTIVA=0).")
        if not dicho.responde:
            return self.style.ERROR("Redis no responde: se trabaja sin cache, y lo que se lee sigue al día.")
        servidor = dicho.servidor
        tope = f" de {peso(servidor['tope'])}" if servidor["tope"] else ""
        return self.style.SUCCESS(
            f"Redis {servidor['version']} responde: {miles(servidor['claves'])} claves, "
            f"{peso(servidor['memoria'])}{tope}."
        )
