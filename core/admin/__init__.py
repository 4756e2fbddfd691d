"""Admin pages of the core: the audit trail and the heartbeats here; tasks, cache and queries in their modules."""

from django.contrib import admin

from core.admin.comun import en_json
from core.models import Evento, Latido
from core.panel.base import AdminMesa
from core.permissions import OPERAR_TAREAS


@admin.register(Evento)
class EventoAdmin(AdminMesa):
    permiso_ver = "auditoria.ver"
    list_display = ("id", "ocurrido_en", "tipo", "documento_id", "secuencia", "actor", "area_id", "ip")
    list_select_related = ("actor",)
    contar_filas = False
    ordering = ("-id",)
    sortable_by = ("id",)
    search_fields = ("tipo",)
    search_help_text = (
        "Número interno del documento, o tipo de evento completo (por ejemplo, acceso_denegado)."
    )
    fields = (
        "id",
        "tipo",
        "documento_id",
        "secuencia",
        "actor",
        "area_id",
        "ocurrido_en",
        "ip",
        "antes_texto",
        "despues_texto",
        "detalle_texto",
        "hash_anterior",
        "hash",
    )
    readonly_fields = ("id", "antes_texto", "despues_texto", "detalle_texto")

    def get_search_results(self, request, queryset, search_term):
        """Search by the two indexed columns, exactly."""
        termino = search_term.strip()
        if termino.isdecimal() and len(termino) < 19:
            queryset = queryset.filter(documento_id=int(termino))
        elif termino:
            queryset = queryset.filter(tipo=termino)
        return queryset, False

    @admin.display(description="antes")
    def antes_texto(self, obj):
        return en_json(obj.antes)

    @admin.display(description="después")
    def despues_texto(self, obj):
        return en_json(obj.despues)

    @admin.display(description="detalle")
    def detalle_texto(self, obj):
        return en_json(obj.detalle)


@admin.register(Latido)
class LatidoAdmin(AdminMesa):
    permiso_ver = OPERAR_TAREAS
    list_display = ("nombre", "latido_en", "detalle")
    ordering = ("nombre",)


from core.admin import cache, consultas, tareas  # noqa: E402, F401 seat their pages
