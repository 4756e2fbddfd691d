"""A notice sent to many, whole, for who received it."""

from django.http import Http404
from django.urls import path
from django.views.decorators.http import require_safe

from core.pages import responder
from notifications.correo.masivo import clave_de
from notifications.models import EnvioMasivo, Notificacion


@require_safe
def aviso(request, pk):
    """The text of a mass sending; 404 for who was not told of it."""
    recibido = Notificacion.objects.de(request.user).filter(clave=clave_de(pk))
    envio = EnvioMasivo.objects.filter(pk=pk).first() if recibido.exists() else None
    if envio is None:
        raise Http404("No encontramos lo que buscas.")
    plantilla = "notifications/aviso.html"
    return responder(request, plantilla, plantilla, {"envio": envio})


urlpatterns = [path("avisos/<int:pk>/", aviso, name="aviso")]
