"""The entity, its premises, windows and areas."""

from django.contrib import admin

from core.panel.paginas import PaginaMesa
from core.red import ip_de
from organization.constants import P
from organization.models import Area, Entidad, Sede, Usuario, Ventanilla
from organization.services import guardar_area


@admin.register(Entidad)
class EntidadAdmin(PaginaMesa):
    permiso_ver = permiso_cambiar = P.CATALOGO
    list_display = ("nombre", "sigla", "ruc", "telefono", "horario")

    def has_add_permission(self, request):
        """Only while there is none: the office is one."""
        return self._tiene(request, P.CATALOGO) and not Entidad.objects.exists()


@admin.register(Sede)
class SedeAdmin(PaginaMesa):
    permiso_ver = permiso_agregar = permiso_cambiar = P.CATALOGO
    list_display = ("codigo", "nombre", "direccion", "activa")
    list_filter = ("activa",)
    search_fields = ("codigo", "nombre", "direccion")

    def get_readonly_fields(self, request, obj=None):
        """The code is inside every internal code already printed."""
        return ("codigo",) if obj else ()


@admin.register(Ventanilla)
class VentanillaAdmin(PaginaMesa):
    permiso_ver = permiso_agregar = permiso_cambiar = P.CATALOGO
    list_display = ("nombre", "area", "activa")
    list_select_related = ("area",)
    list_filter = ("activa", ("area", admin.RelatedOnlyFieldListFilter))
    search_fields = ("nombre", "area__nombre", "area__sigla")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "area":
            kwargs["queryset"] = Area.objects.filter(es_mesa_de_partes=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Area)
class AreaAdmin(PaginaMesa):
    permiso_ver = permiso_agregar = permiso_cambiar = P.CATALOGO
    list_display = (
        "sigla",
        "codigo",
        "nombre",
        "padre",
        "jefe",
        "recibe_externos",
        "es_mesa_de_partes",
        "activa",
    )
    list_select_related = ("padre", "jefe")
    list_filter = ("activa", "recibe_externos", "es_mesa_de_partes", "sede")
    search_fields = ("sigla", "codigo", "nombre", "jefe__last_name", "jefe__first_name")
    search_help_text = "Sigla, código, nombre o jefatura."
    fields = (
        ("sigla", "codigo"),
        "nombre",
        "padre",
        "jefe",
        "sede",
        ("recibe_externos", "es_mesa_de_partes", "activa"),
    )
    eventos = ("area_creada", "area_cambiada", "area_desactivada", "area_reactivada")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "jefe":
            kwargs["queryset"] = Usuario.objects.filter(is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """A chief who was deactivated stays offered on their own area, so that the rest can be corrected."""
        form = super().get_form(request, obj, change=change, **kwargs)
        campo = form.base_fields.get("jefe")
        if campo is not None and obj is not None and obj.jefe_id:
            campo.queryset = campo.queryset | Usuario.objects.filter(pk=obj.jefe_id)
        return form

    def guardar(self, request, obj, form, change):
        datos = {campo: form.cleaned_data[campo] for campo in form.fields}
        area = obj if change else None
        obj.pk = guardar_area(actor=request.user, area=area, ip=ip_de(request), **datos).pk
