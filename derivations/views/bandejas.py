"""The trays: list, panel of a row, counters of the menu, saved views."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import DatosInvalidos
from core.pages import contar_hasta, ir_a, responder
from derivations import presentacion as ver
from derivations.bandejas import BANDEJAS, Hoy
from derivations.lectura import cosa, leer_bandeja, leer_contadores, leer_filas, leer_panel
from derivations.models import Derivacion, VistaGuardada
from derivations.movimientos import movimientos_de
from derivations.permissions import actos_posibles
from derivations.services import borrar_vista, guardar_vista
from derivations.views.comun import ip_de, pedir_enteros, url_detalle
from documents.models import Documento
from documents.permissions import exigir, puede_observar
from organization.constants import P

LOTE = {
    "recibir": ("Recibir", "recibir", "R", P.RECIBIR),
    "derivar": ("Derivar", "derivar", "D", P.DERIVAR),
    "asignar": ("Asignar", "persona", "G", P.ASIGNAR),
    "atender": ("Atender", "atender", "A", P.ATENDER),
    "acusar": ("Acusar recibo", "copia", "R", P.RECIBIR),
    "recuperar": ("Anular envío", "volver", "", P.RECUPERAR),
    "archivar": ("Archivar", "caja", "", P.DOCUMENTO_ARCHIVAR),
    "remision": ("Hoja de remisión", "imprimir", "P", P.DERIVAR),
}
DE_LA_VISTA = ("f", "area", "tipo", "q", "orden", "filas", "vista")


def tabla(nombre):
    """The tray of that name, or 404."""
    try:
        return BANDEJAS[nombre]
    except KeyError:
        raise Http404("No encontramos esa bandeja.") from None


def areas_de(request, bandeja):
    """Areas whose rows the user sees in the tray; refuses, with trace, who has none."""
    areas = request.user.alcance.areas_con(bandeja.permiso)
    exigir(areas, usuario=request.user, accion=f"ver la bandeja {bandeja.titulo}", ip=ip_de(request))
    return areas


@require_safe
@never_cache
def bandeja(request, nombre):
    """One tray: filters, list, panel of its first row."""
    b = tabla(nombre)
    areas = areas_de(request, b)
    if "desde" in request.GET:
        return _nuevos(request, b, areas)
    return responder(
        request, "derivations/bandeja.html", "derivations/_bandeja.html", contexto(request, b, areas)
    )


def _documentos_de_bandeja(request, nombre):
    """Ids of the documents of one page of a tray, in order: the record's page walks them with J and K."""
    b = tabla(nombre)
    areas = request.user.alcance.areas_con(b.permiso)
    if not areas:
        return []
    return list(dict.fromkeys(fila.documento_id for fila in leer_bandeja(request, b, areas).pagina))


bandeja.documentos_de_lista = _documentos_de_bandeja


def contexto(request, b, areas):
    """What the tray's page shows, in a number of queries that does not depend on the rows."""
    usuario = request.user
    leida = leer_bandeja(request, b, areas)
    filtros, pagina, pastillas = leida.filtros, leida.pagina, leida.pastillas
    parametros = _de_la_vista(request.GET)
    vista = _vista_pedida(request, b)
    total = next(p.conteo for p in pastillas if p.actual)
    volver = request.get_full_path()
    ctx = {
        "bandeja": b,
        "filtros": filtros,
        "pastillas": pastillas,
        "pagina": pagina,
        "total": total,
        "resumen": _resumen(b, pastillas, areas),
        "areas": leida.areas,
        "tipos": leida.tipos,
        "vista": vista,
        "vista_modificada": bool(vista and vista.parametros != parametros),
        "parametros": parametros,
        "lote": _lote(usuario, b),
        "elegidos": set(pedir_enteros(request.GET.get("elegidos", "").split(","))),
        "tope_vista": min(int(total), 200),
        "volver": volver,
        "con_lector": usuario.tiene_permiso(P.RECIBIR),
        "ahora": int(timezone.now().timestamp()),
        "columnas": _columnas(b, filtros),
    }
    if leida.panel:
        ctx["panel"] = con_actos(request, b, pagina.filas[0], leida.panel, volver)
    ctx["ultima_entrada"] = leida.ultima_entrada
    ctx["siguiente"] = BANDEJAS[b.siguiente]
    return ctx


def _vista_pedida(request, b):
    """The saved view of this tray that the address names, or None."""
    nombre = request.GET.get("vista")
    if not nombre:
        return None
    return VistaGuardada.objects.filter(usuario=request.user, bandeja=b.nombre, nombre=nombre).first()


def _resumen(b, pastillas, areas):
    """ "38 documentos de tu área. 2 vencidos, 5 por vencer." """
    por_nombre = {p.nombre: p.conteo for p in pastillas}
    total = por_nombre[""]
    if not total:
        return "Ningún documento aquí."
    de_area = "de tus áreas" if len(areas) > 1 and b.frase == "de tu área" else b.frase
    texto = f"{total} {'documento' if int(total) == 1 else 'documentos'} {de_area}."
    partes = [
        (por_nombre.get("vencidos"), "vencido", "vencidos"),
        (por_nombre.get("por-vencer"), "por vencer", "por vencer"),
    ]
    dichas = [f"{n} {una if int(n) == 1 else varias}" for n, una, varias in partes if n]
    return f"{texto} {', '.join(dichas)}." if dichas else texto


def _columnas(b, filtros):
    """Header links: name -> (next order, aria-sort)."""
    actual = filtros.orden or ("plazo" if "limite" in b.orden[0][0] else "recibido")
    if not filtros.orden and b.orden[0][1] == "desc":
        actual = f"-{actual}"
    columnas = {}
    for nombre in ("plazo", "expediente", "recibido"):
        if actual == nombre:
            columnas[nombre] = {"orden": f"-{nombre}", "sentido": "ascending", "flecha": "↑"}
        elif actual == f"-{nombre}":
            columnas[nombre] = {"orden": nombre, "sentido": "descending", "flecha": "↓"}
        else:
            columnas[nombre] = {"orden": nombre, "sentido": "", "flecha": ""}
    return columnas


def _lote(usuario, b):
    """Bulk acts of the tray that the user holds somewhere."""
    return [
        {"nombre": n, "texto": LOTE[n][0], "icono": LOTE[n][1], "tecla": LOTE[n][2]}
        for n in b.lote
        if usuario.tiene_permiso(LOTE[n][3])
    ]


def _de_la_vista(datos, **cambios):
    """The query string that names a view: filters, order and size, in a fixed order."""
    valores = {**{n: datos.get(n, "") for n in DE_LA_VISTA}, **cambios}
    return urlencode({n: v for n, v in valores.items() if v})


def _nuevos(request, b, areas):
    """A link that says how many rows came after the list was drawn; nothing when none."""
    segundos = pedir_enteros([request.GET["desde"][:10]])
    desde = datetime.fromtimestamp(segundos[0] if segundos else 0, UTC)
    nuevas = b.filas(request.user, areas, Hoy.leer()).filter(**{f"{b.campo_fecha}__gt": desde})
    return render(request, "derivations/_nuevos.html", {"n": contar_hasta(nuevas, 100), "bandeja": b})


# Panel


@require_safe
@never_cache
def panel(request, nombre, pk):
    """The panel of one row, for 1280 px and more."""
    b = tabla(nombre)
    areas, hoy = areas_de(request, b), Hoy.leer()
    # a row that just left the tray is still shown while its document is visible
    base = Documento.objects if b.es_de_documentos else Derivacion.objects
    datos = leer_filas(b, base.visibles_para(request.user).filter(pk=pk)).first()
    if datos is None or not areas:
        raise Http404("No encontramos ese documento.")
    htmx = getattr(request, "htmx", None)
    volver = (htmx.current_url_abs_path if htmx else None) or reverse("derivations:bandeja", args=[nombre])
    ctx = con_actos(request, b, ver.fila_de(b, datos, hoy), leer_panel(request.user, b, datos, hoy), volver)
    return render(request, "derivations/_panel.html", {"panel": ctx})


def con_actos(request, b, fila, datos, volver):
    """The panel of a row: its data, its last movement and what this user may do with it now."""
    documento, abierta, copia = (cosa(datos[nombre]) for nombre in ("documento", "abierta", "copia"))
    ultimos, _ = movimientos_de(documento.pk, limite=1)
    return datos | {
        "fila": fila,
        "documento": documento,
        "abierta": abierta,
        "copia": copia,
        "actos": actos_posibles(request.user, documento, abierta, copia),
        "ultimo": next(iter(ultimos), None),
        "url": url_detalle(documento.pk),
        "puede_observar": b.nombre == "por-derivar" and puede_observar(request.user, documento),
        "volver": volver,
    }


# Counters

CON_COLOR = {"por-vencer": "ojo", "vencidos": "malo"}


@require_safe
@never_cache
def contadores(request):
    """Every counter of the menu, each read up to its ceiling."""
    filas = [
        {"clave": nombre, "conteo": n or "", "color": CON_COLOR.get(nombre, "") if n else ""}
        for nombre, n in leer_contadores(request.user).items()
    ]
    for ruta in getattr(settings, "CONTADORES", ()):
        filas += import_string(ruta)(request)
    return render(request, "derivations/_contadores.html", {"contadores": filas})


# Saved views


@require_POST
def vista_guardar(request):
    """Names the filters of a tray and comes back to it."""
    b = tabla(request.POST.get("bandeja", ""))
    areas_de(request, b)
    nombre = " ".join(request.POST.get("nombre", "").split())[:60]
    datos = QueryDict(request.POST.get("parametros", "")[:500])
    parametros = _de_la_vista(datos, vista=nombre)
    url = reverse("derivations:bandeja", args=[b.nombre])
    try:
        guardar_vista(usuario=request.user, nombre=nombre, bandeja=b.nombre, parametros=parametros)
    except DatosInvalidos as error:
        return ir_a(request, f"{url}?{_de_la_vista(datos)}", error.detalles[0]["message"], "warning")
    return ir_a(request, f"{url}?{parametros}", f"Vista «{nombre}» guardada en Mis vistas.")


@require_POST
def vista_borrar(request, pk):
    """Deletes one of the user's own views."""
    vista = VistaGuardada.objects.filter(usuario=request.user, pk=pk).first()
    if vista is None:
        raise Http404("No encontramos esa vista.")
    borrar_vista(usuario=request.user, pk=pk)
    return ir_a(
        request, reverse("derivations:bandeja", args=[vista.bandeja]), f"Vista «{vista.nombre}» borrada."
    )


urlpatterns = [
    path("bandejas/contadores/", contadores, name="contadores"),
    path("bandejas/vistas/", vista_guardar, name="vista-guardar"),
    path("bandejas/vistas/<int:pk>/borrar/", vista_borrar, name="vista-borrar"),
    path("bandejas/<slug:nombre>/", bandeja, name="bandeja"),
    path("bandejas/<slug:nombre>/<int:pk>/panel/", panel, name="panel"),
]
