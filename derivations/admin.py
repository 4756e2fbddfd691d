"""Derivations: found, read, and the acts of the tray; and their rows inside the page of each document."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html

from core.models import Evento
from core.panel.actos import Acto, ConActos, FormularioDeActo, Motivo
from core.panel.paginas import ConFechas, PaginaDeConsulta, PaginaMesa
from core.red import ip_de
from derivations import permissions as permisos
from derivations import services
from derivations.constants import Estado
from derivations.constants import Motivo as MotivoDeDerivacion
from derivations.models import Derivacion, TextoFrecuente
from documents.admin import DocumentoAdmin, DocumentoInline
from documents.models import Documento
from documents.permissions import documento_visible_o_404, registrar_visto
from documents.querysets import numeros_de_identidad
from organization.constants import P
from organization.models import Usuario


class DerivacionInline(DocumentoInline):
    model = Derivacion
    juntos = ("area_origen", "area_destino", "usuario_deriva", "usuario_recibe", "asignado_a")
    ordering = ("numero_derivacion",)
    fields = (
        "movimiento",
        "motivo",
        "area_origen",
        "area_destino",
        "es_copia",
        "usuario_deriva",
        "fecha_derivacion",
        "usuario_recibe",
        "fecha_recepcion",
        "estado",
        "instrucciones",
    )
    readonly_fields = ("movimiento",)

    @admin.display(description="movimiento")
    def movimiento(self, obj):
        url = reverse("admin:derivations_derivacion_change", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, obj.numero_derivacion)


DocumentoAdmin.inlines.insert(1, DerivacionInline)


class RecibirForm(FormularioDeActo):
    folios = forms.IntegerField(
        label="Folios que llegaron",
        min_value=1,
        required=False,
        help_text="Vacío: los mismos que se enviaron.",
    )
    observaciones = forms.CharField(
        label="Observaciones",
        max_length=500,
        required=False,
        help_text="Obligatorias si los folios no coinciden.",
    )


class AsignarForm(FormularioDeActo):
    persona = forms.ModelChoiceField(
        Usuario.objects.none(),
        label="Persona que lo atenderá",
        empty_label="Elige a la persona",
        error_messages={"required": "Elige a la persona que lo atenderá."},
    )

    def preparar(self):
        activos = Usuario.objects.filter(is_active=True)
        if self.obj is not None:
            activos = activos.filter(membresias__area=self.obj.area_destino_id)
        else:
            activos = activos.filter(
                membresias__area__in=self.usuario.alcance.areas_con(P.ASIGNAR)
            ).distinct()
        self.fields["persona"].queryset = activos


class MotivoOpcional(FormularioDeActo):
    motivo = forms.CharField(label="Motivo", max_length=300, required=False)


def _recibir(obj, datos, actor, ip):
    services.recibir_derivacion(
        derivacion_id=obj.pk,
        actor=actor,
        folios=datos.get("folios"),
        observaciones=datos.get("observaciones", ""),
    )


def _devolver(obj, datos, actor, ip):
    services.rechazar_derivacion(derivacion_id=obj.pk, motivo=datos["motivo"], actor=actor)


def _recuperar(obj, datos, actor, ip):
    services.anular_derivacion(derivacion_id=obj.pk, motivo=datos.get("motivo", ""), actor=actor)


def _asignar(obj, datos, actor, ip):
    services.asignar_derivacion(derivacion_id=obj.pk, persona=datos["persona"], actor=actor)


def _acusar(obj, datos, actor, ip):
    services.acusar_copia(derivacion_id=obj.pk, actor=actor)


def _pendiente(obj):
    return obj.estado == Estado.PENDIENTE and not obj.es_copia


ACTOS = (
    Acto(
        nombre="recibir",
        texto="Recibir",
        hecho="recibido",
        accion="recibir este documento",
        codigo=P.RECIBIR,
        permitido=permisos.puede_recibir,
        aplicar=_recibir,
        formulario=RecibirForm,
        oportuno=_pendiente,
    ),
    Acto(
        nombre="devolver",
        texto="Devolver",
        hecho="devuelto",
        accion="devolver este documento",
        codigo=P.RECIBIR,
        permitido=permisos.puede_recibir,
        aplicar=_devolver,
        formulario=Motivo,
        oportuno=lambda obj: _pendiente(obj) and obj.motivo != MotivoDeDerivacion.DEVOLUCION,
    ),
    Acto(
        nombre="recuperar",
        texto="Recuperar",
        hecho="recuperado",
        accion="recuperar este envío",
        codigo=P.RECUPERAR,
        permitido=permisos.puede_recuperar,
        aplicar=_recuperar,
        formulario=MotivoOpcional,
        oportuno=lambda obj: _pendiente(obj) and obj.motivo != MotivoDeDerivacion.DEVOLUCION,
        aviso="Anula el envío antes de que lo reciban; el documento vuelve a quien lo envió.",
    ),
    Acto(
        nombre="asignar",
        texto="Asignar",
        hecho="asignado",
        accion="asignar este documento",
        codigo=P.ASIGNAR,
        permitido=permisos.puede_asignar,
        aplicar=_asignar,
        formulario=AsignarForm,
        oportuno=lambda obj: obj.estado == Estado.RECIBIDO and not obj.es_copia,
    ),
    Acto(
        nombre="acusar",
        texto="Acusar recibo de la copia",
        hecho="acusado",
        accion="acusar recibo de esta copia",
        codigo=P.RECIBIR,
        permitido=permisos.puede_recibir,
        aplicar=_acusar,
        oportuno=lambda obj: obj.es_copia and obj.estado == Estado.PENDIENTE,
    ),
)


@admin.register(Derivacion)
class DerivacionAdmin(ConActos, ConFechas, PaginaDeConsulta):
    permiso_ver = P.DOCUMENTO_VER
    actos = ACTOS
    list_display = (
        "expediente",
        "numero_derivacion",
        "fecha_derivacion",
        "viene_de",
        "va_a",
        "estado",
        "motivo",
        "es_copia",
        "es_urgente",
        "asignado_a",
        "fecha_limite_atencion",
    )
    list_display_links = ("expediente", "numero_derivacion")
    list_select_related = ("documento", "area_origen", "area_destino", "asignado_a")
    list_filter = ("estado", "motivo", "es_copia", "es_urgente", "area_destino", "area_origen")
    date_hierarchy = "fecha_derivacion"
    ordering = ("-fecha_derivacion", "-pk")
    sortable_by = ("fecha_derivacion", "fecha_limite_atencion")
    search_fields = ("documento__numero_expediente",)
    search_help_text = (
        "Número del expediente en cualquier forma, DNI o RUC del remitente, o palabras del asunto."
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("el_expediente", "numero_derivacion", "estado"),
                    ("motivo", "es_copia", "es_urgente", "requiere_respuesta"),
                    ("area_origen", "area_destino"),
                    "instrucciones",
                    ("con_original", "folios", "folios_recibidos"),
                    "observaciones",
                )
            },
        ),
        (
            "Quién y cuándo",
            {
                "fields": (
                    ("usuario_deriva", "fecha_derivacion"),
                    ("usuario_recibe", "fecha_recepcion"),
                    "asignado_a",
                    ("usuario_atiende", "fecha_atencion"),
                    "fecha_cierre",
                )
            },
        ),
        (
            "Plazo y resultado",
            {
                "fields": (
                    ("plazo_interno_dias", "fecha_limite_atencion"),
                    ("resultado", "sin_respuesta_motivo"),
                    ("motivo_rechazo", "motivo_anulacion"),
                )
            },
        ),
    )
    readonly_fields = ("el_expediente",)

    def has_view_permission(self, request, obj=None):
        return self._tiene(request, P.DOCUMENTO_VER) or self._tiene(request, P.DOCUMENTO_VER_TODO)

    def get_queryset(self, request):
        return super().get_queryset(request).visibles_para(request.user)

    def obtener(self, request, object_id):
        """The derivation of a visible document, or a 404 that is recorded when it exists."""
        if not str(object_id).isdecimal() or len(str(object_id)) > 18:
            raise Http404("No encontramos ese envío.")
        derivacion = Derivacion.objects.para_bandeja().filter(pk=object_id).first()
        if derivacion is None:
            raise Http404("No encontramos ese envío.")
        derivacion.documento = documento_visible_o_404(
            request.user, derivacion.documento_id, ip=ip_de(request)
        )
        return derivacion

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if self.has_view_permission(request):
            derivacion = self.obtener(request, unquote(object_id))
            registrar_visto(usuario=request.user, documento=derivacion.documento, ip=ip_de(request))
        return super().change_view(request, object_id, form_url, extra_context)

    def documento_de(self, obj):
        return obj.documento_id

    def nombre_de(self, obj):
        return f"{obj.documento.numero_expediente}, movimiento {obj.numero_derivacion}"

    def get_search_results(self, request, queryset, search_term):
        """By the document: number, identity of the sender, or words."""
        termino = search_term.strip()
        if not termino:
            return queryset, False
        visibles = Documento.objects.visibles_para(request.user)
        numeros = numeros_de_identidad(termino)
        caminos = [visibles.con_numero(termino)]
        if numeros:
            caminos.append(visibles.filter(remitente__numero__in=numeros))
        hallados = next((camino for camino in caminos if camino.exists()), None)
        if hallados is None:
            hallados = visibles.con_palabras(termino, comienzo=True)
        return queryset.filter(documento__in=hallados.order_by().values("pk")), False

    def enlaces_de(self, request, obj):
        return [
            {"texto": "Abrir el expediente", "url": reverse("documents:detalle", args=[obj.documento_id])},
            {"texto": "Hoja de ruta", "url": reverse("derivations:hoja-ruta", args=[obj.documento_id])},
        ]

    def eventos_de(self, request, obj):
        return Evento.objects.filter(
            documento_id=obj.documento_id, detalle__contains={"derivacion_id": obj.pk}
        ).recientes()

    @admin.display(description="viene de")
    def viene_de(self, obj):
        return obj.area_origen.sigla

    @admin.display(description="va a")
    def va_a(self, obj):
        return obj.area_destino.sigla

    @admin.display(description="expediente")
    def expediente(self, obj):
        return obj.documento.numero_expediente

    @admin.display(description="expediente")
    def el_expediente(self, obj):
        url = reverse("admin:documents_documento_change", args=[obj.documento_id])
        return format_html('<a href="{}">{}</a>', url, obj.documento.numero_expediente)


@admin.register(TextoFrecuente)
class TextoFrecuenteAdmin(PaginaMesa):
    permiso_ver = permiso_agregar = permiso_cambiar = permiso_borrar = P.CATALOGO
    list_display = ("texto", "orden", "activo")
    list_filter = ("activo",)
    search_fields = ("texto",)
