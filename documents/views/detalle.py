"""The record's page: who has it, its clock, its files, its history and what can be done now."""

from types import SimpleNamespace
from urllib.parse import urlsplit

from django.core.cache import cache
from django.db.models import Q
from django.http import QueryDict
from django.urls import NoReverseMatch, Resolver404, path, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_safe

from core.pages import es_fragmento, responder
from core.texto import primera_mayuscula
from documents.actos import ACTOS, acciones_de
from documents.constants import ESTADOS_EN_PAUSA, Estado
from documents.conteos import contar_del_remitente
from documents.files import constants as archivos
from documents.files.limites import texto_limites
from documents.files.servir import estado_para_pantalla, ip_de, puede_mostrarse_en_linea, se_puede_servir
from documents.forms.acciones import Anotar
from documents.models import Documento
from documents.permissions import (
    documento_visible_o_404,
    puede_adjuntar,
    puede_anotar,
    puede_imprimir_cargo,
    puede_nombrar,
    puede_recalcular,
    puede_registrar,
    registrar_visto,
)
from documents.presentacion import poner_plazos, reloj_de
from organization.calendar import cargar_calendario, comparar_plazo, explicar, hoy_lima, sumar_dias_habiles

MAXIMO_DE_NOTAS = 20
MAXIMO_DE_RELACIONADOS = 20
SEGUNDOS_DE_PRESENCIA = 120
LISTAS = {"documents:buscar": "Buscar", "documents:archivo": "Archivo"}


@require_safe
def detalle(request, pk):
    """The whole record; for htmx, only the box of its files with the chosen one."""
    documento = documento_visible_o_404(
        request.user, pk, ip=ip_de(request), consulta=Documento.objects.para_detalle().con_satelites()
    )
    if es_fragmento(request):
        ctx = {"documento": documento, **_archivos(request, documento)}
        return responder(request, "documents/detalle.html", "documents/_detalle_archivos.html", ctx)
    registrar_visto(usuario=request.user, documento=documento, ip=ip_de(request))
    usuario, hoy = request.user, hoy_lima()
    calendario = cargar_calendario(min(documento.fecha_legal, hoy), documento.fecha_limite or hoy)
    pausas = list(documento.pausas.select_related("pausado_por")) if documento.hay_pausas else []
    poner_plazos([documento], hoy=hoy, calendario=calendario)
    principales, plegados = acciones_de(usuario, documento)
    ctx = {
        "documento": documento,
        "reloj": reloj_de(documento, pausas=pausas, hoy=hoy, calendario=calendario),
        "principales": principales,
        "plegados": plegados,
        "imposibles": any(motivo for _, motivo in plegados),
        "puede_cargo": puede_imprimir_cargo(usuario, documento),
        "puede_persona": puede_registrar(usuario),
        "imprimir": request.GET.get("imprimir") if request.GET.get("imprimir") in ("a5", "2x") else "",
        "expedientes_del_remitente": contar_del_remitente(usuario, documento.remitente_id, 100),
        "observacion": getattr(documento, "observacion", None),
        "requisitos": list(documento.requisitos.all()) if documento.hay_requisitos else [],
        "archivamiento": documento.archivamientos.filter(restaurado_en=None).select_related("serie").first()
        if documento.estado == Estado.ARCHIVADO
        else None,
        "otros_lectores": _tambien_abierto(usuario, documento),
        "ancho": request.GET.get("visor") == "ancho",
        **_archivos(request, documento),
        **_notas(usuario, documento),
        **_relacionados(usuario, documento),
        **_reserva(usuario, documento),
        **origen(request, documento),
    }
    vuelta = {"desde": ctx["desde"]} if ctx["desde"] else {}
    ctx["aqui"] = f"{request.path}?{urlencode(vuelta)}" if vuelta else request.path
    return responder(request, "documents/detalle.html", "documents/_detalle_archivos.html", ctx)


@require_safe
def plazo(request, pk):
    """Day by day, why the term ends when it does; and what today's calendar would say."""
    documento = documento_visible_o_404(
        request.user, pk, ip=ip_de(request), consulta=Documento.objects.para_detalle()
    )
    registrar_visto(usuario=request.user, documento=documento, ip=ip_de(request))
    hoy = hoy_lima()
    calendario = cargar_calendario(min(documento.fecha_legal, hoy), documento.fecha_limite or hoy)
    pausas = list(documento.pausas.select_related("pausado_por"))
    poner_plazos([documento], hoy=hoy, calendario=calendario)
    tuplas = [(p.desde, p.hasta, p.motivo, p.base_legal) for p in pausas]
    provisional = None
    if documento.estado in ESTADOS_EN_PAUSA and documento.plazo_dias is not None:
        provisional = sumar_dias_habiles(
            documento.fecha_legal, documento.plazo_dias, calendario=calendario, pausas=tuplas, hoy=hoy
        )
    comparacion = None
    acto = ACTOS["recalcular"]
    if documento.plazo_pasos and not acto.impedimento(documento):
        comparacion = comparar_plazo(documento.plazo_pasos, calendario, pausas=tuplas)
    ctx = {
        "documento": documento,
        "reloj": reloj_de(documento, pausas=pausas, hoy=hoy, calendario=calendario),
        "dias": explicar(provisional.pasos if provisional else documento.plazo_pasos),
        "provisional": provisional,
        "pausas": pausas,
        "comparacion": comparacion,
        "puede_recalcular": puede_recalcular(request.user, documento),
        "impreso_en": timezone.localtime(),
    }
    return responder(request, "documents/plazo.html", "documents/plazo.html", ctx)


def _archivos(request, documento):
    """The files with what each one shows, and the one in the viewer (`?archivo=`, else the main one)."""
    filas = list(documento.archivos.select_related("subido_por")) if documento.hay_archivos else []
    for fila in filas:
        fila.documento = documento
        fila.pantalla = estado_para_pantalla(fila)
        fila.abrible = se_puede_servir(fila)
        fila.en_linea = fila.abrible and puede_mostrarse_en_linea(fila)
    elegido = next((f for f in filas if str(f.pk) == request.GET.get("archivo")), None)
    if elegido is None:
        elegido = next((f for f in filas if f.es_principal), filas[0] if filas else None)
    return {
        "archivos": filas,
        "archivo": elegido,
        "puede_adjuntar": puede_adjuntar(request.user, documento)
        and not ACTOS["adjuntar"].impedimento(documento),
        "acepta": archivos.ACCEPT,
        "limites": texto_limites(),
        "para": archivos.PRINCIPAL,
    }


def _notas(usuario, documento):
    notas = documento.notas.select_related("autor")[: MAXIMO_DE_NOTAS + 1] if documento.hay_notas else ()
    notas = list(notas)
    return {
        "notas": notas[:MAXIMO_DE_NOTAS],
        "hay_mas_notas": len(notas) > MAXIMO_DE_NOTAS,
        "form_nota": Anotar(documento=documento, usuario=usuario, auto_id="nota_%s")
        if puede_anotar(usuario, documento)
        else None,
    }


def _relacionados(usuario, documento):
    """The linked records this user may see, in both directions."""
    if not (documento.hay_relacionados or documento.expediente_relacionado_id):
        return {"relacionados": []}
    cercanos = Q(expediente_relacionado=documento.pk)
    if documento.expediente_relacionado_id:
        cercanos |= Q(pk=documento.expediente_relacionado_id)
    visibles = Documento.objects.visibles_para(usuario).filter(cercanos).select_related("tipo_documento")
    return {"relacionados": visibles.order_by("-fecha_recepcion", "-pk")[:MAXIMO_DE_RELACIONADOS]}


def _reserva(usuario, documento):
    if not documento.reservado:
        return {}
    return {
        "accesos": documento.accesos.select_related("usuario", "dado_por").order_by("dado_en", "pk"),
        "puede_nombrar": puede_nombrar(usuario, documento),
    }


def _tambien_abierto(usuario, documento):
    """Names of the others who opened the record in the last two minutes; nothing when the cache is away."""
    clave, ahora = f"viendo:{documento.pk}", timezone.now().timestamp()
    viendo = cache.get(clave) or {}
    vigentes = {k: v for k, v in viendo.items() if ahora - v[1] < SEGUNDOS_DE_PRESENCIA}
    otros = [nombre for k, (nombre, _) in vigentes.items() if k != str(usuario.pk)]
    vigentes[str(usuario.pk)] = (usuario.nombre_completo, ahora)
    cache.set(clave, vigentes, SEGUNDOS_DE_PRESENCIA)
    return otros


# Where the user came from, and its next and previous record


def origen(request, documento):
    """Link back to the list named by `?desde=` (its address, or the name of a tray) and to the neighbours there.

    A list's door may carry `documentos_de_lista(request) -> ids in order`; without it there are no neighbours.
    """
    desde = request.GET.get("desde", "")
    url, nombre, puerta = _lista_de(desde)
    if not url:
        return {"desde": "", "lista_url": reverse("documents:buscar"), "lista_nombre": "Buscar"}
    ctx = {"desde": url, "lista_url": url, "lista_nombre": nombre}
    lector = getattr(puerta, "documentos_de_lista", None) if puerta else None
    if lector is not None:
        peticion = SimpleNamespace(
            GET=QueryDict(urlsplit(url).query), user=request.user, path=urlsplit(url).path
        )
        ids = list(lector(peticion, **resolve(peticion.path).kwargs))
        if documento.pk in ids:
            lugar = ids.index(documento.pk)
            ctx["anterior"] = ids[lugar - 1] if lugar else None
            ctx["siguiente"] = ids[lugar + 1] if lugar + 1 < len(ids) else None
    return ctx


def _lista_de(desde):
    """(url, name, view) of a list inside this site; blanks when `desde` is not one."""
    if not desde or len(desde) > 2000 or not url_has_allowed_host_and_scheme(desde, allowed_hosts=None):
        return "", "", None
    try:
        if not desde.startswith("/"):
            desde = reverse("derivations:bandeja", kwargs={"nombre": desde})
        hallada = resolve(urlsplit(desde).path)
    except (Resolver404, NoReverseMatch):
        return "", "", None
    bandeja = hallada.kwargs.get("nombre", "")
    nombre = LISTAS.get(hallada.view_name) or primera_mayuscula(bandeja.replace("-", " "))
    if not nombre:
        return "", "", None
    return desde, nombre, getattr(hallada.func, "view_class", hallada.func)


urlpatterns = [
    path("expedientes/<int:pk>/", detalle, name="detalle"),
    path("expedientes/<int:pk>/plazo/", plazo, name="plazo"),
]
