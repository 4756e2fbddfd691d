"""Command probar_integracion."""

from django.core.management.base import BaseCommand, CommandError

from core.errors import ErrorDeNegocio
from integrations.models import Integracion
from integrations.services import probar_conexion


class Command(BaseCommand):
    """Call a partner to see whether it answers and takes the credential."""

    help = "Prueba la conexión con otra entidad; sale con 1 cuando no funciona. No envía documentos."

    def add_arguments(self, parser):
        parser.add_argument("codigo", metavar="CODIGO")

    def handle(self, *args, **opciones):
        integracion = Integracion.objects.filter(codigo=opciones["codigo"]).first()
        if integracion is None:
            raise CommandError(f"No hay integración con el código {opciones['codigo']}.")
        try:
            prueba = probar_conexion(integracion_id=integracion.pk)
        except ErrorDeNegocio as error:
            raise CommandError(str(error)) from error
        if not prueba.bien:
            raise CommandError(prueba.texto)
        self.stdout.write(f"{integracion.nombre}: {prueba.texto} ({prueba.duracion_ms} ms)")
