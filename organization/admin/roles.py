"""Roles with their permissions, the permissions themselves, and acting chiefs."""

from django.contrib import admin
from django.db.models import Count

from core.models import Evento
from core.panel.paginas import PaginaDeConsulta, PaginaMesa
from core.red import ip_de
from organization.calendar import hoy_lima
from organization.constants import CodigoRol, P
from organization.models import Encargatura, Permiso, Rol, Usuario
from organization.services import borrar_rol, guardar_encargatura, guardar_rol, retirar_encargatura


@admin.register(Permiso)
class PermisoAdmin(PaginaDeConsulta):
    permiso_ver = P.USUARIOS
    list_display = ("nombre", "codigo", "los_roles")
    search_fields = ("codigo", "nombre")
    fields = ("codigo", "nombre", "los_roles")
    readonly_fields = ("los_roles",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("roles")

    @admin.display(description="roles que lo tienen")
    def los_roles(self, obj):
        return ", ".join(rol.nombre for rol in obj.roles.all())


@admin.register(Rol)
class RolAdmin(PaginaMesa):
    permiso_ver = permiso_agregar = permiso_cambiar = permiso_borrar = P.USUARIOS
    list_display = ("nombre", "codigo", "cuantos_permisos", "cuantas_personas")
    search_fields = ("codigo", "nombre")
    fields = ("codigo", "nombre", "permisos")
    filter_horizontal = ("permisos",)

    def get_queryset(self, request):
        conteos = {
            "n_permisos": Count("permisos", distinct=True),
            "n_personas": Count("membresias__usuario", distinct=True),
        }
        return super().get_queryset(request).annotate(**conteos)

    def get_readonly_fields(self, request, obj=None):
        return ("codigo",) if obj and obj.codigo in CodigoRol.values else ()

    def has_delete_permission(self, request, obj=None):
        """Roles of the system stay."""
        return super().has_delete_permission(request, obj) and (
            obj is None or obj.codigo not in CodigoRol.values
        )

    def guardar(self, request, obj, form, change):
        rol = guardar_rol(
            actor=request.user,
            rol=obj if change else None,
            codigo=obj.codigo,
            nombre=obj.nombre,
            permisos=form.cleaned_data["permisos"],
            ip=ip_de(request),
        )
        obj.pk = rol.pk

    def save_related(self, request, form, formsets, change):
        """Nothing left: the service stored the permissions."""

    def borrar(self, request, obj):
        borrar_rol(actor=request.user, rol=obj, ip=ip_de(request))

    @admin.display(description="permisos", ordering="n_permisos")
    def cuantos_permisos(self, obj):
        return obj.n_permisos

    @admin.display(description="personas", ordering="n_personas")
    def cuantas_personas(self, obj):
        return obj.n_personas


class Vigencia(admin.SimpleListFilter):
    """Acting chiefs by today."""

    title = "vigencia"
    parameter_name = "vigencia"

    def lookups(self, request, model_admin):
        return [("vigente", "En curso"), ("futura", "Por empezar"), ("pasada", "Terminadas")]

    def queryset(self, request, queryset):
        hoy = hoy_lima()
        casos = {
            "vigente": lambda: queryset.vigentes(hoy),
            "futura": lambda: queryset.filter(desde__gt=hoy),
            "pasada": lambda: queryset.filter(hasta__lt=hoy),
        }
        return casos[self.value()]() if self.value() in casos else queryset


@admin.register(Encargatura)
class EncargaturaAdmin(PaginaMesa):
    permiso_ver = permiso_agregar = permiso_cambiar = permiso_borrar = P.USUARIOS
    list_display = ("usuario", "area", "desde", "hasta", "sustento")
    list_select_related = ("usuario", "area")
    list_filter = (Vigencia, ("area", admin.RelatedOnlyFieldListFilter))
    date_hierarchy = "desde"
    search_fields = (
        "usuario__username",
        "usuario__first_name",
        "usuario__last_name",
        "area__nombre",
        "area__sigla",
        "sustento",
    )
    fields = ("usuario", "area", ("desde", "hasta"), "sustento")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "usuario":
            kwargs["queryset"] = Usuario.objects.filter(is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        """Who and where do not change: that would be another appointment."""
        return ("usuario", "area") if obj else ()

    def eventos_de(self, request, obj):
        """Those of the appointment's user: appointments are told in the history of the person."""
        tipos = [f"encargatura_{acto}" for acto in ("creada", "cambiada", "retirada")]
        return Evento.objects.filter(tipo__in=tipos, detalle__contains={"id": obj.usuario_id}).recientes()

    def guardar(self, request, obj, form, change):
        fila = guardar_encargatura(
            actor=request.user,
            encargatura=obj if change else None,
            usuario=obj.usuario,
            area=obj.area,
            desde=obj.desde,
            hasta=obj.hasta,
            sustento=obj.sustento,
            ip=ip_de(request),
        )
        obj.pk = fila.pk

    def borrar(self, request, obj):
        retirar_encargatura(actor=request.user, encargatura=obj, ip=ip_de(request))
