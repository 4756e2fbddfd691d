"""The draft of a registration: what a clerk typed and did not send yet."""

from django.db import transaction

from documents.models import Borrador

MAX_CARACTERES = 20_000


@transaction.atomic
def guardar_borrador(*, usuario, datos):
    """Keeps the typed values of the user's open registration; longer texts are cut, nothing is judged."""
    limpio = {
        str(k)[:60]: v if isinstance(v, list) else str(v)[:MAX_CARACTERES]
        for k, v in list(datos.items())[:80]
    }
    fila, _ = Borrador.objects.update_or_create(usuario=usuario, defaults={"datos": limpio})
    return fila


@transaction.atomic
def quitar_borrador(*, usuario):
    """Forgets the user's draft."""
    Borrador.objects.filter(usuario=usuario).delete()
