"""Application derivations."""

from django.apps import AppConfig


class DerivationsConfig(AppConfig):
    name = "derivations"
    verbose_name = "Derivaciones"
