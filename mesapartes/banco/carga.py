"""Drives the server over HTTP with wrk and keeps the latency of every answer."""

import json
import math
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from mesapartes.banco.cifras import resumir

GUION = Path(__file__).with_name("carga.lua")
FALTA_WRK = "Falta wrk, la herramienta de carga: en Debian o Ubuntu, como root: apt-get install wrk"


class ErrorDeCarga(Exception):
    """wrk is missing or did not say what it measured, in one Spanish line."""


@dataclass(frozen=True)
class Pedidos:
    """What one measurement asks for.

    rutas are walked in order, each client from its own place; `{llave}` in cuerpo is a new UUID each time, and
    `{n}` a number. galletas: one Cookie header for each client, in turns. marca: text every answer must hold.
    ritmo: requests a second that all clients together send, or None for as many as they can.
    """

    rutas: list
    galletas: list = field(default_factory=lambda: [""])
    metodo: str = "GET"
    cuerpo: str = ""
    cabeceras: dict = field(default_factory=dict)
    estado: int = 200
    marca: str = ""
    ritmo: float | None = None
    una_vez: bool = False  # no address is asked twice: clients share them out and the run ends with them


def en_lua(valor):
    """A Python value as a Lua expression."""
    if isinstance(valor, bool):
        return "true" if valor else "false"
    if valor is None:
        return "nil"
    if isinstance(valor, int | float):
        return repr(valor)
    if isinstance(valor, str):
        crudo = "".join(
            chr(b) if 32 <= b < 127 and b not in (34, 92) else f"\\{b:03d}" for b in valor.encode()
        )
        return f'"{crudo}"'
    if isinstance(valor, dict):
        return "{" + ", ".join(f"[{en_lua(k)}] = {en_lua(v)}" for k, v in valor.items()) + "}"
    return "{" + ", ".join(map(en_lua, valor)) + "}"


def datos_lua(pedidos, clientes):
    """The Lua file that the script reads: one table."""
    campos = {
        "rutas": pedidos.rutas,
        "galletas": pedidos.galletas,
        "metodo": pedidos.metodo,
        "cuerpo": pedidos.cuerpo,
        "cabeceras": pedidos.cabeceras,
        "estado": pedidos.estado,
        "marca": pedidos.marca,
        "pausa_ms": 1000.0 * clientes / pedidos.ritmo if pedidos.ritmo else None,
        "clientes": clientes,
        "una_vez": pedidos.una_vez,
    }
    return f"return {en_lua(campos)}\n"


def leer_salida(texto):
    """What the script printed at the end: figures of the run.

    Returns: resumir() plus "errores" (int), "detalle" (of the errors, by kind) and "muestra" (first bad answer).
    Raises: ErrorDeCarga when its line is not there.
    """
    linea = next((x for x in texto.splitlines() if x.startswith("MESA ")), None)
    if linea is None:
        ultima = (texto.strip().splitlines() or ["sin salida"])[-1][:200]
        raise ErrorDeCarga(f"wrk no dijo qué midió: {ultima}")
    dicho = json.loads(linea.removeprefix("MESA "))
    detalle = {clave: n for clave, n in dicho["errores"].items() if n}
    return resumir([us / 1000 for us in dicho["us"]], dicho["duracion_us"] / 1e6) | {
        "errores": sum(detalle.values()),
        "detalle": detalle,
        "muestra": dicho["muestra"],
    }


def medir(direccion, pedidos, *, clientes, segundos):
    """One run of wrk, of whole seconds. Args: direccion such as http://127.0.0.1:8123. Returns: as leer_salida.

    Raises: ErrorDeCarga.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as datos:
        datos.write(datos_lua(pedidos, clientes))
        datos.flush()
        entorno = {**os.environ, "MESA_BANCO_DATOS": datos.name}
        entorno["MESA_BANCO_RITMO"] = "1" if pedidos.ritmo else "0"
        orden = ["wrk", "-t", str(clientes), "-c", str(clientes), "-d", f"{max(1, math.ceil(segundos))}s"]
        orden += ["--timeout", "60s", "-s", str(GUION), direccion]
        try:
            hecho = subprocess.run(
                orden, env=entorno, capture_output=True, text=True, errors="replace", timeout=segundos + 120
            )
        except FileNotFoundError:
            raise ErrorDeCarga(FALTA_WRK) from None
        except subprocess.TimeoutExpired:
            raise ErrorDeCarga("wrk no terminó a tiempo.") from None
    return leer_salida(hecho.stdout + "\n" + hecho.stderr)
