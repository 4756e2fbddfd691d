"""Command tareas."""

import json
import time
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from core.constants import ESTADOS_VIVOS, EstadoTarea, titulo_de
from core.errors import ErrorDeNegocio
from core.jobs import cancelar_tarea, ejecutar_tarea, encolar, purgar_tareas, reintentar_tarea
from core.models import Tarea
from core.texto import normalizar

PRUEBA, ESPERA_PRUEBA = "core.tasks.probar", 60


class Command(BaseCommand):
    """List the tasks, and retry, cancel, run or purge them by hand."""

    help = "Lista las tareas; reintenta, cancela, ejecuta o purga."

    def add_arguments(self, parser):
        parser.add_argument("--estado", choices=EstadoTarea.values)
        parser.add_argument("--fallidas", action="store_true", help="Las fallidas, con su error completo.")
        parser.add_argument("--tipo", metavar="TEXTO", help="Parte del nombre de la función o de su título.")
        parser.add_argument("--json", action="store_true", help="Una línea de JSON por tarea.")
        parser.add_argument("--limite", type=int, default=30)
        acto = parser.add_mutually_exclusive_group()
        acto.add_argument(
            "--reintentar", metavar="ID|todas", help="Reintenta una tarea, o todas las fallidas (del tipo)."
        )
        acto.add_argument("--cancelar", metavar="ID", type=int)
        acto.add_argument(
            "--resumen", action="store_true", help="Cuántas hay de cada tipo y estado vivo o fallido."
        )
        acto.add_argument(
            "--probar", action="store_true", help="Pide una tarea vacía y espera a que se haga."
        )
        acto.add_argument("--ejecutar", metavar="ID", type=int, help="La ejecuta aquí mismo, si está lista.")
        acto.add_argument(
            "--purgar", metavar="DIAS", type=int, help="Borra las hechas y canceladas más antiguas."
        )

    def handle(self, *args, **opciones):
        try:
            if opciones["reintentar"]:
                self._reintentar(opciones["reintentar"], opciones["tipo"])
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
            elif opciones["resumen"]:
                self._resumir()
            elif opciones["probar"]:
                self._probar()
            else:
                self._listar(opciones)
        except ErrorDeNegocio as error:
            raise CommandError(str(error)) from error

    def _reintentar(self, cual, tipo):
        if cual != "todas":
            if not cual.isdigit():
                raise CommandError("Indica el número de la tarea, o «todas».")
            self.stdout.write(f"Tarea {reintentar_tarea(tarea_id=int(cual), actor=None).pk}: en espera.")
            return
        hechas = 0
        fallidas = self._del_tipo(Tarea.objects.filter(estado=EstadoTarea.FALLIDA), tipo)
        for pk in list(fallidas.order_by("pk").values_list("pk", flat=True)):
            try:
                reintentar_tarea(tarea_id=pk, actor=None)
                hechas += 1
            except ErrorDeNegocio as error:
                self.stderr.write(f"Tarea {pk}: {error}")
        self.stdout.write(f"{hechas} tareas en espera.")

    def _del_tipo(self, filas, tipo):
        if not tipo:
            return filas
        titulos = getattr(settings, "TAREAS_TITULOS", {})
        nombradas = [funcion for funcion, titulo in titulos.items() if normalizar(tipo) in normalizar(titulo)]
        return filas.filter(Q(funcion__contains=tipo) | Q(funcion__in=nombradas))

    def _listar(self, opciones):
        filas = self._del_tipo(Tarea.objects.recientes(), opciones["tipo"])
        estado = EstadoTarea.FALLIDA if opciones["fallidas"] else opciones["estado"]
        if estado:
            filas = filas.filter(estado=estado)
        for tarea in filas[: opciones["limite"]]:
            if opciones["json"]:
                self.stdout.write(json.dumps(_en_json(tarea), ensure_ascii=False))
                continue
            error = tarea.error_tecnico[:80] if tarea.error else tarea.progreso_texto
            self.stdout.write(
                f"{tarea.pk:>8} {tarea.estado:<10} {tarea.intentos}/{tarea.max_intentos} {tarea.progreso:>3}% "
                f"{timezone.localtime(tarea.creada_en):%d/%m/%Y %H:%M:%S} {tarea.funcion} {error}".rstrip()
            )
            if opciones["fallidas"]:
                self.stdout.write("".join(f"         {linea}\n" for linea in tarea.error.splitlines()))

    def _resumir(self):
        vivas = Tarea.objects.filter(estado__in=(*ESTADOS_VIVOS, EstadoTarea.FALLIDA))
        cuentas = vivas.values_list("funcion", "estado").annotate(n=Count("pk")).order_by("funcion", "estado")
        for funcion, estado, cuantas in cuentas:
            self.stdout.write(f"{cuantas:>8} {estado:<10} {titulo_de(funcion)} ({funcion})")

    def _probar(self):
        inicio = time.monotonic()
        with transaction.atomic():
            tarea = encolar(funcion=PRUEBA, clave="prueba")
        while not tarea.terminada:
            if time.monotonic() - inicio > ESPERA_PRUEBA:
                raise CommandError(f"Tarea {tarea.pk}: nadie la hizo en {ESPERA_PRUEBA} s; vea «salud».")
            time.sleep(0.1)
            tarea.refresh_from_db(fields=["estado"])
        self.stdout.write(f"Tarea {tarea.pk}: {tarea.estado} en {time.monotonic() - inicio:.1f} s.")


def _en_json(tarea):
    return {
        "id": tarea.pk,
        "funcion": tarea.funcion,
        "titulo": tarea.titulo,
        "estado": tarea.estado,
        "intentos": tarea.intentos,
        "max_intentos": tarea.max_intentos,
        "progreso": tarea.progreso,
        "mensaje": tarea.progreso_texto,
        "error": tarea.error_tecnico,
        "solicitada_por": getattr(tarea.solicitada_por, "username", None),
        "creada_en": tarea.creada_en.isoformat(),
        "terminada_en": tarea.terminada_en and tarea.terminada_en.isoformat(),
    }
