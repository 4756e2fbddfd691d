"""Documentary series with their retention."""

from django.contrib import admin

from documents.admin.catalogos import Catalogo
from documents.models import SerieDocumental


@admin.register(SerieDocumental)
class SerieDocumentalAdmin(Catalogo):
    list_display = ("codigo", "nombre", "retencion_gestion", "retencion_central", "valor", "activa")
    list_filter = ("activa", "valor")
    search_fields = ("codigo", "nombre")
