"""What else must change, in the same transaction, when an event happens.

settings.REACCIONES maps an event type to dotted paths of functions called as
f(evento=..., documento_id=..., actor=...). The table stands at the roof, in settings, so that a lower app
never knows the upper ones and a reader finds every consequence in one place.
Source: docs/adr/0002-reacciones.md.
"""

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string


@lru_cache(maxsize=256)
def _funciones(rutas):
    return tuple(import_string(ruta) for ruta in rutas)


def reaccionar(evento, *, actor):
    """Runs the reactions of an event, in the order of the table; an error in one undoes the whole act."""
    rutas = tuple(getattr(settings, "REACCIONES", {}).get(str(evento.tipo), ()))
    for funcion in _funciones(rutas) if rutas else ():
        funcion(evento=evento, documento_id=evento.documento_id, actor=actor)
