"""Addresses of documents; each door module declares its own list."""

from documents.views import acciones, archivos, busqueda, cargo, detalle, registro, remitentes

app_name = "documents"
urlpatterns = [
    *registro.urlpatterns,
    *remitentes.urlpatterns,
    *detalle.urlpatterns,
    *acciones.urlpatterns,
    *busqueda.urlpatterns,
    *cargo.urlpatterns,
    *archivos.urlpatterns,
]
