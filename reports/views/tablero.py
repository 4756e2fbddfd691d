"""The dashboard, and the receptions that one of its figures counts."""

from django.shortcuts import render
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.direcciones import direccion
from core.pages import contar_hasta, paginar, responder
from core.red import ip_de
from derivations.bandejas import Hoy
from derivations.models import Derivacion
from documents.constants import TOPE_DE_FIGURA
from documents.filtros import entre_dias
from reports.forms import FiltrosDeTablero
from reports.informes import PorArea
from reports.permissions import ambito_de
from reports.tablero import leer_tablero

ORDEN = [("fecha_recepcion", "desc"), ("pk", "desc")]


@require_safe
@never_cache
def tablero(request):
    """Figures, charts and tables of the viewer's areas and of some days; each number opens the list it counts."""
    ambito = ambito_de(request.user, ip=ip_de(request))
    hoy = Hoy.leer()
    form = FiltrosDeTablero(request.GET).leer(ambito, hoy)
    ctx = leer_tablero(request.user, ambito, form, hoy=hoy)
    ctx |= {
        "form": form,
        "pedidos": [(n, v) for n in form.fields for v in request.GET.getlist(n) if v],
        "u_excel": _excel(form),
        "tabla": request.GET.get("tabla", ""),
        "hoy": hoy.fecha,
        "desde": urlencode({"desde": request.get_full_path()}),
    }
    return render(request, "reports/tablero.html", ctx)


def _excel(form):
    """Where the same days and area are asked for in Excel."""
    area = form.valor("area")
    datos = {"desde": form.rango.desde, "hasta": form.rango.hasta, **({"area": area.pk} if area else {})}
    return f"{direccion('reports:pedir', PorArea.codigo)}?{urlencode(datos)}"


@require_safe
@never_cache
def recibidos(request):
    """Receptions by derivation in the viewer's areas in some days, one line for each."""
    ambito = ambito_de(request.user, ip=ip_de(request))
    form = FiltrosDeTablero(request.GET).leer(ambito, Hoy.leer())
    todas = entre_dias(
        Derivacion.objects.principales(), "fecha_recepcion", form.rango.desde, form.rango.hasta
    )
    areas = [form.valor("area").pk] if form.valor("area") else ambito
    if areas is not None:
        todas = todas.filter(area_destino__in=areas)
    visibles = todas.visibles_para(request.user)
    pagina = paginar(visibles.para_bandeja(), request, ORDEN)
    ctx = {
        "form": form,
        "pagina": pagina,
        "total": contar_hasta(visibles, TOPE_DE_FIGURA),
        # reserved ones are counted by the figure and shown to the persons they name (docs/adr/0007)
        "reservados": todas.filter(documento__reservado=True).count()
        - visibles.filter(documento__reservado=True).count(),
        "desde": urlencode({"desde": request.get_full_path()}),
    }
    return responder(request, "reports/recibidos.html", "reports/_recibidos.html", ctx)


urlpatterns = [
    path("tablero/", tablero, name="tablero"),
    path("tablero/recibidos/", recibidos, name="recibidos"),
]
