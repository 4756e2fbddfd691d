"""Identity numbers on the screens: whole for who needs them, else their last digits."""

from django import template

from documents.identidad import velar
from documents.permissions import ve_identidad

register = template.Library()


@register.simple_tag(takes_context=True)
def identidad(context, persona, documento=None):
    """The identity of a person, e.g. "DNI 01318842", or "DNI ••••8842" for who has no need of the number.

    Args: documento is the paper of that person that the page shows, if it shows one.
    """
    if ve_identidad(context["request"].user, documento):
        return persona.identidad
    return persona.identidad.replace(persona.numero, velar(persona.tipo_identidad, persona.numero))


@register.simple_tag(takes_context=True)
def dni(context, numero, documento):
    """The DNI of who signs a document, whole or veiled by the same rule."""
    return numero if ve_identidad(context["request"].user, documento) else velar("DNI", numero)
