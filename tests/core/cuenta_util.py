"""Asking the cache, raising its groups, and a producer that counts."""

from django.db import transaction

from core import caching


def preguntar(producir, generaciones=("documentos",), clave="prueba", **otros):
    return caching.en_cache(
        grupo="listar_documentos", clave=clave, generaciones=generaciones, producir=producir, **otros
    )


def subir(*grupos):
    with transaction.atomic():
        caching.subir(*grupos)


class Cuenta:
    """A producer that tells how often it was asked."""

    def __init__(self):
        self.veces = 0

    def __call__(self, *args):
        self.veces += 1
        return self.veces
