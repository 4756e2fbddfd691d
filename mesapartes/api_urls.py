"""Addresses of the API, version 1."""

from core import api_tareas as tareas
from derivations.api import vistas as derivaciones
from documents.api import vistas as documentos
from notifications import api as notificaciones
from reports.api import vistas as reportes

app_name = "api"
urlpatterns = [
    *documentos.urlpatterns,
    *derivaciones.urlpatterns,
    *notificaciones.urlpatterns,
    *reportes.urlpatterns,
    *tareas.urlpatterns,
]
