"""Ask for reports, follow them, and download them: each person only one's own."""

from django.http import Http404
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from core.errors import DatosInvalidos, ErrorDeNegocio
from core.pages import con_error, ir_a, paginar, responder
from core.red import ip_de
from documents.permissions import exigir
from reports.constants import Formato
from reports.descarga import archivo_de, entregar
from reports.informes import catalogo_de, informe_de
from reports.models import Reporte
from reports.permissions import exigir_informe, puede_ver_reportes
from reports.services import cancelar_reporte, reintentar_reporte, solicitar_reporte

MIOS = [("pk", "desc")]


def _exigir(request):
    exigir(puede_ver_reportes(request.user), usuario=request.user, accion="ver reportes", ip=ip_de(request))


@require_safe
def lista(request):
    """The catalogue, and the person's own reports; asks again for itself while one is being made."""
    _exigir(request)
    pagina = paginar(Reporte.objects.de(request.user).para_lista(), request, MIOS)
    ctx = {
        "pagina": pagina,
        "vivos": any(reporte.estado == "PEDIDO" for reporte in pagina),
        "catalogo": catalogo_de(request.user),
    }
    return responder(request, "reports/lista.html", "reports/_mios.html", ctx)


def pedir(request, codigo):
    """The filters of one report. What is typed stays when something is wrong; nothing is counted here."""
    informe = informe_de(codigo)
    exigir_informe(request.user, informe, ip=ip_de(request))
    datos = request.POST if request.method == "POST" else (request.GET or None)
    form = informe.formulario(request.user, datos)
    ctx = {
        "informe": informe,
        "form": form,
        "formatos": [(f.value, f.label) for f in Formato if f.value in informe.formatos],
        "formato": (datos or {}).get("formato") or informe.formatos[0],
    }
    plantillas = ("reports/pedir.html", "reports/_pedir.html")
    if request.method != "POST":
        return responder(request, *plantillas, ctx)
    try:
        solicitar_reporte(
            codigo=codigo,
            formato=request.POST.get("formato", ""),
            filtros=request.POST,
            actor=request.user,
            ip=ip_de(request),
        )
    except DatosInvalidos as error:
        # The form says its own; only what is not of a field of it is added.
        ajenos = {campo: textos for campo, textos in error.campos.items() if campo not in form.errors}
        return con_error(request, *plantillas, ctx, DatosInvalidos(campos=ajenos), form)
    except ErrorDeNegocio as error:
        return con_error(request, *plantillas, ctx, error)
    return ir_a(
        request, reverse("reports:lista"), "Reporte pedido. Puedes seguir con lo tuyo: te avisaremos."
    )


def _mio_o_404(request, pk):
    reporte = Reporte.objects.de(request.user).filter(pk=pk).first()
    if reporte is None:
        raise Http404("No encontramos ese reporte.")
    return reporte


@require_safe
def descargar(request, pk):
    """The file, to who asked for it and may still see what it holds."""
    reporte = _mio_o_404(request, pk)
    return entregar(reporte, archivo_de(reporte, request.user, ip=ip_de(request)))


@require_POST
def cancelar(request, pk):
    """Stops a report in the making."""
    cancelar_reporte(reporte_id=_mio_o_404(request, pk).pk, actor=request.user)
    return ir_a(request, reverse("reports:lista"), "Reporte cancelado.")


@require_POST
def reintentar(request, pk):
    """Makes again one that failed, was cancelled or has been withdrawn."""
    reporte = _mio_o_404(request, pk)
    reintentar_reporte(reporte_id=reporte.pk, actor=request.user, ip=ip_de(request))
    return ir_a(request, reverse("reports:lista"), "Reporte pedido otra vez.")


urlpatterns = [
    path("reportes/", lista, name="lista"),
    path("reportes/pedir/<slug:codigo>/", pedir, name="pedir"),
    path("reportes/<int:pk>/descargar/", descargar, name="descargar"),
    path("reportes/<int:pk>/cancelar/", cancelar, name="cancelar"),
    path("reportes/<int:pk>/reintentar/", reintentar, name="reintentar"),
]
