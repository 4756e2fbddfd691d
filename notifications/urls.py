"""Addresses of the notifications."""

from notifications.views import campana, lista, preferencias, seguimiento

app_name = "notifications"
urlpatterns = [
    *campana.urlpatterns,
    *preferencias.urlpatterns,
    *seguimiento.urlpatterns,
    *lista.urlpatterns,
]
