"""API of the reports: statistics of the moment, and attention times."""

from django.urls import path
from rest_framework.response import Response

from core.api import VistaApi
from documents.permissions import exigir
from reports.api.entradas import FiltrosEstadisticas
from reports.estadisticas import obtener_estadisticas
from reports.metricas import calcular_metricas
from reports.permissions import puede_ver_reportes


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


urlpatterns = [
    path("estadisticas/", Estadisticas.as_view(), name="estadisticas"),
    path("metricas/", Metricas.as_view(), name="metricas"),
]
