"""What the writers of the organisation share: who may, storing with field errors, and the portrait of a row."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from core.errors import DatosInvalidos, Prohibido
from organization.constants import P
from organization.errors import SinAdministrador
from organization.models import Permiso, Rol, Usuario
from organization.permissions import alcance_de


def exigir_permiso(actor, codigo):
    """Refuses an actor without the permission anywhere; actor None is the system itself.

    Raises: Prohibido.
    """
    if actor is not None and not alcance_de(actor).tiene(codigo):
        raise Prohibido()


def retrato(fila, campos):
    """{field: value} as the history keeps it: rows by their text, the rest as they are."""
    valores = {campo: getattr(fila, campo) for campo in campos}
    return {c: str(v) if isinstance(v, models.Model) else v for c, v in valores.items()}


def poner(fila, campos):
    """Sets fields; texts lose their outer spaces."""
    for campo, valor in campos.items():
        setattr(fila, campo, valor.strip() if isinstance(valor, str) else valor)


def guardar_fila(fila, *, sin_revisar=()):
    """Checks and stores a row.

    Raises: DatosInvalidos, field by field; also when another transaction stored an equal one in between.
    """
    try:
        fila.full_clean(exclude=sin_revisar)
        with transaction.atomic():
            fila.save()
    except ValidationError as error:
        raise DatosInvalidos.de_validacion(error) from error
    except IntegrityError as error:
        raise DatosInvalidos(
            campos={"__all__": "Ya hay una fila igual: carga otra vez la página."}
        ) from error


def turno_de_poderes():
    """Waits for its turn to change who may administer, so that two changes cannot each rely on the other."""
    list(Permiso.objects.select_for_update().filter(pk=P.USUARIOS))


def exigir_quien_administre():
    """Refuses to lock everybody out; call it after the change, in its transaction.

    Raises: SinAdministrador.
    """
    roles = Rol.objects.filter(permisos=P.USUARIOS).filter(permisos=P.ADMIN)
    pueden = Q(is_superuser=True) | Q(membresias__rol__in=roles)
    if not Usuario.objects.filter(pueden, is_active=True).exists():
        raise SinAdministrador()
