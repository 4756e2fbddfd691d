"""Doors of the files: upload while a form is open, and reading with permission."""

from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from core.errors import ErrorDeNegocio
from documents.files import constants as c
from documents.files.espera import poner_en_espera, quitar_de_espera
from documents.files.servir import ip_de, registrar_lectura, servir_archivo, servir_miniatura
from documents.models import ArchivoAdjunto, Documento
from documents.permissions import documento_visible_o_404, exigir
from organization.constants import P

PARA_SUBIR = (P.DOCUMENTO_REGISTRAR, P.DOCUMENTO_ADJUNTAR, P.ATENDER)


@require_POST
@never_cache
def subir(request):
    """Stages one file of an open form. Answers JSON: 201, or the refusal's status with its text."""
    subida = request.FILES.get("archivo")
    para = request.POST.get("para") or request.GET.get("para") or c.PRINCIPAL
    nombre, peso = (subida.name, subida.size) if subida else ("", 0)
    try:
        exigir(
            any(request.user.tiene_permiso(codigo) for codigo in PARA_SUBIR),
            usuario=request.user,
            accion="subir archivos",
            ip=ip_de(request),
        )
        if subida is None or para not in (c.PRINCIPAL, c.ANEXO):
            return _json_error("No llegó ningún archivo. Hay que volver a elegirlo.", nombre, peso, 422)
        puesto = poner_en_espera(usuario=request.user, subida=subida, para=para)
    except ErrorDeNegocio as error:
        return _json_error(str(error), nombre, peso, error.estado_http)
    return JsonResponse(
        {
            "id": str(puesto.pk),
            "nombre": puesto.nombre,
            "peso": puesto.peso_bytes,
            "tipo": puesto.tipo_mime,
            "aviso": puesto.aviso,
            "error": "",
        },
        status=201,
    )


@require_POST
@never_cache
def quitar(request, pk):
    """Takes away one own staged file; a plain form comes back to its page, a script gets JSON."""
    quitado = quitar_de_espera(id=pk, usuario=request.user)
    volver = request.POST.get("volver", "")
    if volver and url_has_allowed_host_and_scheme(volver, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(volver)
    error = "" if quitado else "Ese archivo ya no estaba en espera."
    return JsonResponse({"id": str(pk), "error": error}, status=200 if quitado else 404)


@require_safe
def ver(request, pk):
    """The file for the viewer: inline when its type allows it."""
    return _entregar(request, pk, descargar=False)


@require_safe
def descargar(request, pk):
    """The file as a download."""
    return _entregar(request, pk, descargar=True)


@require_GET
def miniatura(request, pk):
    """The picture of the first page."""
    return servir_miniatura(_archivo_visible(request, pk))


def _entregar(request, pk, *, descargar):
    archivo = _archivo_visible(request, pk)
    respuesta = servir_archivo(request, archivo, descargar=descargar)
    if respuesta.status_code in (200, 206, 304):
        registrar_lectura(request, archivo, descargar=descargar)
    return respuesta


def _archivo_visible(request, pk):
    """The file with its document, when the user may see the document; else 404."""
    archivo = ArchivoAdjunto.objects.filter(pk=pk).first()
    if archivo is None:
        raise Http404("No encontramos ese archivo.")
    archivo.documento = documento_visible_o_404(
        request.user, archivo.documento_id, ip=ip_de(request), consulta=Documento.objects.only("reservado")
    )
    return archivo


def _json_error(texto, nombre, peso, estado):
    cuerpo = {"id": "", "nombre": nombre, "peso": peso, "tipo": "", "aviso": "", "error": texto}
    return JsonResponse(cuerpo, status=estado)


urlpatterns = [
    path("archivos/espera/", subir, name="archivo-subir"),
    path("archivos/espera/<uuid:pk>/quitar/", quitar, name="archivo-quitar"),
    path("archivos/<int:pk>/", ver, name="archivo-ver"),
    path("archivos/<int:pk>/descargar/", descargar, name="archivo-descargar"),
    path("archivos/<int:pk>/miniatura.png", miniatura, name="archivo-miniatura"),
]
