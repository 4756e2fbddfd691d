"""Connections with other systems, the documents sent to them, and what each exchange left."""

from django.contrib import admin, messages

from core.models import Evento
from core.panel.actos import Acto, ConActos
from core.panel.paginas import ConFechas, PaginaDeConsulta, PaginaMesa
from core.red import ip_de
from integrations import services
from integrations.constants import ENVIOS_FALLIDOS, ENVIOS_POR_HACER, EstadoEnvio
from integrations.forms import CredencialForm
from integrations.models import Envio, Integracion, LogSincronizacion
from integrations.permissions import puede_administrar, puede_reintentar
from organization.constants import P


def _probar(obj, datos, actor, ip):
    prueba = services.probar_conexion(integracion_id=obj.pk)
    return f"{'Bien' if prueba.bien else 'No funciona'}, en {prueba.duracion_ms} ms: {prueba.texto}"


def _credencial(obj, datos, actor, ip):
    services.guardar_credencial(integracion_id=obj.pk, actor=actor, ip=ip, **datos)


@admin.register(Integracion)
class IntegracionAdmin(ConActos, PaginaMesa):
    permiso_ver = permiso_agregar = permiso_cambiar = permiso_borrar = P.CATALOGO
    eventos = (
        "integracion_creado",
        "integracion_cambiado",
        "integracion_borrado",
        "integracion_credencial_cambiada",
        "integracion_credencial_retirada",
    )
    actos = (
        Acto(
            nombre="probar",
            texto="Probar conexión",
            hecho="conexión probada",
            accion="probar esta conexión",
            codigo=P.CATALOGO,
            aplicar=_probar,
            permitido=puede_administrar,
            en_lote=False,
            aviso="Llama a la otra entidad con la credencial guardada. No envía ningún documento.",
            oportuno=lambda obj: bool(obj.url_base),
        ),
        Acto(
            nombre="credencial",
            texto="Cambiar credencial",
            hecho="credencial guardada",
            accion="cambiar esta credencial",
            codigo=P.CATALOGO,
            aplicar=_credencial,
            permitido=puede_administrar,
            formulario=CredencialForm,
            en_lote=False,
        ),
    )
    list_display = ("codigo", "nombre", "tipo", "activa", "estado_conexion", "ultima_sincronizacion")
    list_filter = ("activa", "tipo", "estado_conexion")
    search_fields = ("codigo", "nombre", "url_base")
    fields = (
        "codigo",
        "nombre",
        "tipo",
        "url_base",
        "activa",
        ("autenticacion", "la_credencial"),
        ("conexion_segundos", "respuesta_segundos", "total_segundos"),
        ("estado_conexion", "ultima_sincronizacion"),
        ("fallas_seguidas", "pausada_hasta"),
        ("creada_en", "actualizada_en"),
    )
    readonly_fields = (
        "autenticacion",
        "la_credencial",
        "estado_conexion",
        "ultima_sincronizacion",
        "fallas_seguidas",
        "pausada_hasta",
        "creada_en",
        "actualizada_en",
    )

    @admin.display(description="credencial")
    def la_credencial(self, obj):
        return obj.estado_credencial

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "url_base":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def almacenar(self, request, obj):
        """Through the service that guards the credential."""
        if services.guardar_integracion(fila=obj, actor=request.user, ip=ip_de(request)):
            self.message_user(
                request,
                "Cambió el servidor: la credencial se retiró. Escríbela otra vez en «Cambiar credencial».",
                messages.WARNING,
            )


class PaginaDeIntercambios(ConFechas, PaginaDeConsulta):
    """Rows about documents that went elsewhere; its two search_fields are the expediente and the remote identifier."""

    permiso_ver = P.CATALOGO

    def get_queryset(self, request):
        """Without the rows of documents this person may not see."""
        return super().get_queryset(request).visibles_para(request.user)

    def get_search_results(self, request, queryset, search_term):
        """Exactly, by the two indexed columns."""
        termino = search_term.strip()
        if not termino:
            return queryset, False
        expediente, identificador = self.search_fields
        hallados = queryset.filter(**{expediente: termino.upper()}) | queryset.filter(
            **{identificador: termino}
        )
        return hallados, False


def _reintentar(obj, datos, actor, ip):
    services.reintentar_envio(envio_id=obj.pk, actor=actor)


def _consultar(obj, datos, actor, ip):
    services.pedir_consulta(envio_id=obj.pk, actor=actor)


@admin.register(Envio)
class EnvioAdmin(ConActos, PaginaDeIntercambios):
    actos = (
        Acto(
            nombre="reintentar",
            texto="Reintentar el envío",
            hecho="puesto en cola",
            accion="reintentar este envío",
            codigo=P.CATALOGO,
            aplicar=_reintentar,
            permitido=puede_reintentar,
            aviso="Continúa con lo que falta; la otra entidad no recibe un segundo documento.",
            oportuno=lambda obj: obj.estado in (*ENVIOS_FALLIDOS, EstadoEnvio.PENDIENTE),
        ),
        Acto(
            nombre="consultar",
            texto="Consultar el estado",
            hecho="consulta puesta en cola",
            accion="consultar este envío",
            codigo=P.CATALOGO,
            aplicar=_consultar,
            permitido=puede_reintentar,
            oportuno=lambda obj: bool(obj.id_remoto) and obj.estado not in ENVIOS_POR_HACER,
        ),
    )
    list_display = (
        "creado_en",
        "el_documento",
        "la_integracion",
        "estado",
        "intentos",
        "proximo_intento_en",
        "ultimo_error",
    )
    list_select_related = ("integracion", "documento")
    list_filter = ("estado", "integracion")
    date_hierarchy = "creado_en"
    ordering = ("-creado_en", "-pk")
    sortable_by = ("creado_en",)
    search_fields = ("documento__numero_expediente", "id_remoto")
    search_help_text = "Número de expediente o identificador remoto, completos."
    fields = (
        ("integracion", "el_documento"),
        ("estado", "intentos", "proximo_intento_en"),
        "ultimo_error",
        ("id_remoto", "numero_remoto", "estado_remoto"),
        "los_archivos",
        ("pedido_por", "creado_en"),
        ("enviado_en", "confirmado_en", "actualizado_en"),
        "clave",
    )
    readonly_fields = ("el_documento", "los_archivos", "clave")

    def nombre_de(self, obj):
        return f"{obj.documento.numero_expediente} a {obj.integracion.nombre}"

    def documento_de(self, obj):
        return obj.documento_id

    def eventos_de(self, request, obj):
        """The events of the document that are about this sending."""
        return Evento.objects.filter(
            documento_id=obj.documento_id, detalle__contains={"envio_id": obj.pk}
        ).recientes()

    @admin.display(description="documento")
    def el_documento(self, obj):
        return obj.documento.numero_expediente

    @admin.display(description="integración")
    def la_integracion(self, obj):
        return obj.integracion.codigo

    @admin.display(description="archivos enviados")
    def los_archivos(self, obj):
        """Name and state of each file; none before the first attempt."""
        archivos = (obj.contenido or {}).get("archivos", [])
        hechos = set(obj.archivos_enviados)
        return (
            "; ".join(f"{a['nombre']}: {'enviado' if a['sha256'] in hechos else 'falta'}" for a in archivos)
            or "—"
        )


@admin.register(LogSincronizacion)
class LogSincronizacionAdmin(PaginaDeIntercambios):
    list_display = (
        "created_at",
        "integracion",
        "operacion",
        "estado",
        "intento",
        "estado_http",
        "duracion_ms",
        "documento_numero_expediente",
        "id_externo",
    )
    list_select_related = ("integracion",)
    list_filter = ("estado", "operacion", "integracion")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    sortable_by = ("created_at",)
    search_fields = ("documento_numero_expediente", "id_externo")
    search_help_text = "Número de expediente o identificador externo, completos."
    fields = (
        ("integracion", "operacion", "estado"),
        ("documento_numero_expediente", "id_externo"),
        ("created_at", "terminado_en"),
        ("intento", "estado_http", "duracion_ms"),
        ("bytes_enviados", "bytes_recibidos"),
        "detalle",
    )
