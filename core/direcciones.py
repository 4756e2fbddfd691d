"""Addresses worked out once: a page with many links asks the resolver for the shape, not for each one."""

from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

_HUECO = 987654321


def _raiz():
    """What addresses depend on, besides their names."""
    return get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF


def molde(nombre, *args):
    """Return a function from a key to the address of a named page whose last argument is that key."""
    return _molde(_raiz(), nombre, args)


@lru_cache(maxsize=256)
def _molde(raiz, nombre, args):
    antes, _, despues = reverse(nombre, args=[*args, _HUECO]).rpartition(str(_HUECO))
    return lambda clave: f"{antes}{clave}{despues}"


def direccion(nombre, *args, falta=None):
    """Return the address of a named page, as `reverse`, kept for the life of the process.

    For menus and buttons, whose arguments are few. Args: falta is the answer while that page does not exist.
    """
    hallada = _direccion(_raiz(), nombre, args)
    if hallada is not None:
        return hallada
    return reverse(nombre, args=args) if falta is None else falta


@lru_cache(maxsize=512)
def _direccion(raiz, nombre, args):
    try:
        return reverse(nombre, args=args)
    except NoReverseMatch:
        return None
