"""Command verificar_auditoria."""

import sys
import time
from datetime import datetime
from datetime import time as hora

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from core.events import primera_rotura
from core.models import Evento


class Command(BaseCommand):
    """Check the hash chain of every event; exit code 1 and the first broken row when one does not hold.

    Reads with a server cursor, so memory does not grow with the table. A chain proves that nothing inside it
    was altered, removed or inserted; rows cut off its very end leave no trace in it, which is why the
    closing line prints the count and the last event, to be kept and compared.
    """

    help = "Verifica que ningún evento fue alterado, borrado o insertado."

    def add_arguments(self, parser):
        parser.add_argument(
            "--documento", type=int, help="Solo la cadena de este documento (0: eventos generales)."
        )
        parser.add_argument("--desde", help="Solo eventos desde esta fecha (AAAA-MM-DD), de cada cadena.")

    def handle(self, *args, **opciones):
        filas = Evento.objects.order_by("documento_id", "secuencia")
        if opciones["documento"] is not None:
            filas = filas.filter(documento_id=opciones["documento"])
        if opciones["desde"]:
            # From the first such event on by id, which grows along a chain even where a clock went back.
            primero = Evento.objects.filter(ocurrido_en__gte=_inicio(opciones["desde"])).aggregate(Min("pk"))[
                "pk__min"
            ]
            filas = filas.filter(pk__gte=primero) if primero else filas.none()
        with (
            transaction.atomic()
        ):  # a plain cursor; outside a transaction the server would copy the whole result
            self._verificar(filas, cadenas_completas=not opciones["desde"])

    def _verificar(self, filas, *, cadenas_completas):
        barra = self._barra(filas)
        cuenta = cadenas = ultimo = 0
        anterior = None
        for fila, problema in primera_rotura(
            filas.iterator(chunk_size=2000), cadenas_completas=cadenas_completas
        ):
            if problema:
                barra(None)
                raise CommandError(
                    f"Cadena rota en el evento {fila.pk} (documento {fila.documento_id}, secuencia "
                    f"{fila.secuencia}, {fila.tipo}): {problema}.",
                    returncode=1,
                )
            cuenta += 1
            cadenas += fila.documento_id != anterior
            anterior, ultimo = fila.documento_id, max(ultimo, fila.pk)
            if not cuenta % 1000:
                barra(cuenta)
        barra(None)
        resumen = f"Auditoría íntegra: {cuenta} eventos en {cadenas} cadenas, último {ultimo}."
        self.stdout.write(self.style.SUCCESS(resumen))

    def _barra(self, filas):
        """Return a function that shows the progress on a terminal, and does nothing elsewhere."""
        if not self.stderr.isatty():
            return lambda hechas: None
        total, inicio = max(1, filas.order_by().count()), time.monotonic()

        def pintar(hechas):
            if hechas is None:
                sys.stderr.write("\r\x1b[K")
                return
            parte = min(1, hechas / total)
            ritmo = hechas / max(0.001, time.monotonic() - inicio)
            sys.stderr.write(
                f"\r[{'#' * int(parte * 30):<30}] {parte:4.0%} {hechas}/{total} ({ritmo:,.0f}/s)"
            )
            sys.stderr.flush()

        return pintar


def _inicio(texto):
    try:
        dia = datetime.strptime(texto, "%Y-%m-%d").date()
    except ValueError as error:
        raise CommandError("--desde debe ser una fecha como 2026-01-31.") from error
    return timezone.make_aware(datetime.combine(dia, hora.min))
