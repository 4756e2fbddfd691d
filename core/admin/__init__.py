"""Admin pages of the core: the audit trail, the tasks, the heartbeats."""

import json

from django.contrib import admin, messages
from django.utils.html import format_html

from core.constants import EstadoTarea
from core.errors import ErrorDeNegocio
from core.jobs import cancelar_tarea, reintentar_tarea
from core.models import Evento, Latido, Tarea
from core.panel.base import AdminMesa


def _json(valor):
    if valor is None:
        return "—"
    return format_html("<pre>{}</pre>", json.dumps(valor, ensure_ascii=False, indent=2, sort_keys=True))


class SoloLectura(AdminMesa):
    """Pages that only show rows."""

    def has_change_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Evento)
class EventoAdmin(SoloLectura):
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
        return _json(obj.antes)

    @admin.display(description="después")
    def despues_texto(self, obj):
        return _json(obj.despues)

    @admin.display(description="detalle")
    def detalle_texto(self, obj):
        return _json(obj.detalle)


@admin.register(Tarea)
class TareaAdmin(SoloLectura):
    permiso_ver = permiso_administrar = "tarea.administrar"
    list_display = (
        "id",
        "creada_en",
        "funcion",
        "estado",
        "avance",
        "intentos_texto",
        "documento_id",
        "solicitada_por",
        "terminada_en",
        "error_breve",
    )
    list_select_related = ("solicitada_por",)
    list_filter = ("estado",)
    contar_filas = False
    ordering = ("-id",)
    sortable_by = ("id",)
    search_fields = ("funcion",)
    search_help_text = "Número de la tarea, número interno del documento, o nombre de la función."
    actions = ("reintentar", "cancelar")
    fields = (
        "id",
        "funcion",
        "args_texto",
        "clave",
        "documento_id",
        "estado",
        "avance",
        "intentos_texto",
        "creada_en",
        "solicitada_por",
        "iniciada_en",
        "proximo_intento_en",
        "terminada_en",
        "arrendada_hasta",
        "arrendatario",
        "cancelar",
        "repetir",
        "resultado_texto",
        "error_texto",
    )
    readonly_fields = ("id", "args_texto", "avance", "intentos_texto", "resultado_texto", "error_texto")

    def has_administrar_permission(self, request):
        return self._tiene(request, self.permiso_administrar)

    def get_search_results(self, request, queryset, search_term):
        termino = search_term.strip()
        if termino.isdecimal() and len(termino) < 19:
            return queryset.filter(pk=int(termino)) | queryset.filter(documento_id=int(termino)), False
        return (queryset.filter(funcion__contains=termino) if termino else queryset), False

    @admin.action(description="Reintentar las tareas elegidas", permissions=["administrar"])
    def reintentar(self, request, queryset):
        self._aplicar(request, queryset, reintentar_tarea, "puestas en espera")

    @admin.action(description="Cancelar las tareas elegidas", permissions=["administrar"])
    def cancelar(self, request, queryset):
        self._aplicar(request, queryset, cancelar_tarea, "canceladas o avisadas para detenerse")

    def _aplicar(self, request, queryset, servicio, hecho):
        """Apply the service to each task in its own transaction; refusals are told one by one."""
        bien, rechazos = 0, []
        for pk in queryset.values_list("pk", flat=True):
            try:
                servicio(tarea_id=pk, actor=request.user)
                bien += 1
            except ErrorDeNegocio as error:
                rechazos.append(f"Tarea {pk}: {error}")
        if bien:
            self.message_user(request, f"{bien} tareas {hecho}.", messages.SUCCESS)
        for texto in rechazos[:10]:
            self.message_user(request, texto, messages.WARNING)
        if len(rechazos) > 10:
            self.message_user(request, f"Y {len(rechazos) - 10} rechazos más.", messages.WARNING)

    @admin.display(description="avance", ordering="progreso")
    def avance(self, obj):
        if obj.estado == EstadoTarea.PENDIENTE and not obj.progreso:
            return "—"
        return f"{obj.progreso} % {obj.progreso_texto}".strip()

    @admin.display(description="intentos", ordering="intentos")
    def intentos_texto(self, obj):
        return f"{obj.intentos} de {obj.max_intentos}"

    @admin.display(description="error")
    def error_breve(self, obj):
        return obj.error_tecnico[:120]

    @admin.display(description="error")
    def error_texto(self, obj):
        return format_html("<pre>{}</pre>", obj.error) if obj.error else "—"

    @admin.display(description="argumentos")
    def args_texto(self, obj):
        return _json(obj.args)

    @admin.display(description="resultado")
    def resultado_texto(self, obj):
        return _json(obj.resultado)


@admin.register(Latido)
class LatidoAdmin(SoloLectura):
    permiso_ver = "tarea.administrar"
    list_display = ("nombre", "latido_en", "detalle")
    ordering = ("nombre",)


from core.admin import cache, consultas  # noqa: E402, F401 seat their pages
