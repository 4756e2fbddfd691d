"""The round that keeps tasks moving whatever fails: sweep, ask for a heartbeat, say what changed."""

import logging

from django.db import connection

from core.jobs import barrer, pedir_latido
from core.rondas import Rondas

registro = logging.getLogger("core.jobs")


def resumen(hecho):
    """Return one line for what barrer() did."""
    return (
        f"{hecho['liberadas']} liberadas, {hecho['cerradas']} cerradas, {hecho['avisadas']} avisadas"
        f"{'' if hecho['redis'] else '; Redis no responde'}"
    )


class Barrendero:
    """Sweeps again and again; logs a bad situation once when it begins and once when it ends."""

    BIEN = "bien"

    def __init__(self):
        self.situacion, self.rondas = self.BIEN, Rondas()

    def vuelta(self):
        """Sweep once. Never raises. Returns: whether the database and Redis answered."""
        anterior, self.situacion = self.situacion, self._barrer()
        if self.situacion != anterior:
            registro.warning("Barrido: %s.", self.situacion)
        return self.situacion == self.BIEN

    def _barrer(self):
        try:
            hecho = barrer()
            if hecho["liberadas"] or hecho["cerradas"]:
                registro.warning("Barrido: %s", resumen(hecho))
            pedir_latido()
            self.rondas.vuelta()
            return (
                self.BIEN if hecho["redis"] else "Redis no responde, las tareas esperan en la base de datos"
            )
        except Exception as error:
            connection.close()
            return f"la base de datos no responde ({type(error).__name__})"
