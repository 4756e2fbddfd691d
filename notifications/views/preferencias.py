"""Which notices a person takes, and by which channel."""

from django.urls import path, reverse_lazy
from django.views.decorators.http import require_http_methods

from core.pages import ir_a, responder
from notifications.lectura import preferencias_de
from notifications.services import guardar_preferencias


@require_http_methods(["GET", "HEAD", "POST"])
def preferencias(request):
    """A table of kinds by channels; what is not ticked is not wanted."""
    filas = preferencias_de(request.user)
    if request.method == "POST":
        sistema, correo = set(request.POST.getlist("sistema")), set(request.POST.getlist("correo"))
        guardar_preferencias(
            usuario=request.user,
            elegidas={f["tipo"]: (f["tipo"] in sistema, f["tipo"] in correo) for f in filas},
        )
        return ir_a(request, reverse_lazy("notifications:preferencias"), "Preferencias guardadas.")
    plantilla = "notifications/preferencias.html"
    return responder(request, plantilla, plantilla, {"filas": filas})


urlpatterns = [path("preferencias/", preferencias, name="preferencias")]
