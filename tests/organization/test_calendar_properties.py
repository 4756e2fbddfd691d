"""Laws of the count for any calendar, against a naive oracle that shares no code with it. No database."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from organization.calendar import (
    Calendario,
    Cierre,
    Datos,
    DiaPropio,
    Semana,
    comparar_plazo,
    dias_habiles_entre,
    siguiente_habil,
    sumar_dias_habiles,
)

UN_DIA = dt.timedelta(days=1)
DESDE, HASTA = dt.date(2024, 1, 1), dt.date(2032, 12, 31)
FIJOS = {
    (1, 1),
    (5, 1),
    (6, 7),
    (6, 29),
    (7, 23),
    (7, 28),
    (7, 29),
    (8, 6),
    (8, 30),
    (10, 8),
    (11, 1),
    (12, 8),
    (12, 9),
    (12, 25),
}


def pascua(anio):
    """Easter Sunday by the anonymous Gregorian computus."""
    a, b, c = anio % 19, anio // 100, anio % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * i) // 451
    mes, dia = divmod(h + i - 7 * m + 114, 31)
    return dt.date(anio, mes, dia + 1)


def trabaja(fecha, datos):
    """Oracle: does that day work?"""
    if (fecha.month, fecha.day) in FIJOS or (pascua(fecha.year) - fecha).days in (2, 3):
        return False
    if any(f.fecha == fecha and not f.computable for f in datos.feriados):
        return False
    if any(s.desde <= fecha <= s.hasta for s in datos.suspensiones):
        return False
    vigentes = sorted((j.vigente_desde, j.dias) for j in datos.jornadas if j.vigente_desde <= fecha)
    return fecha.isoweekday() in (vigentes[-1][1] if vigentes else (1, 2, 3, 4, 5))


def contar_a_mano(desde, dias, datos, pausas=()):
    """Oracle: the end of a term, one day at a time."""
    fecha, faltan = desde, dias
    while True:
        corre = trabaja(fecha, datos) and not any(a <= fecha <= b for a, b in pausas)
        if corre and fecha > desde:
            faltan -= 1
        if corre and faltan <= 0 and (dias == 0 or fecha > desde):
            return fecha
        fecha += UN_DIA


fechas = st.dates(DESDE, HASTA)
plazos = st.integers(0, 60)


@st.composite
def rangos(draw, largo=45):
    desde = draw(fechas)
    return desde, desde + draw(st.integers(0, largo)) * UN_DIA


@st.composite
def datos_de_oficina(draw):
    propios = draw(st.dictionaries(fechas, st.booleans(), max_size=12))
    jornadas = draw(st.dictionaries(fechas, st.sets(st.integers(1, 7), min_size=1), max_size=2))
    return Datos(
        feriados=tuple(DiaPropio(f, "x", "INSTITUCIONAL", "RD 1", computable=c) for f, c in propios.items()),
        suspensiones=tuple(Cierre(a, b, "x", "RD 2") for a, b in draw(st.lists(rangos(), max_size=3))),
        jornadas=tuple(Semana(f, dias=tuple(sorted(d))) for f, d in jornadas.items()),
    )


def vence(desde, dias, datos, **otros):
    return sumar_dias_habiles(desde, dias, calendario=Calendario(datos=datos), **otros).vence_el


@settings(max_examples=300, deadline=None)
@given(desde=fechas, dias=plazos, datos=datos_de_oficina(), pausas=st.lists(rangos(20), max_size=3))
def test_agrees_with_the_oracle(desde, dias, datos, pausas):
    assert vence(desde, dias, datos, pausas=pausas) == contar_a_mano(desde, dias, datos, pausas)


@settings(max_examples=150, deadline=None)
@given(
    desde=fechas,
    dias=plazos,
    distancia=st.integers(0, 10),
    datos=datos_de_oficina(),
    pausas=st.lists(rangos(20), max_size=3),
)
def test_steps_are_consecutive_days_that_count_exactly_the_term(desde, dias, distancia, datos, pausas):
    cal = Calendario(datos=datos)
    plazo = sumar_dias_habiles(desde, dias, calendario=cal, pausas=pausas, distancia=distancia)
    recorridas = [dt.date.fromisoformat(p["fecha"]) for p in plazo.pasos]
    assert recorridas == [desde + i * UN_DIA for i in range(len(recorridas))]
    contados = [p for p in plazo.pasos if p["cuenta"]]
    assert [p["n"] for p in contados] == list(range(1, dias + distancia + 1))
    assert recorridas[-1] == plazo.vence_el
    assert trabaja(plazo.vence_el, datos)
    assert sum(p["clase"] == "inicio" for p in plazo.pasos) == 1
    assert all(p["motivo"] and p["fuente"] for p in plazo.pasos)
    assert not comparar_plazo(plazo.pasos, cal).cambia
    assert comparar_plazo(plazo.pasos, cal).plazo.pasos == plazo.pasos


@settings(max_examples=150, deadline=None)
@given(desde=fechas, dias=plazos, datos=datos_de_oficina())
def test_more_days_or_a_later_start_never_end_earlier(desde, dias, datos):
    una_mas = vence(desde, dias + 1, datos)
    # On a day without work, 0 and 1 days end on the same day: the next that works.
    assert una_mas > vence(desde, dias, datos) or (dias == 0 and not trabaja(desde, datos))
    assert una_mas >= vence(desde, dias, datos)
    assert vence(desde + UN_DIA, dias, datos) >= vence(desde, dias, datos)


@settings(max_examples=150, deadline=None)
@given(
    desde=fechas,
    dias=plazos,
    datos=datos_de_oficina(),
    extra=st.lists(fechas, min_size=1, max_size=5),
    cierre=rangos(),
)
def test_closing_more_days_never_ends_earlier(desde, dias, datos, extra, cierre):
    antes = vence(desde, dias, datos)
    nuevos = tuple(DiaPropio(f, "y", "REGIONAL", "RER 1") for f in extra)
    # One row per day and ámbito, as the table has it: a new holiday replaces the computable row of that day.
    quedan = tuple(f for f in datos.feriados if f.fecha not in set(extra))
    mas = Datos(quedan + nuevos, datos.suspensiones, datos.jornadas)
    assert vence(desde, dias, mas) >= antes
    mas = Datos(datos.feriados, datos.suspensiones + (Cierre(*cierre, "z", "RD 3"),), datos.jornadas)
    assert vence(desde, dias, mas) >= antes


@settings(max_examples=150, deadline=None)
@given(desde=fechas, dias=st.integers(1, 60), datos=datos_de_oficina(), data=st.data())
def test_pausing_k_working_days_of_the_span_moves_by_k_working_days(desde, dias, datos, data):
    cal = Calendario(datos=datos)
    fin = vence(desde, dias, datos)
    inicio = data.draw(st.dates(desde + UN_DIA, fin))
    ultimo = data.draw(st.dates(inicio, fin))
    k = sum(trabaja(inicio + i * UN_DIA, datos) for i in range((ultimo - inicio).days + 1))
    movido = vence(desde, dias, datos, pausas=[(inicio, ultimo)])
    assert dias_habiles_entre(fin, movido, calendario=cal) == k
    assert movido == (vence(fin, k, datos) if k else fin)
    assert dias_habiles_entre(desde, movido, calendario=cal, pausas=[(inicio, ultimo)]) == dias


@settings(max_examples=150, deadline=None)
@given(a=fechas, b=fechas, c=fechas, dias=plazos, datos=datos_de_oficina())
def test_days_between_invert_the_sum_and_add_up(a, b, c, dias, datos):
    cal = Calendario(datos=datos)
    entre = lambda x, y: dias_habiles_entre(x, y, calendario=cal)  # noqa: E731
    if dias:
        assert entre(a, vence(a, dias, datos)) == dias
    assert entre(a, b) == -entre(b, a)
    assert entre(a, b) + entre(b, c) == entre(a, c)
    lo, hi = min(a, b), max(a, b)
    a_mano = sum(trabaja(lo + i * UN_DIA, datos) for i in range(1, min((hi - lo).days, 400) + 1))
    assert abs(entre(lo, min(hi, lo + 400 * UN_DIA))) == a_mano


@settings(max_examples=150, deadline=None)
@given(fecha=fechas, datos=datos_de_oficina())
def test_next_working_day_is_the_term_of_one(fecha, datos):
    assert siguiente_habil(fecha, calendario=Calendario(datos=datos)) == vence(fecha, 1, datos)


@settings(max_examples=100, deadline=None)
@given(fecha=st.dates(dt.date(2024, 1, 1), dt.date(2099, 12, 31)))
def test_national_days_agree_with_the_oracle_to_the_end_of_the_century(fecha):
    assert Calendario().es_habil(fecha) == trabaja(fecha, Datos())
