"""Addresses of the reports; each door module declares its own list."""

from reports.views import reportes

app_name = "reports"
urlpatterns = [*reportes.urlpatterns]
