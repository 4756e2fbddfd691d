"""Walking through a pile with the reader: receive each paper, or gather a delivery slip."""

from dataclasses import asdict, dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.errors import ErrorDeNegocio
from core.pages import avisar, contar_hasta, es_fragmento
from core.printing import renderizar_impreso
from core.texto import cuenta, fecha_hora_num
from derivations import services
from derivations.constants import Estado
from derivations.forms import LectorForm
from derivations.models import Derivacion
from derivations.presentacion import con_parametros
from derivations.views.comun import ip_de
from derivations.views.remision import emitir, url_de_hojas
from documents.codes import codigo_qr_de_lectura, es_codigo_interno, normalizar_codigo
from documents.models import Documento
from documents.permissions import exigir
from organization.constants import P
from organization.models import Entidad

SESION = "lector_{}"
MODOS = {"recibir": P.RECIBIR, "entregar": P.DERIVAR}
MAXIMO_LINEAS = 300
MAXIMO_LISTA = 200
BIEN, YA, FOLIOS, AJENO = "bien", "ya", "folios", "ajeno"


@dataclass
class Linea:
    """What one reading gave. clase: bien, ya, folios, ajeno."""

    clase: str
    titulo: str
    detalle: str = ""
    hora: str = ""
    derivacion: int | None = None
    url: str = ""
    accion: str = ""


def leer_modo(request):
    """The mode asked for, refused with trace to who may not."""
    modo = request.POST.get("modo") or request.GET.get("modo") or "recibir"
    if modo not in MODOS:
        raise Http404("No encontramos esa página.")
    areas = request.user.alcance.areas_con(MODOS[modo])
    accion = "recibir con lector" if modo == "recibir" else "preparar entregas con lector"
    exigir(areas, usuario=request.user, accion=accion, ip=ip_de(request))
    return modo, areas


@never_cache
def lector(request):
    """The page; each reading is a POST that adds one line. The lines live in the session until "terminar"."""
    modo, areas = leer_modo(request)
    clave = SESION.format(modo)
    lineas = [Linea(**fila) for fila in request.session.get(clave, [])]
    if request.method != "POST":
        _resolver(lineas)
        request.session[clave] = [asdict(linea) for linea in lineas]
        return render(request, "derivations/lector.html", _contexto(modo, areas, lineas, LectorForm()))
    acto = request.POST.get("acto")
    if acto == "terminar":
        return _terminar(request, modo, clave, lineas)
    if acto == "vaciar":
        request.session.pop(clave, None)
        return redirect(_url(modo))
    if acto == "lista":
        nuevas = [
            leer(request, modo, areas, codigo, folios, lineas)
            for codigo, folios in _partir_lista(request.POST.get("lista", ""))
        ]
        form = LectorForm()
    else:
        form = LectorForm(request.POST)
        nuevas = []
        if form.is_valid():
            dado = form.cleaned_data
            nuevas = [leer(request, modo, areas, dado["codigo"], dado["folios"], lineas)]
            form = LectorForm()
    lineas = (nuevas[::-1] + lineas)[:MAXIMO_LINEAS]
    request.session[clave] = [asdict(linea) for linea in lineas]
    if not es_fragmento(request):
        if form.errors:
            return render(
                request, "derivations/lector.html", _contexto(modo, areas, lineas, form), status=422
            )
        return redirect(_url(modo))
    ctx = _contexto(modo, areas, lineas, form) | {"nuevas": nuevas[::-1], "fuera_de_banda": True}
    estado = 422 if form.errors else 200
    return render(request, "derivations/_lector_lectura.html", ctx, status=estado)


def _resolver(lineas):
    """Lines left for their folios turn green once the act received them."""
    por_pk = {linea.derivacion: linea for linea in lineas if linea.clase == FOLIOS and linea.derivacion}
    recibidas = Derivacion.objects.filter(pk__in=por_pk, estado=Estado.RECIBIDO).values_list(
        "pk", "folios_recibidos"
    )
    for pk, folios in recibidas:
        linea = por_pk[pk]
        linea.clase, linea.url, linea.accion = BIEN, "", ""
        linea.titulo = f"{linea.titulo.split()[0]} recibido con {cuenta(folios or 0, 'folio')}"
        linea.detalle = "Con la diferencia explicada."


def _url(modo):
    return con_parametros(reverse("derivations:lector"), modo="" if modo == "recibir" else modo)


def _partir_lista(texto):
    """(code, folios or None) of each line "code" or "code; folios"."""
    filas = []
    for linea in texto.splitlines():
        codigo, _, folios = linea.replace("\t", ";").replace(",", ";").partition(";")
        folios = folios.strip()
        if codigo.strip():
            bien = folios.isascii() and folios.isdigit() and 0 < len(folios) < 6
            filas.append((codigo.strip()[:200], int(folios) if bien and int(folios) else None))
    return filas[:MAXIMO_LISTA]


def _contexto(modo, areas, lineas, form):
    clases = [linea.clase for linea in lineas]
    faltan = (
        contar_hasta(Derivacion.objects.por_recibir(areas))
        if modo == "recibir"
        else contar_hasta(Derivacion.objects.enviadas(areas))
    )
    return {
        "modo": modo,
        "form": form,
        "lineas": lineas,
        "hechos": clases.count(BIEN),
        "por_revisar": clases.count(FOLIOS) + clases.count(AJENO),
        "con_folios": clases.count(FOLIOS),
        "ajenos": clases.count(AJENO),
        "faltan": faltan,
        "total": int(faltan) + (clases.count(BIEN) if modo == "recibir" else 0),
    }


# One reading


def documentos_leidos(texto):
    """Documents that a reading may name: citizen's QR, internal code, or a number in any usual spelling."""
    token = codigo_qr_de_lectura(texto)
    if token:
        return Documento.objects.filter(codigo_qr=token)
    codigo = normalizar_codigo(texto)
    if es_codigo_interno(codigo):
        return Documento.objects.filter(codigo_interno=codigo)
    return Documento.objects.con_numero(codigo)


def leer(request, modo, areas, texto, folios, lineas):
    """Acts on one reading. Returns: its Linea."""
    linea = (_recibir if modo == "recibir" else _entregar)(request, areas, texto, folios, lineas)
    linea.hora = f"{timezone.localtime():%H:%M:%S}"
    return linea


def _buscar(request, texto, propias):
    """(document, derivation of the user's areas) that the reading names; the pending one rules among homonyms."""
    documentos = list(documentos_leidos(texto).order_by("-pk")[:20])
    permitidos = set(
        Documento.objects.visibles_para(request.user)
        .filter(pk__in=[d.pk for d in documentos])
        .values_list("pk", flat=True)
    )
    # who holds the paper may know which area awaits it; a reserved one is not even confirmed to exist
    documentos = [d for d in documentos if d.pk in permitidos or not d.reservado]
    if not documentos:
        return None, None
    suyas = (
        propias.filter(documento__in=[d.pk for d in documentos if d.pk in permitidos])
        .select_related("area_origen", "area_destino", "usuario_recibe")
        .order_by("-pk")
    )
    pendientes = [d for d in suyas if d.estado == Estado.PENDIENTE]
    principal = [d for d in pendientes if not d.es_copia] or pendientes or list(suyas[:1])
    if principal:
        documento = next(d for d in documentos if d.pk == principal[0].documento_id)
        principal[0].documento = documento
        return documento, principal[0]
    return documentos[0], None


def _no_hallado(texto):
    return Linea(
        AJENO, f"No encontramos {texto[:60]}", "Revisa la etiqueta o escribe el número como EXP-2026-004182."
    )


def _que_es(documento, folios):
    """ "Renovación de autorización, Turismo Kollasuyo, 22 folios"."""
    partes = () if documento.reservado else (documento.asunto[:90], documento.remitente_nombre[:60])
    return ", ".join([*partes, cuenta(folios, "folio")])


def _recibir(request, areas, texto, folios, lineas):
    documento, derivacion = _buscar(request, texto, Derivacion.objects.filter(area_destino__in=areas))
    if documento is None:
        return _no_hallado(texto)
    numero = documento.numero_corto
    if derivacion is None or derivacion.estado in (Estado.RECHAZADO, Estado.ANULADA):
        return Linea(AJENO, f"{numero} no viene para tu área", _quien_lo_espera(documento))
    if derivacion.estado != Estado.PENDIENTE:
        return _ya_recibido(request, documento, derivacion)
    if derivacion.es_copia:
        services.acusar_copia(derivacion_id=derivacion.pk, actor=request.user)
        return Linea(
            BIEN, f"{numero}: copia recibida", "Solo informa; no corre plazo.", derivacion=derivacion.pk
        )
    if folios and folios != derivacion.folios:
        url = reverse("derivations:recibir", args=[derivacion.pk])
        return Linea(
            FOLIOS,
            f"{numero} llegó con {cuenta(folios, 'folio')}, el sistema dice {derivacion.folios}",
            "Aún no está recibido.",
            derivacion=derivacion.pk,
            url=con_parametros(url, folios=folios, volver=_url("recibir")),
            accion=f"Aceptar {folios} y explicar",
        )
    try:
        services.recibir_derivacion(derivacion_id=derivacion.pk, actor=request.user)
    except ErrorDeNegocio as error:
        return Linea(YA, str(error), "No se repite.")
    return Linea(BIEN, f"{numero} recibido", _que_es(documento, derivacion.folios), derivacion=derivacion.pk)


def _ya_recibido(request, documento, derivacion):
    cuando = timezone.localtime(derivacion.fecha_recepcion)
    hoy = timezone.localdate()
    dia = f"hoy a las {cuando:%H:%M}" if cuando.date() == hoy else f"el {cuando:%d/%m/%Y a las %H:%M}"
    quien = derivacion.usuario_recibe
    if quien is None or quien == request.user:
        return Linea(YA, f"{documento.numero_corto} ya lo recibiste {dia}", "No se repite.")
    return Linea(YA, f"{documento.numero_corto} ya lo recibió {quien.nombre_completo} {dia}", "No se repite.")


def _quien_lo_espera(documento):
    abierta = (
        Derivacion.objects.principales()
        .abiertas()
        .filter(documento=documento)
        .select_related("area_destino")
        .first()
    )
    if abierta is None:
        return f"Está en {documento.area_actual.nombre}. Apártalo y devuélvelo a Mesa de Partes."
    verbo = "Está derivado a" if abierta.estado == Estado.PENDIENTE else "Lo tiene"
    return f"{verbo} {abierta.area_destino.nombre}. Apártalo y devuélvelo a Mesa de Partes."


def _entregar(request, areas, texto, folios, lineas):
    documento, derivacion = _buscar(
        request, texto, Derivacion.objects.filter(area_origen__in=areas, estado=Estado.PENDIENTE)
    )
    if documento is None:
        return _no_hallado(texto)
    numero = documento.numero_corto
    if derivacion is None:
        return Linea(AJENO, f"{numero} no sale de tu área", _quien_lo_espera(documento))
    if any(linea.derivacion == derivacion.pk for linea in lineas):
        return Linea(YA, f"{numero} ya está en la lista", "No se repite.")
    destino = derivacion.area_destino.nombre
    if folios and folios != derivacion.folios:
        return Linea(
            FOLIOS,
            f"{numero} tiene {cuenta(folios, 'folio')}, el sistema dice {derivacion.folios}",
            f"Para {destino}. Anula el envío y vuelve a derivarlo con sus folios.",
        )
    return Linea(
        BIEN, f"{numero} para {destino}", _que_es(documento, derivacion.folios), derivacion=derivacion.pk
    )


# The end


def _terminar(request, modo, clave, lineas):
    ids = [linea.derivacion for linea in lineas if linea.clase == BIEN and linea.derivacion]
    if not ids:
        avisar(request, "Aún no hay nada leído.", "warning")
        return redirect(_url(modo))
    if modo == "entregar":
        hojas = emitir(request, ids)
        request.session.pop(clave, None)
        return redirect(url_de_hojas(hojas))
    request.session.pop(clave, None)
    request.session["lector_ultima"] = ids
    return redirect("derivations:lector-hoja")


@require_safe
@never_cache
def lector_hoja(request):
    """The printed list of what was just received with the reader."""
    ids = request.session.get("lector_ultima", [])
    filas = list(
        Derivacion.objects.visibles_para(request.user)
        .filter(pk__in=ids)
        .select_related("documento", "area_origen", "area_destino")
        .order_by("fecha_recepcion", "pk")
    )
    if not filas:
        raise Http404("No hay una lista recién recibida.")
    entidad = Entidad.objects.first()
    ctx = {
        "titulo": "Documentos recibidos",
        "entidad": entidad.nombre if entidad else "",
        "subtitulo": ", ".join(sorted({d.area_destino.nombre for d in filas})),
        "autor": request.user.nombre_completo,
        "fecha": fecha_hora_num(timezone.now()),
        "filas": filas,
        "totales": f"{cuenta(len(filas), 'documento')}, "
        f"{cuenta(sum(d.folios_recibidos or d.folios for d in filas), 'folio')}",
    }
    volver = reverse("derivations:bandeja", args=["en-proceso"])
    return HttpResponse(
        renderizar_impreso("derivations/impreso_recibidos.html", ctx, imprimir=True, volver=volver)
    )


urlpatterns = [
    path("lector/", lector, name="lector"),
    path("lector/hoja/", lector_hoja, name="lector-hoja"),
]
