"""What is late, what soon will be, and what positive silence would approve and when."""

from django.db.models import Count, Q, Value
from django.db.models.functions import Concat

from derivations.bandejas import Hoy
from documents.constants import ESTADOS_QUE_CORREN, Silencio
from documents.filtros import por_reloj
from documents.models import Documento
from documents.presentacion import dias_hasta
from reports.informes.base import Columna, InformeDeFilas, recorrer, una_vez
from reports.informes.filtros import FiltrosDeVencidos

COLUMNAS = [
    Columna("situacion", "Situación", 12),
    Columna("dias", "Días hábiles", 9, "entero"),
    Columna("vence", "Vence", 12, "fecha"),
    Columna("aprueba", "Se aprueba al acabar", 12, "fecha"),
    Columna("expediente", "Expediente", 18),
    Columna("recibido", "Recibido", 17, "instante"),
    Columna("tipo", "Tipo", 18),
    Columna("asunto", "Asunto", 50),
    Columna("remitente", "Remitente", 32),
    Columna("area", "Lo tiene", 30),
    Columna("persona", "Asignado a", 24),
    Columna("silencio", "Silencio", 12),
]
CAMPOS = (
    "fecha_limite",
    "silencio",
    "numero_expediente",
    "fecha_recepcion",
    "tipo_documento__nombre",
    "asunto",
    "remitente_nombre",
    "area_actual__nombre",
    "persona",
)
_SILENCIOS = {Silencio.POSITIVO: "Positivo", Silencio.NEGATIVO: "Negativo"}


class Vencidos(InformeDeFilas):
    codigo = "vencidos"
    titulo = "Vencidos y por vencer"
    descripcion = "Lo que pasó su plazo, lo que está por pasarlo y lo que aprobaría el silencio positivo."

    def filtros(self):
        return FiltrosDeVencidos

    def columnas(self, filtros):
        return COLUMNAS

    def _consulta(self, ambito, filtros):
        """The same documents that the figures of the screen count, of those that the person may see."""
        hoy, areas, situacion = Hoy.leer(), filtros.areas(ambito), filtros.valor("situacion")
        visibles = Documento.objects.visibles_para(ambito.usuario)
        if situacion:
            documentos = por_reloj(visibles, {"plazo": situacion})
        else:
            documentos = visibles.filter(estado__in=ESTADOS_QUE_CORREN, fecha_limite__lt=hoy.holgado)
        if filtros.valor("silencio"):
            documentos = documentos.filter(silencio=Silencio.POSITIVO)
        if areas is not None:
            documentos = documentos.filter(area_actual__in=areas)
        return documentos.order_by(), hoy

    def _cuentas(self, ambito, filtros):
        """{figure: how many}: in one pass the whole and its parts."""
        documentos, hoy = self._consulta(ambito, filtros)
        tarde, positivo = Q(fecha_limite__lt=hoy.fecha), Q(silencio=Silencio.POSITIVO)
        return una_vez(
            filtros,
            "cuentas",
            lambda: documentos.aggregate(
                todos=Count("pk"),
                vencidos=Count("pk", filter=tarde),
                por_vencer=Count("pk", filter=~tarde),
                aprobados=Count("pk", filter=tarde & positivo),
                por_aprobar=Count("pk", filter=~tarde & positivo),
            ),
        )

    def contar(self, ambito, filtros):
        return self._cuentas(ambito, filtros)["todos"]

    def resumen(self, ambito, filtros):
        cuentas = self._cuentas(ambito, filtros)
        return [
            ("Vencidos", cuentas["vencidos"]),
            ("Por vencer", cuentas["por_vencer"]),
            ("Vencidos con silencio positivo", cuentas["aprobados"]),
            ("Por vencer con silencio positivo", cuentas["por_aprobar"]),
        ]

    def filas(self, ambito, filtros):
        documentos, hoy = self._consulta(ambito, filtros)
        consulta = (
            documentos.annotate(persona=Concat("asignado_a__first_name", Value(" "), "asignado_a__last_name"))
            .order_by("fecha_limite", "pk")
            .values_list(*CAMPOS)
        )
        dias = {}
        for limite, silencio, *datos, persona in recorrer(consulta):
            if limite not in dias:
                dias[limite] = dias_hasta(limite, hoy=hoy.fecha, calendario=hoy.calendario)
            yield (
                "Vencido" if limite < hoy.fecha else "Vence hoy" if limite == hoy.fecha else "Por vencer",
                dias[limite],
                limite,
                limite if silencio == Silencio.POSITIVO else None,
                *datos,
                persona.strip(),
                _SILENCIOS.get(silencio, ""),
            )
