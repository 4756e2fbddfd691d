"""The office with a superuser, and how to enter, for the tests of the organization."""

import pytest

from organization.models import Usuario
from tests.factories import CLAVE, make_oficina


@pytest.fixture
def o():
    oficina = make_oficina()
    oficina.raiz = Usuario.objects.create_superuser("raiz", password=CLAVE, first_name="Raíz")
    return oficina


@pytest.fixture
def como(client):
    def entrar(usuario):
        client.force_login(usuario)
        return client

    return entrar
