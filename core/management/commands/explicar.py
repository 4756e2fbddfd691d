"""Command explicar."""

import json

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError

from core.db import pantallas as registro
from core.db.formas import breve, forma_de
from core.db.planes import AVISO, BIEN, MAL, arbol, explicar

REPETIDA = 4  # times that one screen may ask the same


class Command(BaseCommand):
    """Explain what a screen, or any queryset, asks the database; exit code 1 when something is bad."""

    help = "Explica las consultas de una pantalla (o de un queryset) y dice si están bien servidas."

    def add_arguments(self, parser):
        parser.add_argument(
            "pantalla", nargs="*", help="Nombres de pantallas; «todas» las recorre. Ver --listar."
        )
        parser.add_argument("--listar", action="store_true", help="Muestra las pantallas que hay.")
        parser.add_argument(
            "--queryset", metavar="RUTA", help="Ruta con puntos de un queryset o de algo que lo devuelve."
        )
        parser.add_argument(
            "--argumento",
            action="append",
            default=[],
            help="Texto que se le pasa a --queryset; puede repetirse.",
        )
        parser.add_argument("--usuario", help="Persona que mira; sin ella, alguien del área con más trabajo.")
        parser.add_argument(
            "--analyze", action="store_true", help="Ejecuta cada consulta (solo lee y se deshace) y mide."
        )
        parser.add_argument("--buffers", action="store_true", help="Con --analyze: bloques leídos.")
        parser.add_argument(
            "--espera", type=int, default=15_000, help="Milisegundos que puede tardar cada consulta."
        )
        parser.add_argument(
            "--sin-plan", action="store_true", help="Solo el veredicto, sin el árbol del plan."
        )
        parser.add_argument("--json", action="store_true", help="Escribe el resultado como JSON.")

    def handle(self, *args, **opciones):
        if opciones["listar"]:
            return self._listar(opciones["json"])
        usuario = self._usuario(opciones["usuario"])
        resultados = [
            self._explicar(nombre, funcion, usuario, opciones) for nombre, funcion in self._pedidas(opciones)
        ]
        if opciones["json"]:
            self.stdout.write(json.dumps(resultados, ensure_ascii=False, indent=2, default=str))
        malas = [r["pantalla"] for r in resultados if r["nivel"] == MAL]
        if malas:
            raise CommandError(f"Mal servidas: {', '.join(malas)}.", returncode=1)
        return None

    def _listar(self, como_json):
        titulos = {nombre: registro.titulo_de(f) for nombre, f in registro.pantallas().items()}
        if como_json:
            self.stdout.write(json.dumps(titulos, ensure_ascii=False, indent=2))
            return
        for nombre, titulo in titulos.items():
            self.stdout.write(f"{nombre:<22} {titulo}")

    def _usuario(self, nombre):
        if not nombre:
            return registro.usuario_tipico()
        try:
            return get_user_model().objects.get_by_natural_key(nombre)
        except ObjectDoesNotExist:
            raise CommandError(f"No existe el usuario «{nombre}».") from None

    def _pedidas(self, opciones):
        """[(name, function)] to explain."""
        if opciones["queryset"]:
            try:
                return [
                    (opciones["queryset"], registro.resolver(opciones["queryset"], opciones["argumento"]))
                ]
            except (ImportError, AttributeError) as error:
                raise CommandError(f"No se encuentra {opciones['queryset']}: {error}") from error
        todas = registro.pantallas()
        nombres = opciones["pantalla"]
        if not nombres:
            raise CommandError("Indica una pantalla (ver --listar), «todas», o --queryset RUTA.")
        if nombres == ["todas"]:
            return list(todas.items())
        if faltan := [nombre for nombre in nombres if nombre not in todas]:
            raise CommandError(f"No existe la pantalla {', '.join(faltan)}. Las que hay: {', '.join(todas)}.")
        return [(nombre, todas[nombre]) for nombre in nombres]

    def _explicar(self, nombre, funcion, usuario, opciones):
        """Explain one screen and, unless as JSON, print it. Returns: dict."""
        hecho = {"pantalla": nombre, "usuario": str(usuario), "nivel": BIEN, "consultas": []}
        if not opciones["json"]:
            self.stdout.write(self.style.MIGRATE_HEADING(f"{nombre}  ({usuario or 'nadie'})"))
        try:
            consultas = registro.capturar(funcion, usuario, espera_ms=opciones["espera"])
        except registro.PantallaSinDatos as error:
            return self._omitir(hecho, AVISO, f"sin datos para mostrarla: {error}", opciones)
        except Exception as error:  # a door that fails is a finding; the other screens still count
            return self._omitir(hecho, MAL, f"no se pudo abrir: {type(error).__name__} {error}", opciones)
        orden = (BIEN, AVISO, MAL)
        for numero, (sql, params, veces) in enumerate(consultas, 1):
            hallada = explicar(
                sql,
                params,
                analizar=opciones["analyze"],
                buffers=opciones["buffers"],
                espera_ms=opciones["espera"],
            )
            hallada.veces = veces
            if veces >= REPETIDA:
                hallada.hallar(AVISO, f"se repite {veces} veces: una sola consulta podría traerlo todo")
            hecho["nivel"] = max(hecho["nivel"], hallada.nivel, key=orden.index)
            # Values may be of real persons: the statement is shown by its shape; conditions of the plan do hold them.
            hallada.sql = forma_de(sql)
            hecho["consultas"].append(hallada.como_dict())
            if not opciones["json"]:
                self._mostrar(numero, hallada, opciones)
        if not opciones["json"]:
            self.stdout.write(f"  {len(consultas)} consultas, {self._pintar(hecho['nivel'])}\n")
        return hecho

    def _omitir(self, hecho, nivel, texto, opciones):
        hecho |= {"nivel": nivel, "motivo": texto}
        if not opciones["json"]:
            self.stdout.write(f"  {self._pintar(nivel)}: {texto}\n")
        return hecho

    def _pintar(self, nivel):
        estilo = {BIEN: self.style.SUCCESS, AVISO: self.style.WARNING, MAL: self.style.ERROR}
        return estilo[nivel](nivel)

    def _mostrar(self, numero, hallada, opciones):
        escribir = self.stdout.write
        veces = f" (x{hallada.veces})" if hallada.veces > 1 else ""
        escribir(f"  {numero}. {self._pintar(hallada.nivel)}{veces} {breve(hallada.sql, 400)}")
        for nivel, texto in hallada.hallazgos:
            escribir(f"     {self._pintar(nivel)}: {texto}")
        if hallada.indices:
            escribir(f"     índices: {', '.join(hallada.indices)}")
        if hallada.analizada and hallada.plan:
            bloques = "".join(
                f", {n} bloques {clave.replace('_', ' ')}" for clave, n in hallada.bloques.items()
            )
            escribir(
                f"     {hallada.tiempo_ms:.2f} ms, lee {hallada.leidas} filas y muestra "
                f"{hallada.mostradas}{bloques}"
            )
        if not opciones["sin_plan"]:
            for linea in arbol(hallada):
                escribir(f"       {linea}")
