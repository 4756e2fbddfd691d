"""Follow a document from its page; and the list of those followed."""

from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core.pages import es_fragmento, ir_a, paginar, responder
from core.red import ip_de
from derivations.views.comun import url_detalle, volver_a
from documents.models import Documento
from documents.permissions import documento_visible_o_404
from notifications.models import Seguimiento
from notifications.services import dejar_de_seguir, seguir_documento


@require_POST
def seguir(request, pk):
    """Follows the document, or with `dejar` stops; the button again for htmx, else back where it was pressed."""
    dejar = "dejar" in request.POST
    if dejar:
        if not dejar_de_seguir(documento_id=pk, usuario=request.user):
            documento_visible_o_404(request.user, pk, ip=ip_de(request), consulta=_poco())
    else:
        documento_visible_o_404(request.user, pk, ip=ip_de(request), consulta=_poco())
        seguir_documento(documento_id=pk, usuario=request.user)
    if es_fragmento(request):
        return render(request, "notifications/_seguir.html", {"documento_id": pk, "sigue": not dejar})
    texto = (
        "Ya no sigues este documento." if dejar else "Sigues este documento: te avisaremos cuando se mueva."
    )
    return ir_a(request, volver_a(request, url_detalle(pk)), texto)


def _poco():
    return Documento.objects.solo_para_abrir()


@require_safe
def seguidos(request):
    """What the person follows, the newest first; without the data of what may not be seen any more."""
    pagina = paginar(Seguimiento.objects.de(request.user), request, orden=[("id", "desc")])
    documentos = {
        d.pk: d
        for d in Documento.objects.visibles_para(request.user)
        .filter(pk__in=[s.documento_id for s in pagina])
        .select_related("area_actual")
        .sin_lo_pesado()
    }
    for seguimiento in pagina:
        seguimiento.visto = documentos.get(seguimiento.documento_id)
    return responder(
        request, "notifications/seguidos.html", "notifications/_seguidos.html", {"pagina": pagina}
    )


urlpatterns = [
    path("seguidos/", seguidos, name="seguidos"),
    path("seguir/<int:pk>/", seguir, name="seguir"),
]
