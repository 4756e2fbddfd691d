"""Addresses of Mesa de Partes."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from core import health
from core import views as paginas
from mesapartes.views import inicio
from organization.views import entrada

handler400 = paginas.solicitud_mala
handler403 = paginas.prohibido
handler404 = paginas.no_encontrado
handler500 = paginas.error_interno

urlpatterns = [
    path("", inicio, name="inicio"),
    path("entrar/", entrada.Entrar.as_view(), name="entrar"),
    path("salir/", LogoutView.as_view(), name="salir"),
    path("salud/", health.salud, name="salud"),
    path("salud/vivo/", health.vivo, name="salud-vivo"),
    path("admin/", admin.site.urls),
    path("cuenta/", include("organization.urls")),
    path("", include("core.procesos")),
    path("notificaciones/", include("notifications.urls")),
    path("", include("documents.urls")),
    path("", include("derivations.urls")),
    path("", include("reports.urls")),
    path("", include("portal.urls")),
    path("api/v1/", include("mesapartes.api_urls")),
]
