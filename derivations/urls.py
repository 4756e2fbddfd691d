"""Addresses of derivations; each door module declares its own list."""

from derivations.views import actos, bandejas, lector, lotes, remision

app_name = "derivations"
urlpatterns = [
    *bandejas.urlpatterns,
    *actos.urlpatterns,
    *lotes.urlpatterns,
    *lector.urlpatterns,
    *remision.urlpatterns,
]
