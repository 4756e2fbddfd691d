"""Users, with their roles and appointments. Powers of one's own account are another person's to change."""

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters

from core.models import Evento
from core.panel.actos import Acto, ConActos, FormularioDeActo
from core.panel.base import InlineMesa
from core.panel.historia import tabla_de_eventos
from core.panel.paginas import PaginaMesa
from core.red import ip_de
from organization.constants import P
from organization.models import Area, Encargatura, Membresia, Usuario
from organization.services import (
    cambiar_clave,
    desactivar_usuario,
    guardar_encargatura,
    guardar_membresia,
    guardar_usuario,
    reactivar_usuario,
    retirar_encargatura,
    retirar_membresia,
)

EVENTOS = (
    "usuario_creado",
    "usuario_cambiado",
    "usuario_clave_cambiada",
    "usuario_desactivado",
    "usuario_reactivado",
    "membresia_creada",
    "membresia_cambiada",
    "membresia_retirada",
    "encargatura_creada",
    "encargatura_cambiada",
    "encargatura_retirada",
)
ULTIMOS = 30
AYUDA_SUPERUSUARIO = "Puede todo en todas las áreas, salvo ver documentos reservados donde no está nombrado."
MAX_HISTORIA = 300


def _campo_clave(rotulo, **extra):
    return forms.CharField(
        label=rotulo,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        **extra,
    )


class _DosClaves:
    """The same password twice."""

    def clean(self):
        datos = super().clean() or self.cleaned_data
        if datos.get("clave1") and datos.get("clave2") and datos["clave1"] != datos["clave2"]:
            self.add_error("clave2", "Las dos claves no son iguales.")
        return datos


class ClaveForm(_DosClaves, FormularioDeActo):
    clave1 = _campo_clave("Clave nueva", help_text=password_validators_help_text_html())
    clave2 = _campo_clave("Otra vez la clave")


class UsuarioForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nombre, rotulo in (("first_name", "Nombres"), ("last_name", "Apellidos"), ("email", "Correo")):
            if nombre in self.fields:
                self.fields[nombre].label = rotulo
        if "is_superuser" in self.fields:
            self.fields["is_superuser"].help_text = AYUDA_SUPERUSUARIO


class UsuarioNuevoForm(_DosClaves, UsuarioForm):
    clave1 = _campo_clave("Clave inicial", help_text=password_validators_help_text_html())
    clave2 = _campo_clave("Otra vez la clave")


class InlineDePoderes(InlineMesa):
    """Rows that give powers; the choices are read once for each request."""

    permiso_ver = permiso_agregar = permiso_cambiar = permiso_borrar = P.USUARIOS

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "area":
            kwargs["queryset"] = Area.objects.order_by("-activa", "nombre")
        campo = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name in ("area", "rol"):
            leidas = request.__dict__.setdefault("opciones_de_poderes", {})
            if db_field.name not in leidas:
                leidas[db_field.name] = [opcion for opcion in campo.choices]  # list() would also count them
            campo.choices = leidas[db_field.name]
        return campo

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Without the links that create or delete areas and roles from here."""
        campo = super().formfield_for_dbfield(db_field, request, **kwargs)
        for enlace in ("add", "change", "delete", "view"):
            if campo is not None and hasattr(campo.widget, f"can_{enlace}_related"):
                setattr(campo.widget, f"can_{enlace}_related", False)
        return campo


class MembresiaInline(InlineDePoderes):
    model = Membresia
    verbose_name_plural = "áreas y rol en cada una"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("area", "rol", "usuario")


class EncargaturaInline(InlineDePoderes):
    model = Encargatura

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("area", "usuario")


def _puede_con(usuario, obj):
    """Permission, and a superuser's account is only a superuser's matter."""
    return usuario.tiene_permiso(P.USUARIOS) and (usuario.is_superuser or not obj.is_superuser)


def _desactivar(obj, datos, actor, ip):
    desactivar_usuario(usuario_id=obj.pk, actor=actor, ip=ip)
    jefaturas = [area.sigla for area in obj.areas_a_cargo.filter(activa=True)]
    return f"Sigue como jefatura de {', '.join(jefaturas)}: nombra a otra persona." if jefaturas else ""


def _poner_clave(obj, datos, actor, ip):
    cambiar_clave(usuario_id=obj.pk, clave=datos["clave1"], actor=actor, ip=ip)


ACTOS = (
    Acto(
        nombre="clave",
        texto="Poner clave nueva",
        hecho="tiene clave nueva y sus sesiones se cerraron",
        accion="cambiar la clave de esta persona",
        codigo=P.USUARIOS,
        permitido=_puede_con,
        aplicar=_poner_clave,
        formulario=ClaveForm,
        en_lote=False,
    ),
    Acto(
        nombre="desactivar",
        texto="Desactivar",
        hecho="ya no puede entrar",
        accion="desactivar a esta persona",
        codigo=P.USUARIOS,
        permitido=_puede_con,
        aplicar=_desactivar,
        oportuno=lambda obj: obj.is_active,
        aviso="No podrá entrar y sus sesiones se cierran. Todo lo que hizo se conserva.",
    ),
    Acto(
        nombre="reactivar",
        texto="Reactivar",
        hecho="puede entrar otra vez",
        accion="reactivar a esta persona",
        codigo=P.USUARIOS,
        permitido=_puede_con,
        aplicar=lambda obj, datos, actor, ip: (
            reactivar_usuario(usuario_id=obj.pk, actor=actor, ip=ip) and None
        ),
        oportuno=lambda obj: not obj.is_active,
        aviso="Vuelve a entrar con los roles que tenía.",
    ),
)


@admin.register(Usuario)
class UsuarioAdmin(ConActos, PaginaMesa):
    permiso_ver = permiso_agregar = permiso_cambiar = P.USUARIOS
    actos = ACTOS
    form = UsuarioForm
    inlines = (MembresiaInline, EncargaturaInline)
    callar_documentos = True  # administering people opens no document
    list_display = ("username", "nombre", "cargo", "areas_y_roles", "is_active", "is_superuser", "last_login")
    list_filter = (
        "is_active",
        "is_superuser",
        ("membresias__rol", admin.RelatedOnlyFieldListFilter),
        ("membresias__area", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("username", "first_name", "last_name", "email", "cargo")
    search_help_text = "Usuario, nombres, apellidos, correo o cargo."
    ordering = ("last_name", "first_name", "username")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("membresias__area", "membresias__rol")

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = UsuarioNuevoForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request, obj=None):
        persona = ("username", ("first_name", "last_name"), "cargo", ("email", "telefono"), "ventanilla")
        if obj is None:
            claves = ("clave1", "clave2")
            return (
                (None, {"fields": persona}),
                ("Acceso", {"fields": (*claves, *self._superusuario(request))}),
            )
        return (
            (None, {"fields": persona}),
            ("Acceso", {"fields": ("puede_entrar", "is_superuser", ("last_login", "date_joined"))}),
            ("Historia", {"fields": ("historia",)}),
        )

    def get_readonly_fields(self, request, obj=None):
        fijos = ("puede_entrar", "last_login", "date_joined", "historia")
        return fijos if request.user.is_superuser else (*fijos, "is_superuser")

    @staticmethod
    def _superusuario(request):
        return ("is_superuser",) if request.user.is_superuser else ()

    def has_change_permission(self, request, obj=None):
        """A superuser's account is shown to administrators, and changed only by a superuser."""
        return super().has_change_permission(request, obj) and (
            obj is None or not obj.is_superuser or request.user.is_superuser
        )

    def get_inlines(self, request, obj):
        """A new user first exists; then gets areas and appointments."""
        return self.inlines if obj else (MembresiaInline,)

    @method_decorator(sensitive_post_parameters("clave1", "clave2"))
    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, extra_context)

    def guardar(self, request, obj, form, change):
        datos = {c: v for c, v in form.cleaned_data.items() if c not in ("clave1", "clave2")}
        fila = guardar_usuario(
            actor=request.user,
            usuario=obj if change else None,
            clave=form.cleaned_data.get("clave1"),
            ip=ip_de(request),
            **datos,
        )
        obj.pk = fila.pk
        obj._state.adding = False

    def save_related(self, request, form, formsets, change):
        for formset in formsets:
            self.save_formset(request, form, formset, change)

    def save_formset(self, request, form, formset, change):
        """Each changed row by its service; the order lets a role move from one row to another."""
        guardar, retirar, nombre = (
            (guardar_membresia, retirar_membresia, "membresia")
            if formset.model is Membresia
            else (guardar_encargatura, retirar_encargatura, "encargatura")
        )
        comunes = {"actor": request.user, "ip": ip_de(request)}
        cambiadas = formset.save(commit=False)
        for fila in formset.deleted_objects:
            retirar(**{nombre: fila}, **comunes)
        for fila in cambiadas:
            campos = [campo for campo in formset.form.base_fields if campo not in ("id", "usuario", "DELETE")]
            datos = {campo: getattr(fila, campo) for campo in campos}
            guardar(usuario=form.instance, **{nombre: fila if fila.pk else None}, **datos, **comunes)

    def eventos_de(self, request, obj):
        """The latest of what was done to the account and of what the person did, each by its own index."""
        de_la_cuenta = Evento.objects.filter(tipo__in=EVENTOS, detalle__contains={"id": obj.pk})
        de_la_persona = Evento.objects.filter(actor=obj)
        ids = [
            pk
            for eventos in (de_la_cuenta, de_la_persona)
            for pk in eventos.order_by("-ocurrido_en").values_list("pk", flat=True)[:MAX_HISTORIA]
        ]
        return Evento.objects.filter(pk__in=ids).recientes()

    @admin.display(description="puede entrar", boolean=True)
    def puede_entrar(self, obj):
        return obj.is_active

    @admin.display(description="nombre", ordering="last_name")
    def nombre(self, obj):
        return obj.nombre_completo

    @admin.display(description="áreas y roles")
    def areas_y_roles(self, obj):
        return ", ".join(f"{m.area.sigla}: {m.rol.nombre}" for m in obj.membresias.all())

    @admin.display(description="últimos hechos")
    def historia(self, obj):
        return mark_safe(tabla_de_eventos(self.eventos_de(None, obj)[:ULTIMOS], callar_documentos=True))
