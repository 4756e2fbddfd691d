"""The administration site, behind the product's own permission."""

from django.contrib.admin import AdminSite

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
