"""The office and the door of the acts, for the tests of documents."""

import pytest
from django.urls import reverse

from tests.factories import make_oficina


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def hacer(client):
    """Posts an act; `hacer.htmx(…)` as the dialog does."""

    def _hacer(usuario, nombre, documento, datos=None, **extra):
        client.force_login(usuario)
        return client.post(reverse(f"documents:{nombre}", args=[documento.pk]), datos or {}, **extra)

    _hacer.htmx = lambda *a, **k: _hacer(*a, **k, headers={"HX-Request": "true"})
    _hacer.ver = lambda usuario, nombre, documento, **k: (
        client.force_login(usuario),
        client.get(reverse(f"documents:{nombre}", args=[documento.pk]), **k),
    )[1]
    return _hacer
