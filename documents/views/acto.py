"""The common door of every act on a document: a dialog for htmx, a page of its own without it."""

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views import View

from core.errors import ErrorDeNegocio, Prohibido
from core.models import Evento
from core.pages import con_error, ir_a, responder
from documents.actos import ACTOS
from documents.errors import YaNoEstaAqui
from documents.files import constants as archivos
from documents.files.espera import en_espera_de, poner_varios_en_espera
from documents.files.limites import texto_limites
from documents.files.servir import ip_de
from documents.forms.acciones import Confirmar
from documents.models import Documento
from documents.permissions import documento_visible_o_404, exigir, registrar_visto

PAGINA, DIALOGO = "documents/accion.html", "documents/_accion.html"


class VistaDeActo(View):
    """GET shows the form, or why the act is impossible now; POST does it and goes back to the record.

    A subclass names its act of ACTOS and its form, and writes `ejecutar`, which calls one service and
    returns the message. With `con_archivos` the form takes staged ids or plain files.
    """

    http_method_names = ["get", "head", "post"]
    nombre = ""
    formulario = Confirmar
    con_archivos = False
    para = archivos.PRINCIPAL
    titulo = "{acto} {numero}"
    boton = ""
    enviando = "Guardando…"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.acto = ACTOS[self.nombre]
        self.puestos = []

    def dispatch(self, request, *args, **kwargs):
        ip = ip_de(request)
        self.documento = documento_visible_o_404(
            request.user, kwargs["pk"], ip=ip, consulta=Documento.objects.para_detalle()
        )
        try:
            exigir(
                self.permitido(),
                usuario=request.user,
                accion=self.acto.accion,
                documento=self.documento,
                ip=ip,
                codigo=self.acto.codigo,
            )
        except YaNoEstaAqui as error:
            return self.llegar_tarde(error)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, pk):
        impedimento = self.impedimento()
        registrar_visto(usuario=request.user, documento=self.documento, ip=ip_de(request))
        form = None if impedimento else self.armar()
        return self.mostrar(form, status=409 if impedimento else 200, impedimento=impedimento)

    def post(self, request, pk):
        form = self.armar(request.POST)
        try:
            if self.con_archivos:
                self.recoger_archivos()
            if not form.is_valid():
                return self.mostrar(form, status=422)
            mensaje = self.ejecutar(form)
        except Prohibido:
            raise
        except ErrorDeNegocio as error:
            return self.negar(error, form)
        return ir_a(request, self.destino(), mensaje)

    def negar(self, error, form):
        """The form as it was sent, with the refusal and, when somebody came first, who."""
        ctx = self.contexto(form)
        if error.estado_http == 409:
            ctx["ultimo_cambio"] = self.ultimo_cambio()
        return con_error(self.request, PAGINA, DIALOGO, ctx, error, form=form)

    def llegar_tarde(self, error):
        """The document left this area: the reason alone, or over what was typed."""
        if self.request.method != "POST":
            return self.mostrar(None, status=409, impedimento=str(error))
        if self.con_archivos:
            self.recoger_archivos()
        return self.negar(error, self.armar(self.request.POST))

    # What a subclass may change

    def permitido(self):
        """Whether this user may do the act here."""
        return self.acto.permitido(self.request.user, self.documento)

    def impedimento(self):
        """Why it cannot be done now, or ""."""
        return self.acto.impedimento(self.documento)

    def ejecutar(self, form):
        """Calls the service. Returns: what to tell the user."""
        raise NotImplementedError

    def avisos(self):
        """Notices under the fields: dicts nivel, icono, texto."""
        return []

    def extra(self):
        """More context of the act's own."""
        return {}

    def destino(self):
        """Where to go when done."""
        return self.volver()

    # The common part

    def armar(self, datos=None):
        return self.formulario(datos, documento=self.documento, usuario=self.request.user)

    def desde(self):
        """The list the user came from, kept from page to page."""
        datos = self.request.POST if self.request.method == "POST" else self.request.GET
        return datos.get("desde") or datos.get("volver") or self.request.GET.get("volver") or ""

    def volver(self, **parametros):
        url = reverse("documents:detalle", args=[self.documento.pk])
        desde = self.desde()
        if desde and url_has_allowed_host_and_scheme(desde, allowed_hosts=None):
            parametros["desde"] = desde
        return f"{url}?{urlencode(parametros)}" if parametros else url

    def recoger_archivos(self):
        """Stages the plain files of this request and reads which staged ones the form carries."""
        request = self.request
        fuera = set(request.POST.getlist("quitar_archivo"))
        ids = [i for i in request.POST.getlist("adjunto_ids") if i not in fuera]
        self.puestos = en_espera_de(usuario=request.user, ids=ids)
        self.ids = ids  # as they came: the service refuses what expired instead of dropping it
        subidas = request.FILES.getlist("archivos")
        if subidas:
            nuevos = poner_varios_en_espera(usuario=request.user, subidas=subidas, para=self.para)
            self.puestos += nuevos
            self.ids = [*ids, *[str(n.pk) for n in nuevos]]

    def ultimo_cambio(self):
        """Who moved the document last, for who arrives late."""
        return (
            Evento.objects.filter(documento_id=self.documento.pk, actor__isnull=False)
            .exclude(tipo="reservado_visto")
            .select_related("actor")
            .order_by("-secuencia")
            .first()
        )

    def contexto(self, form, **mas):
        numero = self.documento.numero_expediente
        return {
            "documento": self.documento,
            "acto": self.acto,
            "form": form,
            "titulo": self.titulo.format(acto=self.acto.texto, numero=numero),
            "boton": self.boton or self.acto.texto,
            "enviando": self.enviando,
            "volver": self.volver(),
            "desde": self.desde(),
            "avisos_del_acto": self.avisos(),
            "con_archivos": self.con_archivos,
            "puestos": self.puestos,
            "acepta": archivos.ACCEPT,
            "limites": texto_limites(),
            "para": self.para,
            **self.extra(),
            **mas,
        }

    def mostrar(self, form, *, status, **mas):
        if status == 422:
            mas["hay_errores"] = True
        return responder(self.request, PAGINA, DIALOGO, self.contexto(form, **mas), status=status)
