"""The office, for the tests of derivations."""

import pytest

from tests.factories import make_oficina


@pytest.fixture
def o():
    return make_oficina()
