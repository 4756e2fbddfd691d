"""The references that most tables of this app share; none has an index of its own."""

from django.conf import settings
from django.db import models


def de_usuario(relacion, **opciones):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name=relacion,
        db_index=False,
        verbose_name="usuario",
        **opciones,
    )


def de_documento(relacion, **opciones):
    return models.ForeignKey(
        "documents.Documento",
        models.CASCADE,
        related_name=relacion,
        db_index=False,
        verbose_name="documento",
        **opciones,
    )
