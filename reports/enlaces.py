"""The list behind each figure: addresses whose filters count the same documents that the figure counts."""

from urllib.parse import urlencode

from core.direcciones import direccion
from documents.constants import ESTADOS_ABIERTOS, Plazo, Silencio


class Enlaces:
    """Addresses for the areas of a dashboard: ids, or None for the whole entity."""

    def __init__(self, ambito):
        self.ambito = None if ambito is None else sorted(ambito)

    def _de_areas(self, area, varias="areas", una="area"):
        ids = self.ambito if area is None else [area]
        if ids is None:
            return []
        return [(una, ids[0])] if len(ids) == 1 and una else [(varias, pk) for pk in ids]

    def _documentos(self, pares):
        limpios = [
            (nombre, getattr(valor, "value", valor)) for nombre, valor in pares if valor not in (None, "")
        ]
        return f"{direccion('documents:buscar')}?{urlencode(limpios)}"

    def estados(self, *estados, area=None):
        """Documents in some states, that the areas have now."""
        return self._documentos([*(("estado", e) for e in estados), *self._de_areas(area)])

    def abiertos(self, *, area=None, llegado_desde=None, llegado_hasta=None):
        """Open documents that came to their area in some days."""
        return self._documentos(
            [
                *(("estado", e) for e in ESTADOS_ABIERTOS),
                ("llegado_desde", llegado_desde),
                ("llegado_hasta", llegado_hasta),
                *self._de_areas(area),
            ]
        )

    def plazo(self, plazo, *, silencio=None, area=None):
        """Documents whose clock runs and stands there; the first to end come first."""
        orden = None if plazo == Plazo.SIN_PLAZO else "plazo"
        return self._documentos(
            [("plazo", plazo), ("silencio", silencio), *self._de_areas(area), ("orden", orden)]
        )

    def silencio_del_dia(self, plazo, area=None):
        """Documents that positive silence would approve."""
        return self.plazo(plazo, silencio=Silencio.POSITIVO, area=area)

    def registrados(self, desde, hasta, *, area=None):
        """Documents registered in the windows of the areas in some days."""
        return self._documentos([("desde", desde), ("hasta", hasta), *self._de_areas(area, "mesas", None)])

    def recibidos(self, desde, hasta, *, area=None):
        """Receptions by derivation in the areas in some days: one line for each, not for each document."""
        pares = [("desde", desde), ("hasta", hasta), *self._de_areas(area, "area")]
        return f"{direccion('reports:recibidos')}?{urlencode(pares)}"

    def atendidos(self, desde, hasta, *, atencion=None, area=None):
        """Documents attended in some days, by the area that has them."""
        return self._documentos(
            [
                ("atendido_desde", desde),
                ("atendido_hasta", hasta),
                ("atencion", atencion),
                *self._de_areas(area),
            ]
        )
