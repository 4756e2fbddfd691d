"""The register book: what came in on a day, in order of arrival."""

from django.db.models import Count, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from derivations.models import Derivacion
from documents.constants import Canal, Estado
from documents.filtros import entre_dias
from documents.identidad import velar
from documents.models import Documento
from reports.informes.base import Columna, recorrer, una_vez
from reports.informes.filtros import FiltrosDeLibro
from reports.informes.periodicos import InformeDePeriodo

COLUMNAS = [
    Columna("expediente", "Expediente", 18),
    Columna("recibido", "Recibido", 17, "instante"),
    Columna("tipo", "Tipo", 18),
    Columna("numero", "Número del documento", 22),
    Columna("identidad", "DNI o RUC", 14),
    Columna("remitente", "Remitente", 34),
    Columna("asunto", "Asunto", 50),
    Columna("folios", "Folios", 8, "entero"),
    Columna("destino", "Destino", 30),
    Columna("registro", "Recibió", 26),
    Columna("estado", "Estado", 14),
]
CAMPOS = (
    "numero_expediente",
    "fecha_recepcion",
    "tipo_documento__nombre",
    "numero_documento_externo",
    "remitente__tipo_identidad",
    "remitente__numero",
    "remitente_nombre",
    "asunto",
    "numero_folios",
    "destino",
    "quien",
    "estado",
    "area_actual",
)


class LibroDelDia(InformeDePeriodo):
    codigo = "libro-del-dia"
    titulo = "Libro de registro"
    descripcion = "Lo que ingresó en un día o en varios, en orden de llegada."

    def filtros(self):
        return FiltrosDeLibro

    def columnas(self, filtros):
        return COLUMNAS

    def _consulta(self, ambito, filtros):
        documentos = entre_dias(
            Documento.objects.visibles_para(ambito.usuario),
            "fecha_recepcion",
            filtros.periodo.desde,
            filtros.periodo.hasta,
        )
        if mesa := filtros.valor("area"):
            documentos = documentos.filter(area_registro=mesa)
        if tipo := filtros.valor("tipo"):
            documentos = documentos.filter(tipo_documento=tipo)
        return documentos.order_by()

    def _por_canal(self, ambito, filtros):
        """{channel: (documents, sheets)}: in one pass the whole and its parts."""

        def contar():
            filas = self._consulta(ambito, filtros).values_list("canal")
            return {canal: par for canal, *par in filas.annotate(Count("pk"), Sum("numero_folios"))}

        return una_vez(filtros, "por_canal", contar)

    def contar(self, ambito, filtros):
        return sum(cuantos for cuantos, _ in self._por_canal(ambito, filtros).values())

    def resumen(self, ambito, filtros):
        canales = self._por_canal(ambito, filtros)
        folios = sum(folios or 0 for _, folios in canales.values())
        return [("Documentos", self.contar(ambito, filtros)), ("Folios", folios)] + [
            (canal.label, canales[canal.value][0]) for canal in Canal if canal.value in canales
        ]

    def filas(self, ambito, filtros):
        primera = Derivacion.objects.principales().filter(documento=OuterRef("pk"))
        primera = primera.order_by("numero_derivacion").values("area_destino__nombre")[:1]
        consulta = (
            self._consulta(ambito, filtros)
            .annotate(
                destino=Coalesce(Subquery(primera), "area_sugerida__nombre"),
                quien=Concat("usuario_registro__first_name", Value(" "), "usuario_registro__last_name"),
            )
            .order_by("fecha_recepcion", "pk")
            .values_list(*CAMPOS)
        )
        entera, estados = ambito.identidad_entera(), dict(Estado.choices)
        for *antes, clase, numero, nombre, asunto, folios, destino, quien, estado, area in recorrer(consulta):
            identidad = numero if entera(area) else velar(clase, numero)
            estado = estados.get(estado, estado)
            yield (*antes, identidad, nombre, asunto, folios, destino, quien.strip(), estado)
