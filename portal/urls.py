"""Addresses of the citizen's desk."""

from django.urls import path, re_path

from portal import views

app_name = "portal"
urlpatterns = [
    path("publico/", views.inicio, name="inicio"),
    path("consulta/", views.consultar, name="consultar"),
    re_path(r"^c/(?P<token>[0-9A-Za-z]{26})/cargo\.pdf$", views.cargo, name="cargo"),
    re_path(r"^c/(?P<token>[0-9A-Za-z]{26})/?$", views.seguir, name="seguir"),
]
