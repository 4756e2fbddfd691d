"""The file doors alone, so that these tests need no other page."""

from django.http import HttpResponse
from django.urls import include, path

from documents.views import archivos


def visor(request, pk):
    """A page that shows a file as the record does: in a frame of the same origin."""
    return HttpResponse(
        f'<!doctype html><title>v</title><iframe width="700" height="500" src="/archivos/{pk}/"></iframe>'
    )


def nada(request, exception=None):
    return HttpResponse("nada", status=404)


handler404 = nada
urlpatterns = [
    path("", include((archivos.urlpatterns, "documents"))),
    path("visor/<int:pk>/", visor),
    path("entrar/", lambda request: HttpResponse("entrar"), name="entrar"),
]
