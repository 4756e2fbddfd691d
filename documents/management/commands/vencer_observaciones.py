"""Closes as not presented the observed documents whose two days ended without correction."""

from django.core.management.base import BaseCommand

from core.errors import ErrorDeNegocio
from documents.constants import Estado
from documents.models import Observacion
from documents.services import tener_por_no_presentado
from organization.calendar import hoy_lima


class Command(BaseCommand):
    help = "Tiene por no presentados los documentos observados cuyo plazo para subsanar venció (art. 136)."

    def add_arguments(self, parser):
        parser.add_argument("--simular", action="store_true", help="Solo dice cuáles.")

    def handle(self, *args, simular=False, **options):
        vencidas = Observacion.objects.filter(
            subsanado_en__isnull=True, vence_el__lt=hoy_lima(), documento__estado=Estado.OBSERVADO
        ).select_related("documento")
        hechos = 0
        for observacion in vencidas.iterator():
            numero = observacion.documento.numero_expediente
            if simular:
                self.stdout.write(f"{numero} venció el {observacion.vence_el:%d/%m/%Y}")
                continue
            try:
                tener_por_no_presentado(documento_id=observacion.documento_id)
            except ErrorDeNegocio as error:
                self.stderr.write(f"{numero}: {error}")
            else:
                hechos += 1
                self.stdout.write(f"{numero}: no presentado")
        self.stdout.write(f"{hechos} documentos tenidos por no presentados.")
