"""What the sweep does for the outbox: finds what a stop left half sent and asks for what is due to be sent."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.rondas import cada
from notifications.correo.envio import marcar_dudosos, por_enviar, sueltos
from notifications.services import pedir_envio

REZAGADO = timedelta(seconds=20)  # younger letters have just asked for their own sending


@cada(20)
def correos():
    """Delayed letters, retries, and those whose request got lost."""
    marcar_dudosos()
    if por_enviar().filter(sueltos(), proximo_intento_en__lte=timezone.now() - REZAGADO).exists():
        with transaction.atomic():
            pedir_envio()
