"""What the HTML doors share: page or fragment, refusals, redirects, keyset pages and capped counts."""

import base64
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import F, Field, Func, Q, Value
from django.db.models.lookups import GreaterThan, LessThan
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from core.texto import miles

TAMANIOS = (25, 50, 100)
LARGO_CURSOR = 2000


def es_fragmento(request):
    """Say whether the answer must be a fragment: asked by htmx, and not to rebuild a whole page."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def responder(request, page_template, fragment_template, ctx=None, status=200):
    """Return the page, or its fragment when htmx asks; pending messages travel with the fragment."""
    if es_fragmento(request):
        html = render_to_string(fragment_template, ctx, request)
        if len(messages.get_messages(request)):
            html += render_to_string("_avisos.html", {"fuera_de_banda": True}, request)
    else:
        html = render_to_string(page_template, ctx, request)
    respuesta = HttpResponse(html, status=status)
    patch_vary_headers(respuesta, ["HX-Request"])
    return respuesta


def con_error(request, page_template, fragment_template, ctx, error, form=None):
    """Return the same page or fragment showing a refusal, with the refusal's status.

    Args: error an ErrorDeNegocio; its `campos` go to the form's fields, unknown ones to the form's head.
    """
    ctx = {**(ctx or {})}
    form = form if form is not None else ctx.get("form")
    campos = getattr(error, "campos", None) or {}
    if form is not None:
        form.is_valid()  # makes room for errors in forms that were not validated
        for nombre, textos in campos.items():
            for texto in textos:
                form.add_error(nombre if nombre in form.fields else None, texto)
        ctx["form"] = form
    if form is None or not campos:
        ctx["error"] = error
    ctx["hay_errores"] = True
    return responder(request, page_template, fragment_template, ctx, status=error.estado_http)


def avisar(request, mensaje, nivel="success"):
    """Keep a message for the next page. nivel: success, warning, error, info."""
    messages.add_message(request, getattr(messages, nivel.upper()), mensaje)


def ir_a(request, url, mensaje=None, nivel="success"):
    """Send the browser to another page, by HX-Redirect when htmx asked."""
    if mensaje:
        avisar(request, mensaje, nivel)
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def eventos(response, *nombres):
    """Add client events (for example "mesa:lista") to a response and return it."""
    for nombre in nombres:
        trigger_client_event(response, nombre)
    return response


# Capped counts


@dataclass(frozen=True)
class Conteo:
    """A count that stops at a ceiling; as text "38" or "más de 1 000"."""

    n: int
    excede: bool = False

    def __str__(self):
        return f"más de {miles(self.n)}" if self.excede else miles(self.n)

    def __int__(self):
        return self.n

    def __bool__(self):
        return self.n > 0

    def __eq__(self, otro):
        if isinstance(otro, Conteo):
            return (self.n, self.excede) == (otro.n, otro.excede)
        return self.n == otro and not self.excede

    def __hash__(self):
        return hash((self.n, self.excede))


def contar_hasta(qs, tope=1000):
    """Return the Conteo of a queryset, reading at most tope + 1 rows."""
    total = qs.order_by().values("pk")[: tope + 1].count()
    return Conteo(min(total, tope), total > tope)


def contar_varios(consultas, tope=1000):
    """Return {name: Conteo} of several querysets in one query, reading at most tope + 1 rows of each."""
    partes, valores, leidas = [], [], []
    for nombre, qs in consultas.items():
        try:
            sql, parametros = qs.order_by().values("pk")[: tope + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        partes.append(f"(SELECT COUNT(*) FROM ({sql}) filas)")  # noqa: S608 - the ORM wrote it
        valores += parametros
        leidas.append(nombre)
    conteos = dict.fromkeys(consultas, Conteo(0))
    if partes:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(partes)}", valores)
            fila = cursor.fetchone()
        conteos |= {n: Conteo(min(t, tope), t > tope) for n, t in zip(leidas, fila, strict=True)}
    return conteos


# Keyset pages


@dataclass
class Pagina:
    """One page of a list, with opaque cursors and ready addresses for the next and the previous one."""

    filas: list
    siguiente: str | None = None
    anterior: str | None = None
    tamanio: int = 25
    url_siguiente: str = ""
    url_anterior: str = ""
    tamanios: tuple = field(default=TAMANIOS)

    def __iter__(self):
        return iter(self.filas)

    def __len__(self):
        return len(self.filas)

    def __bool__(self):
        return bool(self.filas)


class _Fila(Func):
    """A row value, so that (a, b) > (x, y) is one index range."""

    function = "ROW"
    output_field = Field()


def _a_texto(valor):
    if isinstance(valor, datetime):
        return {"t": valor.isoformat()}
    if isinstance(valor, date):
        return {"d": valor.isoformat()}
    if isinstance(valor, Decimal):
        return {"n": str(valor)}
    if valor is None or isinstance(valor, (bool, int, float, str)):
        return valor
    return str(valor)


def _de_texto(valor):
    if not isinstance(valor, dict):
        return valor
    ((clase, texto),) = valor.items()
    lectores = {"t": datetime.fromisoformat, "d": date.fromisoformat, "n": Decimal}
    return lectores[clase](texto)


def _cifrar(sentido, valores):
    crudo = json.dumps([sentido, *map(_a_texto, valores)], separators=(",", ":"))
    return base64.urlsafe_b64encode(crudo.encode()).decode().rstrip("=")


def cursor_tras(fila, orden):
    """The cursor of the page that follows a row, in this order."""
    return _cifrar("s", [_valor_de(fila, ruta) for ruta, _ in orden])


def _descifrar(cursor, campos):
    """Return (direction, values); None when the cursor is missing, broken or of another list."""
    if not cursor or len(cursor) > LARGO_CURSOR:
        return None
    try:
        crudo = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        sentido, *valores = json.loads(crudo)
        valores = [_de_texto(v) for v in valores]
        if sentido not in ("s", "a") or len(valores) != len(campos):
            return None
        for campo, valor in zip(campos, valores, strict=True):
            if valor is not None:
                campo.to_python(valor)
                campo.get_prep_value(valor)
    except (ValueError, KeyError, TypeError, ArithmeticError, ValidationError):
        return None
    return sentido, valores


def _campo_de(modelo, ruta):
    """Return (model field, whether it can be NULL anywhere on the way) of an order path."""
    nulo = False
    campo = None
    for parte in ruta.split("__"):
        campo = modelo._meta.pk if parte == "pk" else modelo._meta.get_field(parte)
        nulo = nulo or campo.null
        modelo = campo.related_model or modelo
    return campo, nulo


def _valor_de(fila, ruta):
    if isinstance(fila, dict):
        return fila[ruta]
    for parte in ruta.split("__"):
        fila = getattr(fila, parte) if fila is not None else None
    return getattr(fila, "pk", fila)


def _despues(qs, orden, campos, valores):
    """Filter the rows that stand after the given values in this order (PostgreSQL's place for NULLs)."""
    nulos = any(nulo for _, nulo in campos) or None in valores
    sentidos = {sentido for _, sentido in orden}
    if not nulos and len(sentidos) == 1:
        izquierda = _Fila(*[F(ruta) for ruta, _ in orden])
        derecha = _Fila(
            *[Value(valor, output_field=campo) for (campo, _), valor in zip(campos, valores, strict=True)]
        )
        compara = GreaterThan if sentidos == {"asc"} else LessThan
        return qs.filter(compara(izquierda, derecha))
    total, iguales = Q(pk__in=[]), Q()
    for (ruta, sentido), (_, nulo), valor in zip(orden, campos, valores, strict=True):
        if valor is None:
            mas_alla = Q(pk__in=[]) if sentido == "asc" else Q(**{f"{ruta}__isnull": False})
            igual = Q(**{f"{ruta}__isnull": True})
        else:
            mas_alla = Q(**{f"{ruta}__{'gt' if sentido == 'asc' else 'lt'}": valor})
            if nulo and sentido == "asc":
                mas_alla |= Q(**{f"{ruta}__isnull": True})
            igual = Q(**{ruta: valor})
        total |= iguales & mas_alla
        iguales &= igual
    ruta, sentido = orden[0]
    if valores[0] is not None and not campos[0][1]:
        # redundant, but gives the planner one bound to walk the index from
        qs = qs.filter(**{f"{ruta}__{'gte' if sentido == 'asc' else 'lte'}": valores[0]})
    return qs.filter(total)


def _tramos(qs, orden, campos, valores):
    """Yield, in order, querysets that together are what stands after the values, each one range of an index.

    Rows whose first column is NULL are a stretch of their own, where PostgreSQL puts them (last when ascending):
    one range cannot hold both.
    """
    ruta, sentido = orden[0]
    campo, nulo = campos[0]
    if valores[0] is None:
        nulas = qs.filter(**{f"{ruta}__isnull": True})
        yield _despues(nulas, orden[1:], campos[1:], valores[1:])
        if sentido == "desc":
            yield qs.filter(**{f"{ruta}__isnull": False})
        return
    yield _despues(qs, orden, [(campo, False), *campos[1:]], valores)
    if nulo and sentido == "asc":
        yield qs.filter(**{f"{ruta}__isnull": True})


def tramo(qs, orden, campos, valores, cuantas):
    """Return the first rows of a queryset in an order, after the given values or from the start."""
    qs = qs.order_by(*[ruta if sentido == "asc" else f"-{ruta}" for ruta, sentido in orden])
    filas = []
    for parte in [qs] if valores is None else _tramos(qs, orden, campos, valores):
        filas += parte[: cuantas - len(filas)]
        if len(filas) == cuantas:
            break
    return filas


def tamanio_de(request, defecto=25):
    """Return the rows per page that the address asks for, or the default."""
    try:
        pedido = int(request.GET.get("filas", ""))
    except ValueError:
        return defecto
    return pedido if pedido in TAMANIOS else defecto


def _url(request, cursor):
    if not cursor:
        return ""
    pares = [(k, v) for k, vs in request.GET.lists() for v in vs if k != "cursor"]
    return "?" + urlencode([*pares, ("cursor", cursor)])


def paginar(qs, request, orden, tamanio=25):
    """Return one Pagina of a queryset, walking by the values of the last row instead of by offset.

    Args: qs may also be any object with `model` and `tramo(orden, valores, cuantas)`, which gives the first
        rows in that order after those values (None from the start). orden list of (path, "asc" | "desc") whose
        last path is unique; `?cursor=` and `?filas=` are read from the request. A broken or foreign cursor shows
        the first page. With .values(), the paths must be among the values. NULLs stand where PostgreSQL puts
        them: last when ascending.
    """
    tamanio = tamanio_de(request, tamanio)
    campos = [_campo_de(qs.model, ruta) for ruta, _ in orden]
    leido = _descifrar(request.GET.get("cursor"), [campo for campo, _ in campos])
    atras = bool(leido) and leido[0] == "a"
    rumbo = [(r, "asc" if s == "desc" else "desc") for r, s in orden] if atras else list(orden)
    valores = leido[1] if leido else None
    if hasattr(qs, "tramo"):
        filas = qs.tramo(rumbo, valores, tamanio + 1)
    else:
        filas = tramo(qs, rumbo, campos, valores, tamanio + 1)
    hay_mas = len(filas) > tamanio
    filas = filas[:tamanio]
    if atras:
        filas.reverse()
    pagina = Pagina(filas, tamanio=tamanio)
    if filas:
        extremos = [[_valor_de(fila, ruta) for ruta, _ in orden] for fila in (filas[0], filas[-1])]
        if hay_mas or atras:
            pagina.siguiente = _cifrar("s", extremos[1])
        if (leido and not atras) or (atras and hay_mas):
            pagina.anterior = _cifrar("a", extremos[0])
    return con_enlaces(pagina, request)


def con_enlaces(pagina, request):
    """Write the addresses of the pages beside this one, keeping the rest of the query string; return the page."""
    pagina.url_siguiente = _url(request, pagina.siguiente)
    pagina.url_anterior = _url(request, pagina.anterior)
    return pagina
