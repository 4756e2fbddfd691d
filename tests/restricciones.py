"""One table per app of rows that break a named constraint, and the two checks every row must pass."""

import copy
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction


def otra(fila, **over):
    """An unsaved copy of a row with some fields changed."""
    nueva = copy.copy(fila)
    nueva._state = copy.copy(fila._state)
    nueva.pk, nueva._state.adding = None, True
    for campo, valor in over.items():
        setattr(nueva, campo, valor)
    return nueva


def con(fila, **over):
    """The saved row itself, with some fields changed."""
    for campo, valor in over.items():
        setattr(fila, campo, valor)
    return fila


def nombres_de(app):
    """Names of every constraint declared in the models of an app."""
    return {c.name for modelo in apps.get_app_config(app).get_models() for c in modelo._meta.constraints}


@contextmanager
def la_base_rehusa(nombre):
    """The database refuses what is inside, by the constraint of that name."""
    with pytest.raises(IntegrityError) as rehuso, transaction.atomic():
        yield
    assert rehuso.value.__cause__.diag.constraint_name == nombre


def comprobar(nombre, fila, mensaje):
    """The row breaks that constraint: the model says so in Spanish and the database refuses it by name."""
    assert nombre in {c.name for c in fila._meta.constraints}
    with pytest.raises(ValidationError) as aviso:
        fila.validate_constraints()
    assert mensaje in aviso.value.messages
    with la_base_rehusa(nombre):
        fila.save()
