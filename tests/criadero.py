"""A process with Django ready that gives birth to others: a test that kills one does not pay for its start.

Run as: python -m tests.criadero. Each line of its input is [module, arguments]; a child runs module.main(*arguments),
and the answer is one line: [exit code, negative for a signal, what it printed, what it complained of].
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback

MAXIMO_S = 120  # who hangs is killed, and its test fails


class Criadero:
    """The test's side of it."""

    def __init__(self, carpeta, entorno):
        self._proceso = subprocess.Popen(
            [sys.executable, "-m", "tests.criadero"],
            cwd=carpeta,
            env=os.environ | entorno,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def correr(self, modulo, *argumentos):
        """Runs module.main(*arguments) in a new process. Returns: (exit code, output, complaints)."""
        self._proceso.stdin.write(json.dumps([modulo, argumentos]) + "\n")
        self._proceso.stdin.flush()
        return tuple(json.loads(self._proceso.stdout.readline()))

    def cerrar(self):
        self._proceso.stdin.close()
        self._proceso.wait(20)
        self._proceso.stdout.close()


def _nacer(modulo, argumentos):
    with tempfile.TemporaryFile() as salida, tempfile.TemporaryFile() as quejas:
        hijo = os.fork()
        if not hijo:
            codigo = 1
            signal.alarm(MAXIMO_S)
            try:
                os.dup2(salida.fileno(), 1)
                os.dup2(quejas.fileno(), 2)
                importlib.import_module(modulo).main(*argumentos)
                codigo = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(codigo)
        _, estado = os.waitpid(hijo, 0)
        for archivo in (salida, quejas):
            archivo.seek(0)
        return [os.waitstatus_to_exitcode(estado), salida.read().decode(), quejas.read().decode()]


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "mesapartes.settings_test"
    import django

    django.setup()
    importlib.import_module("documents.services")
    respuestas = os.fdopen(os.dup(1), "w")
    for linea in sys.stdin:
        respuestas.write(json.dumps(_nacer(*json.loads(linea))) + "\n")
        respuestas.flush()


if __name__ == "__main__":
    main()
