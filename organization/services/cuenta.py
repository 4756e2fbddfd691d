"""What people set for themselves."""

from django.db import transaction

from core.events import registrar_evento
from organization.models import Usuario

_CUENTA = ("ventanilla_id", "densidad", "atajos_activos", "email", "telefono")


@transaction.atomic
def guardar_cuenta(*, usuario, actor, **datos):
    """Saves what a person sets for themselves: window, density, shortcuts, contact.

    Writes: Usuario, Evento when something changed.
    """
    fila = Usuario.objects.select_for_update(of=("self",)).get(pk=usuario.pk)
    antes = {campo: getattr(fila, campo) for campo in _CUENTA}
    for campo, valor in datos.items():
        setattr(fila, campo, valor)
    fila.save(update_fields=list(datos))
    despues = {campo: getattr(fila, campo) for campo in _CUENTA}
    if antes != despues:
        registrar_evento(tipo="cuenta_editada", actor=actor, antes=antes, despues=despues)
    return fila
