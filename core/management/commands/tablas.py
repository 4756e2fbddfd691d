"""Command tablas."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.db.catalogo import CatalogoOcupado
from core.db.tablas import avisos, resumen, tablas
from core.db.texto import cifra, tabla, tamanio


class Command(BaseCommand):
    """Show the size, the dead rows and the care of each table, and what a document weighs in all."""

    help = "Muestra filas, tamaño, filas muertas, último vacuum y aciertos de memoria de cada tabla."

    def add_arguments(self, parser):
        parser.add_argument("--todas", action="store_true", help="También las de menos de 1 MB.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **opciones):
        try:
            filas = tablas()
        except CatalogoOcupado as error:
            raise CommandError(str(error)) from error
        suma, dichos = resumen(filas), avisos(filas)
        if opciones["json"]:
            datos = {"tablas": filas, "resumen": suma, "avisos": dichos}
            self.stdout.write(json.dumps(datos, ensure_ascii=False, indent=2, default=str))
            return
        por_documento = suma["bytes_por_documento_por_tabla"]
        cabecera = (
            *("tabla", "filas", "tabla", "índices", "toast", "total", "por doc."),
            *("muertas", "sobra", "aciertos", "vacuum", "analyze"),
        )
        lineas = [
            (
                f["tabla"],
                cifra(f["filas"]),
                tamanio(f["tabla_bytes"]),
                tamanio(f["indices_bytes"]),
                tamanio(f["toast_bytes"]),
                tamanio(f["total_bytes"]),
                tamanio(por_documento.get(f["tabla"])),
                cifra(f["muertas"]),
                _porciento(f["hinchazon"]),
                f"{_porciento(f['aciertos_tabla'])}/{_porciento(f['aciertos_indices'])}",
                _dia(f["vacuum_en"]),
                _dia(f["analyze_en"]),
            )
            for f in filas
            if opciones["todas"] or f["total_bytes"] >= 2**20
        ]
        for linea in tabla(cabecera, lineas):
            self.stdout.write(linea)
        self.stdout.write(
            f"En total {tamanio(suma['total_bytes'])}: tablas {tamanio(suma['tablas_bytes'])}, índices "
            f"{tamanio(suma['indices_bytes'])}, toast {tamanio(suma['toast_bytes'])}. "
            f"{cifra(suma['documentos'])} documentos, {tamanio(suma['bytes_por_documento'])} cada uno."
        )
        for dicho in dichos:
            self.stdout.write(self.style.WARNING(dicho))


def _porciento(parte):
    return "—" if parte is None else f"{100 * parte:.0f}%"


def _dia(momento):
    return "nunca" if momento is None else f"{timezone.localtime(momento):%d/%m %H:%M}"
