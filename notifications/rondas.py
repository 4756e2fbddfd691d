"""What the sweep does for the outbox: finds what a stop left half sent and asks for what is due to be sent."""

import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from notifications.correo.envio import marcar_dudosos, por_enviar, sueltos
from notifications.services import pedir_envio

CADA = 20  # seconds
REZAGADO = timedelta(seconds=20)  # younger letters have just asked for their own sending


class RondaCorreos:
    """Every twenty seconds, in the sweeper: delayed letters, retries, and those whose request got lost."""

    def __init__(self):
        self._mirado = -CADA

    def __call__(self):
        if time.monotonic() - self._mirado < CADA:
            return
        self._mirado = time.monotonic()
        marcar_dudosos()
        if por_enviar().filter(sueltos(), proximo_intento_en__lte=timezone.now() - REZAGADO).exists():
            with transaction.atomic():
                pedir_envio()


correos = RondaCorreos()
