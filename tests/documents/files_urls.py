"""The product's own addresses and a page that shows a file in a frame, as the record does."""

from django.http import HttpResponse
from django.urls import path

from mesapartes import urls as mesa

handler403, handler404, handler500 = mesa.handler403, mesa.handler404, mesa.handler500


def visor(request, pk):
    """A page that shows a file as the record does: in a frame of the same origin."""
    return HttpResponse(
        f'<!doctype html><title>v</title><iframe width="700" height="500" src="/archivos/{pk}/"></iframe>'
    )


urlpatterns = [path("visor/<int:pk>/", visor), *mesa.urlpatterns]
