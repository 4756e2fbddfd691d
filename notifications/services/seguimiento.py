"""Follow a document, and stop following it."""

from django.db import transaction

from notifications.models import Seguimiento


@transaction.atomic
def seguir_documento(*, documento_id, usuario):
    """From now on the person hears of every movement of the document. Doing it twice is the same as once.

    The door has checked that the document may be seen; each notice checks it again.
    """
    Seguimiento.objects.bulk_create(
        [Seguimiento(documento_id=documento_id, usuario=usuario)], ignore_conflicts=True
    )


@transaction.atomic
def dejar_de_seguir(*, documento_id, usuario):
    """Stops telling the person. Returns: whether it was followed."""
    return bool(Seguimiento.objects.filter(documento=documento_id, usuario=usuario).delete()[0])
