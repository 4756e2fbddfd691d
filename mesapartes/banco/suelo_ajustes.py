"""Settings of the empty views: the product's, with other addresses; MESA_BANCO_DESNUDO=1 takes the middleware away."""

import os

from mesapartes.settings import *  # noqa: F403

ROOT_URLCONF = "mesapartes.banco.suelo_urls"
if os.environ.get("MESA_BANCO_DESNUDO") == "1":
    MIDDLEWARE = []
