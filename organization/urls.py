"""Addresses of the person's own account."""

from organization.views import cuenta

app_name = "organization"
urlpatterns = [*cuenta.urlpatterns]
