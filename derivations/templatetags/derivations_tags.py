"""What the document's page shows of derivations: acts possible now, history, who has it."""

from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from core.direcciones import molde
from core.templatetags.mesa_tags import etiqueta, icono, plazo
from core.texto import hace
from derivations.constants import Estado, Motivo
from derivations.models import Derivacion
from derivations.movimientos import movimientos_de
from derivations.permissions import abiertas_de, actos_posibles
from derivations.presentacion import con_parametros
from derivations.views.comun import url_detalle
from documents.constants import Estado as EstadoDocumento

register = template.Library()

# name -> (label, icon, key, class)
BOTONES = {
    "recibir": ("Recibir", "recibir", "R", ""),
    "atender": ("Atender", "atender", "A", ""),
    "derivar": ("Derivar", "derivar", "D", ""),
    "asignar": ("Asignar", "persona", "G", ""),
    "devolver": ("Devolver", "volver", "", ""),
    "recuperar": ("Anular envío", "volver", "", "peligro"),
    "acusar": ("Acusar recibo", "copia", "R", ""),
}


def botones(documento, nombres, abierta, copia, volver=""):
    """The possible acts as buttons, the first one primary."""
    lista = []
    for nombre in nombres:
        texto, icono, tecla, clase = BOTONES[nombre]
        de = {"derivar": documento, "acusar": copia}.get(nombre, abierta)
        url = con_parametros(reverse(f"derivations:{nombre}", args=[de.pk]), volver=volver)
        lista.append(
            {
                "nombre": nombre,
                "texto": texto,
                "icono": icono,
                "tecla": tecla,
                "clase": "pri" if not lista else clase,
                "url": url,
            }
        )
    return lista


@register.inclusion_tag("derivations/_botones.html")
def actos(documento, usuario, volver=""):
    """Buttons of the derivation acts this user may do now, the natural next one first.

    Args: volver is where the act comes back to; the document's page when empty.
    """
    abierta, copia = abiertas_de(documento, usuario)
    nombres = actos_posibles(usuario, documento, abierta, copia)
    return {"botones": botones(documento, nombres, abierta, copia, volver)}


@register.inclusion_tag("derivations/_botones.html")
def actos_del_panel(panel):
    """The same buttons for the panel of a tray, which already knows what is possible."""
    return {
        "botones": botones(
            panel["documento"], panel["actos"], panel["abierta"], panel["copia"], panel["volver"]
        )
    }


@register.inclusion_tag("derivations/_movimientos.html")
def movimientos(documento):
    """The history, newest first; older lines come on demand."""
    lineas, hay_mas = movimientos_de(documento.pk)
    return {"documento": documento, "movimientos": lineas, "hay_mas": hay_mas}


@register.inclusion_tag("derivations/_quien.html")
def quien_lo_tiene(documento):
    """Who has it, where and since when; on its way, from whom to whom."""
    abierta = None
    if documento.estado == EstadoDocumento.DERIVADO:
        abierta = (
            Derivacion.objects.principales()
            .filter(documento=documento, estado=Estado.PENDIENTE)
            .select_related("area_origen", "area_destino")
            .first()
        )
    return {
        "documento": documento,
        "abierta": abierta,
        "devuelto": bool(abierta and abierta.motivo == Motivo.DEVOLUCION),
    }


# one row of a tray; written here, not in its template, because fifty of them are most of the page
FILA = """<tr data-url="{url}?desde={desde}" data-folios="{folios}" data-panel="{panel}"{cursor}>{casilla}
<td class="plz">{plazo}</td><th scope="row" class="exp"><a href="{url}?desde={desde}">{numero}</a></th>
<td class="asu"><span class="dos"><b>{asunto}</b><small>{urgente}{reservado}{remitente} · {tipo}</small></span></td>
<td class="ori"><span class="dos"><span>{devuelto}{origen}</span><small>{instruccion}</small></span></td>\
<td class="eda num suave">{cuando}</td></tr>
"""
CASILLA = (
    '<td class="chk"><label class="caja-chk"><input type="checkbox" name="ids" value="{}"{}>'
    '<span class="vh">Elegir {}</span></label></td>'
)
URGENTE = mark_safe('<strong class="urg">Urgente</strong> ')
MARCADA = {True: mark_safe(" checked"), False: ""}
CURSOR = mark_safe(' class="cursor"')


@register.simple_tag(takes_context=True)
def filas(context):
    """Rows of the tray in the context."""
    b, elegidos, con_casilla = context["bandeja"], context["elegidos"], bool(context["lote"])
    desde, ahora = quote(context["volver"], safe=""), timezone.now()
    del_expediente = molde("documents:detalle")
    del_panel = molde("derivations:panel", b.nombre)
    reservado = format_html("{} ", icono("cand", "Reservado"))
    copia = etiqueta("copia", "hueca", "Copia") if b.nombre == "copias" else None
    return mark_safe(
        "".join(
            format_html(
                FILA,
                url=del_expediente(f.documento_id),
                desde=desde,
                folios=f.folios,
                panel=del_panel(f.pk),
                cursor="" if i else CURSOR,
                casilla=format_html(CASILLA, f.pk, MARCADA[f.pk in elegidos], f.expediente)
                if con_casilla
                else "",
                plazo=copia or plazo(f),
                numero=f.numero,
                asunto=f.asunto,
                urgente=URGENTE if f.urgente else "",
                reservado=reservado if f.reservado else "",
                remitente=f.remitente,
                tipo=f.tipo,
                devuelto="Devuelto por " if f.devuelto else "",
                origen=f.origen,
                instruccion=f.instruccion,
                cuando=hace(f.cuando, ahora),
            )
            for i, f in enumerate(context["pagina"])
        )
    )


@register.filter
def url_del_expediente(documento_id):
    """Address of the document's page."""
    return url_detalle(documento_id)
