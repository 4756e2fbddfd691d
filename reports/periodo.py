"""A period of local days, both ends inside."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import DatosInvalidos
from documents.filtros import medianoche
from reports.constants import DIAS_MAXIMOS, DIAS_POR_DEFECTO


@dataclass(frozen=True)
class Periodo:
    """From `desde` to `hasta`. `pedido`: somebody asked for it, it is not the default."""

    desde: date
    hasta: date
    pedido: bool

    @classmethod
    def leer(cls, hoy, desde=None, hasta=None):
        """The period asked for, completed: until today, and DIAS_POR_DEFECTO days.

        Raises: DatosInvalidos (422) when it is upside down or too long.
        """
        pedido = bool(desde or hasta)
        hasta = hasta or max(hoy, desde or hoy)
        try:
            desde = desde or hasta - timedelta(days=DIAS_POR_DEFECTO - 1)
            hasta + timedelta(days=1)
            desde - timedelta(days=DIAS_MAXIMOS)  # the period before is compared with it
        except OverflowError:
            raise DatosInvalidos(campos={"hasta": ["La fecha está fuera de lo que se registra."]}) from None
        if desde > hasta:
            raise DatosInvalidos(campos={"desde": ["La fecha inicial no puede ser posterior a la final."]})
        if (hasta - desde).days >= DIAS_MAXIMOS:
            raise DatosInvalidos(campos={"desde": [f"El periodo no puede pasar de {DIAS_MAXIMOS} días."]})
        return cls(desde, hasta, pedido)

    @property
    def anterior(self):
        """The period of as many days that ends the day before."""
        hasta = self.desde - timedelta(days=1)
        return Periodo(hasta - (self.hasta - self.desde), hasta, True)

    @property
    def inicio(self):
        """First instant."""
        return medianoche(self.desde)

    @property
    def fin(self):
        """First instant that is no longer inside."""
        return medianoche(self.hasta, 1)

    @property
    def dias(self):
        """Every day, in order."""
        return [self.desde + timedelta(days=n) for n in range((self.hasta - self.desde).days + 1)]
