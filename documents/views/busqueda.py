"""Search, its suggestions, and the archive. Every read starts from what the user may see."""

from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from core.pages import contar_hasta, ir_a, paginar, responder
from documents.forms.busqueda import (
    RETENCIONES,
    FiltrosDeArchivo,
    FiltrosDeBusqueda,
    directo,
    personas_visibles,
)
from documents.models import Documento, Remitente
from documents.permissions import puede_registrar, puede_restaurar
from documents.presentacion import poner_plazos
from organization.calendar import hoy_lima

MAXIMO_SUGERENCIAS = 8
MAXIMO_PERSONAS = 3
ORDEN_ARCHIVO = [("archivado_en", "desc"), ("pk", "desc")]


@require_safe
def buscar(request):
    """One box and combined filters; a number or a scan that names one document goes straight to it."""
    form = FiltrosDeBusqueda(request.GET)
    form.is_valid()
    visibles = Documento.objects.visibles_para(request.user)
    texto, activos = form.valor("q"), form.activos()
    if texto and not activos and "cursor" not in request.GET:
        pk = directo(visibles, texto)
        if pk is not None:
            return ir_a(request, reverse("documents:detalle", args=[pk]))
    ctx = {
        "form": form,
        "activos": activos,
        "consulta_texto": texto or "",
        "hay_consulta": bool(texto or activos),
        "hay_errores": bool(form.errors),
    }
    if ctx["hay_consulta"]:
        qs = form.filtrar(visibles)
        pagina = paginar(qs.para_lista(), request, form.orden_elegido())
        poner_plazos(pagina.filas)
        ctx |= {
            "pagina": pagina,
            "total": contar_hasta(qs),
            "persona": Remitente.objects.filter(pk=form.valor("persona")).con_alguno_de(visibles).first()
            if form.valor("persona")
            else None,
            "personas": personas_visibles(visibles, texto, MAXIMO_PERSONAS) if texto else [],
            "puede_persona": puede_registrar(request.user),
            "desde": urlencode({"desde": request.get_full_path()}),
        }
    return responder(request, "documents/buscar.html", "documents/_resultados.html", ctx)


def _documentos_de_busqueda(request):
    """Ids of one page of results, in order, for the next and previous of the record."""
    form = FiltrosDeBusqueda(request.GET)
    form.is_valid()
    if not (form.valor("q") or form.activos()):
        return []
    orden = form.orden_elegido()
    qs = form.filtrar(Documento.objects.visibles_para(request.user)).values(*[ruta for ruta, _ in orden])
    return [fila["pk"] for fila in paginar(qs, request, orden)]


buscar.documentos_de_lista = _documentos_de_busqueda


@require_safe
def sugerencias(request):
    """Options of the search box: at most eight, records first, then persons."""
    form = FiltrosDeBusqueda({"q": request.GET.get("q", "")})
    form.is_valid()
    texto = form.valor("q")
    documentos, personas = [], []
    if texto:
        visibles = Documento.objects.visibles_para(request.user)
        personas = personas_visibles(visibles, texto, MAXIMO_PERSONAS)
        cabe = MAXIMO_SUGERENCIAS - len(personas)
        documentos = _primeros(visibles.con_token(texto), 1) or _primeros(visibles.con_numero(texto), cabe)
        if not documentos and not personas:
            documentos = _primeros(visibles.con_remitente(texto), cabe)
        if len(documentos) < cabe:
            ya = {d.pk for d in documentos}
            hallados = visibles.con_palabras(texto, comienzo=True).exclude(pk__in=ya)
            documentos += _primeros(hallados, cabe - len(documentos))
    ctx = {"documentos": documentos, "personas": personas, "q": texto}
    return render(request, "documents/_buscar_sugerencias.html", ctx)


def _primeros(qs, cuantos):
    return list(qs.select_related("tipo_documento").order_by("-fecha_recepcion", "-pk")[:cuantos])


@require_safe
def archivo(request):
    """What is in the archive: series, place, until when it is kept; each can be restored by who may."""
    form = FiltrosDeArchivo(request.GET)
    form.is_valid()
    estadias = form.filtrar(Documento.objects.visibles_para(request.user))
    pagina = paginar(
        estadias.select_related(
            "serie", "documento", "documento__tipo_documento", "documento__area_actual", "archivado_por"
        ),
        request,
        ORDEN_ARCHIVO,
    )
    hoy = hoy_lima()
    for estadia in pagina.filas:
        estadia.vencida = bool(estadia.conservar_hasta and estadia.conservar_hasta < hoy)
        estadia.restaurable = puede_restaurar(request.user, estadia.documento)
    ctx = {
        "form": form,
        "activos": form.activos(),
        "hay_errores": bool(form.errors),
        "pagina": pagina,
        "total": contar_hasta(estadias),
        "retenciones": RETENCIONES.items(),
        "hay_consulta": bool(form.valor("q") or form.activos()),
        "texto": form.valor("q") or "",
        "desde": urlencode({"desde": request.get_full_path()}),
    }
    return responder(request, "documents/archivo.html", "documents/_archivo_filas.html", ctx)


def _documentos_de_archivo(request):
    """Ids of the documents of one page of the archive, in order."""
    form = FiltrosDeArchivo(request.GET)
    form.is_valid()
    estadias = form.filtrar(Documento.objects.visibles_para(request.user))
    filas = paginar(estadias.values("archivado_en", "pk", "documento"), request, ORDEN_ARCHIVO)
    return [fila["documento"] for fila in filas]


archivo.documentos_de_lista = _documentos_de_archivo


urlpatterns = [
    path("buscar/", buscar, name="buscar"),
    path("buscar/sugerencias/", sugerencias, name="sugerencias"),
    path("archivo/", archivo, name="archivo"),
]
