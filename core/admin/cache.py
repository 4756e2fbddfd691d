"""Admin page of the cache: the figures of `cache_estado`, and a button that empties a group after asking."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from core.caching.constants import DIAS_DE_USO, GENERAL
from core.caching.estado import estado, vaciar
from core.models import Generacion
from core.panel.paginas import PaginaDeConsulta
from core.permissions import OPERAR_TAREAS
from core.red import ip_de

TOPE_EN_PAGINA = 20_000


@admin.register(Generacion)
class CacheAdmin(PaginaDeConsulta):
    """The list is a page of figures; a row is one slot of a generation."""

    permiso_ver = OPERAR_TAREAS
    fields = ("grupo", "n", "subida_en")

    def get_urls(self):
        return [
            path(
                "vaciar/<slug:grupo>/",
                self.admin_site.admin_view(self.vaciar_view),
                name="core_generacion_vaciar",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        """The figures of today or of the last days; keys and memory only when asked, because it walks the keys."""
        self._exigir(request)
        dias = DIAS_DE_USO if request.GET.get("dias") == str(DIAS_DE_USO) else 1
        contexto = {
            "title": "Cache",
            "estado": estado(dias=dias, contar="contar" in request.GET, tope=TOPE_EN_PAGINA),
            "dias": dias,
            "dias_maximo": DIAS_DE_USO,
            "todo": GENERAL,
        }
        return self._pagina(request, "admin/cache.html", contexto)

    def vaciar_view(self, request, grupo):
        """Asks, then empties one kind of entry or everything; the act is an event."""
        self._exigir(request)
        que = None if grupo == GENERAL else grupo
        volver = reverse("admin:core_generacion_changelist")
        if request.method != "POST":
            contexto = {"title": "Vaciar la cache", "grupo": que, "volver": volver}
            return self._pagina(request, "admin/cache_vaciar.html", contexto)
        vaciar(grupo=que, actor=request.user, ip=ip_de(request))
        self.message_user(request, f"Vaciada: {que or 'toda la cache'}.", messages.SUCCESS)
        return HttpResponseRedirect(volver)

    def _exigir(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _pagina(self, request, plantilla, contexto):
        base = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, plantilla, base | contexto)
