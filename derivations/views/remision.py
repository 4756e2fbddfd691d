"""Delivery slips and the movement sheet: numbered, listed, printed."""

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.errors import ErrorDeNegocio
from core.pages import ir_a, responder
from core.texto import fecha_hora, fecha_hora_num
from derivations import services
from derivations.models import Derivacion, HojaRemision
from derivations.movimientos import movimientos_de
from derivations.printing import (
    render_hoja_remision_html,
    render_hoja_remision_pdf,
    render_hoja_ruta_html,
    render_hoja_ruta_pdf,
)
from derivations.views.comun import ip_de, pedir_enteros, url_detalle, volver_a
from documents.permissions import documento_visible_o_404, exigir
from organization.constants import P
from organization.models import Entidad

EN_LISTA = 50


def emitir(request, ids):
    """Slips of the visible derivations that leave from the user's areas.

    Returns: list of HojaRemision. Raises: ErrorDeNegocio; 403 with trace for another area's papers.
    """
    filas = list(Derivacion.objects.visibles_para(request.user).filter(pk__in=ids))
    suyas = request.user.alcance.areas_con(P.DERIVAR)
    exigir(
        all(f.area_origen_id in suyas for f in filas),
        usuario=request.user,
        accion="emitir la hoja de remisión de otra área",
        ip=ip_de(request),
    )
    return services.emitir_hoja_remision(derivaciones=[f.pk for f in filas], actor=request.user)


@require_POST
def remision(request):
    """Numbers the slips of the chosen derivations, one per destination, and shows them to print."""
    volver = volver_a(request, reverse("derivations:bandeja", args=["enviados"]))
    ids = pedir_enteros([v for t in request.POST.getlist("ids") for v in t.split(",")])
    try:
        hojas = emitir(request, ids[:200])
    except ErrorDeNegocio as error:
        if error.estado_http == 403:
            raise
        return ir_a(request, volver, " ".join(d["message"] for d in error.detalles) or str(error), "warning")
    return ir_a(request, url_de_hojas(hojas))


def url_de_hojas(hojas):
    """The page of the only slip, or the list with the new ones first."""
    if len(hojas) == 1:
        return reverse("derivations:remision-ver", args=[hojas[0].pk])
    return f"{reverse('derivations:remisiones')}?nuevas={','.join(str(h.pk) for h in hojas)}"


def _visibles(usuario):
    areas = usuario.alcance.areas_con(P.DOCUMENTO_VER)
    return HojaRemision.objects.filter(
        Q(area_origen__in=areas) | Q(area_destino__in=areas) | Q(emitida_por=usuario)
    )


@require_safe
def remisiones(request):
    """The last slips of the user's areas, to print again."""
    hojas = list(
        _visibles(request.user).select_related("area_origen", "area_destino", "emitida_por")[:EN_LISTA]
    )
    nuevas = pedir_enteros(request.GET.get("nuevas", "").split(","))
    hojas.sort(key=lambda h: h.pk not in nuevas)
    return render(request, "derivations/remisiones.html", {"hojas": hojas, "nuevas": nuevas})


def _hoja(request, pk):
    hoja = _visibles(request.user).filter(pk=pk).first()
    if hoja is None:
        raise Http404("No encontramos esa hoja de remisión.")
    return hoja


@require_safe
def remision_ver(request, pk):
    """The slip as a page that opens the print dialog by itself."""
    hoja = _hoja(request, pk)
    return HttpResponse(
        render_hoja_remision_html(
            hoja.datos,
            imprimir=True,
            volver=volver_a(request, reverse("derivations:bandeja", args=["enviados"])),
            url_pdf=reverse("derivations:remision-pdf", args=[pk]),
        )
    )


@require_safe
def remision_pdf(request, pk):
    """The slip as a PDF."""
    hoja = _hoja(request, pk)
    return pdf(render_hoja_remision_pdf(hoja.datos), f"{hoja.datos['numero']}.pdf")


@require_safe
def hoja_ruta(request, pk):
    """The movement sheet of a document, from its events; a PDF, or the page with ?formato=html."""
    documento = documento_visible_o_404(request.user, pk, ip=ip_de(request))
    lineas, _ = movimientos_de(documento.pk, limite=None, ascendente=True)
    entidad = Entidad.objects.first()
    datos = {
        "entidad": entidad.nombre if entidad else "",
        "expediente": documento.numero_expediente,
        "asunto": documento.asunto,
        "remitente": documento.remitente_nombre,
        "autor": request.user.nombre_completo,
        "fecha": fecha_hora_num(timezone.now()),
        "filas": [
            {
                "cuando": fecha_hora(m.cuando),
                "que": m.hecho,
                "quien": m.quien,
                "area": m.area,
                "detalle": ". ".join(t for t in (m.resto.strip(" ,:.;"), m.cita) if t),
            }
            for m in lineas
        ],
    }
    if request.GET.get("formato") == "html":
        return HttpResponse(
            render_hoja_ruta_html(
                datos,
                imprimir=True,
                volver=url_detalle(pk),
                url_pdf=reverse("derivations:hoja-ruta", args=[pk]),
            )
        )
    return pdf(render_hoja_ruta_pdf(datos), f"Hoja de ruta {documento.numero_expediente}.pdf")


def pdf(octetos, nombre):
    """A PDF shown in place, never kept by shared machines."""
    respuesta = HttpResponse(octetos, content_type="application/pdf")
    respuesta["Content-Disposition"] = f'inline; filename="{nombre}"'
    respuesta["Cache-Control"] = "private, no-store"
    respuesta["X-Frame-Options"] = "SAMEORIGIN"
    return respuesta


@require_safe
def movimientos(request, pk):
    """Older lines of the history: the rest of the list, or a page of its own without script."""
    documento = documento_visible_o_404(request.user, pk, ip=ip_de(request))
    antes = pedir_enteros([request.GET.get("antes", "")])
    lineas, hay_mas = movimientos_de(documento.pk, antes_de=antes[0] if antes else None)
    ctx = {
        "documento": documento,
        "movimientos": lineas,
        "hay_mas": hay_mas,
        "url_expediente": url_detalle(pk),
    }
    return responder(request, "derivations/movimientos.html", "derivations/_movimientos_lineas.html", ctx)


urlpatterns = [
    path("remisiones/", remisiones, name="remisiones"),
    path("remisiones/emitir/", remision, name="remision"),
    path("remisiones/<int:pk>/", remision_ver, name="remision-ver"),
    path("remisiones/<int:pk>/hoja.pdf", remision_pdf, name="remision-pdf"),
    path("expedientes/<int:pk>/hoja-ruta/", hoja_ruta, name="hoja-ruta"),
    path("expedientes/<int:pk>/movimientos/", movimientos, name="movimientos"),
]
