"""The citizen's pages: phone first, no login, nothing personal without the key."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import ErrorDeNegocio
from core.events import registrar_evento
from core.red import ip_de
from documents.comprobante import pdf_de_cargo
from documents.constants import Evento
from portal.constants import MAX_CLAVES_EN_SESION, SESION_CLAVES
from portal.consultas import documento_de_token, vista_publica
from portal.forms import ClaveForm, ConsultaForm
from portal.services import consultar_con_clave, contar_fallo, exigir_pocos_fallos


@login_not_required
@never_cache
@require_safe
def inicio(request):
    """The public start page."""
    return render(request, "portal/inicio.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consultar(request):
    """Look up by number plus key; a match goes on to the tracking page, opened."""
    form = ConsultaForm(request.POST or None)
    estado = 200
    if request.method == "POST":
        estado = 422
        if form.is_valid():
            try:
                documento = consultar_con_clave(ip=ip_de(request), **form.cleaned_data)
            except ErrorDeNegocio as error:
                form.add_error(None, str(error))
                estado = error.estado_http
            else:
                _abrir(request, documento)
                return redirect("portal:seguir", token=documento.codigo_qr)
    return render(request, "portal/consultar.html", {"form": form}, status=estado)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seguir(request, token):
    """The tracking page of a QR; posting the key opens subject and receipt."""
    documento = _documento(request, token)
    form, estado = ClaveForm(request.POST or None), 200
    if request.method == "POST":
        estado = 422
        if form.is_valid():
            try:
                consultar_con_clave(
                    numero=documento.numero_expediente, clave=form.cleaned_data["clave"], ip=ip_de(request)
                )
            except ErrorDeNegocio as error:
                form.add_error("clave", str(error))
                estado = error.estado_http
            else:
                _abrir(request, documento)
                return redirect("portal:seguir", token=documento.codigo_qr)
    tramite = vista_publica(documento, con_clave=_abierto(request, documento))
    return render(
        request,
        "portal/seguir.html",
        {"tramite": tramite, "form": form, "token": documento.codigo_qr},
        status=estado,
    )


@login_not_required
@never_cache
@require_safe
def cargo(request, token):
    """The receipt again, as issued, for who has given the key."""
    documento = _documento(request, token)
    if not _abierto(request, documento):
        return redirect("portal:seguir", token=documento.codigo_qr)
    datos = documento.cargo.datos
    if documento.reservado:
        with transaction.atomic():
            registrar_evento(
                tipo=Evento.CARGO_IMPRESO,
                documento_id=documento.pk,
                detalle={"formato": "a5", "canal": "publico"},
                ip=ip_de(request),
            )
    pdf = pdf_de_cargo(datos, formato="a5")
    respuesta = HttpResponse(pdf, content_type="application/pdf")
    respuesta["Content-Disposition"] = f'attachment; filename="cargo-{documento.numero_expediente}.pdf"'
    return respuesta


def _documento(request, token):
    """The document of the token; unknown tokens count as failures of the address."""
    exigir_pocos_fallos(ip_de(request))
    documento = documento_de_token(token)
    if documento is None:
        contar_fallo(ip_de(request))
        raise Http404("No encontramos ese trámite.")
    return documento


def _abrir(request, documento):
    """Remembers in the session that the key of the document was given."""
    claves = [t for t in request.session.get(SESION_CLAVES, []) if t != documento.codigo_qr]
    request.session[SESION_CLAVES] = [*claves, documento.codigo_qr][-MAX_CLAVES_EN_SESION:]


def _abierto(request, documento):
    return documento.codigo_qr in request.session.get(SESION_CLAVES, [])
