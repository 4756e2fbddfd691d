"""Kinds of mail that are not notices of a user's account."""

from django.db import models


class Ciudadano(models.TextChoices):
    """What the person who presented a document is told, at the address left for it."""

    RECIBIDO = "persona_recibido", "A la persona: recibido"
    OBSERVADO = "persona_observado", "A la persona: observado"
    DERIVADO = "persona_derivado", "A la persona: pasó al área"
    ATENDIDO = "persona_atendido", "A la persona: atendido"


MASIVO = "masivo"
