"""The calendar as a pure object: which days work and why the others do not."""

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache

from organization.calendar.constants import (
    DIA_LARGO,
    DIAS_SIN_HABIL_MAXIMOS,
    FUENTE_HABIL,
    FUENTE_JORNADA,
    JORNADA_DIAS,
    JORNADA_FIN,
    JORNADA_INICIO,
    TEXTO_HABIL,
    ULTIMO_ANIO,
    Clase,
    ModoCorte,
    TipoFeriado,
)
from organization.calendar.errors import CalendarioSinDiasHabiles
from organization.calendar.feriados import feriados_nacionales

_UN_DIA = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DiaPropio:
    """A row of Feriado, without the database."""

    fecha: dt.date
    nombre: str
    tipo: str
    fuente: str
    computable: bool = False
    ambito: str = ""


@dataclass(frozen=True, slots=True)
class Cierre:
    """A row of Suspension, without the database; both ends inside."""

    desde: dt.date
    hasta: dt.date
    motivo: str
    sustento: str


@dataclass(frozen=True, slots=True)
class Semana:
    """A row of Jornada, without the database."""

    vigente_desde: dt.date
    dias: tuple = JORNADA_DIAS
    inicio: dt.time = JORNADA_INICIO
    fin: dt.time = JORNADA_FIN
    ambito: str = ""


@dataclass(frozen=True, slots=True)
class Corte:
    """A row of CorteDigital, without the database."""

    vigente_desde: dt.date
    modo: str


@dataclass(frozen=True, slots=True)
class Datos:
    """The office's rows that a calendar reads: only those of its own ámbito and of the whole entity."""

    feriados: tuple = ()
    suspensiones: tuple = ()
    jornadas: tuple = ()
    cortes: tuple = ()


@dataclass(frozen=True, slots=True)
class Dia:
    """One day: whether it works, and the reason and norm to show."""

    fecha: dt.date
    habil: bool
    clase: str
    motivo: str
    fuente: str


_SEMANA_POR_DEFECTO = Semana(vigente_desde=dt.date.min)
_TIPO_CLASE = {
    TipoFeriado.NO_LABORABLE_COMPENSABLE.value: (Clase.NO_LABORABLE, "día no laborable"),
    TipoFeriado.REGIONAL.value: (Clase.FERIADO, "feriado regional"),
    TipoFeriado.LOCAL.value: (Clase.FERIADO, "feriado local"),
    TipoFeriado.INSTITUCIONAL.value: (Clase.NO_LABORABLE, "día institucional"),
    TipoFeriado.NACIONAL_EXTRA.value: (Clase.FERIADO, "feriado"),
}


def solo_fecha(valor, nombre="fecha"):
    """Returns the date itself; refuses moments, whose day depends on the time zone."""
    if isinstance(valor, dt.datetime) or not isinstance(valor, dt.date):
        raise TypeError(f"{nombre} must be a date, not {type(valor).__name__}.")
    return valor


@dataclass(slots=True)
class Calendario:
    """Answers about days for one ámbito; asks nothing of the database once loaded.

    datos: the office's rows from `desde` on, without upper end, so looking further ahead needs no new read.
    recargar: gives the rows from an earlier day when somebody looks behind `desde`; None when datos is whole.
    """

    datos: Datos = field(default_factory=Datos)
    desde: dt.date = dt.date.min
    ambito: str = ""
    recargar: object = None
    _propios: dict = field(init=False, repr=False)
    _jornadas: list = field(init=False, repr=False)
    _dias: dict = field(init=False, repr=False)
    _habiles: list = field(init=False, repr=False)
    _indice: tuple = field(init=False, repr=False)
    _anios: dict = field(init=False, repr=False)

    def __post_init__(self):
        self._poner(self.datos)

    def _poner(self, datos):
        self.datos = datos
        self._propios = {}
        for f in datos.feriados:
            # The sede's own row rules over the general one: a sede may close, or serve, on its own.
            if f.fecha not in self._propios or f.ambito:
                self._propios[f.fecha] = f
        # The sede's own week rules over the general one even when the general one is newer.
        self._jornadas = sorted(datos.jornadas, key=lambda s: (bool(s.ambito), s.vigente_desde), reverse=True)
        self._dias, self._habiles, self._indice = {}, [], (None, None)
        self._anios = _anios_de(datos, self.ambito)

    def _mirar_atras(self, fecha):
        if fecha < self.desde and self.recargar is not None:
            self.desde = dt.date(fecha.year, 1, 1)
            self._poner(self.recargar(self.desde))

    def semana(self, fecha):
        """The Semana in force that day; Monday to Friday when the office never said."""
        return next((s for s in self._jornadas if s.vigente_desde <= fecha), _SEMANA_POR_DEFECTO)

    def dia(self, fecha):
        """Classifies a day. Reasons win in this order: national holiday, own day, suspension, day of rest.

        Raises: CalendarioSinDiasHabiles beyond the last year whose holidays are known.
        """
        dia = self._dias.get(fecha)
        if dia is None:
            solo_fecha(fecha)
            self._mirar_atras(fecha)
            dia = self._dias[fecha] = self._clasificar(fecha)
        return dia

    def _clasificar(self, fecha):
        if fecha.year > ULTIMO_ANIO:
            raise CalendarioSinDiasHabiles(desde=f"{fecha:%d/%m/%Y}")
        nacional = feriados_nacionales(fecha.year).get(fecha)
        if nacional:
            return Dia(fecha, False, Clase.FERIADO, f"feriado: {nacional[0]}", nacional[1])
        propio = self._propios.get(fecha)
        if propio and not propio.computable:
            clase, texto = _TIPO_CLASE.get(propio.tipo, (Clase.FERIADO, "feriado"))
            return Dia(fecha, False, clase, f"{texto}: {propio.nombre}", propio.fuente)
        for s in self.datos.suspensiones:
            if s.desde <= fecha <= s.hasta:
                return Dia(fecha, False, Clase.SUSPENSION, f"suspensión: {s.motivo}", s.sustento)
        if fecha.isoweekday() not in self.semana(fecha).dias:
            fuente = FUENTE_HABIL if fecha.isoweekday() > 5 else FUENTE_JORNADA
            return Dia(fecha, False, Clase.DESCANSO, DIA_LARGO[fecha.weekday()], fuente)
        if propio:
            return Dia(fecha, True, Clase.HABIL, f"{TEXTO_HABIL} ({propio.nombre})", propio.fuente)
        return Dia(fecha, True, Clase.HABIL, TEXTO_HABIL, FUENTE_HABIL)

    def es_habil(self, fecha):
        """True when terms count that day."""
        return self.dia(fecha).habil

    def motivo_no_habil(self, fecha):
        """Why the day does not count, or an empty string when it does."""
        dia = self.dia(fecha)
        return "" if dia.habil else dia.motivo

    def horario(self, fecha):
        """Reception hours (inicio, fin) of a working day, None on the others."""
        if not self.es_habil(fecha):
            return None
        semana = self.semana(fecha)
        return semana.inicio, semana.fin

    def modo_corte(self, fecha):
        """The digital cut-off in force that day; the whole day when the office never said."""
        vigentes = [c for c in self.datos.cortes if c.vigente_desde <= fecha]
        return max(vigentes, key=lambda c: c.vigente_desde).modo if vigentes else ModoCorte.FIN_DE_DIA.value

    def habil_o_siguiente(self, fecha):
        """The day itself when it works, else the next that does.

        Raises: CalendarioSinDiasHabiles when none turns up within three years.
        """
        for _ in range(DIAS_SIN_HABIL_MAXIMOS):
            if self.es_habil(fecha):
                return fecha
            fecha += _UN_DIA
        raise CalendarioSinDiasHabiles(desde=f"{fecha - DIAS_SIN_HABIL_MAXIMOS * _UN_DIA:%d/%m/%Y}")

    def siguiente_habil(self, fecha):
        """First working day strictly after the given one."""
        return self.habil_o_siguiente(solo_fecha(fecha) + _UN_DIA)

    def habiles(self, desde, hasta):
        """Working days inside [desde, hasta], in order."""
        self._indexar(desde, hasta)
        i, j = self._posicion(desde - _UN_DIA), self._posicion(hasta)
        return [dt.date.fromordinal(n) for n in self._habiles[i:j]]

    def dias_habiles_entre(self, a, b):
        """Working days of (a, b], negative when b is before a; cheap after the first call on a stretch."""
        solo_fecha(a), solo_fecha(b)
        self._indexar(min(a, b), max(a, b))
        return self._posicion(b) - self._posicion(a)

    def _posicion(self, fecha):
        return bisect_right(self._habiles, fecha.toordinal())

    def _indexar(self, desde, hasta):
        """Makes the sorted list of working days cover [desde, hasta], growing it by whole years."""
        self._mirar_atras(dt.date(desde.year, 1, 1))
        lo, hi = self._indice
        nuevo_lo = min(desde.year, lo if lo is not None else desde.year)
        nuevo_hi = max(hasta.year, hi if hi is not None else hasta.year)
        if (nuevo_lo, nuevo_hi) == (lo, hi):
            return
        if lo is None:
            self._habiles = self._habiles_de(nuevo_lo, nuevo_hi)
        else:
            self._habiles = (
                self._habiles_de(nuevo_lo, lo - 1) + self._habiles + self._habiles_de(hi + 1, nuevo_hi)
            )
        self._indice = (nuevo_lo, nuevo_hi)

    def _habiles_de(self, anio_desde, anio_hasta):
        return [n for anio in range(anio_desde, anio_hasta + 1) for n in self._habiles_del_anio(anio)]

    def _habiles_del_anio(self, anio):
        dias = self._anios.get(anio)
        if dias is None:
            inicio, fin = dt.date(anio, 1, 1).toordinal(), dt.date(anio, 12, 31).toordinal()
            dias = tuple(n for n in range(inicio, fin + 1) if self.dia(dt.date.fromordinal(n)).habil)
            self._anios[anio] = dias
        return dias


@lru_cache(maxsize=16)
def _anios_de(datos, ambito):
    """{year: working days} already worked out from these very rows, shared by the calendars read from them.

    The rows themselves are the key, so a changed row never meets an old answer; threads may fill a year twice,
    with the same value.
    """
    return {}
