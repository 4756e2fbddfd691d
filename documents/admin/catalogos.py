"""Types, categories, procedures with their requirements, and the rules that suggest an area."""

from django.contrib import admin

from core.errors import Conflicto
from core.panel.base import InlineMesa
from core.panel.paginas import YA_SE_USO, PaginaMesa
from documents.models import (
    Categoria,
    Documento,
    Procedimiento,
    ReglaArea,
    RequisitoProcedimiento,
    TipoDocumento,
)
from organization.constants import P
from organization.models import Area


class Catalogo(PaginaMesa):
    """A catalogue of the office; a row that was used is closed, never deleted."""

    permiso_ver = permiso_agregar = permiso_cambiar = permiso_borrar = P.CATALOGO

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Areas that are open first."""
        if db_field.related_model is Area:
            kwargs["queryset"] = Area.objects.order_by("-activa", "nombre")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(TipoDocumento)
class TipoDocumentoAdmin(Catalogo):
    list_display = (
        "codigo",
        "nombre",
        "plazo_dias",
        "silencio",
        "es_interno",
        "es_reservado",
        "orden",
        "activo",
    )
    list_filter = ("activo", "silencio", "es_interno", "es_reservado")
    search_fields = ("codigo", "nombre", "base_legal")
    fieldsets = (
        (None, {"fields": (("codigo", "orden"), "nombre", "activo")}),
        ("Plazo legal", {"fields": ("plazo_dias", "silencio", "base_legal")}),
        ("Clase", {"fields": ("es_interno", "es_reservado")}),
    )


@admin.register(Categoria)
class CategoriaAdmin(Catalogo):
    list_display = ("nombre", "tipo_documento", "activa")
    list_select_related = ("tipo_documento",)
    list_filter = ("activa", "tipo_documento")
    search_fields = ("nombre", "tipo_documento__nombre")

    def borrar(self, request, obj):
        """Documents would lose their category in silence."""
        if Documento.objects.filter(categoria=obj).exists():
            raise Conflicto(mensaje=YA_SE_USO)
        super().borrar(request, obj)


class RequisitoInline(InlineMesa):
    model = RequisitoProcedimiento
    permiso_ver = permiso_agregar = permiso_cambiar = permiso_borrar = P.CATALOGO
    fields = ("orden", "texto")


@admin.register(Procedimiento)
class ProcedimientoAdmin(Catalogo):
    list_display = ("codigo", "nombre", "tipo_documento", "area", "plazo_dias", "silencio", "activo")
    list_select_related = ("tipo_documento", "area")
    list_filter = ("activo", "silencio", "tipo_documento", ("area", admin.RelatedOnlyFieldListFilter))
    search_fields = ("codigo", "nombre", "base_legal")
    inlines = (RequisitoInline,)
    fieldsets = (
        (None, {"fields": ("codigo", "nombre", "tipo_documento", "area", "activo")}),
        ("Plazo legal", {"fields": ("plazo_dias", "silencio", "base_legal")}),
        ("Lo que propone en ventanilla", {"fields": ("asunto_modelo", "instruccion")}),
    )


@admin.register(ReglaArea)
class ReglaAreaAdmin(Catalogo):
    list_display = ("orden", "tipo_documento", "categoria", "palabras", "area", "activa")
    list_display_links = ("orden", "area")
    list_select_related = ("tipo_documento", "categoria", "area")
    list_filter = ("activa", "tipo_documento", ("area", admin.RelatedOnlyFieldListFilter))
    search_fields = ("palabras", "area__nombre", "area__sigla")
    search_help_text = "Palabras de la regla o área sugerida."
