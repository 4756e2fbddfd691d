"""The bell of the tests of the core."""

import pytest

from core import campana


@pytest.fixture
def timbres(monkeypatch):
    """Replace the bell by a list of the ids rung; `timbres.suena = False` is Redis being away."""

    class Timbres(list):
        suena, en_redis = True, 0

    lista = Timbres()

    def tocar(tarea_id):
        if lista.suena:
            lista.append(tarea_id)
        return lista.suena

    monkeypatch.setattr(campana, "tocar", tocar)
    monkeypatch.setattr(campana, "responde", lambda: lista.suena)
    monkeypatch.setattr(campana, "profundidad", lambda: lista.en_redis if lista.suena else None)
    monkeypatch.setattr(campana, "pedir_latido", lambda: lista.suena)
    return lista
