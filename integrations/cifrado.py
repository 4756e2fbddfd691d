"""Credentials at rest: encrypted with the first key of settings.ENCRYPTION_KEYS, read with any of them."""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class NoSeLee(Exception):
    """Nothing of ENCRYPTION_KEYS opens this text, or it was written for another row."""


def _llavero():
    return MultiFernet([Fernet(clave) for clave in settings.ENCRYPTION_KEYS])


def cifrar(datos, *, para):
    """Text to store for a map of secrets. Args: para names the row, so that it opens nowhere else."""
    return _llavero().encrypt(json.dumps({"para": para, "datos": datos}).encode()).decode("ascii")


def descifrar(texto, *, para):
    """The map of secrets. Raises: NoSeLee."""
    try:
        guardado = json.loads(_llavero().decrypt(texto.encode("ascii")))
        if guardado["para"] != para:
            raise NoSeLee
        return guardado["datos"]
    except (InvalidToken, ValueError, KeyError, TypeError):
        raise NoSeLee from None


def recifrar(texto):
    """The same secrets under the first key. Raises: NoSeLee."""
    try:
        return _llavero().rotate(texto.encode("ascii")).decode("ascii")
    except (InvalidToken, ValueError):
        raise NoSeLee from None
