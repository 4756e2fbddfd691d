"""Command recifrar_credenciales."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from integrations.cifrado import NoSeLee, recifrar
from integrations.models import Integracion


class Command(BaseCommand):
    """Encrypt every stored credential with the first key of ENCRYPTION_KEY, so that the older ones may go."""

    help = "Cifra las credenciales guardadas con la primera clave de ENCRYPTION_KEY."

    def handle(self, *args, **opciones):
        hechas, ilegibles = 0, []
        with transaction.atomic():
            filas = Integracion.objects.exclude(credencial_cifrada="")
            for fila in filas.select_for_update(of=("self",), no_key=True).order_by("codigo"):
                try:
                    nueva = recifrar(fila.credencial_cifrada)
                except NoSeLee:
                    ilegibles.append(fila.codigo)
                    continue
                Integracion.objects.filter(pk=fila.pk).update(credencial_cifrada=nueva)
                hechas += 1
        self.stdout.write(f"{hechas} credenciales cifradas con la primera clave.")
        if ilegibles:
            raise CommandError(
                f"No se pueden leer con ninguna clave de ENCRYPTION_KEY: {', '.join(ilegibles)}."
            )
