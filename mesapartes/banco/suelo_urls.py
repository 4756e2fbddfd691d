"""Empty views of the bench: what Django, DRF and the product's middleware cost by themselves. Not in the product."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView


@login_not_required
def vacia(request):
    """Django and nothing else."""
    return HttpResponse("vacia")


def con_usuario(request):
    """An empty page of somebody who entered."""
    return HttpResponse(f"vacia {request.user.pk}")


class Vacia(APIView):
    """DRF and nothing else."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request):
        return Response({"vacia": True})


class VaciaConUsuario(APIView):
    """DRF as the product sets it, for somebody who entered."""

    def get(self, request):
        return Response({"vacia": request.user.pk})


urlpatterns = [
    path("", vacia, name="vacia"),
    path("usuario/", con_usuario, name="vacia-usuario"),
    path("api/", Vacia.as_view(), name="vacia-api"),
    path("api/usuario/", VaciaConUsuario.as_view(), name="vacia-api-usuario"),
]
