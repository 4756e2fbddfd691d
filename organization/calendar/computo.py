"""Terms in working days: the day they end and every step that leads there."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone

from organization.calendar.calendario import solo_fecha
from organization.calendar.constants import (
    CANALES_DIGITALES,
    CANALES_FISICOS,
    DIAS_MAXIMOS,
    DIAS_SIN_HABIL_MAXIMOS,
    FUENTE_DISTANCIA,
    FUENTE_HABIL,
    FUENTE_INICIO,
    FUENTE_PAUSA,
    TEXTO_DISTANCIA,
    TEXTO_INICIO,
    TEXTO_PAUSA,
    TEXTO_SIN_DIAS,
    ZONA,
    Clase,
    ModoCorte,
)
from organization.calendar.errors import CalendarioSinDiasHabiles, PlazoInvalido

_UN_DIA = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plazo:
    """A computed term: its last day, the steps (JSON-ready) and whether an open pause still moves it."""

    vence_el: dt.date
    pasos: list
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Comparacion:
    """What today's calendar would say of a stored term. Nothing is written.

    cambios: [{"fecha", "antes", "ahora"}] for the days counted otherwise, up to the later of the two ends.
    """

    cambia: bool
    vence_guardado: dt.date
    vence_actual: dt.date
    plazo: Plazo
    cambios: list = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pausa:
    desde: dt.date
    hasta: dt.date
    motivo: str
    fuente: str


def hoy_lima():
    """Today's date in Lima."""
    return timezone.now().astimezone(ZONA).date()


def calcular_plazo(desde, dias, *, calendario, pausas=(), distancia=0, hoy=None):
    """Counts a term of working days from the one after `desde` (art. 144, 145 and 146 of the TUO).

    Args:
        desde: day of presentation or notification. It never counts, unless dias is 0.
        dias: 0 to 10 000; 0 = due on the first working day on or after `desde`.
        pausas: (desde, hasta|None[, motivo[, fuente]]), both days inside, in any order, may overlap. An open
            one stops the count through `hoy` (Lima), and the result is provisional.
        distancia: working days appended for the término de la distancia, as their own steps.
    Returns: Plazo. Counted steps are exactly dias + distancia, each with its running `n`. The step of class
        `inicio` never counts: it is `desde`, or the due day itself when dias is 0. The last step is vence_el.
    Raises: PlazoInvalido; CalendarioSinDiasHabiles when no day counts for three years in a row.
    """
    solo_fecha(desde, "desde")
    for nombre, valor in (("dias", dias), ("distancia", distancia)):
        if isinstance(valor, bool) or not isinstance(valor, int):
            raise TypeError(f"{nombre} must be an int.")
        if not 0 <= valor <= DIAS_MAXIMOS:
            detalle = f"los días van de 0 a {DIAS_MAXIMOS}"
            raise PlazoInvalido(detalle=detalle, campos={nombre: detalle})
    cierres, provisional = _leer_pausas(pausas, hoy)
    pasos, n, sin_contar, empezado, fecha = [], 0, 0, False, desde
    if dias:
        pasos.append(_paso(desde, False, 0, TEXTO_INICIO, FUENTE_INICIO, Clase.INICIO))
        empezado, fecha = True, desde + _UN_DIA
    while not empezado or n < dias + distancia:
        pausa = next((p for p in cierres if p.desde <= fecha <= p.hasta), None)
        dia = calendario.dia(fecha)
        if not dia.habil or pausa:
            sin_contar += pausa is None
            if sin_contar > DIAS_SIN_HABIL_MAXIMOS:
                raise CalendarioSinDiasHabiles(desde=f"{desde:%d/%m/%Y}")
            pasos.append(_paso_sin_cuenta(dia, pausa, n))
        elif not empezado:
            pasos.append(_paso(fecha, False, 0, TEXTO_SIN_DIAS, FUENTE_HABIL, Clase.INICIO))
            empezado, sin_contar = True, 0
        else:
            n, sin_contar = n + 1, 0
            if n > dias:
                pasos.append(_paso(fecha, True, n, TEXTO_DISTANCIA, FUENTE_DISTANCIA, Clase.DISTANCIA))
            else:
                pasos.append(_paso(fecha, True, n, dia.motivo, dia.fuente, dia.clase))
        fecha += _UN_DIA
    return Plazo(vence_el=fecha - _UN_DIA, pasos=pasos, provisional=provisional)


def _leer_pausas(pausas, hoy):
    leidas, abierta = [], False
    for tupla in pausas:
        desde, hasta, *resto = tupla
        motivo = (resto[0] if resto else "") or TEXTO_PAUSA
        fuente = (resto[1] if len(resto) > 1 else "") or FUENTE_PAUSA
        solo_fecha(desde, "pausa desde")
        if hasta is None:
            abierta = True
            hasta = max(desde, hoy or hoy_lima())
        solo_fecha(hasta, "pausa hasta")
        if hasta < desde:
            detalle = "una pausa termina antes de empezar"
            raise PlazoInvalido(detalle=detalle, campos={"pausas": detalle})
        leidas.append(_Pausa(desde, hasta, motivo, fuente))
    return leidas, abierta


def _paso_sin_cuenta(dia, pausa, n):
    # A paused day stays paused in the steps even when it would not work, so a later comparison knows it.
    if pausa is not None:
        return _paso(dia.fecha, False, n, pausa.motivo, pausa.fuente, Clase.PAUSA)
    return _paso(dia.fecha, False, n, dia.motivo, dia.fuente, dia.clase)


def _paso(fecha, cuenta, n, motivo, fuente, clase):
    return {
        "fecha": fecha.isoformat(),
        "cuenta": cuenta,
        "n": n,
        "motivo": motivo,
        "fuente": fuente,
        "clase": clase,
    }


def contar_entre(a, b, *, calendario, pausas=(), hoy=None):
    """Working days of (a, b] outside the pauses, negative when b is before a; open pauses reach `hoy`."""
    total = calendario.dias_habiles_entre(a, b)
    if not pausas or a == b:
        return total
    lo, hi = min(a, b), max(a, b)
    cierres, _ = _leer_pausas(pausas, hoy)
    pausados = sum(
        any(p.desde <= dia <= p.hasta for p in cierres) for dia in calendario.habiles(lo + _UN_DIA, hi)
    )
    return total - pausados if total > 0 else total + pausados


def fecha_legal_de(instante, canal, *, calendario):
    """The day on which something presented at `instante` counts as received.

    Paper over the counter: the day of Lima itself when the office works that day (whoever is inside at
    closing is served, art. 149); on a day without work, as when a desk opens on a Saturday, the next working
    day. Digital: the same, except that in `fin_de_horario` mode what arrives after the end of reception of
    a working day goes to the next one; the closing second itself is still in time.

    Args: instante is an aware datetime in any zone; canal is in CANALES_FISICOS or CANALES_DIGITALES.
    Raises: ValueError for a naive moment or an unknown channel.
    Source: art. 128, 134 and 149 TUO Ley 27444; DS 029-2021-PCM; Res. 0518-2024/SEL-INDECOPI.
    """
    if instante.tzinfo is None or instante.utcoffset() is None:
        raise ValueError("instante must be timezone-aware.")
    if canal not in CANALES_FISICOS and canal not in CANALES_DIGITALES:
        raise ValueError(f"Unknown channel {canal!r}.")
    local = instante.astimezone(ZONA)
    dia = local.date()
    if not calendario.es_habil(dia):
        return calendario.siguiente_habil(dia)
    if canal in CANALES_DIGITALES and calendario.modo_corte(dia) == ModoCorte.FIN_DE_HORARIO.value:
        # Receipts print whole seconds: 16:30:00.7 reads 16:30:00 and is in time.
        if local.time().replace(microsecond=0) > calendario.semana(dia).fin:
            return calendario.siguiente_habil(dia)
    return dia


def comparar_pasos(pasos, *, calendario, pausas=None):
    """Computes a stored term again with another calendar and says what differs.

    Args:
        pasos: as stored. Start day, days, distance and pauses are read back from them.
        pausas: overrides the pauses found in the steps (needed when one starts after the stored end).
    Returns: Comparacion.
    Raises: PlazoInvalido when the steps are empty.
    """
    if not pasos:
        raise PlazoInvalido(detalle="no tiene pasos guardados", campos={"pasos": "Sin pasos."})
    fechas = [dt.date.fromisoformat(p["fecha"]) for p in pasos]
    distancia = sum(p["clase"] == Clase.DISTANCIA for p in pasos)
    dias = sum(p["cuenta"] for p in pasos) - distancia
    if pausas is None:
        pausas = [
            (fecha, fecha, paso["motivo"], paso["fuente"])
            for fecha, paso in zip(fechas, pasos, strict=True)
            if paso["clase"] == Clase.PAUSA
        ]
    plazo = calcular_plazo(fechas[0], dias, calendario=calendario, pausas=pausas, distancia=distancia)
    antes = {p["fecha"]: p for p in pasos}
    ahora = {p["fecha"]: p for p in plazo.pasos}
    cambios = [
        {
            "fecha": f,
            "antes": antes[f]["motivo"] if f in antes else "",
            "ahora": ahora[f]["motivo"] if f in ahora else "",
        }
        for f in sorted(antes.keys() | ahora.keys())
        if antes.get(f, {}).get("cuenta") != ahora.get(f, {}).get("cuenta")
    ]
    return Comparacion(
        cambia=plazo.vence_el != fechas[-1],
        vence_guardado=fechas[-1],
        vence_actual=plazo.vence_el,
        plazo=plazo,
        cambios=cambios,
    )
