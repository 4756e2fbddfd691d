"""The lists of the administration, by pages that walk an index: page 500 costs what the first one costs."""

from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import ForeignObject

from core.pages import paginar

CURSOR = "cursor"


class ListaMesa(ChangeList):
    """A list whose pages go by the values of their last row, in a stable order, instead of by number.

    Lists of many rows (`contar_filas = False` in their page) are not counted: a filter that leaves few rows of
    millions would have to read them all to say how many.
    """

    def get_filters_params(self, params=None):
        """As Django's; the place in the list is no filter, and links that change filters begin at the start."""
        self.params.pop(CURSOR, None)
        self.filter_params.pop(CURSOR, None)
        return super().get_filters_params(params)

    def get_ordering(self, request, queryset):
        """As Django's, only by the columns offered, and without the order the rows already had behind them."""
        pedidas = self.params.get(ORDER_VAR, "").split(".")
        ofrecidas = [columna for columna in pedidas if self._se_ofrece(columna.lstrip("-"))]
        if pedidas != ofrecidas and ORDER_VAR in self.params:
            self.params[ORDER_VAR] = ".".join(ofrecidas)
        return super().get_ordering(request, queryset.order_by())

    def _se_ofrece(self, numero):
        """Say whether the list offers to be ordered by the column of that number."""
        visible = numero.isdecimal() and len(numero) < 4 and int(numero) < len(self.list_display)
        return visible and self.list_display[int(numero)] in self.sortable_by

    def _get_deterministic_ordering(self, ordering):
        """As Django's; the key that breaks ties goes the way of the column before it, as indexes do."""
        completo = super()._get_deterministic_ordering(ordering)
        if completo and completo[-1] == "-pk" and len(completo) > 1 and completo[:-1] == list(ordering):
            previo = completo[-2]
            if isinstance(previo, str) and not previo.startswith("-"):
                completo[-1] = "pk"
        return completo

    def _orden(self):
        """[(path, "asc" | "desc")] of the list, or None when it orders by something that is not a plain column."""
        orden = []
        for parte in self.queryset.query.order_by:
            if not isinstance(parte, str) or not _es_columna(self.model, parte.lstrip("-")):
                return None
            orden.append((parte.lstrip("-"), "desc" if parte.startswith("-") else "asc"))
        return orden or None

    def get_results(self, request):
        self.sin_conteo, self.url_anterior, self.url_siguiente = False, "", ""
        orden = self._orden()
        if orden is None:
            super().get_results(request)
        else:
            self._por_cursor(request, orden)
        preparar = getattr(self.model_admin, "preparar_filas", None)
        if preparar:
            preparar(self.result_list)

    def _por_cursor(self, request, orden):
        pagina = paginar(self.queryset, request, orden, self.list_per_page)
        self.result_list = pagina.filas
        self.url_anterior, self.url_siguiente = pagina.url_anterior, pagina.url_siguiente
        entera = not (pagina.anterior or pagina.siguiente)
        contar = self.model_admin.contar_filas and not entera
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        self.result_count = self.paginator.count if contar else len(pagina.filas)
        self.sin_conteo = not (contar or entera)
        self.show_full_result_count = self.model_admin.show_full_result_count
        self.show_admin_actions, self.full_result_count = True, None
        self.can_show_all = self.multi_page = False


def _es_columna(modelo, ruta):
    """Say whether an order path is a plain column of the model or of one it points to."""
    for parte in ruta.split("__"):
        if modelo is None:
            return False
        if parte == "pk":
            campo = modelo._meta.pk
        else:
            campo = next((f for f in modelo._meta.concrete_fields if parte in (f.name, f.attname)), None)
        if campo is None:
            return False
        modelo = campo.related_model
        ultima = campo
    return not isinstance(ultima, ForeignObject)
