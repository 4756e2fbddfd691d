"""Senders: created in place at the window, corrected with trace."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.errors import Conflicto, DatosInvalidos
from core.events import registrar_evento
from documents.constants import Evento, TipoIdentidad
from documents.identidad import limpiar_numero, problema_de_numero
from documents.models import Remitente


class RemitenteRepetido(Conflicto):
    codigo = "remitente_repetido"
    mensaje = "Ya hay un remitente con ese documento: %(nombre)s."


def guardar_remitente(
    *, tipo_identidad, nombre, actor, numero="", correo="", telefono="", direccion="", remitente=None
):
    """Creates a sender, or corrects the one given; an existing identity is returned as it is.

    Raises: DatosInvalidos (number, name or e-mail), RemitenteRepetido when correcting into another's number.
    Writes: Remitente, Evento with before and after.
    """
    datos = {
        "tipo_identidad": tipo_identidad,
        "numero": "" if tipo_identidad == TipoIdentidad.SIN_DOCUMENTO else limpiar_numero(numero),
        "nombre": " ".join((nombre or "").split()),
        "correo": (correo or "").strip(),
        "telefono": (telefono or "").strip(),
        "direccion": " ".join((direccion or "").split()),
    }
    if remitente is not None:
        return _corregir(remitente.pk, datos, actor)
    fila = Remitente(**datos)
    _validar(fila)
    return _de_esa_identidad(fila) or _crear(fila, datos, actor)


def _de_esa_identidad(fila):
    """Another sender with that number, or None."""
    return (
        Remitente.objects.por_numero(fila.numero)
        .filter(tipo_identidad=fila.tipo_identidad)
        .exclude(pk=fila.pk)
        .first()
    )


@transaction.atomic
def _crear(fila, datos, actor):
    try:
        with transaction.atomic():
            fila.save()
    except IntegrityError:  # another window wrote it first
        ya = _de_esa_identidad(fila)
        if ya is None:
            raise
        return ya
    registrar_evento(
        tipo=Evento.REMITENTE_CREADO, actor=actor, despues=datos, detalle={"remitente_id": fila.pk}
    )
    return fila


@transaction.atomic
def _corregir(pk, datos, actor):
    fila = Remitente.objects.select_for_update().get(pk=pk)
    antes = {campo: getattr(fila, campo) for campo in datos}
    for campo, valor in datos.items():
        setattr(fila, campo, valor)
    _validar(fila)
    repetido = _de_esa_identidad(fila)
    if repetido:
        raise RemitenteRepetido(nombre=repetido.nombre)
    fila.save()
    if antes != datos:
        registrar_evento(
            tipo=Evento.REMITENTE_EDITADO,
            actor=actor,
            antes=antes,
            despues=datos,
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
