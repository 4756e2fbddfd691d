"""The question of the bell: one query, outside every session."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.http import require_safe

from notifications.campana import pulso_de, sesion_de


@login_not_required
@require_safe
def pulso(request):
    """200 the bell again, 204 no news, 403 when there is no session behind: always the same, whatever is wrong."""
    campana = pulso_de(
        token=request.GET.get("t", "")[:200],
        sesion=sesion_de(request)[:64],
        version=request.GET.get("v", "")[:60],
    )
    if campana:
        html = render_to_string("notifications/_campana.html", {"campana": campana, "cambio": True})
        respuesta = HttpResponse(html)
    else:
        respuesta = HttpResponse(status=403 if campana is None else 204)
    respuesta["Cache-Control"] = "private, no-store"
    return respuesta


urlpatterns = [path("pulso/", pulso, name="pulso")]
