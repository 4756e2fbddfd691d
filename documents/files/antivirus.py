"""Asks clamd about a file, when one is configured; the bytes travel by its INSTREAM command."""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

ESPERA_S = 120
TROZO = 64 * 1024


class AntivirusNoResponde(Exception):
    """clamd is configured and gave no verdict; the check must be tried again."""


def direccion():
    """Configured address: "unix:///run/clamav/clamd.ctl", "/run/clamav/clamd.ctl", "tcp://host:3310", or ""."""
    return (getattr(settings, "CLAMD_URL", "") or getattr(settings, "CLAMD_SOCKET", "") or "").strip()


def activo():
    """True when files must be checked before they are served."""
    return bool(direccion())


def revisar(archivo):
    """Verdict on an open binary file.

    Returns: name of the threat, or an empty string when it is clean.
    Raises: AntivirusNoResponde when clamd is away, busy, or answers something else.
    """
    try:
        with _conectar() as conexion:
            conexion.sendall(b"zINSTREAM\0")
            while trozo := archivo.read(TROZO):
                conexion.sendall(struct.pack("!L", len(trozo)) + trozo)
            conexion.sendall(struct.pack("!L", 0))
            respuesta = b""
            while not respuesta.endswith(b"\0") and len(respuesta) < 4096:
                parte = conexion.recv(4096)
                if not parte:
                    break
                respuesta += parte
    except OSError as error:
        raise AntivirusNoResponde(f"El antivirus no responde: {error}") from error
    texto = respuesta.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if texto == "OK":
        return ""
    if texto.endswith(" FOUND"):
        return texto.removesuffix(" FOUND")
    raise AntivirusNoResponde(f"El antivirus respondió: {texto[:200] or 'nada'}")


def _conectar():
    destino = direccion()
    partes = urlsplit(destino if "://" in destino else f"unix://{destino}")
    if partes.scheme == "unix":
        conexion = socket.socket(socket.AF_UNIX)
        conexion.settimeout(ESPERA_S)
        try:
            conexion.connect(partes.path)
        except OSError:
            conexion.close()
            raise
        return conexion
    return socket.create_connection((partes.hostname, partes.port or 3310), timeout=ESPERA_S)
