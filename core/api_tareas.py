"""API of the background work: one's own tasks, how far they are, cancel and retry."""

from django.urls import path
from rest_framework.response import Response

from core.api import VistaApi, lista_de
from core.constants import EstadoTarea
from core.errors import DatosInvalidos
from core.jobs import cancelar_tarea, reintentar_tarea
from core.models import Tarea
from core.pages import paginar
from core.permissions import tarea_o_404

ORDEN = [("pk", "desc")]


def tarea_en_json(tarea):
    """A task as the API tells it: never its arguments nor the inside of its error."""
    return {
        "id": tarea.pk,
        "titulo": tarea.titulo,
        "estado": tarea.estado,
        "progreso": tarea.progreso,
        "mensaje": tarea.progreso_texto,
        "intentos": tarea.intentos,
        "max_intentos": tarea.max_intentos,
        "cancelacion_pedida": tarea.cancelar and not tarea.terminada,
        "error": tarea.error_legible,
        "enlace": tarea.enlace or None,
        "creada_en": tarea.creada_en,
        "iniciada_en": tarea.iniciada_en,
        "terminada_en": tarea.terminada_en,
        "proximo_intento_en": tarea.proximo_intento_en if tarea.estado == EstadoTarea.PENDIENTE else None,
    }


class Tareas(VistaApi):
    """GET lists the caller's own tasks, newest first; ?estado= keeps one state."""

    def get(self, request):
        tareas = Tarea.objects.filter(solicitada_por=request.user)
        if estado := request.query_params.get("estado"):
            if estado not in EstadoTarea.values:
                raise DatosInvalidos(campos={"estado": ["Estado desconocido."]})
            tareas = tareas.filter(estado=estado)
        return lista_de(paginar(tareas, request, ORDEN), tarea_en_json)


class UnaTarea(VistaApi):
    """GET tells one task."""

    def get(self, request, pk):
        return Response(tarea_en_json(tarea_o_404(request.user, pk)))


class Cancelar(VistaApi):
    """POST cancels it: one that waits at once, one that runs within seconds."""

    def post(self, request, pk):
        tarea = tarea_o_404(request.user, pk)
        return Response(tarea_en_json(cancelar_tarea(tarea_id=tarea.pk, actor=request.user)), status=202)


class Reintentar(VistaApi):
    """POST starts a failed or cancelled one again."""

    def post(self, request, pk):
        tarea = tarea_o_404(request.user, pk)
        return Response(tarea_en_json(reintentar_tarea(tarea_id=tarea.pk, actor=request.user)), status=202)


urlpatterns = [
    path("tareas/", Tareas.as_view(), name="tareas"),
    path("tareas/<int:pk>/", UnaTarea.as_view(), name="tarea"),
    path("tareas/<int:pk>/cancelar/", Cancelar.as_view(), name="tarea-cancelar"),
    path("tareas/<int:pk>/reintentar/", Reintentar.as_view(), name="tarea-reintentar"),
]
