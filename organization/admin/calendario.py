"""The office's days. Every change goes through organization.calendar.servicios; no stored term moves."""

from django import forms
from django.contrib import admin

from core.panel.actos import Acto, ConActos
from core.panel.paginas import PaginaMesa
from core.red import ip_de
from organization.calendar import servicios
from organization.calendar.constants import DIA_LARGO
from organization.constants import P
from organization.models import CorteDigital, Feriado, Jornada, Sede, Suspension


class PaginaDeCalendario(PaginaMesa):
    """Shows `ambito` as the list of premises and stores through the service."""

    permiso_ver = permiso_agregar = permiso_cambiar = P.CATALOGO
    clave_en_evento = "pk"
    servicio = None

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "ambito":
            sedes = [(sede.codigo, sede.nombre) for sede in Sede.objects.all()]
            return forms.ChoiceField(
                label="Ámbito", choices=[("", "Toda la entidad"), *sedes], required=False
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def guardar(self, request, obj, form, change):
        fila = self.servicio(
            actor=request.user, pk=obj.pk if change else None, ip=ip_de(request), **form.cleaned_data
        )
        obj.pk = fila.pk

    @admin.display(description="ámbito", ordering="ambito")
    def alcance(self, obj):
        return f"Sede {obj.ambito}" if obj.ambito else "Toda la entidad"


def _retirar(servicio):
    return Acto(
        nombre="retirar",
        texto="Quitar de vigencia",
        hecho="ya no rige",
        accion="cambiar el calendario",
        codigo=P.CATALOGO,
        aplicar=lambda obj, datos, actor, ip: servicio(actor=actor, pk=obj.pk, ip=ip) and None,
        oportuno=lambda obj: getattr(obj, "activo", getattr(obj, "activa", False)),
        aviso="La fila se conserva. Los plazos ya calculados no se mueven: se recalculan uno por uno, con aviso.",
    )


@admin.register(Feriado)
class FeriadoAdmin(ConActos, PaginaDeCalendario):
    servicio = staticmethod(servicios.guardar_feriado)
    actos = (_retirar(servicios.retirar_feriado),)
    list_display = ("fecha", "nombre", "tipo", "alcance", "computable", "activo")
    list_filter = ("activo", "tipo", "computable")
    date_hierarchy = "fecha"
    search_fields = ("nombre", "fuente_legal")
    eventos = ("feriado_creado", "feriado_cambiado")


@admin.register(Suspension)
class SuspensionAdmin(ConActos, PaginaDeCalendario):
    servicio = staticmethod(servicios.guardar_suspension)
    actos = (_retirar(servicios.retirar_suspension),)
    list_display = ("desde", "hasta", "motivo", "documento_sustento", "alcance", "activa")
    list_filter = ("activa",)
    date_hierarchy = "desde"
    search_fields = ("motivo", "documento_sustento")
    eventos = ("suspension_creada", "suspension_cambiada")


class JornadaForm(forms.ModelForm):
    """The days of the week as boxes to tick."""

    dias = forms.TypedMultipleChoiceField(
        label="Días de la semana",
        coerce=int,
        choices=[(n, nombre.capitalize()) for n, nombre in enumerate(DIA_LARGO, 1)],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "La jornada tiene al menos un día."},
    )


@admin.register(Jornada)
class JornadaAdmin(PaginaDeCalendario):
    servicio = staticmethod(servicios.guardar_jornada)
    form = JornadaForm
    list_display = ("vigente_desde", "los_dias", "hora_inicio", "hora_fin", "alcance")
    date_hierarchy = "vigente_desde"
    eventos = ("jornada_creada", "jornada_cambiada")

    @admin.display(description="días de la semana")
    def los_dias(self, obj):
        return ", ".join(DIA_LARGO[d - 1] for d in obj.dias)


@admin.register(CorteDigital)
class CorteDigitalAdmin(PaginaDeCalendario):
    servicio = staticmethod(servicios.guardar_corte)
    list_display = ("vigente_desde", "modo", "fuente_legal")
    list_filter = ("modo",)
    date_hierarchy = "vigente_desde"
    search_fields = ("fuente_legal",)
    eventos = ("corte_digital_creado", "corte_digital_cambiado")
