"""The office, for the tests of figures: its transport area has a chief."""

import pytest

from organization.constants import CodigoRol
from tests.factories import make_oficina, make_usuario


@pytest.fixture
def o():
    oficina = make_oficina()
    oficina.jefe = make_usuario("jefe", area=oficina.transportes, rol=CodigoRol.SUPERVISOR)
    return oficina
