"""Administration of the mails: what became of each, addresses that bounce, mass sendings, faults told."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join

from core.panel.actos import Acto, ConActos
from core.panel.base import AdminMesa
from core.panel.paginas import PaginaDeConsulta, PaginaMesa
from core.texto import cuenta, miles
from documents.constants import Estado
from documents.models import Procedimiento, TipoDocumento
from notifications.constants import Destino, EstadoCorreo, EstadoEnvio
from notifications.correo import manual, masivo, rebotes
from notifications.forms import EnvioForm
from notifications.models import Correo, DireccionRebotada, EnvioMasivo, Falla
from organization.constants import P
from organization.models import Area, Rol


def _reenviar(obj, datos, actor, ip):
    manual.reenviar_correo(correo_id=obj.pk, actor=actor)


def _levantar(obj, datos, actor, ip):
    rebotes.levantar_rebote(rebote_id=obj.pk, actor=actor)


def _enviar(obj, datos, actor, ip):
    masivo.confirmar_envio(envio_id=obj.pk, actor=actor)
    return "El avance se ve en esta página y en Tareas."


def _detener(obj, datos, actor, ip):
    masivo.detener_envio(envio_id=obj.pk, actor=actor)
    return "Se detiene en unos segundos. Lo que no salió no se envía."


@admin.register(Correo)
class CorreoAdmin(ConActos, PaginaDeConsulta):
    """The outbox. A mail is sent again only from here or by command, never by itself once in doubt."""

    permiso_ver = P.TAREAS
    contar_filas = False
    list_display = ("creado_en", "para", "asunto", "estado", "intentos", "enviado_en", "documento")
    list_select_related = ("documento",)
    list_filter = ("estado",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("para",)
    search_help_text = "Dirección completa, o número interno del documento."
    eventos = (manual.CORREO_REENVIADO,)
    clave_en_evento = "correo"
    fields = (
        "para",
        "asunto",
        "tipo",
        "documento",
        "masivo",
        "estado",
        "error",
        "intentos",
        "creado_en",
        "proximo_intento_en",
        "enviado_en",
        "mensaje_id",
    )
    actos = (
        Acto(
            nombre="reenviar",
            texto="Volver a enviar",
            hecho="se enviará de nuevo",
            accion="volver a enviar correos",
            codigo=P.TAREAS,
            aplicar=_reenviar,
            oportuno=lambda obj: obj.estado in manual.REENVIABLES,
            aviso=f"Si el correo está dudoso: {manual.AVISO_DUDOSO[:1].lower()}{manual.AVISO_DUDOSO[1:]}",
        ),
    )

    def get_search_results(self, request, queryset, search_term):
        """By the two indexed columns, exactly."""
        termino = search_term.strip()
        if termino.isdecimal() and len(termino) < 19:
            return queryset.filter(documento=int(termino)), False
        return (queryset.filter(para=termino) if termino else queryset), False

    def nombre_de(self, obj):
        return f"Correo {obj.pk} a {obj.para}"


@admin.register(DireccionRebotada)
class DireccionRebotadaAdmin(ConActos, PaginaMesa):
    permiso_ver = permiso_agregar = P.TAREAS
    list_display = ("correo", "motivo", "desde")
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("=correo",)
    search_help_text = "Dirección completa."
    fields = ("correo", "motivo", "desde")
    readonly_fields = ("desde",)
    actos = (
        Acto(
            nombre="levantar",
            texto="Volver a escribirle",
            hecho="ya no está entre las rebotadas",
            accion="levantar direcciones rebotadas",
            codigo=P.TAREAS,
            aplicar=_levantar,
            aviso="Los correos nuevos se le enviarán otra vez. Los que no se intentaron se reenvían en Correos.",
        ),
    )

    def guardar(self, request, obj, form, change):
        direccion, _ = rebotes.marcar_rebote(
            direccion=obj.correo, motivo=obj.motivo or "Marcada a mano", actor=request.user
        )
        obj.pk = DireccionRebotada.objects.get(correo=direccion).pk

    def _pagina_de(self, obj):
        """After lifting the mark there is no page of the row any more."""
        if DireccionRebotada.objects.filter(pk=obj.pk).exists():
            return super()._pagina_de(obj)
        return reverse("admin:notifications_direccionrebotada_changelist")


@admin.register(EnvioMasivo)
class EnvioMasivoAdmin(ConActos, PaginaMesa):
    """Write it, see whom it reaches, then confirm: nothing goes out before."""

    permiso_ver = permiso_agregar = P.CATALOGO
    form = EnvioForm
    list_display = ("creado_en", "titulo", "destino", "estado", "total", "pedido_por")
    list_select_related = ("pedido_por",)
    list_filter = ("estado",)
    ordering = ("-pk",)
    sortable_by = ()
    eventos = (masivo.ENVIO_PEDIDO, masivo.ENVIO_DETENIDO)
    clave_en_evento = "envio"
    actos = (
        Acto(
            nombre="enviar",
            texto="Confirmar y enviar",
            hecho="el envío empezó",
            accion="enviar avisos masivos",
            codigo=P.CATALOGO,
            aplicar=_enviar,
            oportuno=lambda obj: obj.estado in (EstadoEnvio.PREPARADO, EstadoEnvio.DETENIDO),
            en_lote=False,
            aviso="Cada persona recibe un correo. Si el envío se había detenido, sigue con quienes faltan.",
        ),
        Acto(
            nombre="detener",
            texto="Detener",
            hecho="se pidió detener",
            accion="detener avisos masivos",
            codigo=P.CATALOGO,
            aplicar=_detener,
            oportuno=lambda obj: obj.estado == EstadoEnvio.EN_CURSO,
            en_lote=False,
            aviso="Lo que ya salió no se puede recoger. Después se puede seguir con quienes faltan.",
        ),
    )

    def get_fieldsets(self, request, obj=None):
        if obj is not None:
            campos = ("titulo", "texto", "destino", "condiciones", "alcance", "estado", "avance")
            return [(None, {"fields": (*campos, "pedido_por", "creado_en", "terminado_en")})]
        return [
            (None, {"fields": ("titulo", "texto", "destino")}),
            (
                "Si es para personas que presentaron documentos",
                {
                    "fields": (
                        "estados",
                        "tipo",
                        "procedimiento",
                        "area",
                        ("desde", "hasta"),
                        "etiqueta",
                        "numeros",
                    ),
                    "description": "Llega a la dirección que cada persona dejó para avisos. Sin condiciones, a todas.",
                },
            ),
            ("Si es para usuarios del sistema", {"fields": ("areas", "roles")}),
        ]

    def get_readonly_fields(self, request, obj=None):
        return ("condiciones", "alcance", "avance") if obj is not None else ()

    def guardar(self, request, obj, form, change):
        envio = masivo.preparar_envio(
            titulo=obj.titulo, texto=obj.texto, destino=obj.destino, filtro=form.filtro(), actor=request.user
        )
        obj.pk = envio.pk

    def response_add(self, request, obj, post_url_continue=None):
        """To the page where it is looked over and confirmed."""
        obj.refresh_from_db()
        self.message_user(request, "Revísalo y confirma: todavía no se envía nada.")
        return HttpResponseRedirect(self._pagina_de(obj))

    def nombre_de(self, obj):
        return f"{obj.titulo}, a {cuenta(obj.total, 'persona')}"

    @admin.display(description="condiciones")
    def condiciones(self, obj):
        filas = en_palabras(obj.filtro)
        return format_html_join("", "{}: {}<br>", filas) if filas else "Sin condiciones: a todas"

    @admin.display(description="llega a")
    def alcance(self, obj):
        """Counted now while it waits to be confirmed; afterwards, what it was."""
        if obj.estado != EstadoEnvio.PREPARADO:
            return cuenta(obj.total, "persona")
        hay = masivo.contar(destino=obj.destino, filtro=obj.filtro)
        texto = cuenta(hay["personas"], "persona")
        if hay["rebotadas"]:
            texto += f"; {miles(hay['rebotadas'])} con la dirección rebotada, que no lo recibirán"
        return texto

    @admin.display(description="avance")
    def avance(self, obj):
        estado = masivo.estado_de(obj)
        partes = [(miles(estado[e.value]), e.label.lower()) for e in EstadoCorreo if estado[e.value]]
        if obj.destino == Destino.PERSONAS and estado["sin_escribir"]:
            partes.append((miles(estado["sin_escribir"]), "sin preparar"))
        if partes:
            return format_html_join("", "{} {}<br>", partes)
        terminado = obj.estado == EstadoEnvio.TERMINADO
        return "Avisados en el sistema; nadie eligió correo" if terminado else "Nada todavía"


def en_palabras(filtro):
    """[(name, value)] of the conditions of a mass sending, for people."""
    filas = []
    if filtro.get("estados"):
        filas.append(("Estado", ", ".join(str(Estado(e).label) for e in filtro["estados"])))
    for clave, nombre, modelo in (
        ("tipo", "Tipo", TipoDocumento),
        ("procedimiento", "Procedimiento", Procedimiento),
        ("area", "Área", Area),
    ):
        if filtro.get(clave):
            filas.append((nombre, str(modelo.objects.filter(pk=filtro[clave]).first() or "ya no existe")))
    for clave, nombre in (("desde", "Desde"), ("hasta", "Hasta"), ("etiqueta", "Etiqueta")):
        if filtro.get(clave):
            filas.append((nombre, filtro[clave]))
    if filtro.get("numeros"):
        filas.append(("Personas", cuenta(len(filtro["numeros"]), "número")))
    for clave, nombre, modelo in (("areas", "Áreas", Area), ("roles", "Roles", Rol)):
        if filtro.get(clave):
            filas.append((nombre, ", ".join(map(str, modelo.objects.filter(pk__in=filtro[clave])))))
    return filas


@admin.register(Falla)
class FallaAdmin(AdminMesa):
    permiso_ver = P.TAREAS
    list_display = ("clave", "detalle", "desde", "hasta", "avisada_en")
    list_filter = ("clave",)
    ordering = ("-pk",)
    sortable_by = ()
