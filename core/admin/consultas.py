"""Admin page of what queries cost: the figures of `consultas_lentas`, and apart the advice of `indices`."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import ExpressionWrapper, F, FloatField
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html

from core.db.catalogo import CatalogoOcupado
from core.db.formas import breve
from core.db.indices import consejos
from core.db.texto import cifra
from core.models import FormaConsulta
from core.panel.paginas import PaginaDeConsulta
from core.permissions import OPERAR_TAREAS


@admin.register(FormaConsulta)
class ConsultasAdmin(PaginaDeConsulta):
    """Costliest first; every column of figures orders the list. Shapes hold no value of any person."""

    permiso_ver = OPERAR_TAREAS
    change_list_template = "admin/consultas.html"
    list_display = (
        "consulta",
        "total",
        "veces",
        "promedio",
        "maximo",
        "filas_por_vez",
        "lentas",
        "la_pide",
        "ultima_en",
    )
    ordering = ("-total_ms",)
    search_fields = ("forma",)
    search_help_text = "Clave, tabla o parte del código que la pide."
    fields = (
        "clave",
        "sentencia",
        "lugar",
        "veces",
        "total",
        "promedio",
        "maximo",
        "filas",
        "lentas",
        "primera_en",
    )
    readonly_fields = ("sentencia", "total", "promedio", "maximo")

    def get_queryset(self, request):
        media = ExpressionWrapper(F("total_ms") * 1.0 / F("veces"), output_field=FloatField())
        por_vez = ExpressionWrapper(F("filas") * 1.0 / F("veces"), output_field=FloatField())
        return super().get_queryset(request).annotate(media_=media, por_vez_=por_vez)

    def get_search_results(self, request, queryset, search_term):
        termino = search_term.strip()
        if termino:
            iguales = queryset.filter(clave=termino)
            queryset = (
                iguales | queryset.filter(forma__contains=termino) | queryset.filter(lugar__contains=termino)
            )
        return queryset, False

    def get_urls(self):
        indices = self.admin_site.admin_view(self.indices_view)
        return [path("indices/", indices, name="core_formaconsulta_indices"), *super().get_urls()]

    def indices_view(self, request):
        """Which indexes are missing or superfluous; nothing is changed from here."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        contexto = {**self.admin_site.each_context(request), "opts": self.opts, "title": "Índices"}
        try:
            contexto["consejos"] = consejos()
        except CatalogoOcupado as error:
            contexto["ocupado"] = str(error)
        return TemplateResponse(request, "admin/consultas_indices.html", contexto)

    @admin.display(description="consulta", ordering="forma")
    def consulta(self, obj):
        return breve(obj.forma, 160)

    @admin.display(description="consulta")
    def sentencia(self, obj):
        return format_html("<pre>{}</pre>", obj.forma)

    @admin.display(description="total (ms)", ordering="total_ms")
    def total(self, obj):
        return cifra(obj.total_ms)

    @admin.display(description="media (ms)", ordering="media_")
    def promedio(self, obj):
        return cifra(obj.media_ms, 2)

    @admin.display(description="máximo (ms)", ordering="maximo_ms")
    def maximo(self, obj):
        return cifra(obj.maximo_ms, 1)

    @admin.display(description="filas por vez", ordering="por_vez_")
    def filas_por_vez(self, obj):
        return cifra(obj.filas_medias, 1)

    @admin.display(description="la pide", ordering="lugar")
    def la_pide(self, obj):
        return obj.lugar or "—"
