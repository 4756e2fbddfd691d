"""API of the notifications: the caller's own, never another's."""

from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response

from core.api import VistaApi, lista_de
from core.pages import paginar
from notifications.campana import contar
from notifications.constants import Tipo
from notifications.lectura import ORDEN, VISTAS, notificaciones_de, preferencias_de, tapar
from notifications.services import guardar_preferencias, leer_notificacion, leer_todas


class FiltrosEntrada(serializers.Serializer):
    ver = serializers.ChoiceField(choices=list(VISTAS), required=False, default="todas")
    limite = serializers.IntegerField(min_value=1, max_value=100, required=False, default=25)


class HastaEntrada(serializers.Serializer):
    hasta = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, default=None)


class CanalesEntrada(serializers.Serializer):
    tipo = serializers.ChoiceField(choices=Tipo.choices)
    sistema = serializers.BooleanField()
    correo = serializers.BooleanField()


class ConfiguracionEntrada(serializers.Serializer):
    preferencias = CanalesEntrada(many=True, allow_empty=False, max_length=len(Tipo))


def _salida(n):
    return {
        "id": n.pk,
        "tipo": n.tipo,
        "texto": n.texto,
        "enlace": n.enlace if n.visible else None,
        "documento": n.documento_id if n.visible else None,
        "urgente": n.urgente,
        "creada_en": n.creada_en,
        "leida_en": n.leida_en,
    }


class Notificaciones(VistaApi):
    """GET lists, unread urgent ones first, by cursor."""

    def get(self, request):
        filtros = FiltrosEntrada(data=request.query_params)
        filtros.is_valid(raise_exception=True)
        datos = filtros.validated_data
        filas = notificaciones_de(request.user, datos["ver"])
        pagina = paginar(filas, request, orden=ORDEN, tamanio=datos["limite"])
        tapar(pagina.filas, request.user)
        return lista_de(pagina, _salida)


class Leer(VistaApi):
    """POST marks one as read."""

    def post(self, request, pk):
        notificacion = leer_notificacion(pk=pk, usuario=request.user)
        return Response(_salida(tapar([notificacion], request.user)[0]))


class MarcarTodas(VistaApi):
    """POST marks all as read, or those up to `hasta`."""

    def post(self, request):
        return Response({"leidas": leer_todas(usuario=request.user, **self.leer(HastaEntrada))})


class Resumen(VistaApi):
    """GET counts what is unread, up to 100."""

    def get(self, request):
        campana = contar(request.user)
        return Response(
            {"sin_leer": campana.sin_leer, "urgentes": campana.urgentes, "ultima": campana.ultima}
        )


class Configuracion(VistaApi):
    """GET the channels of each kind; PUT some of them."""

    def get(self, request):
        return Response({"preferencias": preferencias_de(request.user)})

    def put(self, request):
        elegidas = self.leer(ConfiguracionEntrada)["preferencias"]
        guardar_preferencias(
            usuario=request.user, elegidas={e["tipo"]: (e["sistema"], e["correo"]) for e in elegidas}
        )
        return self.get(request)


urlpatterns = [
    path("notificaciones/", Notificaciones.as_view(), name="notificaciones"),
    path("notificaciones/<int:pk>/leer/", Leer.as_view(), name="notificacion-leer"),
    path("notificaciones/marcar-todas/", MarcarTodas.as_view(), name="notificaciones-marcar-todas"),
    path("notificaciones/resumen/", Resumen.as_view(), name="notificaciones-resumen"),
    path("notificaciones/configuracion/", Configuracion.as_view(), name="notificaciones-configuracion"),
]
