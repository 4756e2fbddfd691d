"""Page "Procesos": the background work a person asked for, and the foot of the menu."""

from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.constants import ESTADOS_VIVOS
from core.errors import ErrorDeNegocio
from core.health import situacion
from core.jobs import cancelar_tarea, reintentar_tarea
from core.models import Tarea
from core.pages import ir_a, paginar, responder
from core.permissions import tarea_o_404

ORDEN = [("pk", "desc")]


@require_safe
@never_cache
def lista(request):
    """A person's own tasks, newest first; the fragment refreshes itself while one of them lives."""
    pagina = paginar(Tarea.objects.filter(solicitada_por=request.user), request, ORDEN)
    ctx = {
        "pagina": pagina,
        "vivas": any(t.estado in ESTADOS_VIVOS for t in pagina),
        "aqui": request.get_full_path(),
    }
    return responder(request, "core/procesos.html", "core/_procesos.html", ctx)


@require_safe
@never_cache
def pie(request):
    """How the background work stands, for the foot of the menu."""
    return render(request, "_pie.html", {"pie": situacion(), "fuera_de_banda": True})


def _actuar(request, pk, servicio, hecho):
    tarea = tarea_o_404(request.user, pk)
    try:
        tarea = servicio(tarea_id=tarea.pk, actor=request.user)
    except ErrorDeNegocio as error:
        return ir_a(request, reverse("procesos"), str(error), "warning")
    return ir_a(request, reverse("procesos"), f"{tarea.titulo}: {hecho(tarea)}.")


@require_POST
def cancelar(request, pk):
    """Cancel: at once what waits, within seconds what runs."""
    return _actuar(
        request, pk, cancelar_tarea, lambda t: "cancelado" if t.terminada else "se detendrá en unos segundos"
    )


@require_POST
def reintentar(request, pk):
    """Start again what failed or was cancelled."""
    return _actuar(request, pk, reintentar_tarea, lambda t: "en espera de empezar otra vez")


urlpatterns = [
    path("procesos/", lista, name="procesos"),
    path("procesos/pie/", pie, name="procesos-pie"),
    path("procesos/<int:pk>/cancelar/", cancelar, name="procesos-cancelar"),
    path("procesos/<int:pk>/reintentar/", reintentar, name="procesos-reintentar"),
]
