"""Command consultas_lentas."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand

from core.db import estadisticas
from core.db.formas import breve
from core.db.texto import cifra, tabla


class Command(BaseCommand):
    """Show the costliest shapes of query since the last reset, from every process."""

    help = "Muestra qué consultas cuestan más, cuántas veces se hicieron y qué parte del código las pide."

    def add_arguments(self, parser):
        parser.add_argument("--limite", type=int, default=20, help="Cuántas mostrar.")
        parser.add_argument("--orden", choices=list(estadisticas.ORDENES), default="total")
        parser.add_argument("--ancho", type=int, default=300, help="Letras de cada consulta.")
        parser.add_argument("--reiniciar", action="store_true", help="Borra lo contado y empieza de cero.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **opciones):
        if opciones["reiniciar"]:
            return self._reiniciar()
        pedido = {"orden": opciones["orden"], "limite": max(1, opciones["limite"])}
        propias = estadisticas.formas(**pedido)
        de_pg, motivo = estadisticas.de_postgresql(**pedido)
        if opciones["json"]:
            datos = {"formas": propias, "postgresql": de_pg, "postgresql_motivo": motivo}
            self.stdout.write(json.dumps(datos, ensure_ascii=False, indent=2, default=str))
            return None
        self._propias(propias, opciones)
        self._de_postgresql(de_pg, motivo, opciones)
        return None

    def _reiniciar(self):
        motivo = estadisticas.reiniciar()
        self.stdout.write("Cuentas borradas.")
        if motivo:
            self.stdout.write(f"Las de pg_stat_statements no: {motivo}")

    def _propias(self, filas, opciones):
        self.stdout.write(self.style.MIGRATE_HEADING("Medidas por la aplicación"))
        if not settings.CONSULTAS_ESTADISTICAS:
            self.stdout.write(self.style.WARNING("CONSULTAS_ESTADISTICAS=0: no se está contando."))
        if not filas:
            self.stdout.write("Todavía no hay nada contado.")
            return
        cabecera = ("clave", "total ms", "%", "veces", "media ms", "máx ms", "filas", "lentas")
        lineas = tabla(
            cabecera,
            [
                (
                    f["clave"],
                    cifra(f["total_ms"]),
                    cifra(100 * f["parte"], 1),
                    cifra(f["veces"]),
                    cifra(f["media_ms"], 2),
                    cifra(f["maximo_ms"], 1),
                    cifra(f["filas_medias"], 1),
                    cifra(f["lentas"]),
                )
                for f in filas
            ],
        )
        self.stdout.write(lineas[0])
        for linea, fila in zip(lineas[1:], filas, strict=True):
            self.stdout.write(linea)
            self.stdout.write(f"    {fila['lugar'] or 'lugar desconocido'}")
            self.stdout.write(f"    {breve(fila['forma'], opciones['ancho'])}")

    def _de_postgresql(self, filas, motivo, opciones):
        self.stdout.write(self.style.MIGRATE_HEADING("Medidas por PostgreSQL (pg_stat_statements)"))
        if motivo:
            self.stdout.write(f"No disponible: {motivo}.")
            return
        cabecera = ("total ms", "veces", "media ms", "máx ms", "filas", "<consulta")
        lineas = tabla(
            cabecera,
            [
                (
                    cifra(f["total_ms"]),
                    cifra(f["veces"]),
                    cifra(f["media_ms"], 2),
                    cifra(f["maximo_ms"], 1),
                    cifra(f["filas"] / f["veces"], 1),
                    breve(f["forma"], opciones["ancho"]),
                )
                for f in filas
            ],
        )
        for linea in lineas:
            self.stdout.write(linea)
