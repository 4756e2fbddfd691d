"""What the doors of derivations share: where to go back, who asks, what an act is called."""

from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from core.direcciones import molde
from core.errors import ErrorDeNegocio
from core.pages import con_error, ir_a, responder
from derivations.errors import YaActuado
from derivations.forms import ConfirmarForm
from derivations.permissions import derivacion_visible_o_404
from derivations.services.estado import lo_que_paso
from documents.files.servir import ip_de
from documents.permissions import exigir

__all__ = ["Acto", "exigir_estado", "ip_de", "pedir_enteros", "url_detalle", "volver_a"]

MAXIMO_IDS = 200
PAGINA, FRAGMENTO = "derivations/acto.html", "derivations/_acto.html"


def url_detalle(documento_id):
    """Address of the document's page."""
    try:
        return molde("documents:detalle")(documento_id)
    except NoReverseMatch:
        return reverse("derivations:bandeja", args=["en-proceso"])


def volver_a(request, defecto):
    """Where the user came from: `volver` of the form or query, the page htmx says it is on, or the default.

    Only addresses of this same site are followed.
    """
    htmx = getattr(request, "htmx", None)
    candidatas = (
        request.POST.get("volver") or request.GET.get("volver"),
        getattr(htmx, "current_url_abs_path", None) if htmx else None,
    )
    for url in candidatas:
        if (
            url
            and len(url) < 2000
            and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})
        ):
            return url
    return defecto


def pedir_enteros(valores, tope=MAXIMO_IDS):
    """The integers among the given texts, without repeats, in order, at most `tope` + 1."""
    limpios = (int(v) for v in valores if v.isascii() and v.isdigit() and len(v) < 19)
    return list(dict.fromkeys(limpios))[: tope + 1]


class Acto(View):
    """One act on a derivation: who may, whether it still can be done, its form, the service, the words."""

    http_method_names = ["get", "head", "post"]
    nombre = titulo = boton = icono = accion = enviando = ""
    peligro = False
    con_archivos = False

    def dispatch(self, request, pk):
        self.cargar(pk)
        exigir(
            self.permitido(),
            usuario=request.user,
            accion=self.accion,
            documento=self.documento,
            ip=ip_de(request),
        )
        return super().dispatch(request, pk=pk)

    def cargar(self, pk):
        """Finds what the act is about, or 404."""
        self.derivacion, self.documento = derivacion_visible_o_404(
            self.request.user, pk, ip=ip_de(self.request)
        )

    def permitido(self):
        raise NotImplementedError

    def comprobar(self):
        """Raises the refusal the service would give, before anybody types."""

    def crear_form(self, datos=None):
        return ConfirmarForm(datos)

    def hacer(self, datos):
        """Calls the service. Returns: the message for the user."""
        raise NotImplementedError

    def get(self, request, pk):
        try:
            self.comprobar()
        except ErrorDeNegocio as error:
            return self.negar(error, self.crear_form())
        return responder(request, PAGINA, FRAGMENTO, self.contexto(self.crear_form()))

    def post(self, request, pk):
        form = self.crear_form(request.POST)
        try:
            self.comprobar()
            if not self.recoger_archivos(form) or not form.is_valid():
                ctx = self.contexto(form) | {"hay_errores": True}
                return responder(request, PAGINA, FRAGMENTO, ctx, status=422)
            mensaje = self.hacer(form.cleaned_data)
        except ErrorDeNegocio as error:
            return self.negar(error, form)
        return ir_a(request, self.volver(), mensaje)

    def recoger_archivos(self, form):
        """Stages files that came with the form itself. Returns: False when one was refused."""
        return True

    def negar(self, error, form):
        """The same form with the refusal; a 409 offers to look again instead of sending again."""
        ctx = self.contexto(form) | {"imposible": error.estado_http == 409}
        return con_error(self.request, PAGINA, FRAGMENTO, ctx, error, form)

    def volver(self):
        return volver_a(self.request, url_detalle(self.documento.pk))

    def contexto(self, form):
        return {
            "form": form,
            "acto": self,
            "titulo": f"{self.titulo} {self.documento.numero_expediente}",
            "documento": self.documento,
            "derivacion": getattr(self, "derivacion", None),
            "url_acto": self.request.path,
            "url_expediente": url_detalle(self.documento.pk),
            "volver": self.volver(),
        }


def exigir_estado(derivacion, estado):
    """Raises: YaActuado, saying who did what before."""
    if derivacion.estado != estado:
        raise YaActuado(que=lo_que_paso(derivacion))
