"""The documents that the search finds with the same filters: same form, same query, same rule of visibility."""

from django.db.models import Count

from documents.constants import Estado, Prioridad
from documents.forms.busqueda import FiltrosDeBusqueda
from documents.identidad import velar
from documents.models import Remitente
from reports.informes.base import Columna, InformeDeFilas, recorrer, una_vez

CAMPOS = (
    "numero_expediente",
    "fecha_recepcion",
    "tipo_documento__nombre",
    "numero_documento_externo",
    "asunto",
    "remitente__tipo_identidad",
    "remitente__numero",
    "remitente_nombre",
    "numero_folios",
    "estado",
    "prioridad",
    "area_actual__nombre",
    "fecha_limite",
    "fecha_atencion",
    "area_actual",
)
COLUMNAS = [
    Columna("expediente", "Expediente", 18),
    Columna("recibido", "Recibido", 17, "instante"),
    Columna("tipo", "Tipo", 18),
    Columna("numero", "Número del documento", 22),
    Columna("asunto", "Asunto", 60),
    Columna("identidad", "DNI o RUC", 14),
    Columna("remitente", "Remitente", 36),
    Columna("folios", "Folios", 8, "entero"),
    Columna("estado", "Estado", 14),
    Columna("prioridad", "Prioridad", 11),
    Columna("area", "Lo tiene", 34),
    Columna("limite", "Vence", 12, "fecha"),
    Columna("atendido", "Atendido", 17, "instante"),
]


class Documentos(InformeDeFilas):
    codigo = "documentos"
    titulo = "Documentos"
    descripcion = "Los documentos que encuentra la búsqueda, con los mismos filtros."

    def filtros(self):
        return FiltrosDeBusqueda

    def columnas(self, filtros):
        return COLUMNAS

    def _consulta(self, ambito, filtros):
        return filtros.hallados(ambito.usuario)

    def _por_estado(self, ambito, filtros):
        """{state: how many}: in one pass the whole and its parts."""
        consulta = self._consulta(ambito, filtros).order_by().values_list("estado")
        return una_vez(filtros, "por_estado", lambda: dict(consulta.annotate(Count("pk"))))

    def contar(self, ambito, filtros):
        return sum(self._por_estado(ambito, filtros).values())

    def resumen(self, ambito, filtros):
        cuentas = self._por_estado(ambito, filtros)
        return [("Documentos", sum(cuentas.values()))] + [
            (estado.label, cuentas[estado.value]) for estado in Estado if cuentas.get(estado.value)
        ]

    def filas(self, ambito, filtros):
        orden = [ruta if sentido == "asc" else f"-{ruta}" for ruta, sentido in filtros.orden_elegido()]
        consulta = self._consulta(ambito, filtros).select_related(None).order_by(*orden).values_list(*CAMPOS)
        entera = ambito.identidad_entera()
        estados, prioridades = dict(Estado.choices), dict(Prioridad.choices)
        for *antes, clase, numero, nombre, folios, estado, prioridad, area, limite, atendido, pk in recorrer(
            consulta
        ):
            yield (
                *antes,
                numero if entera(pk) else velar(clase, numero),
                nombre,
                folios,
                estados.get(estado, estado),
                prioridades.get(prioridad, prioridad),
                area,
                limite,
                atendido,
            )

    def filtros_en_palabras(self, filtros):
        persona = filtros.valor("persona")
        palabras = [par for par in super().filtros_en_palabras(filtros) if par[0] != filtros["persona"].label]
        if persona:
            vista = Remitente.objects.filter(pk=persona).visibles_para(filtros.usuario).first()
            palabras.append(("Persona", vista.nombre if vista else "sin documentos visibles"))
        return palabras
