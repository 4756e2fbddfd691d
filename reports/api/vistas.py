"""API of the reports: statistics of the moment, attention times, and reports made behind."""

from django.http import Http404
from django.urls import path, reverse
from rest_framework.response import Response

from core.api import VistaApi
from core.pages import paginar
from documents.permissions import exigir
from reports.api.entradas import FiltrosEstadisticas, PedidoDeReporte
from reports.api.salidas import reporte_en_json
from reports.descarga import archivo_de, entregar
from reports.estadisticas import obtener_estadisticas
from reports.metricas import calcular_metricas
from reports.models import Reporte
from reports.permissions import puede_ver_reportes
from reports.services import cancelar_reporte, solicitar_reporte


class _Figuras(VistaApi):
    """Base: ?desde&hasta&area, of the areas whose reports the caller sees."""

    calcular = None

    def get(self, request):
        usuario = request.user
        exigir(puede_ver_reportes(usuario), usuario=usuario, accion="ver estadísticas", ip=self.ip)
        filtros = FiltrosEstadisticas(data=request.query_params)
        filtros.is_valid(raise_exception=True)
        datos = filtros.validated_data
        areas = datos.get("area") or None
        return Response(self.calcular(usuario, datos["desde"], datos["hasta"], areas, ip=self.ip))


class Estadisticas(_Figuras):
    """What there is now, what came in and what was finished."""

    calcular = staticmethod(obtener_estadisticas)


class Metricas(_Figuras):
    """Working hours from reception in the area to attention: mean, median and the slowest tenth."""

    calcular = staticmethod(calcular_metricas)


class _DeReportes(VistaApi):
    """Base: only who may ask for reports, and only one's own."""

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        usuario = request.user
        exigir(puede_ver_reportes(usuario), usuario=usuario, accion="ver reportes", ip=self.ip)

    def reporte(self, pk):
        reporte = Reporte.objects.de(self.request.user).para_lista().filter(pk=pk).first()
        if reporte is None:
            raise Http404
        return reporte


class Reportes(_DeReportes):
    """GET lists the caller's own, the newest first, by cursor. POST asks for one, and answers at once."""

    def get(self, request):
        pagina = paginar(Reporte.objects.de(request.user).para_lista(), request, [("pk", "desc")])
        return Response(
            {"siguiente": pagina.siguiente, "reportes": [reporte_en_json(reporte) for reporte in pagina]}
        )

    def post(self, request):
        reporte = solicitar_reporte(actor=request.user, ip=self.ip, **self.leer(PedidoDeReporte))
        lugar = reverse("api:reporte", args=[reporte.pk])
        return Response(reporte_en_json(reporte), status=202, headers={"Location": lugar})


class UnReporte(_DeReportes):
    """One report, with its progress."""

    def get(self, request, pk):
        return Response(reporte_en_json(self.reporte(pk)))


class DescargarReporte(_DeReportes):
    """Its file, once it is ready and while it is kept."""

    def get(self, request, pk):
        reporte = self.reporte(pk)
        return entregar(reporte, archivo_de(reporte, request.user, ip=self.ip))


class CancelarReporte(_DeReportes):
    """Stops it: at once while it waits, at its next rows while it is written."""

    def post(self, request, pk):
        cancelar_reporte(reporte_id=self.reporte(pk).pk, actor=request.user)
        return Response(reporte_en_json(self.reporte(pk)), status=202)


urlpatterns = [
    path("reportes/", Reportes.as_view(), name="reportes"),
    path("reportes/<int:pk>/", UnReporte.as_view(), name="reporte"),
    path("reportes/<int:pk>/descarga/", DescargarReporte.as_view(), name="reporte-descargar"),
    path("reportes/<int:pk>/cancelar/", CancelarReporte.as_view(), name="reporte-cancelar"),
    path("estadisticas/", Estadisticas.as_view(), name="estadisticas"),
    path("metricas/", Metricas.as_view(), name="metricas"),
]
