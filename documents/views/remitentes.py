"""A person: contact data and every paper of theirs that the user may see."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from core.errors import ErrorDeNegocio
from core.pages import es_fragmento, eventos, ir_a, responder
from core.red import ip_de
from documents import permissions as permisos
from documents.busqueda import Busqueda
from documents.forms.remitentes import RemitenteForm
from documents.models import Documento, Remitente
from documents.presentacion import poner_plazos
from documents.services import guardar_remitente
from organization.constants import P


def _puede_corregir(usuario):
    return usuario.tiene_permiso(P.DOCUMENTO_REGISTRAR) or usuario.tiene_permiso(P.DOCUMENTO_EDITAR)


@require_safe
def remitente(request, pk):
    """The person's page. Contact data is for who works with it: someone who sees at least one of their papers."""
    persona = get_object_or_404(Remitente, pk=pk)
    suyos = Busqueda(request.user, remitentes=(persona.pk,))
    total = suyos.contar()
    permisos.exigir(
        _puede_corregir(request.user) or int(total) > 0,
        usuario=request.user,
        accion="ver los datos de esa persona",
        ip=ip_de(request),
    )
    pagina = suyos.paginar(request)
    poner_plazos(pagina.filas)
    areas = request.user.alcance.areas_con(P.DOCUMENTO_VER)
    suyo = next((d for d in pagina.filas if d.area_actual_id in areas), None)
    if suyo is None and (pagina.siguiente or pagina.anterior) and not permisos.ve_identidad(request.user):
        de_su_area = Documento.objects.visibles_para(request.user).filter(area_actual__in=areas)
        suyo = de_su_area.filter(remitente=persona).first()
    return responder(
        request,
        "documents/remitente.html",
        "documents/_remitente_filas.html",
        {
            "persona": persona,
            "pagina": pagina,
            "total": total,
            "suyo": suyo,  # the paper of this person that an area of the user has now
            "puede_corregir": _puede_corregir(request.user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def editar(request, pk):
    """Corrects a person's data; before and after are kept. In the registration screen it is a dialog."""
    persona = get_object_or_404(Remitente, pk=pk)
    permisos.exigir(
        _puede_corregir(request.user),
        usuario=request.user,
        accion="corregir los datos de una persona",
        ip=ip_de(request),
    )
    # The dialog opens over the registration form, which has fields with the same names.
    ids = "persona_%s" if es_fragmento(request) else "id_%s"
    form, estado = RemitenteForm(request.POST or None, persona=persona, auto_id=ids), 200
    if request.method == "POST":
        estado = 422
        if form.is_valid():
            try:
                guardar_remitente(remitente=persona, actor=request.user, **form.cleaned_data)
            except ErrorDeNegocio as error:
                campos = getattr(error, "campos", None) or {"numero": [str(error)]}
                for campo, mensajes in campos.items():
                    form.add_error(campo if campo in form.fields else None, mensajes)
                estado = error.estado_http
            else:
                if es_fragmento(request):
                    return eventos(HttpResponse(), "mesa:cerrar", "mesa:persona")
                return ir_a(request, reverse("documents:remitente", kwargs={"pk": pk}), "Datos corregidos.")
    return responder(
        request,
        "documents/remitente_editar.html",
        "documents/_remitente_editar.html",
        {"form": form, "persona": persona},
        status=estado,
    )


@require_GET
def sugerencias(request):
    """Options of a person box, by number or name."""
    permisos.exigir(
        _puede_corregir(request.user), usuario=request.user, accion="buscar personas", ip=ip_de(request)
    )
    q = " ".join(request.GET.get("q", "").replace("\0", "").split())[:120]
    hallados = Remitente.objects.primeros(q, 8)
    return render(request, "documents/_opciones_remitente.html", {"remitentes": hallados})


urlpatterns = [
    path("remitentes/sugerencias/", sugerencias, name="remitente-sugerencias"),
    path("remitentes/<int:pk>/", remitente, name="remitente"),
    path("remitentes/<int:pk>/editar/", editar, name="remitente-editar"),
]
