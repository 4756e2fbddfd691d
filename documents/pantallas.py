"""The screens of documents that `manage.py explicar` knows: each opens its own door."""

from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Max, Min
from django.urls import reverse

from core.db.pantallas import PantallaSinDatos
from core.pages import cursor_tras
from documents.models import Documento
from documents.querysets import palabras_de
from organization.constants import P
from organization.models import Usuario

RECIENTES = ("-fecha_recepcion", "-pk")


def documento_de(ctx):
    """The newest document that the person sees."""
    with ctx.aparte():
        documento = Documento.objects.visibles_para(ctx.usuario).order_by(*RECIENTES).first()
    if documento is None:
        raise PantallaSinDatos("esa persona no ve ningún documento")
    return documento


def alguien_con(ctx, permiso):
    """The person who looks when they hold the permission; else another who does."""
    with ctx.aparte():
        if ctx.usuario.tiene_permiso(permiso):
            return ctx.usuario
        otro = Usuario.objects.filter(
            is_active=True, is_superuser=False, membresias__rol__permisos=permiso
        ).first()
    if otro is None:
        raise PantallaSinDatos(f"nadie tiene el permiso {permiso}")
    return otro


def _palabras(ctx):
    """The two longest words of the newest subject."""
    palabras = sorted(palabras_de(documento_de(ctx).asunto), key=len, reverse=True)
    return [palabra for palabra in palabras if palabra.isalpha()][:2] or ["solicitud"]


def _abrir(ctx, ruta, *args, usuario=None, **datos):
    consulta = f"?{urlencode(datos, doseq=True)}" if datos else ""
    return ctx.abrir(reverse(ruta, args=args) + consulta, usuario=usuario)


def api_lista(ctx):
    """API: los 100 documentos más recientes"""
    _abrir(ctx, "api:documentos", limite=100)


def api_lista_profunda(ctx):
    """API: una página a mitad de la lista"""
    from documents.api.vistas import ORDEN

    with ctx.aparte():
        limites = Documento.objects.aggregate(primera=Min("fecha_recepcion"), ultima=Max("fecha_recepcion"))
        if limites["primera"] is None:
            raise PantallaSinDatos("no hay documentos")
        mitad = limites["primera"] + (limites["ultima"] - limites["primera"]) / 2
        visibles = Documento.objects.visibles_para(ctx.usuario)
        fila = visibles.filter(fecha_recepcion__lte=mitad).order_by(*RECIENTES).first()
    fila = fila or documento_de(ctx)
    _abrir(ctx, "api:documentos", limite=100, cursor=cursor_tras(fila, ORDEN))


def api_filtro(ctx):
    """API: documentos de un tipo entre dos fechas"""
    documento = documento_de(ctx)
    with ctx.aparte():
        tipo = documento.tipo_documento.codigo
    hasta = documento.fecha_recepcion.date()
    _abrir(
        ctx,
        "api:documentos",
        tipo_documento=tipo,
        desde=hasta - timedelta(days=90),
        hasta=hasta + timedelta(days=1),
        limite=100,
    )


def api_busqueda(ctx):
    """API: documentos que dicen una palabra"""
    _abrir(ctx, "api:documentos", q=_palabras(ctx)[0], limite=50)


def api_detalle(ctx):
    """API: un documento con sus archivos"""
    _abrir(ctx, "api:documento", documento_de(ctx).pk)


def api_historial(ctx):
    """API: los movimientos de un documento"""
    _abrir(ctx, "api:documento-historial", documento_de(ctx).pk)


def detalle(ctx):
    """Página de un expediente"""
    _abrir(ctx, "documents:detalle", documento_de(ctx).pk)


def registrar(ctx):
    """Página de registro de la ventanilla"""
    _abrir(ctx, "documents:registrar", usuario=alguien_con(ctx, P.DOCUMENTO_REGISTRAR))


def buscar_una_palabra(ctx):
    """Búsqueda: una palabra"""
    _abrir(ctx, "documents:buscar", q=_palabras(ctx)[0])


def buscar_dos_palabras(ctx):
    """Búsqueda: dos palabras"""
    _abrir(ctx, "documents:buscar", q=" ".join(_palabras(ctx)))


def buscar_numero(ctx):
    """Búsqueda: el número de un expediente"""
    documento = documento_de(ctx)
    _abrir(ctx, "documents:buscar", q=f"{documento.numero}-{documento.anio}")


def buscar_remitente(ctx):
    """Búsqueda: el documento de identidad de un remitente"""
    documento = documento_de(ctx)
    with ctx.aparte():
        numero = documento.remitente.numero if documento.remitente else ""
    if not numero:
        raise PantallaSinDatos("el documento más reciente no tiene remitente con número")
    _abrir(ctx, "documents:buscar", q=numero)


def buscar_filtro(ctx):
    """Búsqueda: tipo y fechas"""
    documento = documento_de(ctx)
    hasta = documento.fecha_recepcion.date()
    desde = hasta - timedelta(days=90)
    _abrir(ctx, "documents:buscar", tipo=documento.tipo_documento_id, desde=desde, hasta=hasta)


def sugerencias(ctx):
    """Búsqueda: lo que se ofrece al escribir"""
    _abrir(ctx, "documents:sugerencias", q=_palabras(ctx)[0][:5])


def remitentes(ctx):
    """Registro: remitentes que se ofrecen al escribir"""
    documento = documento_de(ctx)
    with ctx.aparte():
        nombre = documento.remitente.nombre if documento.remitente else "empresa"
    quien = alguien_con(ctx, P.DOCUMENTO_REGISTRAR)
    _abrir(ctx, "documents:remitente-sugerencias", q=nombre[:6], usuario=quien)


def archivo(ctx):
    """Archivo: primera página"""
    _abrir(ctx, "documents:archivo")
