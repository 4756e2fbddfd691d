"""Search, its suggestions, and the archive. Every read starts from what the user may see."""

from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from core.direcciones import direccion
from core.pages import Conteo, ir_a, paginar, responder
from documents.busqueda import hay_que_buscar
from documents.constants import TOPE_DE_FIGURA
from documents.conteos import contar_en_archivo
from documents.forms.busqueda import (
    RETENCIONES,
    FiltrosDeArchivo,
    FiltrosDeBusqueda,
    documentos_sugeridos,
    personas_visibles,
)
from documents.models import Documento, Remitente
from documents.permissions import puede_registrar, puede_restaurar
from documents.presentacion import poner_plazos
from documents.querysets import MAXIMO_PALABRAS, palabras_de
from organization.calendar import hoy_lima
from organization.constants import P

MAXIMO_SUGERENCIAS = 8
MAXIMO_PERSONAS = 3
ORDEN_ARCHIVO = [("archivado_en", "desc"), ("pk", "desc")]


@require_safe
def buscar(request):
    """One box and combined filters; a number or a scan that names one document goes straight to it."""
    form = FiltrosDeBusqueda(request.GET)
    form.is_valid()
    texto, activos = form.valor("q"), form.activos()
    if texto and not activos and "cursor" not in request.GET:
        pks = form.numerados(request.user)
        if len(pks) == 1:
            return ir_a(request, reverse("documents:detalle", args=pks))
    ctx = {
        "form": form,
        "activos": activos,
        "consulta_texto": texto or "",
        "hay_consulta": bool(texto or activos),
        "hay_errores": bool(form.errors),
        "url_exportar": _url_exportar(request),
        "listas_de_areas": [
            (form.fields[nombre].label, ", ".join(area.sigla for area in form.valor(nombre)))
            for nombre in ("areas", "mesas")
            if form.valor(nombre)
        ],
    }
    if ctx["hay_consulta"]:
        ctx |= _resultados(request, form, texto)
    return responder(request, "documents/buscar.html", "documents/_resultados.html", ctx)


def _url_exportar(request):
    """The report of documents with the filters of this page, for who may ask for reports; "" while there is none."""
    url = direccion("reports:lista", falta="") and request.user.tiene_permiso(P.REPORTES)
    if not url:
        return ""
    filtros = [(k, v) for k, vs in request.GET.lists() for v in vs if v and k not in ("cursor", "filas")]
    return f"{direccion('reports:pedir', 'documentos')}?{urlencode(filtros)}"


def _resultados(request, form, texto):
    """The page of results with its count, or what could be done when there are none."""
    busqueda = form.buscar(request.user)
    de_figura = form.es_de_figura(request.user)
    pagina = busqueda.paginar(request, form.orden_elegido())
    abierta = None
    if texto and not pagina and "cursor" not in request.GET:
        abierta = form.buscar(request.user, abierta=True)
        pagina = abierta.paginar(request, form.orden_elegido())
        busqueda = abierta if pagina else busqueda
    poner_plazos(pagina.filas)
    persona = form.valor("persona")
    return {
        "pagina": pagina,
        "total": busqueda.contar(TOPE_DE_FIGURA if de_figura else 1000)
        if pagina or "cursor" in request.GET
        else Conteo(0),
        "de_figura": de_figura,
        "reservados": form.reservados_ocultos(request.user) if de_figura else 0,
        "por_comienzo": bool(abierta and pagina),
        "palabras_de_mas": bool(texto) and len({p.lower() for p in palabras_de(texto)}) > MAXIMO_PALABRAS,
        "nada_que_buscar": bool(texto and not pagina and not hay_que_buscar(texto)),
        "persona": Remitente.objects.filter(pk=persona).visibles_para(request.user).first()
        if persona
        else None,
        "personas": personas_visibles(request.user, texto, MAXIMO_PERSONAS) if texto else [],
        "puede_persona": puede_registrar(request.user),
        "desde": urlencode({"desde": request.get_full_path()}),
    }


def _documentos_de_busqueda(request):
    """Ids of one page of results, in order, for the next and previous of the record."""
    form = FiltrosDeBusqueda(request.GET)
    form.is_valid()
    if not (form.valor("q") or form.activos()):
        return []
    return [documento.pk for documento in form.buscar(request.user).paginar(request, form.orden_elegido())]


buscar.documentos_de_lista = _documentos_de_busqueda


@require_safe
def sugerencias(request):
    """Options of the search box: at most eight, records first, then persons."""
    form = FiltrosDeBusqueda({"q": request.GET.get("q", "")})
    form.is_valid()
    texto = form.valor("q")
    documentos, personas = [], []
    if texto:
        personas = personas_visibles(request.user, texto, MAXIMO_PERSONAS)
        documentos = documentos_sugeridos(request.user, texto, MAXIMO_SUGERENCIAS - len(personas))
    ctx = {"documentos": documentos, "personas": personas, "q": texto}
    return render(request, "documents/_buscar_sugerencias.html", ctx)


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
        "total": contar_en_archivo(request.user, sorted(request.GET.lists()), estadias),
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
