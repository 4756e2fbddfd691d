"""Admin pages of the tasks: the list to search in, and the monitor of the work as it goes."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from core import monitor
from core.admin.comun import en_json
from core.constants import EstadoTarea
from core.errors import ErrorDeNegocio
from core.jobs import cancelar_tarea, reintentar_tarea
from core.models import Tarea
from core.panel.base import AdminMesa
from core.permissions import OPERAR_TAREAS
from core.texto import miles

TOPE_REINTENTOS = 500


@admin.register(Tarea)
class TareaAdmin(AdminMesa):
    """The list is for searching; the monitor shows how the work goes."""

    change_list_template = "admin/tareas.html"
    permiso_ver = permiso_administrar = OPERAR_TAREAS
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

    def get_urls(self):
        vista = self.admin_site.admin_view
        return [
            path("monitor/", vista(self.monitor_view), name="core_tarea_monitor"),
            path("monitor/vivo/", vista(self.vivo_view), name="core_tarea_monitor_vivo"),
            *super().get_urls(),
        ]

    def monitor_view(self, request):
        """Queue, workers, pace, running, failed and to come; POST cancels or starts again what was chosen."""
        self._exigir(request)
        if request.method == "POST":
            self._actuar(request)
            return HttpResponseRedirect(reverse("admin:core_tarea_monitor"))
        base = {**self.admin_site.each_context(request), "opts": self.opts, "title": "Procesos en marcha"}
        return TemplateResponse(request, "admin/tareas_monitor.html", base | monitor.todo())

    def vivo_view(self, request):
        """The part of the monitor that changes by itself."""
        self._exigir(request)
        return TemplateResponse(request, "admin/_tareas_vivo.html", monitor.vivo())

    def _exigir(self, request):
        if not self.has_administrar_permission(request):
            raise PermissionDenied

    def _actuar(self, request):
        claves = [int(v) for v in request.POST.getlist("ids") if v.isdecimal() and len(v) < 19]
        elegidas = Tarea.objects.filter(pk__in=claves).order_by("pk")
        acto = request.POST.get("acto")
        if acto == "cancelar":
            self.cancelar(request, elegidas)
        elif acto == "todas":
            todas = Tarea.objects.filter(estado=EstadoTarea.FALLIDA).order_by("-terminada_en")
            self.reintentar(request, todas[:TOPE_REINTENTOS])
        elif elegidas:
            self.reintentar(request, elegidas)
        else:
            self.message_user(request, "Elige al menos una tarea.", messages.WARNING)

    def has_administrar_permission(self, request):
        return self._tiene(request, self.permiso_administrar)

    def get_search_results(self, request, queryset, search_term):
        termino = search_term.strip()
        if termino.isdecimal() and len(termino) < 19:
            return queryset.filter(pk=int(termino)) | queryset.filter(documento_id=int(termino)), False
        return (queryset.filter(funcion__contains=termino) if termino else queryset), False

    @admin.action(description="Reintentar las tareas elegidas", permissions=["administrar"])
    def reintentar(self, request, queryset):
        self._aplicar(request, queryset, reintentar_tarea, "Puestas en espera")

    @admin.action(description="Cancelar las tareas elegidas", permissions=["administrar"])
    def cancelar(self, request, queryset):
        self._aplicar(request, queryset, cancelar_tarea, "Canceladas o avisadas para detenerse")

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
            self.message_user(request, f"{hecho}: {miles(bien)}.", messages.SUCCESS)
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
        return en_json(obj.args)

    @admin.display(description="resultado")
    def resultado_texto(self, obj):
        return en_json(obj.resultado)
