"""Connections with other systems, and what each exchange left."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q

from core.panel.paginas import ConFechas, PaginaDeConsulta, PaginaMesa
from documents.models import AccesoReservado
from integrations.models import Integracion, LogSincronizacion
from organization.constants import P


@admin.register(Integracion)
class IntegracionAdmin(PaginaMesa):
    permiso_ver = permiso_agregar = permiso_cambiar = permiso_borrar = P.CATALOGO
    list_display = ("codigo", "nombre", "tipo", "activa", "estado_conexion", "ultima_sincronizacion")
    list_filter = ("activa", "tipo", "estado_conexion")
    search_fields = ("codigo", "nombre", "url_base")
    fields = (
        "codigo",
        "nombre",
        "tipo",
        "url_base",
        "activa",
        ("estado_conexion", "ultima_sincronizacion"),
        ("creada_en", "actualizada_en"),
    )
    readonly_fields = ("estado_conexion", "ultima_sincronizacion", "creada_en", "actualizada_en")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "url_base":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(LogSincronizacion)
class LogSincronizacionAdmin(ConFechas, PaginaDeConsulta):
    permiso_ver = P.CATALOGO
    list_display = (
        "created_at",
        "integracion",
        "operacion",
        "estado",
        "documento_numero_expediente",
        "id_externo",
        "terminado_en",
    )
    list_select_related = ("integracion",)
    list_filter = ("estado", "operacion", "integracion")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    sortable_by = ("created_at",)
    search_fields = ("documento_numero_expediente", "id_externo")
    search_help_text = "Número de expediente o identificador externo, completos."
    fields = (
        ("integracion", "operacion", "estado"),
        ("documento_numero_expediente", "id_externo"),
        ("created_at", "terminado_en"),
        "detalle",
    )

    def get_queryset(self, request):
        """Without the exchanges of documents this person may not see."""
        nombrado = AccesoReservado.objects.filter(documento=OuterRef("documento_id"), usuario=request.user)
        visible = Q(documento=None) | Q(documento__reservado=False) | Exists(nombrado)
        return super().get_queryset(request).filter(visible)

    def get_search_results(self, request, queryset, search_term):
        """Exactly, by the two indexed columns."""
        termino = search_term.strip()
        if not termino:
            return queryset, False
        return (
            queryset.filter(documento_numero_expediente=termino.upper())
            | queryset.filter(id_externo=termino),
            False,
        )
