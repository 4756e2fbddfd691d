"""Command sincronizar."""

from django.core.management.base import BaseCommand, CommandError

from core.errors import ErrorDeNegocio
from documents.models import Documento
from integrations.constants import ENVIOS_FALLIDOS, EstadoEnvio
from integrations.models import Integracion
from integrations.services import pedir_consulta, pedir_envio, sincronizar_envio


class Command(BaseCommand):
    """Send a document to another entity, or ask the state of one already sent, here and now."""

    help = "Envía un documento a otra entidad; si ya está allá, pregunta su estado."

    def add_arguments(self, parser):
        parser.add_argument(
            "--documento", required=True, metavar="NUMERO", help="Número de expediente o interno."
        )
        parser.add_argument("--integracion", required=True, metavar="CODIGO")
        parser.add_argument("--en-cola", action="store_true", help="Lo deja al trabajador.")

    def handle(self, *args, **opciones):
        documento = self._documento(opciones["documento"])
        integracion = Integracion.objects.filter(codigo=opciones["integracion"]).first()
        if integracion is None:
            raise CommandError(f"No hay integración con el código {opciones['integracion']}.")
        try:
            en_cola = opciones["en_cola"]
            envio = pedir_envio(
                documento_id=documento.pk, integracion_id=integracion.pk, actor=None, en_cola=en_cola
            )
            if envio.estado in (EstadoEnvio.ENVIADO, EstadoEnvio.CONFIRMADO):
                pedir_consulta(envio_id=envio.pk, actor=None, en_cola=en_cola)
        except ErrorDeNegocio as error:
            raise CommandError(str(error)) from error
        if en_cola:
            self.stdout.write(f"{documento.numero_expediente} a {integracion.nombre}: en cola.")
            return
        hecho = sincronizar_envio(envio_id=envio.pk)
        envio.refresh_from_db()
        if envio.estado in (*ENVIOS_FALLIDOS, EstadoEnvio.PENDIENTE):
            raise CommandError(f"{envio.get_estado_display()}. {hecho['texto']}")
        self.stdout.write(f"{documento.numero_expediente} a {integracion.nombre}: {hecho['texto']}")

    def _documento(self, texto):
        filas = Documento.objects.filter(numero_expediente=texto.strip().upper())
        if texto.isdecimal() and len(texto) < 19:
            filas = filas | Documento.objects.filter(pk=int(texto))
        documento = filas.first()
        if documento is None:
            raise CommandError(f"No hay documento con el número {texto}.")
        return documento
