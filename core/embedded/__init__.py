"""PostgreSQL and Valkey for one machine: real servers from wheels, on unix sockets, data under one folder.

Standard library only, usable before Django loads: `python -m core.embedded start|stop|status|claves`.
"""

from core.embedded.rutas import ErrorEmbebido, Rutas, rutas_de
from core.embedded.servicio import arrancar, detener, estado

__all__ = ["ErrorEmbebido", "Rutas", "arrancar", "detener", "estado", "rutas_de"]
