"""Settings of the empty views without any middleware: the least that Django can cost."""

from mesapartes.banco.suelo_ajustes import *  # noqa: F403

MIDDLEWARE = []
