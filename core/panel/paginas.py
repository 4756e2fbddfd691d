"""Pages of the administration that every application shares: rows to edit, rows to consult, lists by date."""

from datetime import date

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Max, Min
from django.db.models.deletion import ProtectedError, RestrictedError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property

from core.errors import ErrorDeNegocio, Prohibido
from core.models import Evento
from core.panel.base import AdminMesa, InlineMesa
from core.panel.historia import filas_de_eventos, registrar_rechazo
from core.panel.lista import ListaMesa
from core.texto import MESES, en_lima

YA_SE_USO = "No se puede borrar: ya se usó en otros registros. Desactívalo para que no se ofrezca más."


class PaginaMesa(AdminMesa):
    """A page whose only history are the events, and whose refusals stay beside what was typed.

    eventos: types of the events of a row (default: those of AdminMesa); clave_en_evento: where in `detalle`
    they keep its key.
    """

    show_facets = admin.ShowFacets.NEVER  # counts beside each filter would read the whole table
    eventos = ()
    clave_en_evento = "id"
    callar_documentos = False

    # The events are the one trace: Django's own log would be a second, poorer one.
    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None

    def log_deletions(self, request, queryset):
        return None

    def construct_change_message(self, request, form, formsets, add=False):
        return []

    def get_form(self, request, obj=None, change=False, **kwargs):
        """The form; after a refusal of the rules, also with its texts, field by field."""
        clase = super().get_form(request, obj, change=change, **kwargs)
        error = getattr(request, "rechazo_de_reglas", None)
        if error is None:
            return clase

        class ConRechazo(clase):
            def clean(self):
                datos = super().clean()
                campos = getattr(error, "campos", None) or {"__all__": [str(error)]}
                for campo, textos in campos.items():
                    for texto in textos:
                        self.add_error(campo if campo in self.fields else None, texto)
                return datos

        return ConRechazo

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """As Django's; a refusal undoes everything and shows the same form with what was typed."""
        abrir = super(AdminMesa, self).changeform_view
        try:
            return abrir(request, object_id, form_url, extra_context)
        except ErrorDeNegocio as error:
            if isinstance(error, Prohibido):
                registrar_rechazo(request, str(error))
            if request.method != "POST":
                return self._rechazar(request, error)
            request.rechazo_de_reglas = error
            respuesta = abrir(request, object_id, form_url, extra_context)
            if respuesta.status_code == 200:
                respuesta.status_code = error.estado_http
            return respuesta

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except (ProtectedError, RestrictedError):
            self.message_user(request, YA_SE_USO, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def changelist_view(self, request, extra_context=None):
        try:
            return super().changelist_view(request, extra_context)
        except (ProtectedError, RestrictedError):
            self.message_user(request, YA_SE_USO, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_formset(self, request, form, formset, change):
        """Store the rows of an inline and record them in one event of the parent. Override to call a service."""
        formset.save()
        cambios = {
            "agregados": [str(obj) for obj in formset.new_objects],
            "cambiados": [str(obj) for obj, _ in formset.changed_objects],
            "quitados": [str(obj) for obj in formset.deleted_objects],
        }
        cambios = {que: filas for que, filas in cambios.items() if filas}
        if cambios:
            self._registrar(
                request,
                form.instance,
                "cambiado",
                None,
                {str(formset.model._meta.verbose_name): cambios},
            )

    def nombre_de(self, obj):
        """How a row is called in titles and messages."""
        return str(obj)

    def obtener(self, request, object_id):
        """The row when this person may see it, else None or Http404."""
        return self.get_object(request, object_id)

    def eventos_de(self, request, obj):
        """Events about one row, newest first."""
        nombre = obj._meta.model_name
        tipos = self.eventos or tuple(f"{nombre}_{acto}" for acto in ("creado", "cambiado", "borrado"))
        return Evento.objects.filter(
            tipo__in=tipos, detalle__contains={self.clave_en_evento: obj.pk}
        ).recientes()

    def history_view(self, request, object_id, extra_context=None):
        """The events of a row, read-only and by pages."""
        obj = self.obtener(request, unquote(object_id))
        if obj is None:
            raise Http404("No encontramos lo que buscas.")
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        pagina = Paginator(self.eventos_de(request, obj), 50).get_page(request.GET.get("p"))
        contexto = {
            **self.admin_site.each_context(request),
            "title": f"Historia de {self.nombre_de(obj)}",
            "opts": self.opts,
            "object": obj,
            "module_name": str(self.opts.verbose_name_plural).capitalize(),
            "pagina": pagina,
            "filas": filas_de_eventos(pagina.object_list, callar_documentos=self.callar_documentos),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/historia.html", contexto)


class PaginaDeConsulta(PaginaMesa):
    """A page that only shows rows: whatever changes them is an act."""

    def has_change_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class InlineDeConsulta(InlineMesa):
    """Rows of another model inside a page, as a plain table."""

    template = "admin/tabla_de_consulta.html"
    can_delete = False
    max_num = 0

    def has_change_permission(self, request, obj=None):
        return False

    has_add_permission = has_delete_permission = has_change_permission


# Lists of many rows


class ListaPorFechas(ListaMesa):
    """A list whose date hierarchy costs two index look-ups, whatever the size of the table.

    Django's own asks the table for its distinct years, months and days. Here the first and the last date give
    the years; months and days come from the calendar.
    """

    @cached_property
    def jerarquia(self):
        """{"atras": link or None, "opciones": [link or title]} for the strip above the list; None when empty."""
        campo = self.date_hierarchy
        limites = self.model._base_manager.aggregate(primero=Min(campo), ultimo=Max(campo))
        primero, ultimo = en_lima(limites["primero"]), en_lima(limites["ultimo"])
        if primero is None:
            return None
        pedido = [self._pedido(f"{campo}__{parte}") for parte in ("year", "month", "day")]
        desde, hasta = (primero.year, primero.month), (ultimo.year, ultimo.month)
        anio, mes, dia = pedido
        if not anio and desde[0] == hasta[0]:
            anio = desde[0]
        if anio and mes and dia:
            return {
                "atras": self._enlace(f"{MESES[mes - 1]} {anio}", anio, mes),
                "opciones": [f"{dia} de {MESES[mes - 1]}"],
            }
        if anio and mes:
            dias = range(1, _ultimo_dia(anio, mes) + 1)
            return {
                "atras": self._enlace(str(anio), anio),
                "opciones": [self._enlace(str(d), anio, mes, d) for d in dias],
            }
        if anio:
            meses = [m for m in range(1, 13) if desde <= (anio, m) <= hasta]
            varios = desde[0] != hasta[0]
            return {
                "atras": self._enlace("Todas las fechas") if varios or pedido[0] else None,
                "opciones": [self._enlace(f"{MESES[m - 1]} {anio}", anio, m) for m in meses],
            }
        return {
            "atras": None,
            "opciones": [self._enlace(str(a), a) for a in range(desde[0], hasta[0] + 1)],
        }

    def _pedido(self, nombre):
        """A whole number of the address, or None."""
        valor = self.params.get(nombre)
        valor = valor[-1] if isinstance(valor, list | tuple) and valor else valor
        tope = 12 if nombre.endswith("month") else 9999
        return int(valor) if str(valor).isdecimal() and 1 <= int(valor) <= tope else None

    def _enlace(self, titulo, anio=None, mes=None, dia=None):
        partes = {"year": anio, "month": mes, "day": dia}
        filtros = {f"{self.date_hierarchy}__{parte}": valor for parte, valor in partes.items() if valor}
        enlace = self.get_query_string(filtros, [f"{self.date_hierarchy}__"])
        return {"titulo": titulo[:1].upper() + titulo[1:], "enlace": enlace}


def _ultimo_dia(anio, mes):
    siguiente = date(anio + (mes == 12), mes % 12 + 1, 1)
    return (siguiente - date.resolution).day


class ConFechas:
    """Mixin of pages whose list has the cheap date hierarchy. preparar_filas(filas) may complete each page."""

    contar_filas = False
    change_list_template = "admin/lista_por_fechas.html"

    def get_changelist(self, request, **kwargs):
        return ListaPorFechas


def enlace_admin(obj, vista="change"):
    """Address of a row's page in the administration."""
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_{vista}", args=[obj.pk])
