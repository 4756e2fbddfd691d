"""Command generar_reporte."""

import json
import os
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core.errors import DatosInvalidos, ErrorDeNegocio
from organization.models import Usuario
from reports.constants import Formato
from reports.informes import CATALOGO
from reports.informes.base import Ambito
from reports.services import leer_pedido


class Command(BaseCommand):
    """Write a report on a file here and now, as one person would get it; nothing is queued nor kept."""

    help = "Escribe un reporte en un archivo, con lo que ve una persona, sin pasar por la cola."

    def add_arguments(self, parser):
        parser.add_argument("--codigo", required=True, choices=sorted(CATALOGO))
        parser.add_argument("--formato", default="xlsx", choices=Formato.values)
        parser.add_argument("--filtros", default="{}", help='JSON, como {"desde": "2026-11-01"}.')
        parser.add_argument(
            "--usuario", required=True, help="De quién son los permisos y el nombre que lleva."
        )
        parser.add_argument("--salida", required=True, type=Path)

    def handle(self, *args, codigo, formato, filtros, usuario, salida, **opciones):
        persona = Usuario.objects.filter(username=usuario).first()
        if persona is None:
            raise CommandError(f"No hay una persona con el usuario {usuario}.")
        try:
            datos = json.loads(filtros)
        except ValueError as error:
            raise CommandError(f"--filtros no es JSON: {error}") from error
        if not isinstance(datos, dict):
            raise CommandError("--filtros no es un objeto JSON.")
        parte = salida.with_name(f"{salida.name}.parte")
        try:
            informe, form, formato = leer_pedido(codigo=codigo, formato=formato, filtros=datos, actor=persona)
            with open(parte, "wb") as destino:
                filas = informe.escribir(
                    formato,
                    Ambito.de(persona),
                    form,
                    destino=destino,
                    autor=persona.nombre_completo,
                    avance=self._avance if sys.stderr.isatty() else lambda hechas, total: None,
                )
                destino.flush()
                os.fsync(destino.fileno())
            os.replace(parte, salida)
        except DatosInvalidos as error:
            campos = error.campos.items()
            raise CommandError(
                "; ".join(f"{campo}: {' '.join(textos)}" for campo, textos in campos)
            ) from error
        except (ErrorDeNegocio, OSError) as error:
            raise CommandError(str(error)) from error
        finally:
            parte.unlink(missing_ok=True)
        self.stdout.write(f"{salida}: {filas} filas, {salida.stat().st_size} bytes.")

    def _avance(self, hechas, total):
        self.stderr.write(f"\r{int(hechas * 100 // max(total, 1))} %", ending="")
