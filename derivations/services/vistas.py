"""Saved views of a user."""

from django.db import transaction

from core.errors import DatosInvalidos
from derivations.models import VistaGuardada


@transaction.atomic
def guardar_vista(*, usuario, nombre, bandeja, parametros):
    """Names the filters of a tray; the same name again replaces them.

    Raises: DatosInvalidos without a name.
    """
    nombre = " ".join((nombre or "").split())[:60]
    if not nombre:
        raise DatosInvalidos(campos={"nombre": ["Escribe un nombre para la vista."]})
    vista, _ = VistaGuardada.objects.update_or_create(
        usuario=usuario, nombre=nombre, defaults={"bandeja": bandeja, "parametros": parametros[:500]}
    )
    return vista


@transaction.atomic
def borrar_vista(*, usuario, pk):
    """Deletes one of the user's own views; another's is left alone."""
    VistaGuardada.objects.filter(usuario=usuario, pk=pk).delete()
