"""Senders: found by identity or name, corrected by the service."""

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef

from core.panel.paginas import PaginaMesa
from documents.identidad import limpiar_numero
from documents.models import Documento, Remitente
from documents.querysets import numeros_de_identidad
from documents.services import guardar_remitente
from organization.constants import P


class RemitenteForm(forms.ModelForm):
    def clean_numero(self):
        return limpiar_numero(self.cleaned_data["numero"])


@admin.register(Remitente)
class RemitenteAdmin(PaginaMesa):
    form = RemitenteForm
    contar_filas = False
    list_display = ("nombre", "tipo_identidad", "numero", "correo", "telefono", "creado_en")
    list_filter = ("tipo_identidad",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("nombre", "numero")
    search_help_text = "DNI, RUC u otro número completo, o palabras del nombre; no importan las tildes."
    fields = ("tipo_identidad", "numero", "nombre", "correo", "telefono", "direccion")
    eventos = ("remitente_creado", "remitente_editado")
    clave_en_evento = "remitente_id"

    def has_change_permission(self, request, obj=None):
        """Who keeps the catalogues, and who corrects documents."""
        return self._tiene(request, P.CATALOGO) or self._tiene(request, P.DOCUMENTO_EDITAR)

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def get_queryset(self, request):
        """Without those known only by documents this person may not see."""
        # the second condition says nothing new: it keeps the planner asking per sender, not reading every document
        suyos = Documento.objects.order_by().filter(remitente=OuterRef("pk"), remitente__lte=OuterRef("pk"))
        filas = super().get_queryset(request)
        return filas.filter(~Exists(suyos) | Exists(suyos.visibles_para(request.user)))

    def get_search_results(self, request, queryset, search_term):
        termino = search_term.strip()
        if not termino:
            return queryset, False
        numeros = [termino.upper(), *numeros_de_identidad(termino)]
        con_numero = queryset.filter(numero__in=numeros)
        if con_numero.exists():
            return con_numero, False
        return queryset.filter(pk__in=Remitente.objects.parecidos(termino).order_by().values("pk")), False

    def guardar(self, request, obj, form, change):
        fila = guardar_remitente(remitente=obj if change else None, actor=request.user, **form.cleaned_data)
        obj.pk = fila.pk
