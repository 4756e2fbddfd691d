"""A measurement in a process of its own: a module run as a program, whose last line is its figures as JSON."""

import json
import os
import subprocess
import sys

from mesapartes.banco.volumen import RAIZ


def medir_aparte(modulo, *argumentos, entorno, espera):
    """Run the module with those arguments. Args: espera seconds at most. Returns: its figures.

    Raises: RuntimeError with the last thing that it said.
    """
    orden = [sys.executable, "-m", modulo, *map(str, argumentos)]
    hecho = subprocess.run(orden, cwd=RAIZ, env=entorno, capture_output=True, text=True, timeout=espera)
    if hecho.returncode:
        raise RuntimeError((hecho.stderr.strip().splitlines() or ["sin respuesta"])[-1])
    return json.loads(hecho.stdout.splitlines()[-1])


def responder(medir, *argumentos):
    """What such a module does as a program: measure with the product's settings and print the figures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mesapartes.settings")
    import django

    django.setup()
    print(json.dumps(medir(*argumentos)))
