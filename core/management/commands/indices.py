"""Command indices."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.db import costo
from core.db.catalogo import CatalogoOcupado, indices
from core.db.formas import breve
from core.db.indices import consejos
from core.db.texto import cifra, tabla, tamanio


class Command(BaseCommand):
    """Show how the indexes are used and advise which are missing or superfluous, with the statement ready."""

    help = "Muestra el uso de los índices y aconseja cuáles faltan, sobran o hay que rehacer."

    def add_arguments(self, parser):
        parser.add_argument(
            "--costo", action="store_true", help="Mide lo que cada índice cuesta a un registro."
        )
        parser.add_argument("--tabla", action="append", help="Con --costo: solo esta tabla; puede repetirse.")
        parser.add_argument("--filas", type=int, default=costo.FILAS, help="Con --costo: filas de la copia.")
        parser.add_argument("--vueltas", type=int, default=costo.VUELTAS, help="Con --costo: repeticiones.")
        parser.add_argument(
            "--todos", action="store_true", help="Lista todos los índices, también los pequeños."
        )
        parser.add_argument("--sql", action="store_true", help="Solo las sentencias aconsejadas.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **opciones):
        try:
            if opciones["costo"]:
                self._costo(opciones)
            else:
                self._consejos(consejos(), opciones)
        except CatalogoOcupado as error:
            raise CommandError(str(error)) from error

    # Cost

    def _costo(self, opciones):
        medidos = []
        conocidas = {i["tabla"] for i in indices()}
        if faltan := [nombre for nombre in opciones["tabla"] or () if nombre not in conocidas]:
            raise CommandError(f"No hay índices de {', '.join(faltan)}.")
        for nombre in opciones["tabla"] or costo.TABLAS:
            medido = costo.costo_de(nombre, filas=opciones["filas"], vueltas=opciones["vueltas"])
            medidos.append(medido)
            if not opciones["json"]:
                self._mostrar_costo(medido)
        if opciones["json"]:
            self.stdout.write(json.dumps(medidos, ensure_ascii=False, indent=2))

    def _mostrar_costo(self, medido):
        self.stdout.write(
            self.style.MIGRATE_HEADING(
                f"{medido['tabla']}: {cifra(medido['sin_indices_us'], 1)} µs por fila sin índices "
                f"(copia de {cifra(medido['filas'])} filas, lotes de {cifra(medido['lote'])})"
            )
        )
        indices = sorted(medido["indices"], key=lambda i: -i["us"])
        lineas = [
            (i["nombre"], cifra(i["us"], 1), tamanio(i["bytes"]), i["definicion"].partition(" USING ")[2])
            for i in indices
        ]
        suma = cifra(sum(i["us"] for i in indices), 1), tamanio(sum(i["bytes"] for i in indices))
        for linea in tabla(
            ("índice", "µs por fila", "tamaño", "<definición"), [*lineas, ("todos", *suma, "")]
        ):
            self.stdout.write(linea)

    # Advice

    def _consejos(self, datos, opciones):
        if opciones["json"]:
            self.stdout.write(json.dumps(datos, ensure_ascii=False, indent=2, default=str))
            return
        if opciones["sql"]:
            for clase in ("invalidos", "repetidos", "faltan", "sin_uso"):
                for dicho in datos[clase]:
                    self.stdout.write(dicho["sql"])
            return
        self._uso(datos["indices"], opciones["todos"])
        self._edad(datos)
        self._invalidos_y_repetidos(datos)
        self._seccion(
            "Sin uso", datos["sin_uso"], lambda i: f"{i['nombre']} ({i['tabla']}, {tamanio(i['bytes'])})"
        )
        self._faltan(datos["faltan"])
        self._enteras(datos["lecturas_enteras"])

    def _uso(self, indices, todos):
        lineas = [
            (
                f"{i['tabla']}.{i['nombre']}",
                tamanio(i["bytes"]),
                cifra(i["usos"]),
                cifra(i["entradas_leidas"]),
                cifra(i["filas_traidas"]),
                f"{timezone.localtime(i['ultimo_uso']):%d/%m %H:%M}" if i["ultimo_uso"] else "nunca",
            )
            for i in sorted(indices, key=lambda i: (i["tabla"], -i["usos"]))
            if todos or i["bytes"] >= 2**20
        ]
        for linea in tabla(("índice", "tamaño", "usos", "entradas", "filas", "último uso"), lineas):
            self.stdout.write(linea)

    def _edad(self, datos):
        desde = datos["cuentas_desde"]
        cuando = f"desde el {timezone.localtime(desde):%d/%m/%Y %H:%M}" if desde else "sin fecha de inicio"
        self.stdout.write(f"Cuentas {cuando}.")
        if datos["cuentas_jovenes"]:
            self.stdout.write(
                self.style.WARNING(
                    "Pueden ser demasiado jóvenes: un índice que solo usa el reporte del mes aún parece sobrar. "
                    "No quites nada por falta de uso todavía."
                )
            )

    def _invalidos_y_repetidos(self, datos):
        self._seccion("Inválidos", datos["invalidos"], lambda i: f"{i['nombre']} ({i['tabla']})")
        self._seccion(
            "Repetidos",
            datos["repetidos"],
            lambda i: (
                f"{i['nombre']} ({i['tabla']}, {tamanio(i['bytes'])}) "
                f"{'es igual a' if i['igual'] else 'es el comienzo de'} {i['otro']}"
            ),
        )

    def _seccion(self, titulo, filas, decir):
        self.stdout.write(self.style.MIGRATE_HEADING(f"{titulo}: {len(filas) or 'ninguno'}"))
        for fila in filas:
            self.stdout.write(f"  {decir(fila)}")
            self.stdout.write(f"      {fila['sql']}")

    def _faltan(self, filas):
        self._seccion(
            "Faltan",
            filas,
            lambda f: (
                f"{f['tabla']} por {', '.join(f['columnas'])}: {f['motivo']}, unas {cifra(f['lee'])} filas para "
                f"mostrar {cifra(f['muestra'], 1)}"
            ),
        )
        for fila in filas:
            for forma in fila["formas"][:3]:
                self.stdout.write(
                    f"      [{forma['clave']}] {cifra(forma['veces'])} veces, {cifra(forma['media_ms'], 1)} ms, "
                    f"{forma['lugar']}: {breve(forma['forma'], 200)}"
                )

    def _enteras(self, filas):
        self.stdout.write(self.style.MIGRATE_HEADING("Tablas grandes leídas enteras"))
        cabecera = ("tabla", "filas", "veces", "filas leídas")
        lineas = [(f["tabla"], cifra(f["filas"]), cifra(f["veces"]), cifra(f["filas_leidas"])) for f in filas]
        for linea in tabla(cabecera, lineas) if lineas else ["ninguna"]:
            self.stdout.write(linea)
