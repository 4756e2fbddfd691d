"""Command line of the embedded servers: `python -m core.embedded start|stop|status|env|claves|clave-fernet`."""

import argparse
import os
import sys
from pathlib import Path

from core.embedded import ErrorEmbebido, arrancar, detener, estado, rutas_de
from core.embedded.rutas import PUERTO_PG, clave_fernet, crear_claves

RAIZ = Path(__file__).resolve().parents[2]


def main(argumentos=None):
    """Run one order; returns the exit code (3: `status` found one of them stopped)."""
    lector = argparse.ArgumentParser(prog="python -m core.embedded", description=__doc__)
    lector.add_argument("orden", choices=["start", "stop", "status", "env", "claves", "clave-fernet"])
    lector.add_argument(
        "--var", default=os.environ.get("MESA_VAR") or str(RAIZ / "var"), help="carpeta de datos"
    )
    lector.add_argument("--rapido", action="store_true", help="sin durabilidad, solo para pruebas")
    pedido = lector.parse_args(argumentos)
    rutas = rutas_de(pedido.var)
    try:
        if pedido.orden == "start":
            arrancar(pedido.var, rapido=pedido.rapido)
        elif pedido.orden == "stop":
            detener(pedido.var)
        elif pedido.orden == "claves":
            crear_claves(rutas)
        elif pedido.orden == "clave-fernet":
            print(clave_fernet())
        elif pedido.orden == "env":
            print(f"DB_HOST={rutas.sockets}\nDB_PORT={PUERTO_PG}\nREDIS_URL=unix://{rutas.socket_valkey}")
        if pedido.orden in ("start", "status"):
            activos = estado(pedido.var)
            for nombre, activo in activos.items():
                print(f"{nombre}: {'en marcha' if activo else 'detenido'}")
            return 0 if all(activos.values()) else 3
    except ErrorEmbebido as error:
        print(f"mesa: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
