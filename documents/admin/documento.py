"""Documents: found, read with their history, and the acts of the archive; each act is the page's own service."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from core.models import Evento
from core.panel.actos import Acto, ConActos, FormularioDeActo, Motivo
from core.panel.historia import tabla_de_eventos
from core.panel.paginas import ConFechas, PaginaDeConsulta
from core.red import ip_de
from core.texto import recortar
from documents import permissions as permisos
from documents import services
from documents.actos import ACTOS
from documents.admin.filas import (
    AccesoInline,
    ArchivamientoInline,
    ArchivoInline,
    CargoInline,
    NotaInline,
    ObservacionInline,
    PausaInline,
    RequisitoInline,
)
from documents.constants import ESTADOS_ABIERTOS, ESTADOS_EN_PAUSA
from documents.models import Documento, SerieDocumental
from documents.presentacion import poner_plazos, reloj_de, titulo_de
from documents.querysets import numeros_de_identidad
from organization.calendar import explicar
from organization.constants import P

MAX_EVENTOS = 100


class ArchivarForm(FormularioDeActo):
    serie = forms.ModelChoiceField(
        SerieDocumental.objects.filter(activa=True),
        label="Serie documental",
        empty_label="Elige la serie",
        error_messages={"required": "Elige la serie documental."},
    )
    clasificacion = forms.CharField(label="Clasificación", max_length=160, required=False)
    ubicacion_fisica = forms.CharField(
        label="Ubicación física",
        max_length=120,
        required=False,
        help_text="Por ejemplo: Archivador 14, piso 2. Vacía: la que ya tiene.",
    )
    observaciones = forms.CharField(label="Observaciones", max_length=300, required=False)

    def preparar(self):
        if self.obj is not None:
            self.fields["ubicacion_fisica"].initial = self.obj.ubicacion_fisica


def _archivar(obj, datos, actor, ip):
    services.archivar_documento(documento_id=obj.pk, actor=actor, **datos)


def _con_motivo(servicio):
    def aplicar(obj, datos, actor, ip):
        servicio(documento_id=obj.pk, motivo=datos["motivo"], actor=actor)

    return aplicar


def _acto(nombre, hecho, codigo, aplicar, formulario, aviso=""):
    """An act of the page, with its words, its predicate and its moment."""
    de_la_pagina = ACTOS[nombre]
    return Acto(
        nombre=nombre,
        texto=de_la_pagina.texto,
        hecho=hecho,
        accion=de_la_pagina.accion,
        codigo=codigo,
        permitido=de_la_pagina.permitido,
        aplicar=aplicar,
        formulario=formulario,
        aviso=aviso,
        oportuno=lambda obj: not de_la_pagina.impedimento(obj),
    )


@admin.register(Documento)
class DocumentoAdmin(ConActos, ConFechas, PaginaDeConsulta):
    permiso_ver = P.DOCUMENTO_VER
    actos = (
        _acto("archivar", "archivado", P.DOCUMENTO_ARCHIVAR, _archivar, ArchivarForm),
        _acto(
            "restaurar",
            "restaurado",
            P.DOCUMENTO_RESTAURAR,
            _con_motivo(services.restaurar_documento),
            Motivo,
            "Vuelve a estar en proceso en el área que lo tuvo; su paso por el archivo queda en la historia.",
        ),
        _acto("reabrir", "reabierto", P.DOCUMENTO_REABRIR, _con_motivo(services.reabrir_documento), Motivo),
        _acto(
            "anular",
            "anulado",
            P.DOCUMENTO_ANULAR,
            _con_motivo(services.anular_documento),
            Motivo,
            "El número se conserva y no se vuelve a usar. Un documento anulado ya no se reabre.",
        ),
    )
    list_display = (
        "numero_expediente",
        "fecha_recepcion",
        "tipo_documento",
        "remitente_nombre",
        "el_asunto",
        "estado",
        "reloj_breve",
        "prioridad",
        "el_area",
        "asignado_a",
    )
    list_select_related = ("tipo_documento", "area_actual", "asignado_a")
    list_filter = ("estado", "prioridad", "tipo_documento", "area_actual", "canal")
    date_hierarchy = "fecha_recepcion"
    ordering = ("-fecha_recepcion", "-pk")
    sortable_by = ("fecha_recepcion",)
    search_fields = ("numero_expediente",)
    search_help_text = "Número en cualquier forma (4182, 2026-4182), código leído, DNI, RUC o palabras."
    inlines = [
        ArchivoInline,
        RequisitoInline,
        ObservacionInline,
        PausaInline,
        NotaInline,
        ArchivamientoInline,
        CargoInline,
    ]
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("numero_expediente", "codigo_interno"),
                    ("estado", "prioridad", "reservado"),
                    "asunto",
                    ("tipo_documento", "categoria", "procedimiento"),
                    ("numero_documento_externo", "fecha_documento"),
                    ("numero_folios", "numero_anexos"),
                    "los_anexos",
                    "las_etiquetas",
                    "observaciones",
                    "relacionado",
                )
            },
        ),
        (
            "Remitente",
            {
                "fields": (
                    ("remitente", "remitente_nombre"),
                    ("firmante_documento", "firmante_nombre"),
                    "correo_avisos",
                )
            },
        ),
        (
            "Recepción",
            {
                "fields": (
                    ("canal", "origen_externo", "id_externo"),
                    ("usuario_registro", "ventanilla", "area_registro"),
                    ("fecha_presentacion", "fecha_recepcion", "fecha_legal"),
                )
            },
        ),
        (
            "Dónde está",
            {
                "fields": (
                    ("area_actual", "asignado_a", "en_area_desde"),
                    ("area_sugerida", "instruccion_prevista"),
                    "ubicacion_fisica",
                )
            },
        ),
        (
            "Plazo",
            {
                "fields": (
                    ("el_reloj", "fecha_limite", "fecha_atencion"),
                    ("plazo_dias", "plazo_regla", "silencio"),
                )
            },
        ),
        ("Cómputo del plazo, día por día", {"fields": ("el_computo",), "classes": ("collapse",)}),
        ("Historia", {"fields": ("la_historia",)}),
    )
    readonly_fields = (
        "los_anexos",
        "las_etiquetas",
        "relacionado",
        "el_reloj",
        "el_computo",
        "la_historia",
    )

    # Who sees which

    def has_view_permission(self, request, obj=None):
        return self._tiene(request, P.DOCUMENTO_VER) or self._tiene(request, P.DOCUMENTO_VER_TODO)

    def get_queryset(self, request):
        return super().get_queryset(request).visibles_para(request.user)

    def obtener(self, request, object_id):
        """The document, or a 404 that is recorded when it exists."""
        if not str(object_id).isdecimal() or len(str(object_id)) > 18:
            raise Http404("No encontramos ese documento.")
        return permisos.documento_visible_o_404(
            request.user, int(object_id), ip=ip_de(request), consulta=Documento.objects.para_detalle()
        )

    def get_object(self, request, object_id, from_field=None):
        obj = self.get_queryset(request).para_detalle().filter(pk=object_id).first()
        if obj is not None and obj.expediente_relacionado_id:
            relacionado = Documento.objects.visibles_para(request.user).filter(
                pk=obj.expediente_relacionado_id
            )
            obj.relacionado_visible = relacionado.exists()
        return obj

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if self.has_view_permission(request):
            documento = self.obtener(request, unquote(object_id))
            permisos.registrar_visto(usuario=request.user, documento=documento, ip=ip_de(request))
        return super().change_view(request, object_id, form_url, extra_context)

    def documento_de(self, obj):
        return obj.pk

    # The list

    def get_search_results(self, request, queryset, search_term):
        """By QR, number, identity of the sender, or words: the first that finds something."""
        termino = search_term.strip()
        if not termino:
            return queryset, False
        numeros = numeros_de_identidad(termino)
        caminos = [queryset.con_token(termino), queryset.con_numero(termino)]
        if numeros:
            caminos.append(queryset.filter(remitente__numero__in=numeros))
        hallados = next((camino for camino in caminos if camino.exists()), None)
        return queryset.con_palabras(termino, comienzo=True) if hallados is None else hallados, False

    def preparar_filas(self, filas):
        poner_plazos(filas)

    @admin.display(description="asunto")
    def el_asunto(self, obj):
        return recortar(obj.asunto, 90)

    @admin.display(description="área actual")
    def el_area(self, obj):
        return obj.area_actual.sigla

    @admin.display(description="plazo")
    def reloj_breve(self, obj):
        if obj.estado in ESTADOS_EN_PAUSA:
            return "En pausa"
        if obj.estado not in ESTADOS_ABIERTOS:
            return "—"
        return "Sin plazo" if obj.dias_restantes is None else titulo_de(obj.dias_restantes)

    # The page

    def get_inlines(self, request, obj):
        return [*self.inlines, AccesoInline] if obj is not None and obj.reservado else self.inlines

    def enlaces_de(self, request, obj):
        enlaces = [{"texto": "Abrir el expediente", "url": reverse("documents:detalle", args=[obj.pk])}]
        if permisos.puede_imprimir_cargo(request.user, obj):
            enlaces.append({"texto": "Cargo", "url": reverse("documents:cargo", args=[obj.pk])})
        return enlaces

    def eventos_de(self, request, obj):
        return Evento.objects.filter(documento_id=obj.pk).select_related("actor").order_by("-secuencia")

    @admin.display(description="anexos declarados")
    def los_anexos(self, obj):
        anexos = (
            f"{anexo.get('nombre', '')} ({anexo.get('folios') or '—'} folios)" for anexo in obj.detalle_anexos
        )
        return "; ".join(anexos) or "—"

    @admin.display(description="etiquetas")
    def las_etiquetas(self, obj):
        return ", ".join(obj.etiquetas) or "—"

    @admin.display(description="relacionado con")
    def relacionado(self, obj):
        if not getattr(obj, "relacionado_visible", False):
            return "—"
        url = reverse("admin:documents_documento_change", args=[obj.expediente_relacionado_id])
        return format_html('<a href="{}">{}</a>', url, obj.expediente_relacionado)

    @admin.display(description="reloj")
    def el_reloj(self, obj):
        reloj = reloj_de(obj)
        return f"{reloj.titulo}. {reloj.nota}" if reloj.nota else reloj.titulo

    @admin.display(description="cómputo del plazo")
    def el_computo(self, obj):
        pasos = explicar(obj.plazo_pasos) if obj.plazo_pasos else []
        filas = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            ((p["fecha"], p["cuenta_texto"], p["n"], p["motivo"], p["fuente"]) for p in pasos),
        )
        if not pasos:
            return "—"
        cabeza = "".join(f"<th scope='col'>{t}</th>" for t in ("Fecha", "Cuenta", "Día", "Motivo", "Fuente"))
        return format_html(
            "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", mark_safe(cabeza), filas
        )

    @admin.display(description="hechos, del último al primero")
    def la_historia(self, obj):
        return mark_safe(tabla_de_eventos(self.eventos_de(None, obj)[:MAX_EVENTOS]))
