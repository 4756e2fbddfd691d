"""What other pages show of the notifications: the button that follows a document."""

from django import template

from notifications.models import Seguimiento

register = template.Library()


@register.inclusion_tag("notifications/_seguir.html", takes_context=True)
def seguir(context, documento, volver=""):
    """The button, as the person follows the document or not; one query."""
    usuario = context["request"].user
    return {
        "documento_id": documento.pk,
        "sigue": Seguimiento.objects.filter(documento=documento.pk, usuario=usuario.pk).exists(),
        "volver": volver,
        "csrf_token": context.get("csrf_token"),
    }
