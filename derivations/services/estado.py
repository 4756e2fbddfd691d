"""Locking and the state machine of a derivation."""

from django.utils import timezone

from core.models import Evento as Hecho
from derivations.constants import TRANSICIONES, Estado, Evento
from derivations.errors import DerivacionNoExiste, YaActuado
from derivations.models import Derivacion
from documents.constants import Evento as EventoDocumento
from documents.services.estado import bloquear as bloquear_documento
from organization.calendar import sumar_dias_habiles

_HECHO = {
    Estado.RECIBIDO: ("recibido", "usuario_recibe", "fecha_recepcion"),
    Estado.ATENDIDO: ("atendido", "usuario_atiende", "fecha_atencion"),
    Estado.DERIVADA: ("derivado a otra área", None, "fecha_cierre"),
    Estado.RECHAZADO: ("devuelto", "usuario_recibe", "fecha_cierre"),
    Estado.ANULADA: ("retirado de tu bandeja: el envío se anuló", None, "fecha_cierre"),
}


def bloquear(derivacion_id):
    """(documento, derivacion), both under lock, the document first.

    Raises: DerivacionNoExiste.
    """
    documento_id = Derivacion.objects.filter(pk=derivacion_id).values_list("documento_id", flat=True).first()
    if documento_id is None:
        raise DerivacionNoExiste()
    documento = bloquear_documento(documento_id)
    derivacion = Derivacion.objects.bloquear(derivacion_id)
    derivacion.documento = documento
    return documento, derivacion


def cambiar_estado(derivacion, *, hacia, **campos):
    """Moves a locked derivation and writes the other fields with it.

    Raises: YaActuado, saying who did what before.
    """
    if hacia not in TRANSICIONES[Estado(derivacion.estado)]:
        raise YaActuado(que=lo_que_paso(derivacion))
    derivacion.estado = hacia
    for campo, valor in campos.items():
        setattr(derivacion, campo, valor)
    derivacion.save(update_fields=["estado", *campos])
    return derivacion


def lo_que_paso(derivacion):
    """One sentence: what happened to this derivation, by whom and when."""
    numero = derivacion.documento.numero_expediente
    if derivacion.estado == Estado.PENDIENTE:
        return f"{numero} aún no ha sido recibido por {derivacion.area_destino.nombre}"
    hecho, quien, cuando = _HECHO[Estado(derivacion.estado)]
    persona = getattr(derivacion, quien) if quien else None
    if derivacion.estado == Estado.DERIVADA:
        hija = derivacion.hijas.principales().order_by("-pk").first()
        if hija is not None:
            hecho, persona = f"derivado a {hija.area_destino.nombre}", hija.usuario_deriva
    elif derivacion.estado == Estado.ANULADA:
        persona = _quien_anulo(derivacion)
    texto = f"{numero} ya fue {hecho}"
    if persona:
        texto = f"{texto} por {persona.nombre_completo}"
    momento = getattr(derivacion, cuando)
    return f"{texto} el {timezone.localtime(momento):%d/%m/%Y a las %H:%M}" if momento else texto


def _quien_anulo(derivacion):
    """Who called the sending back, or annulled its document; None when the trace does not say."""
    tipos = (Evento.ENVIO_ANULADO, EventoDocumento.ANULADO)
    hecho = (
        Hecho.objects.filter(documento_id=derivacion.documento_id, tipo__in=tipos)
        .select_related("actor")
        .order_by("-secuencia")
        .first()
    )
    return hecho.actor if hecho else None


def siguiente_movimiento(documento):
    """Next movement number of a locked document."""
    numeros = Derivacion.objects.filter(documento=documento).order_by("-numero_derivacion")
    return (numeros.values_list("numero_derivacion", flat=True).first() or 0) + 1


def limite_de_atencion(*, fecha_limite, plazo_interno_dias, desde):
    """The day the area must answer: the internal term or the legal one, whichever comes first."""
    interno = (
        sumar_dias_habiles(desde, plazo_interno_dias).vence_el if plazo_interno_dias is not None else None
    )
    return min((f for f in (interno, fecha_limite) if f), default=None)
