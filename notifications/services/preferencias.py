"""What each person wants to be told, and by which channel."""

from django.db import transaction

from core.errors import DatosInvalidos
from notifications.constants import POR_DEFECTO, SIEMPRE_EN_SISTEMA, Tipo
from notifications.models import Preferencia


@transaction.atomic
def guardar_preferencias(*, usuario, elegidas):
    """Stores the channels of some kinds; those equal to the usual ones leave no row.

    Args: elegidas {kind: (in the system, by mail)}; a kind left out is not touched.
    Raises: DatosInvalidos for an unknown kind.
    Writes: Preferencia.
    """
    ajenos = set(elegidas) - set(Tipo.values)
    if ajenos:
        raise DatosInvalidos(campos={"tipo": [f"No hay un aviso llamado {', '.join(sorted(ajenos))}."]})
    propias = {
        tipo: (sistema or tipo in SIEMPRE_EN_SISTEMA, correo) for tipo, (sistema, correo) in elegidas.items()
    }
    iguales = [tipo for tipo, canales in propias.items() if canales == POR_DEFECTO[tipo]]
    Preferencia.objects.bulk_create(
        [
            Preferencia(usuario=usuario, tipo=tipo, en_sistema=sistema, por_correo=correo)
            for tipo, (sistema, correo) in sorted(propias.items())
            if tipo not in iguales
        ],
        update_conflicts=True,
        unique_fields=["usuario", "tipo"],
        update_fields=["en_sistema", "por_correo"],
    )
    Preferencia.objects.filter(usuario=usuario, tipo__in=iguales).delete()
