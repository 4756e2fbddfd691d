"""Acts of the administration: the same service for one row (its own page) or for many (the list's menu)."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from core.errors import ErrorDeNegocio, Prohibido
from core.panel.historia import registrar_rechazo
from core.red import ip_de

MAX_LOTE = 200


@dataclass(frozen=True)
class Acto:
    """One act on rows of a page.

    texto names it; hecho says it was done ("archivado"); accion completes "Tu rol no permite …".
    codigo is the permission without which the act is not offered; permitido(usuario, obj) decides each row,
    by that permission alone when it is not given.
    aplicar(obj, datos, actor, ip) calls the service and may return a text for the message.
    formulario is a Form class when data is needed, built with (data, obj=, usuario=); obj is None for many rows.
    """

    nombre: str
    texto: str
    hecho: str
    accion: str
    codigo: str
    aplicar: Callable
    permitido: Callable | None = None
    formulario: type | None = None
    en_lote: bool = True
    aviso: str = ""
    oportuno: Callable = lambda obj: True

    def puede(self, usuario, obj):
        """Whether the user may do it on the row."""
        return self.permitido(usuario, obj) if self.permitido else usuario.tiene_permiso(self.codigo)


class FormularioDeActo(forms.Form):
    """Base of the acts' forms: knows the row, or None for many, and who acts."""

    def __init__(self, data=None, *, obj=None, usuario=None, **kwargs):
        super().__init__(data, **kwargs)
        self.obj, self.usuario = obj, usuario
        self.preparar()

    def preparar(self):
        """Place to fill choices and initial values."""


class Motivo(FormularioDeActo):
    """An act that asks why."""

    motivo = forms.CharField(
        label="Motivo",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        error_messages={"required": "Escribe el motivo; queda en la historia."},
    )


class ConActos:
    """Mixin of a PaginaMesa with acts; each row is checked and done in its own transaction, and a refusal recorded."""

    actos = ()
    change_form_template = "admin/con_actos.html"

    def documento_de(self, obj):
        """Id of the document a refusal belongs to, or None."""
        return None

    def exigir_acto(self, request, acto, obj):
        """Refuse and record an act on a row where the user may not do it.

        Raises: Prohibido.
        """
        if not acto.puede(request.user, obj):
            registrar_rechazo(request, acto.accion, self.documento_de(obj))
            raise _negativa(acto)

    # Many rows, from the list

    def get_actions(self, request):
        acciones = super().get_actions(request)
        if IS_POPUP_VAR not in request.GET:
            for acto in self.actos:
                if acto.en_lote and self._tiene(request, acto.codigo):
                    acciones[acto.nombre] = (_accion(acto), acto.nombre, acto.texto)
        return acciones

    def changelist_view(self, request, extra_context=None):
        """As Django's; a known act that was not offered to this person is a recorded refusal."""
        pedido = request.POST.get("action", "")
        acto = next((a for a in self.actos if a.nombre == pedido and a.en_lote), None)
        if acto and not self._tiene(request, acto.codigo):
            registrar_rechazo(request, acto.accion)
            return self._rechazar(request, _negativa(acto))
        return super().changelist_view(request, extra_context)

    def acto_en_lote(self, request, acto, queryset):
        """Ask what is missing, then apply the act to each row and tell each result."""
        filas = list(queryset[: MAX_LOTE + 1])
        if len(filas) > MAX_LOTE:
            self.message_user(request, f"Elige como máximo {MAX_LOTE} filas por vez.", messages.ERROR)
            return None
        form = None
        if acto.formulario:
            enviado = "aplicar" in request.POST
            form = acto.formulario(request.POST if enviado else None, obj=None, usuario=request.user)
            if not enviado or not form.is_valid():
                return self._pedir(request, acto, form, filas, status=422 if enviado else 200)
        hechas = 0
        for obj in filas:
            try:
                self.exigir_acto(request, acto, obj)
                nota = acto.aplicar(obj, form.cleaned_data if form else {}, request.user, ip_de(request))
            except ErrorDeNegocio as error:
                self.message_user(request, f"{self.nombre_de(obj)}: {_texto(error)}", messages.WARNING)
            else:
                hechas += 1
                if nota:
                    self.message_user(request, f"{self.nombre_de(obj)}: {nota}", messages.INFO)
        if hechas:
            self.message_user(request, f"{acto.texto}: {hechas} de {len(filas)}.", messages.SUCCESS)
        return None

    # One row, from its page

    def get_urls(self):
        opts = self.opts
        return [
            path(
                "<path:object_id>/acto/<slug:nombre>/",
                self.admin_site.admin_view(self.acto_view),
                name=f"{opts.app_label}_{opts.model_name}_acto",
            ),
            *super().get_urls(),
        ]

    @method_decorator(sensitive_post_parameters())
    def acto_view(self, request, object_id, nombre):
        """The page of one act on one row: asks or confirms, then calls the service."""
        acto = next((a for a in self.actos if a.nombre == nombre), None)
        obj = self.obtener(request, unquote(object_id)) if acto else None
        if obj is None:
            raise Http404("No encontramos lo que buscas.")
        self.exigir_acto(request, acto, obj)
        enviado = request.method == "POST"
        clase = acto.formulario or FormularioDeActo
        form = clase(request.POST if enviado else None, obj=obj, usuario=request.user)
        if not enviado:
            return self._pedir(request, acto, form, [obj], uno=True)
        if not form.is_valid():
            return self._pedir(request, acto, form, [obj], uno=True, status=422)
        try:
            nota = acto.aplicar(obj, form.cleaned_data, request.user, ip_de(request))
        except ErrorDeNegocio as error:
            if isinstance(error, Prohibido):
                registrar_rechazo(request, acto.accion, self.documento_de(obj))
            for campo, textos in (getattr(error, "campos", None) or {"__all__": [str(error)]}).items():
                for texto in textos:
                    form.add_error(campo if campo in form.fields else None, texto)
            return self._pedir(request, acto, form, [obj], uno=True, status=error.estado_http)
        self.message_user(request, f"{self.nombre_de(obj)}: {acto.hecho}.", messages.SUCCESS)
        if nota:
            self.message_user(request, nota, messages.INFO)
        return HttpResponseRedirect(self._pagina_de(obj))

    def enlaces_de(self, request, obj):
        """[{"texto", "url"}] of other pages about the row."""
        return []

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["nombre"] = context["subtitle"] = self.nombre_de(obj)
            context["actos"] = [
                {
                    "texto": acto.texto,
                    "url": reverse(
                        f"admin:{self.opts.app_label}_{self.opts.model_name}_acto", args=[obj.pk, acto.nombre]
                    ),
                }
                for acto in self.actos
                if acto.puede(request.user, obj) and acto.oportuno(obj)
            ]
            context["enlaces"] = self.enlaces_de(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _pedir(self, request, acto, form, filas, *, uno=False, status=200):
        contexto = {
            **self.admin_site.each_context(request),
            "title": acto.texto,
            "opts": self.opts,
            "acto": acto,
            "form": form,
            "filas": [(obj.pk, self.nombre_de(obj)) for obj in filas],
            "uno": uno,
            "nombre": self.nombre_de(filas[0]) if uno else "",
            "volver": self._pagina_de(filas[0])
            if uno
            else reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            "marca": ACTION_CHECKBOX_NAME,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/acto.html", contexto, status=status)

    def _pagina_de(self, obj):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])


def _accion(acto):
    def aplicar(pagina, request, queryset):
        return pagina.acto_en_lote(request, acto, queryset)

    return aplicar


def _negativa(acto):
    return Prohibido(mensaje=f"Tu rol no permite {acto.accion}. El intento quedó registrado.")


def _texto(error):
    return " ".join(d["message"] for d in error.detalles) or str(error)
