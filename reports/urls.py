"""Addresses of the reports; each door module declares its own list."""

from reports.views import reportes, tablero

app_name = "reports"
urlpatterns = [*reportes.urlpatterns, *tablero.urlpatterns]
