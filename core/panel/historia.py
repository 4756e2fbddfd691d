"""Events of the administration: refusals recorded, and histories in words."""

import re

from django.db import transaction
from django.template.loader import render_to_string

from core.constants import SIN_DOCUMENTO
from core.events import registrar_evento
from core.red import ip_de

ACCESO_DENEGADO = "acceso_denegado"
_DE_LISTA = ("estado", "prioridad", "canal", "silencio", "resultado", "tipo", "clase", "modo")
_DIA = re.compile(r"\d{4}-\d\d-\d\d")

# Event types and field names are written without accents; people read them with theirs.
_CON_TILDE = {
    "anio": "año",
    "area": "área",
    "areas": "áreas",
    "atencion": "atención",
    "atras": "atrás",
    "categoria": "categoría",
    "clasificacion": "clasificación",
    "codigo": "código",
    "danado": "dañado",
    "derivacion": "derivación",
    "dias": "días",
    "direccion": "dirección",
    "electronico": "electrónico",
    "envio": "envío",
    "fisica": "física",
    "id": "número interno",
    "integracion": "integración",
    "instruccion": "instrucción",
    "limite": "límite",
    "numero": "número",
    "numeracion": "numeración",
    "observacion": "observación",
    "patron": "patrón",
    "recepcion": "recepción",
    "remision": "remisión",
    "sincronizacion": "sincronización",
    "sesion": "sesión",
    "suspension": "suspensión",
    "telefono": "teléfono",
    "ubicacion": "ubicación",
    "ultimo": "último",
}


def registrar_rechazo(request, accion, documento_id=None):
    """Record a refused attempt in a transaction of its own."""
    with transaction.atomic():
        registrar_evento(
            tipo=ACCESO_DENEGADO,
            documento_id=documento_id,
            actor=request.user if request.user.is_authenticated else None,
            detalle={"accion": accion, "puerta": "admin"},
            ip=ip_de(request),
        )


def en_palabras(nombre):
    """Return a snake_case name as people read it: "derivacion_cerrada" gives "Derivación cerrada"."""
    palabras = [_CON_TILDE.get(parte, parte) for parte in str(nombre).removesuffix("_id").split("_")]
    texto = " ".join(palabras)
    return texto[:1].upper() + texto[1:]


def _valor(valor, campo=""):
    """A stored value as people read it; choices and days are stored as codes."""
    if campo in _DE_LISTA and isinstance(valor, str) and valor.isupper():
        valor = valor.replace("_", " ").capitalize()
    elif isinstance(valor, str) and _DIA.fullmatch(valor):
        valor = "/".join(reversed(valor.split("-")))
    if valor is None or valor == "" or valor == []:
        return "—"
    if isinstance(valor, bool):
        return "Sí" if valor else "No"
    if isinstance(valor, list):
        return ", ".join(_valor(v) for v in valor)
    if isinstance(valor, dict):
        return "; ".join(f"{en_palabras(k)}: {_valor(v)}" for k, v in valor.items())
    return str(valor)


def _cambios(antes, despues):
    """[(field, before, after)] of what differs; a side that is no map counts as empty."""
    antes = antes if isinstance(antes, dict) else {}
    despues = despues if isinstance(despues, dict) else {}
    return [
        (en_palabras(campo), _valor(antes.get(campo), campo), _valor(despues.get(campo), campo))
        for campo in {**antes, **despues}
        if antes.get(campo) != despues.get(campo)
    ]


def filas_de_eventos(eventos, *, callar_documentos=False):
    """Rows for admin/_eventos.html.

    Args: eventos with actor joined. callar_documentos leaves out what the events of documents say, for who may
        know that they happened without seeing the documents.
    Returns: list of dict cuando, que, quien, ip, documento_id, cambios, detalle.
    """

    def callado(evento):
        return callar_documentos and evento.documento_id != SIN_DOCUMENTO

    return [
        {
            "cuando": evento.ocurrido_en,
            "que": en_palabras(evento.tipo),
            "quien": evento.actor.nombre_completo if evento.actor else "Sistema",
            "ip": evento.ip,
            "documento_id": evento.documento_id if evento.documento_id != SIN_DOCUMENTO else None,
            "cambios": [] if callado(evento) else _cambios(evento.antes, evento.despues),
            "detalle": [] if callado(evento) else _en_pares(evento.detalle),
        }
        for evento in eventos
    ]


def _en_pares(detalle):
    """[(field, value)] of what a person reads of `detalle`: keys of rows are left out."""
    if not isinstance(detalle, dict):
        return []
    return [
        (en_palabras(campo), _valor(valor, campo))
        for campo, valor in detalle.items()
        if campo not in ("id", "pk", "puerta") and not campo.endswith("_id")
    ]


def tabla_de_eventos(eventos, **opciones):
    """HTML table of some events; options as in `filas_de_eventos`."""
    return render_to_string("admin/_eventos.html", {"filas": filas_de_eventos(eventos, **opciones)})
