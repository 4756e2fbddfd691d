"""What pages say of an address."""

from django import template

from core.templatetags.mesa_tags import etiqueta
from notifications.correo.rebotes import rebotada

register = template.Library()


@register.simple_tag
def rebota(direccion):
    """A mark when mails to the address come back; asks nothing of the database without an address."""
    return etiqueta("tri", "am", "Este correo rebota") if direccion and rebotada(direccion) else ""
