"""What stands inside the page of a document: its files, requirements, pauses, notes, stays in the archive."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from core.panel.paginas import InlineDeConsulta
from core.texto import peso
from documents.files.servir import se_puede_servir
from documents.models import (
    AccesoReservado,
    Archivamiento,
    ArchivoAdjunto,
    Cargo,
    Nota,
    Observacion,
    PausaPlazo,
    RequisitoDocumento,
)
from organization.constants import P


class DocumentoInline(InlineDeConsulta):
    """Rows that belong to a document."""

    permiso_ver = P.DOCUMENTO_VER
    juntos = ()

    def has_view_permission(self, request, obj=None):
        """Whoever may open the document sees its rows; the page decided that already."""
        return True

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.juntos)


class ArchivoInline(DocumentoInline):
    model = ArchivoAdjunto
    juntos = ("subido_por",)
    fields = ("enlace", "clase", "el_peso", "paginas", "estado_proceso", "subido_por", "subido_en")
    readonly_fields = ("enlace", "el_peso", "subido_en")

    @admin.display(description="archivo")
    def enlace(self, obj):
        if not se_puede_servir(obj):
            return f"{obj.nombre} (no disponible)"
        return format_html('<a href="{}">{}</a>', reverse("documents:archivo-ver", args=[obj.pk]), obj.nombre)

    @admin.display(description="peso")
    def el_peso(self, obj):
        return peso(obj.peso_bytes)


class RequisitoInline(DocumentoInline):
    model = RequisitoDocumento
    fields = ("texto", "cumple")


class ObservacionInline(DocumentoInline):
    model = Observacion
    juntos = ("observado_por", "subsanado_por")
    fields = (
        "lo_que_falta",
        "observado_por",
        "observado_en",
        "vence_el",
        "subsanado_en",
        "detalle_subsanacion",
    )
    readonly_fields = ("lo_que_falta",)

    @admin.display(description="qué falta")
    def lo_que_falta(self, obj):
        return "; ".join(str(falta) for falta in obj.faltantes)


class PausaInline(DocumentoInline):
    model = PausaPlazo
    juntos = ("pausado_por",)
    fields = ("desde", "hasta", "motivo", "base_legal", "sustento", "pausado_por")


class NotaInline(DocumentoInline):
    model = Nota
    juntos = ("autor",)
    fields = ("creada_en", "autor", "texto")
    readonly_fields = ("creada_en",)


class ArchivamientoInline(DocumentoInline):
    model = Archivamiento
    juntos = ("serie", "archivado_por", "restaurado_por")
    fields = (
        "serie",
        "clasificacion",
        "ubicacion_fisica",
        "conservar_hasta",
        "archivado_por",
        "archivado_en",
        "restaurado_por",
        "restaurado_en",
        "motivo_restauracion",
    )


class CargoInline(DocumentoInline):
    """When it was issued and printed. What it says holds the citizen's key: it is read on its own page."""

    model = Cargo
    juntos = ("emitido_por",)
    fields = ("emitido_en", "emitido_por", "impresiones")


class AccesoInline(DocumentoInline):
    model = AccesoReservado
    juntos = ("usuario", "dado_por")
    fields = ("usuario", "dado_por", "dado_en")
    readonly_fields = ("dado_en",)
    verbose_name_plural = "personas que lo ven"
