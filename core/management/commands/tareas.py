"""Command tareas."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.constants import EstadoTarea
from core.errors import ErrorDeNegocio
from core.jobs import cancelar_tarea, ejecutar_tarea, purgar_tareas, reintentar_tarea
from core.models import Tarea


class Command(BaseCommand):
    """List the tasks, and retry, cancel, run or purge them by hand."""

    help = "Lista las tareas; reintenta, cancela, ejecuta o purga."

    def add_arguments(self, parser):
        parser.add_argument("--estado", choices=EstadoTarea.values)
        parser.add_argument("--limite", type=int, default=30)
        acto = parser.add_mutually_exclusive_group()
        acto.add_argument(
            "--reintentar", metavar="ID|todas", help="Reintenta una tarea, o todas las fallidas."
        )
        acto.add_argument("--cancelar", metavar="ID", type=int)
        acto.add_argument("--ejecutar", metavar="ID", type=int, help="La ejecuta aquí mismo, si está lista.")
        acto.add_argument(
            "--purgar", metavar="DIAS", type=int, help="Borra las hechas y canceladas más antiguas."
        )

    def handle(self, *args, **opciones):
        try:
            if opciones["reintentar"]:
                self._reintentar(opciones["reintentar"])
            elif opciones["cancelar"]:
                tarea = cancelar_tarea(tarea_id=opciones["cancelar"], actor=None)
                self.stdout.write(
                    f"Tarea {tarea.pk}: {'cancelada' if tarea.terminada else 'se detendrá pronto'}."
                )
            elif opciones["ejecutar"]:
                estado = ejecutar_tarea(opciones["ejecutar"])
                self.stdout.write(
                    f"Tarea {opciones['ejecutar']}: {estado or 'no está lista para ejecutarse'}."
                )
            elif opciones["purgar"] is not None:
                cuantas = purgar_tareas(antes_de=timezone.now() - timedelta(days=opciones["purgar"]))
                self.stdout.write(f"{cuantas} tareas borradas.")
            else:
                self._listar(opciones["estado"], opciones["limite"])
        except ErrorDeNegocio as error:
            raise CommandError(str(error)) from error

    def _reintentar(self, cual):
        if cual != "todas":
            if not cual.isdigit():
                raise CommandError("Indique el número de la tarea, o «todas».")
            self.stdout.write(f"Tarea {reintentar_tarea(tarea_id=int(cual), actor=None).pk}: en espera.")
            return
        hechas = 0
        for pk in list(
            Tarea.objects.filter(estado=EstadoTarea.FALLIDA).order_by("pk").values_list("pk", flat=True)
        ):
            try:
                reintentar_tarea(tarea_id=pk, actor=None)
                hechas += 1
            except ErrorDeNegocio as error:
                self.stderr.write(f"Tarea {pk}: {error}")
        self.stdout.write(f"{hechas} tareas en espera.")

    def _listar(self, estado, limite):
        filas = Tarea.objects.recientes()
        if estado:
            filas = filas.filter(estado=estado)
        for tarea in filas[:limite]:
            error = tarea.error_tecnico[:80] if tarea.error else tarea.progreso_texto
            self.stdout.write(
                f"{tarea.pk:>8} {tarea.estado:<10} {tarea.intentos}/{tarea.max_intentos} {tarea.progreso:>3}% "
                f"{timezone.localtime(tarea.creada_en):%d/%m/%Y %H:%M:%S} {tarea.funcion} {error}".rstrip()
            )
