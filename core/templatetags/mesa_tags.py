"""Look of states, clocks, icons, fields, dates and figures, for every template."""

from functools import lru_cache
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from core import texto as t
from core.direcciones import direccion

register = template.Library()

# state -> (icon, family class, word). Texts and figures: UI.md 3.
ESTADOS = {
    "PRESENTADO": ("web", "hueca", "Presentado por web"),
    "REGISTRADO": ("sello", "az", "Registrado"),
    "OBSERVADO": ("bandera", "am", "Observado"),
    "NO_PRESENTADO": ("cerrar", "", "No presentado"),
    "DERIVADO": ("derivar", "vi", "Derivado"),
    "EN_PROCESO": ("medio", "az", "En proceso"),
    "SUSPENDIDO": ("pausa", "am hueca", "Suspendido"),
    "ATENDIDO": ("atender", "vd", "Atendido"),
    "ARCHIVADO": ("caja", "", "Archivado"),
    "ANULADO": ("cerrar", "", "Anulado"),
    # derivations
    "PENDIENTE": ("recibir", "hueca", "Por recibir"),
    "RECIBIDO": ("recibir", "az", "Recibido"),
    "DERIVADA": ("derivar", "vi", "Derivado"),
    "RECHAZADO": ("volver", "ro", "Devuelto"),
    "ANULADA": ("cerrar", "", "Anulado"),
    # background work
    "EN_CURSO": ("medio", "az", "En curso"),
    "HECHA": ("atender", "vd", "Hecho"),
    "FALLIDA": ("oct", "ro", "Falló"),
    "CANCELADA": ("cerrar", "", "Cancelado"),
}
# the "?" dialog; static/js/teclas.js acts on the same keys
ATAJOS = (
    (
        "En toda página",
        (
            ("F2", "Registrar documento"),
            ("F4", "Buscar, también Ctrl K"),
            ("F8", "Recibir con lector"),
            ("F9", "Reimprimir el último cargo"),
            ("?", "Esta ayuda"),
        ),
    ),
    (
        "En una lista",
        (
            ("J K", "Mover, también flechas"),
            ("X", "Elegir"),
            ("Mayús X", "Elegir hasta aquí"),
            ("Intro", "Abrir"),
            ("Esc", "Quitar selección"),
        ),
    ),
    (
        "En una lista o un expediente",
        (
            ("R", "Recibir"),
            ("D", "Derivar"),
            ("G", "Asignar"),
            ("A", "Atender"),
            ("O", "Observar"),
            ("P", "Imprimir"),
            ("E", "Etiqueta"),
            ("V", "Visor a lo ancho"),
            ("J K", "Siguiente y anterior"),
        ),
    ),
    (
        "En un formulario",
        (
            ("Ctrl Intro", "Registrar o enviar"),
            ("Intro", "Campo siguiente, al registrar"),
            ("Alt R", "Repetir remitente"),
            ("Alt 1 a 9", "Textos frecuentes"),
        ),
    ),
)
TACHADOS = {"NO_PRESENTADO", "ANULADO"}
EN_PAUSA = {"SUSPENDIDO", "OBSERVADO"}
TERMINADOS = {"ATENDIDO", "ARCHIVADO", "ANULADO", "NO_PRESENTADO", "RECHAZADO", "ANULADA", "DERIVADA"}
NIVELES = {
    "success": ("vd", "atender"),
    "warning": ("am", "tri"),
    "error": ("ro", "oct"),
    "info": ("", "ojo"),
}
COMBO = {"role": "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "autocomplete": "off"}
SIN_VALOR = object()


def _de(cosa, nombre, defecto=None):
    """Return an attribute or a key, whichever the thing has."""
    if isinstance(cosa, dict):
        return cosa.get(nombre, defecto)
    return getattr(cosa, nombre, defecto)


@lru_cache(maxsize=128)
def _figura(nombre, ruta):
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', ruta, nombre)


@lru_cache(maxsize=1)
def _ruta_de_iconos():
    """Path of the sprite on our own host: browsers refuse <use> from another origin, a CDN included."""
    return urlsplit(static("img/iconos.svg")).path


@register.simple_tag
def icono(nombre, para_lectores=""):
    """Return the icon; with a second argument, also that text for screen readers."""
    figura = _figura(nombre, _ruta_de_iconos())
    if para_lectores:
        return format_html('{}<span class="vh">{}</span>', figura, para_lectores)
    return figura


@lru_cache(maxsize=1024)
def etiqueta(nombre_icono, familia, palabra):
    """Return one chip: figure, word and colour together."""
    return format_html('<span class="est {}">{}{}</span>', familia, icono(nombre_icono), palabra)


@register.simple_tag
def estado(cosa, texto=""):
    """Return the chip of a state; takes a record with `estado` or the state itself."""
    codigo = cosa if isinstance(cosa, str) else _de(cosa, "estado", "")
    figura, familia, palabra = ESTADOS.get(str(codigo), ("guion", "hueca", str(codigo)))
    return etiqueta(figura, familia, texto or palabra)


@register.simple_tag
def plazo(cosa=None, dias=SIN_VALOR, pausa=None):
    """Return the chip of the legal clock in words: "Quedan 8 d", "Vence hoy", "Vencido 2 d", "En pausa".

    Args: cosa with `dias_restantes` (working days, negative when overdue, None without term), `en_pausa`
        and `estado`; or dias and pausa given plainly. A finished record shows a dash.
    """
    codigo = "" if cosa is None else str(_de(cosa, "estado", "") or "")
    if codigo in TERMINADOS:
        return mark_safe('<span class="suave">–</span>')
    if dias is SIN_VALOR:
        dias = _de(cosa, "dias_restantes")
    if pausa is None:
        pausa = bool(_de(cosa, "en_pausa", False)) or codigo in EN_PAUSA
    if pausa:
        return etiqueta("pausa", "", "En pausa")
    if dias is None or dias == "":
        return etiqueta("guion", "hueca", "Sin plazo")
    dias = int(dias)
    if dias < 0:
        return etiqueta("oct", "llena", f"Vencido {t.miles(-dias)} d")
    if dias == 0:
        return etiqueta("tri", "am", "Vence hoy")
    if dias <= getattr(settings, "PLAZO_UMBRAL_DIAS", 3):
        return etiqueta("tri", "am", f"Quedan {dias} d")
    return etiqueta("reloj", "vd", f"Quedan {t.miles(dias)} d")


@register.filter
def tachado(cosa):
    """Return the class that strikes the number of an annulled or not presented record."""
    return "tachado" if str(_de(cosa, "estado", cosa)) in TACHADOS else ""


@register.simple_tag
def atajos():
    """Return the closed dialog that lists every shortcut."""
    return _dialogo_de_atajos()


@lru_cache(maxsize=1)
def _dialogo_de_atajos():
    grupos = (
        format_html(
            '<h3>{}</h3><dl class="datos">{}</dl>',
            titulo,
            format_html_join("", "<dt><kbd>{}</kbd></dt><dd>{}</dd>", teclas),
        )
        for titulo, teclas in ATAJOS
    )
    return format_html(
        '<dialog id="atajos" class="dialogo" aria-labelledby="atajos-t"><form method="dialog"><header role="none">'
        '<h2 id="atajos-t">Atajos de teclado</h2></header><div class="int">{}</div><footer>'
        '<button class="btn">Cerrar <kbd>Esc</kbd></button></footer></form></dialog>',
        format_html_join("", "{}", ((g,) for g in grupos)),
    )


@register.simple_tag
def campo(bound, clase="", nota="", rotulo="", pista=""):
    """Return the whole field group (label, hint, error, control) with its grid classes."""
    palabras = clase.split()
    bound.conmuta = "conmuta" in palabras
    bound.clase, bound.nota = " ".join(p for p in palabras if p != "conmuta"), nota
    atributos = bound.field.widget.attrs
    if "data-combo" in atributos:
        atributos |= {**COMBO, "aria-controls": f"{bound.id_for_label}-l"}
    if rotulo:
        bound.label = rotulo
    if pista:
        bound.help_text = pista
    return bound.as_field_group()


@register.simple_tag(takes_context=True)
def consulta(context, **cambios):
    """Return "?…" with the current query string changed; None removes a parameter."""
    parametros = context["request"].GET.copy()
    for nombre, valor in cambios.items():
        if valor is None:
            parametros.pop(nombre, None)
        elif isinstance(valor, (list, tuple)):
            parametros.setlist(nombre, valor)
        else:
            parametros[nombre] = valor
    return "?" + parametros.urlencode()


@register.simple_tag
def url_de(nombre, *args):
    """Return the address of a named page, or "" while that page does not exist."""
    if not args:
        return direccion(nombre, falta="")
    try:
        return reverse(nombre, args=args)
    except NoReverseMatch:
        return ""


@register.filter
def clase_aviso(mensaje):
    """Return the colour class of a message."""
    return NIVELES.get(_de(mensaje, "level_tag", str(mensaje)), NIVELES["info"])[0]


@register.filter
def icono_aviso(mensaje):
    """Return the icon of a message."""
    return icono(NIVELES.get(_de(mensaje, "level_tag", str(mensaje)), NIVELES["info"])[1])


@register.filter(name="cuenta")
def filtro_cuenta(cantidad, formas):
    """Return "46 folios" from 46|cuenta:"folio,folios"."""
    singular, _, plural = formas.partition(",")
    return t.cuenta(cantidad or 0, singular, plural or None)


@register.filter
def fecha_hora_seg(valor):
    """Return "mié 18/11/2026, 09:47:12"."""
    return t.fecha_hora(valor, segundos=True)


@register.filter(name="hora")
def filtro_hora(valor):
    """Return "09:47"."""
    return t.hora(valor)


@register.filter(name="hace")
def filtro_hace(valor):
    """Return how long ago, in words."""
    return t.hace(valor)


@register.filter(name="fecha_hora")
def filtro_fecha_hora(valor):
    """Return "mié 18/11/2026, 09:47"."""
    return t.fecha_hora(valor)


for _nombre in ("fecha", "fecha_corta", "fecha_num", "fecha_larga", "miles", "peso", "corto", "clave"):
    register.filter(_nombre, getattr(t, _nombre))
register.filter("mayuscula", t.primera_mayuscula)
