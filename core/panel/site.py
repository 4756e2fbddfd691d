"""The administration site, behind the product's own permission and the product's own door."""

from functools import update_wrapper

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.i18n import JavaScriptCatalog

from core.panel.base import FORMATO_FECHA, PERMISO_ENTRAR, PuertaDePermisos
from core.panel.historia import registrar_rechazo
from core.texto import normalizar


class TextosDelCalendario(JavaScriptCatalog):
    """Django's words for its date widgets, which write the day as the office does."""

    packages = ["django.contrib.admin"]

    def get_context_data(self, **kwargs):
        contexto = super().get_context_data(**kwargs)
        formatos = contexto["formats"]
        aceptados = [formato for formato in formatos["DATE_INPUT_FORMATS"] if formato != FORMATO_FECHA]
        return contexto | {"formats": formatos | {"DATE_INPUT_FORMATS": [FORMATO_FECHA, *aceptados]}}


class SitioMesa(AdminSite):
    """Named as default_site by the project's AdminConfig."""

    site_header = "Mesa de Partes · Administración"
    site_title = "Mesa de Partes"
    index_title = "Catálogos, personas y registros"
    site_url = "/"
    empty_value_display = "—"
    enable_nav_sidebar = False

    def register(self, model_or_iterable, admin_class=None, **options):
        """Seat only pages behind the product's gate: those of other packages ask for Django's own permissions."""
        if admin_class is not None and issubclass(admin_class, PuertaDePermisos):
            super().register(model_or_iterable, admin_class, **options)

    def i18n_javascript(self, request, extra_context=None):
        return TextosDelCalendario.as_view()(request)

    def get_app_list(self, request, app_label=None):
        """In Spanish order: "Áreas" comes first, not last."""
        grupos = super().get_app_list(request, app_label)
        for grupo in grupos:
            grupo["models"].sort(key=lambda modelo: normalizar(modelo["name"]))
        return sorted(grupos, key=lambda grupo: normalizar(grupo["name"]))

    def admin_view(self, view, cacheable=False):
        """As Django's, and a refusal is recorded."""

        def con_registro(request, *args, **kwargs):
            try:
                return view(request, *args, **kwargs)
            except PermissionDenied:
                registrar_rechazo(request, f"abrir {request.path}")
                raise

        return super().admin_view(update_wrapper(con_registro, view), cacheable)

    def has_permission(self, request):
        usuario = request.user
        return usuario.is_authenticated and usuario.is_active and usuario.tiene_permiso(PERMISO_ENTRAR)

    @method_decorator([never_cache, login_not_required])
    def login(self, request, extra_context=None):
        """Send whoever has not entered to the product's door; refuse whoever has, without the permission."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        if request.user.is_authenticated:
            registrar_rechazo(request, "entrar a la administración")
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), settings.LOGIN_URL)
