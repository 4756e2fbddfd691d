"""Addresses of the API, version 1."""

from derivations.api import vistas as derivaciones
from documents.api import vistas as documentos
from reports.api import vistas as reportes

app_name = "api"
urlpatterns = [*documentos.urlpatterns, *derivaciones.urlpatterns, *reportes.urlpatterns]
