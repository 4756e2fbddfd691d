"""The receipt: a page to print and the PDF of each format; every printing is counted."""

from django.http import HttpResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.red import ip_de
from documents import permissions as permisos
from documents.comprobante import pdf_de_cargo
from documents.models import Documento
from documents.receipts import FORMATOS, FormatoDesconocido, render_cargo_html
from documents.services import registrar_impresion


def _preparar(request, pk):
    """(documento, formato, datos, reimpresion) after the checks; the printing is counted."""
    ip = ip_de(request)
    documento = permisos.documento_visible_o_404(request.user, pk, ip=ip, consulta=Documento.objects.all())
    permisos.exigir(
        permisos.puede_imprimir_cargo(request.user, documento),
        usuario=request.user,
        accion="imprimir este cargo",
        documento=documento,
        ip=ip,
    )
    formato = request.GET.get("formato", "a5")
    if formato not in FORMATOS:
        raise FormatoDesconocido(formato=formato)
    if request.method == "HEAD":
        return documento, formato, documento.cargo.datos, None
    datos, reimpresion = registrar_impresion(
        documento_id=documento.pk, formato=formato, actor=request.user, ip=ip
    )
    return documento, formato, datos, reimpresion


@never_cache
@require_safe
def cargo(request, pk):
    """The receipt as a page with its print dialog."""
    documento, formato, datos, reimpresion = _preparar(request, pk)
    return HttpResponse(
        render_cargo_html(
            datos,
            formato=formato,
            reimpresion=reimpresion,
            imprimir=True,
            volver=reverse("documents:detalle", kwargs={"pk": pk}),
            url_pdf=f"{reverse('documents:cargo-pdf', kwargs={'pk': pk})}?formato={formato}",
        )
    )


@never_cache
@require_safe
def cargo_pdf(request, pk):
    """The receipt as PDF: ?formato=a5, 2x, ticket, etiqueta or etiqueta_chica."""
    documento, formato, datos, reimpresion = _preparar(request, pk)
    pdf = b"" if request.method == "HEAD" else pdf_de_cargo(datos, formato=formato, reimpresion=reimpresion)
    respuesta = HttpResponse(pdf, content_type="application/pdf")
    nombre = f"{'etiqueta' if formato.startswith('etiqueta') else 'cargo'}-{documento.numero_expediente}.pdf"
    respuesta["Content-Disposition"] = f'inline; filename="{nombre}"'
    return respuesta


urlpatterns = [
    path("expedientes/<int:pk>/cargo/", cargo, name="cargo"),
    path("expedientes/<int:pk>/cargo.pdf", cargo_pdf, name="cargo-pdf"),
]
