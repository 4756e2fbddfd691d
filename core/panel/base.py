"""What every admin page shares: the permission gate, capped counts, and an event for each change."""

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import HttpResponseRedirect
from django.utils.functional import cached_property

from core.constants import TOPE_CONTEO
from core.errors import ErrorDeNegocio
from core.events import registrar_evento
from core.panel.lista import ListaMesa
from core.red import ip_de

PERMISO_ENTRAR = "admin.entrar"
FORMATO_FECHA = "%d/%m/%Y"
CAMPOS_RESERVADOS = ("password", "clave", "secreto", "token", "credencial", "hash")


class PaginadorAcotado(Paginator):
    """Counts at most TOPE_CONTEO rows, so that a list over millions opens at once; later ones need a filter."""

    @cached_property
    def count(self):
        filas = self.object_list
        if hasattr(filas, "query"):
            return filas.order_by().values("pk")[:TOPE_CONTEO].count()
        return super().count


class PuertaDePermisos:
    """Gate by the product's permission codes; None lets nobody in, and whoever may change may also look."""

    permiso_ver = None
    permiso_agregar = None
    permiso_cambiar = None
    permiso_borrar = None
    formfield_overrides = {models.DateField: {"widget": AdminDateWidget(format=FORMATO_FECHA)}}

    @staticmethod
    def _tiene(request, codigo):
        usuario = request.user
        return bool(codigo) and usuario.is_active and usuario.tiene_permiso(codigo)

    def has_view_permission(self, request, obj=None):
        return self._tiene(request, self.permiso_ver) or self.has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._tiene(request, self.permiso_cambiar)

    def has_add_permission(self, request, obj=None):
        return self._tiene(request, self.permiso_agregar)

    def has_delete_permission(self, request, obj=None):
        return self._tiene(request, self.permiso_borrar)


class AdminMesa(PuertaDePermisos, admin.ModelAdmin):
    """Read-only until a permission is named; a refusal of the rules is a message, and each change an event."""

    paginator = PaginadorAcotado
    contar_filas = True  # False: a list of many rows does not say how many
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0

    def get_changelist(self, request, **kwargs):
        return ListaMesa

    def lookup_allowed(self, lookup, value, request=None):
        """As Django's; a list of many rows is narrowed only by its own filters, which an index serves."""
        if not super().lookup_allowed(lookup, value, request):
            return False
        propios = [f[0] if isinstance(f, (list, tuple)) else f for f in self.list_filter]
        propios += [self.date_hierarchy, self.opts.pk.name, "pk"]
        nombre, _, clase = lookup.rpartition("__")
        return self.contar_filas or (
            clase not in ("contains", "icontains", "regex", "iregex", "endswith", "iendswith")
            and any(p in (lookup, nombre) or lookup.startswith(f"{p}__") for p in propios if p)
        )

    def has_module_permission(self, request):
        return self.has_view_permission(request) or self.has_add_permission(request)

    def guardar(self, request, obj, form, change):
        """Store the object and record the change. Override to call the service that does both."""
        antes = _valores(form, form.initial) if change else None
        self.almacenar(request, obj)
        self._registrar(
            request, obj, "cambiado" if change else "creado", antes, _valores(form, form.cleaned_data)
        )

    def almacenar(self, request, obj):
        """Store the object. Override to call a service that leaves the record of the change to the page."""
        obj.save()

    def borrar(self, request, obj):
        """Delete the object and record it. Override to call the service that does both."""
        borrado = {"id": obj.pk, "texto": str(obj)}
        obj.delete()
        self._registrar(request, obj, "borrado", borrado, None, **borrado)

    def save_model(self, request, obj, form, change):
        self.guardar(request, obj, form, change)

    def delete_model(self, request, obj):
        self.borrar(request, obj)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.borrar(request, obj)

    def _registrar(self, request, obj, acto, antes, despues, **detalle):
        registrar_evento(
            tipo=f"{obj._meta.model_name}_{acto}",
            actor=request.user,
            antes=antes,
            despues=despues,
            detalle=(detalle or {"id": obj.pk, "texto": str(obj)}) | {"puerta": "admin"},
            ip=ip_de(request),
        )

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ErrorDeNegocio as error:
            return self._rechazar(request, error)

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except ErrorDeNegocio as error:
            return self._rechazar(request, error)

    def changelist_view(self, request, extra_context=None):
        try:
            return super().changelist_view(request, extra_context)
        except ErrorDeNegocio as error:
            return self._rechazar(request, error)

    def _rechazar(self, request, error):
        for texto in [str(error), *(f"{d['field']}: {d['message']}".lstrip(": ") for d in error.detalles)]:
            self.message_user(request, texto, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


class InlineMesa(PuertaDePermisos, admin.TabularInline):
    """Rows of another model inside a page, behind the same gate."""

    extra = 0
    show_change_link = False


def _valores(form, fuente):
    """Return {field: value} of the changed fields, with secrets replaced by a mark."""
    return {
        campo: "***" if any(palabra in campo for palabra in CAMPOS_RESERVADOS) else fuente.get(campo)
        for campo in form.changed_data
        if campo in fuente or campo in form.cleaned_data
    }
