"""Command reenviar_correos."""

from django.core.management.base import BaseCommand

from core.errors import ErrorDeNegocio
from core.texto import cuenta
from notifications.constants import EstadoCorreo
from notifications.correo.manual import AVISO_DUDOSO, REENVIABLES, reenviar_correo
from notifications.models import Correo


class Command(BaseCommand):
    """Put failed or doubtful mails in the outbox again; without numbers, only shows which there are."""

    help = "Vuelve a enviar correos fallidos, dudosos o rebotados por su número; sin números, los lista."

    def add_arguments(self, parser):
        parser.add_argument("correos", nargs="*", type=int, help="Números de los correos.")
        parser.add_argument("--fallidos", action="store_true", help="Todos los fallidos, que no salieron.")

    def handle(self, *args, **opciones):
        ids = list(opciones["correos"])
        if opciones["fallidos"]:
            fallidos = Correo.objects.filter(estado=EstadoCorreo.FALLIDO).order_by("pk")
            ids += fallidos.values_list("pk", flat=True)
        if not ids:
            return self._listar()
        reenviados = 0
        for correo in Correo.objects.filter(pk__in=ids).order_by("pk"):
            if correo.estado == EstadoCorreo.DUDOSO:
                self.stderr.write(self.style.WARNING(f"{correo.pk}: {AVISO_DUDOSO}"))
            try:
                reenviar_correo(correo_id=correo.pk, actor=None)
            except ErrorDeNegocio as error:
                self.stderr.write(f"{correo.pk}: {error}")
            else:
                reenviados += 1
        self.stdout.write(f"{cuenta(reenviados, 'correo se enviará', 'correos se enviarán')} de nuevo.")
        return None

    def _listar(self):
        for correo in Correo.objects.filter(estado__in=REENVIABLES).order_by("-pk")[:50]:
            error = (correo.error or "").splitlines()
            self.stdout.write(
                f"{correo.pk:>8}  {correo.estado:<9} {correo.para:<40} {error[0] if error else ''}"[:160]
            )
