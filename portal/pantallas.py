"""The citizen's screens that `manage.py explicar` knows."""

from django.urls import reverse

from documents.pantallas import documento_de


def seguimiento(ctx):
    """Consulta pública de un expediente por su código QR"""
    ctx.abrir_como_anonimo(reverse("portal:seguir", args=[documento_de(ctx).codigo_qr]))
