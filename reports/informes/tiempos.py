"""Attention times: the figures of each area, and the attentions they come from."""

from django.core.exceptions import EmptyResultSet
from django.db import connection

from documents.models import Documento
from reports.informes.base import Columna, recorrer_sql
from reports.informes.periodicos import InformeDePeriodo
from reports.metricas import calcular_metricas, tiempos_de

COLUMNAS = [
    Columna("area", "Área", 34),
    Columna("expediente", "Expediente", 18),
    Columna("tipo", "Tipo", 18),
    Columna("asunto", "Asunto", 50),
    Columna("persona", "Atendió", 26),
    Columna("recibido", "Recibido", 17, "instante"),
    Columna("atendido", "Atendido", 17, "instante"),
    Columna("horas", "Horas hábiles", 10, "horas"),
]
_FILAS = """
SELECT {que}
FROM tiempos x
JOIN documents_documento o ON o.id = x.documento_id
JOIN documents_tipodocumento t ON t.id = o.tipo_documento_id
JOIN organization_area a ON a.id = x.area
LEFT JOIN organization_usuario u ON u.id = x.usuario_atiende_id
WHERE o.id IN ({visibles})
"""
_QUE = """a.nombre, o.numero_expediente, t.nombre, o.asunto,
    trim(concat_ws(' ', u.first_name, u.last_name)), x.fecha_recepcion, x.fecha_atencion, (x.s / 3600)::float"""
_EXTRA = ("id", "documento_id", "usuario_atiende_id", "fecha_recepcion", "fecha_atencion")


class TiemposDeAtencion(InformeDePeriodo):
    codigo = "tiempos-de-atencion"
    titulo = "Tiempos de atención"
    descripcion = "Horas hábiles desde que un área recibe hasta que atiende: por área, y cada atención."

    def columnas(self, filtros):
        return COLUMNAS

    def _sql(self, ambito, filtros, que, orden=""):
        """(SQL, parameters) over the attentions of documents that the person may see, or None."""
        tiempos = tiempos_de(filtros.areas(ambito), filtros.periodo, *_EXTRA)
        visibles = Documento.objects.visibles_para(ambito.usuario).order_by().values("pk")
        try:
            visibles, parametros = visibles.query.sql_with_params()
        except EmptyResultSet:
            return None
        if tiempos is None:
            return None
        inicio, valores = tiempos
        # One statement has named places only: each plain one of the rule of visibility gets a name.
        partes = visibles.split("%s")
        donde = "".join(f"{parte}%(v{n})s" for n, parte in enumerate(partes[:-1])) + partes[-1]
        valores |= {f"v{n}": valor for n, valor in enumerate(parametros)}
        return inicio + _FILAS.format(que=que, visibles=donde) + orden, valores

    def contar(self, ambito, filtros):
        pedido = self._sql(ambito, filtros, "count(*)")
        if pedido is None:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(*pedido)
            return cursor.fetchone()[0]

    def filas(self, ambito, filtros):
        pedido = self._sql(ambito, filtros, _QUE, "ORDER BY a.nombre, x.fecha_atencion, x.id")
        return iter(()) if pedido is None else recorrer_sql(*pedido)

    def resumen(self, ambito, filtros):
        """Figures of the whole, then of each area: the same function as the screen's."""
        cifras = self.pedir(calcular_metricas, ambito, filtros)
        return _lineas("Todas", cifras["total"]) + [
            linea for fila in cifras["por_area"] for linea in _lineas(fila["sigla"], fila)
        ]


def _lineas(nombre, cifras):
    if not cifras["atenciones"]:
        return [(f"{nombre}: atenciones", 0)]
    return [
        (f"{nombre}: atenciones", cifras["atenciones"]),
        (f"{nombre}: media en horas", cifras["media_horas"]),
        (f"{nombre}: mediana en horas", cifras["mediana_horas"]),
        (f"{nombre}: nueve de diez en menos de, en horas", cifras["p90_horas"]),
    ]
