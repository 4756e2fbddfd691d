"""Addresses of the notifications."""

from notifications.views import aviso, campana, lista, preferencias, seguimiento

app_name = "notifications"
urlpatterns = [
    *aviso.urlpatterns,
    *campana.urlpatterns,
    *preferencias.urlpatterns,
    *seguimiento.urlpatterns,
    *lista.urlpatterns,
]
