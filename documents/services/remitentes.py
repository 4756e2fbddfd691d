"""Senders: created in place at the window, corrected with trace."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.errors import Conflicto, DatosInvalidos
from core.events import registrar_evento
from documents.constants import Evento, TipoIdentidad
from documents.identidad import limpiar_numero, problema_de_numero
from documents.models import Remitente

_CAMPOS = ("tipo_identidad", "numero", "nombre", "correo", "telefono", "direccion")


class RemitenteRepetido(Conflicto):
    codigo = "remitente_repetido"
    mensaje = "Ya hay un remitente con ese documento: %(nombre)s."


@transaction.atomic
def guardar_remitente(
    *, tipo_identidad, nombre, actor, numero="", correo="", telefono="", direccion="", remitente=None
):
    """Creates a sender, or corrects the one given; an existing identity is returned as it is.

    Raises: DatosInvalidos (number, name or e-mail), RemitenteRepetido when correcting into another's number.
    Writes: Remitente, Evento with before and after.
    """
    numero = "" if tipo_identidad == TipoIdentidad.SIN_DOCUMENTO else limpiar_numero(numero)
    nuevo = remitente is None
    fila = Remitente() if nuevo else Remitente.objects.select_for_update().get(pk=remitente.pk)
    antes = {campo: getattr(fila, campo) for campo in _CAMPOS}
    datos = {
        "tipo_identidad": tipo_identidad,
        "numero": numero,
        "nombre": " ".join((nombre or "").split()),
        "correo": (correo or "").strip(),
        "telefono": (telefono or "").strip(),
        "direccion": " ".join((direccion or "").split()),
    }
    for campo, valor in datos.items():
        setattr(fila, campo, valor)
    _validar(fila)
    repetido = (
        Remitente.objects.por_numero(numero).filter(tipo_identidad=tipo_identidad).exclude(pk=fila.pk).first()
    )
    if repetido:
        if nuevo:
            return repetido
        raise RemitenteRepetido(nombre=repetido.nombre)
    try:
        with transaction.atomic():
            fila.save()
    except IntegrityError:
        ya = Remitente.objects.por_numero(numero).filter(tipo_identidad=tipo_identidad).first()
        if not (nuevo and ya):
            raise
        return ya
    despues = {campo: getattr(fila, campo) for campo in _CAMPOS}
    if nuevo or antes != despues:
        registrar_evento(
            tipo=Evento.REMITENTE_CREADO if nuevo else Evento.REMITENTE_EDITADO,
            actor=actor,
            antes=None if nuevo else antes,
            despues=despues,
            detalle={"remitente_id": fila.pk},
        )
    return fila


def _validar(fila):
    """Raises DatosInvalidos naming each wrong field."""
    errores = {}
    problema = problema_de_numero(fila.tipo_identidad, fila.numero)
    if problema:
        errores["numero"] = [problema]
    if not fila.nombre:
        errores["nombre"] = ["Escribe el nombre o la razón social."]
    try:
        fila.clean_fields(exclude=["numero", *errores])
    except ValidationError as error:
        errores.update(error.message_dict)
    if errores:
        raise DatosInvalidos(campos=errores)
