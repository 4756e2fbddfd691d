"""Settings of the empty views behind the product's middleware: the product's, with other addresses."""

from mesapartes.settings import *  # noqa: F403

ROOT_URLCONF = "mesapartes.banco.suelo_urls"
