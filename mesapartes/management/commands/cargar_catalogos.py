"""Command cargar_catalogos."""

from django.core.management.base import BaseCommand

from mesapartes.datos.catalogos import cargar_catalogos


class Command(BaseCommand):
    """Add the catalogue rows that are missing; what the office edited stays as it is."""

    help = (
        "Agrega los catálogos que falten: roles, áreas, tipos, procedimientos y calendario. Se puede repetir."
    )

    def handle(self, *args, verbosity, **opciones):
        informe = cargar_catalogos()
        if verbosity:
            for nombre, agregado in informe.agregado.items():
                intacto = informe.intacto.get(nombre)
                resto = f", {intacto} ya estaban y no se tocaron" if intacto else ""
                self.stdout.write(f"{nombre}: {agregado} agregados{resto}")
            hecho = f"Listo: {informe.total} filas agregadas." if informe.total else "Listo: no faltaba nada."
            self.stdout.write(self.style.SUCCESS(hecho))
