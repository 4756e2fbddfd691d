"""The administration site, behind the product's own permission and the product's own door."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from core.admin_base import PERMISO_ENTRAR


class SitioMesa(AdminSite):
    """Named as default_site by the project's AdminConfig."""

    site_header = "Mesa de Partes · Administración"
    site_title = "Mesa de Partes"
    index_title = "Catálogos, personas y registros"
    site_url = "/"
    empty_value_display = "—"
    enable_nav_sidebar = False

    def has_permission(self, request):
        usuario = request.user
        return usuario.is_authenticated and usuario.is_active and usuario.tiene_permiso(PERMISO_ENTRAR)

    @method_decorator([never_cache, login_not_required])
    def login(self, request, extra_context=None):
        """Send whoever has not entered to the product's door; refuse whoever has, without the permission."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), settings.LOGIN_URL)
