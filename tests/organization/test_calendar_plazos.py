"""Terms of the law with exact dates: pauses, suspensions, refusals and comparison, without the database."""

import datetime as dt

import pytest

from organization.calendar import (
    Calendario,
    CalendarioSinDiasHabiles,
    Cierre,
    DiaPropio,
    PlazoInvalido,
    Semana,
    comparar_plazo,
    dias_habiles_entre,
    es_habil,
    explicar,
    fecha_corta,
    motivo_no_habil,
    siguiente_habil,
    sumar_dias_habiles,
)
from tests.organization.calendar_util import SOLO_NACIONALES, D, calendario, del_datos


def vence(desde, dias, cal=SOLO_NACIONALES, **otros):
    return sumar_dias_habiles(D(desde), dias, calendario=cal, **otros).vence_el.isoformat()


# Terms with exact dates


@pytest.mark.parametrize(
    ("desde", "dias", "esperado"),
    [
        ("2026-11-18", 10, "2026-12-02"),
        ("2026-11-18", 1, "2026-11-19"),
        ("2026-11-20", 1, "2026-11-23"),  # Friday to Monday
        ("2026-11-21", 1, "2026-11-23"),  # presented on a Saturday
        ("2026-12-04", 2, "2026-12-10"),  # 8 and 9 December in between
        ("2026-12-07", 1, "2026-12-10"),
        ("2027-03-24", 1, "2027-03-29"),  # Semana Santa 2027: 25 and 26 March
        ("2027-03-23", 2, "2027-03-29"),
        ("2027-03-23", 1, "2027-03-24"),
        ("2026-04-01", 1, "2026-04-06"),
        ("2025-04-16", 1, "2025-04-21"),
        ("2026-12-31", 1, "2027-01-04"),  # 1 January 2027 is a Friday
        ("2025-12-24", 5, "2026-01-02"),  # without decrees 26/12 and 02/01 work
        ("2028-02-28", 1, "2028-02-29"),
    ],
)
def test_term_ends_on_the_day_of_the_law(desde, dias, esperado):
    assert vence(desde, dias) == esperado


@pytest.mark.parametrize(
    ("desde", "esperado"),
    [
        # Fiestas Patrias: 23, 28 and 29 July, 6 August; 30 August is a Saturday in 2025, a Monday in 2027
        ("2025-07-01", "2025-08-18"),
        ("2026-07-01", "2026-08-18"),
        ("2027-07-01", "2027-08-18"),
        ("2026-07-22", "2026-09-08"),
        ("2027-07-27", "2027-09-13"),
    ],
)
def test_thirty_working_days_across_fiestas_patrias(desde, esperado):
    assert vence(desde, 30) == esperado


def test_zero_days_is_due_on_the_first_working_day_on_or_after():
    assert vence("2026-11-18", 0) == "2026-11-18"
    assert vence("2026-11-21", 0) == "2026-11-23"
    assert vence("2026-12-08", 0) == "2026-12-10"
    plazo = sumar_dias_habiles(D("2026-12-08"), 0, calendario=SOLO_NACIONALES)
    assert [p["clase"] for p in plazo.pasos] == ["feriado", "feriado", "inicio"]
    assert not any(p["cuenta"] for p in plazo.pasos)


def test_compensable_days_of_the_decree_do_not_count():
    cal = del_datos()
    assert motivo_no_habil(D("2026-01-02"), calendario=cal) == "día no laborable: sector público"
    assert cal.dia(D("2026-01-02")).fuente == "DS 042-2025-PCM"
    assert vence("2025-12-31", 1, cal) == "2026-01-05"
    assert vence("2025-12-24", 5, cal) == "2026-01-06"
    assert vence("2025-04-30", 1, cal) == "2025-05-05"


def test_a_computable_day_counts_and_says_so():
    dia = DiaPropio(D("2026-01-02"), "Puente", "NO_LABORABLE_COMPENSABLE", "DS 042-2025-PCM", computable=True)
    cal = calendario(feriados=[dia])
    assert vence("2025-12-31", 1, cal) == "2026-01-02"
    assert cal.dia(D("2026-01-02")).motivo == "día hábil (Puente)"
    assert motivo_no_habil(D("2026-01-02"), calendario=cal) == ""


def test_days_of_puno():
    cal = del_datos()
    assert cal.motivo_no_habil(D("2026-11-04")) == "feriado local: Aniversario de la ciudad de Puno"
    assert es_habil(D("2026-02-02"), calendario=cal)  # inactive until the norm of the year
    assert vence("2026-11-03", 1, cal) == "2026-11-05"


# Distance, pauses, suspensions


def test_distance_is_appended_with_its_own_steps():
    plazo = sumar_dias_habiles(D("2026-11-18"), 2, calendario=SOLO_NACIONALES, distancia=2)
    assert plazo.vence_el == D("2026-11-24")
    assert [(p["fecha"][-2:], p["n"], p["clase"]) for p in plazo.pasos] == [
        ("18", 0, "inicio"),
        ("19", 1, "habil"),
        ("20", 2, "habil"),
        ("21", 2, "descanso"),
        ("22", 2, "descanso"),
        ("23", 3, "distancia"),
        ("24", 4, "distancia"),
    ]
    assert plazo.pasos[-1]["fuente"] == "art. 146, TUO Ley 27444"
    assert vence("2026-11-18", 0, distancia=1) == "2026-11-19"


def test_pause_days_do_not_count_and_show_their_reason():
    pausas = [(D("2026-11-19"), D("2026-11-20"), "por subsanar", "art. 136, TUO Ley 27444")]
    plazo = sumar_dias_habiles(D("2026-11-18"), 10, calendario=SOLO_NACIONALES, pausas=pausas)
    assert plazo.vence_el == D("2026-12-04")
    assert plazo.pasos[1] == {
        "fecha": "2026-11-19",
        "cuenta": False,
        "n": 0,
        "motivo": "por subsanar",
        "fuente": "art. 136, TUO Ley 27444",
        "clase": "pausa",
    }
    assert not plazo.provisional


def test_pause_over_the_last_day_moves_the_end():
    assert vence("2026-11-18", 2) == "2026-11-20"
    assert vence("2026-11-18", 2, pausas=[(D("2026-11-20"), D("2026-11-20"))]) == "2026-11-23"
    assert vence("2026-11-18", 2, pausas=[(D("2026-11-21"), D("2026-12-31"))]) == "2026-11-20"


def test_overlapping_pauses_count_once():
    rangos = [("2026-11-19", "2026-11-23"), ("2026-11-20", "2026-11-24"), ("2026-11-20", "2026-11-20")]
    pausas = [(D(a), D(b)) for a, b in rangos]
    assert vence("2026-11-18", 1, pausas=pausas) == "2026-11-25"


def test_open_pause_gives_a_provisional_end_that_moves_with_today():
    abierta = {"calendario": SOLO_NACIONALES, "pausas": [(D("2026-11-19"), None)]}
    plazo = sumar_dias_habiles(D("2026-11-18"), 2, hoy=D("2026-11-24"), **abierta)
    assert plazo.provisional
    assert plazo.vence_el == D("2026-11-26")
    plazo = sumar_dias_habiles(D("2026-11-18"), 2, hoy=D("2026-11-18"), **abierta)
    assert plazo.vence_el == D("2026-11-23")  # a pause that starts tomorrow lasts at least tomorrow


def test_suspension_months_long_ends_and_gives_its_document():
    cal = calendario(suspensiones=[Cierre(D("2026-03-16"), D("2026-10-31"), "paro regional", "RD 015-2026")])
    assert vence("2026-03-13", 1, cal) == "2026-11-02"
    dia = cal.dia(D("2026-05-20"))
    assert (dia.motivo, dia.fuente, dia.clase) == ("suspensión: paro regional", "RD 015-2026", "suspension")
    assert cal.es_habil(D("2026-03-13"))  # the day before and the day after count
    assert not cal.es_habil(D("2026-03-16"))
    assert not cal.es_habil(D("2026-10-30"))


def test_ten_thousand_days_end():
    plazo = sumar_dias_habiles(D("2026-11-18"), 10_000, calendario=Calendario())
    assert sum(p["cuenta"] for p in plazo.pasos) == 10_000
    assert dias_habiles_entre(D("2026-11-18"), plazo.vence_el, calendario=Calendario()) == 10_000


@pytest.mark.parametrize(
    "cal",
    [
        calendario(jornadas=[Semana(D("2020-01-01"), dias=())]),
        calendario(suspensiones=[Cierre(D("2026-01-01"), dt.date.max, "sin fin", "x")]),
    ],
)
@pytest.mark.parametrize("dias", [0, 1, 30])
def test_a_calendar_without_working_days_is_refused(cal, dias):
    with pytest.raises(CalendarioSinDiasHabiles) as e:
        sumar_dias_habiles(D("2026-11-18"), dias, calendario=cal)
    assert e.value.codigo == "calendario_sin_dias_habiles"
    assert "18/11/2026" in str(e.value)
    with pytest.raises(CalendarioSinDiasHabiles):
        siguiente_habil(D("2026-11-18"), calendario=cal)


def test_beyond_the_known_holidays_is_refused_not_guessed():
    assert vence("2100-12-29", 2) == "2100-12-31"
    with pytest.raises(CalendarioSinDiasHabiles):
        vence("2100-12-29", 3)
    with pytest.raises(CalendarioSinDiasHabiles):
        vence("2026-11-18", 1, pausas=[(D("2026-11-19"), dt.date.max)])


@pytest.mark.parametrize("dias", [-1, 10_001])
def test_days_out_of_range_are_refused(dias):
    with pytest.raises(PlazoInvalido) as e:
        vence("2026-11-18", dias)
    assert e.value.estado_http == 422
    assert list(e.value.campos) == ["dias"]
    with pytest.raises(PlazoInvalido):
        vence("2026-11-18", 1, distancia=dias)


def test_inverted_pause_is_refused():
    with pytest.raises(PlazoInvalido):
        vence("2026-11-18", 1, pausas=[(D("2026-11-20"), D("2026-11-19"))])


def test_moments_and_text_are_not_days():
    ahora = dt.datetime(2026, 11, 18, 23, 0, tzinfo=dt.UTC)
    for llamada in (
        lambda: sumar_dias_habiles(ahora, 1, calendario=SOLO_NACIONALES),
        lambda: es_habil(ahora, calendario=SOLO_NACIONALES),
        lambda: dias_habiles_entre(ahora, D("2026-11-18"), calendario=SOLO_NACIONALES),
        lambda: vence("2026-11-18", 1, pausas=[(ahora, None)]),
        lambda: vence("2026-11-18", "3"),
        lambda: vence("2026-11-18", True),
    ):
        with pytest.raises(TypeError):
            llamada()


# Counting between days, texts, comparison


def test_days_between_are_signed_and_leave_out_the_first():
    entre = lambda a, b, **o: dias_habiles_entre(D(a), D(b), calendario=SOLO_NACIONALES, **o)  # noqa: E731
    assert entre("2026-11-24", "2026-12-04") == 8
    assert entre("2026-12-04", "2026-11-24") == -8
    assert entre("2026-11-24", "2026-11-24") == 0
    assert entre("2026-11-20", "2026-11-23") == 1
    assert entre("2026-11-20", "2026-11-22") == 0
    assert entre("2025-12-31", "2027-01-04") == entre("2025-12-31", "2026-12-31") + 1
    pausa = [(D("2026-11-25"), D("2026-11-28"))]
    assert entre("2026-11-24", "2026-12-04", pausas=pausa) == 5
    assert entre("2026-12-04", "2026-11-24", pausas=pausa) == -5
    assert entre("2026-11-24", "2026-12-04", pausas=[(D("2026-11-19"), None)], hoy=D("2026-11-24")) == 8


def test_rows_of_the_why_this_date_table():
    plazo = sumar_dias_habiles(D("2026-12-04"), 2, calendario=SOLO_NACIONALES)
    filas = explicar(plazo.pasos)
    assert [(f["fecha"], f["cuenta_texto"], f["n"], f["vence"]) for f in filas] == [
        ("vie 04/12/2026", "No", "", False),
        ("sáb 05/12/2026", "No", "", False),
        ("dom 06/12/2026", "No", "", False),
        ("lun 07/12/2026", "Sí", 1, False),
        ("mar 08/12/2026", "No", "", False),
        ("mié 09/12/2026", "No", "", False),
        ("jue 10/12/2026", "Sí", 2, True),
    ]
    assert filas[5]["motivo"] == "feriado: Batalla de Ayacucho"
    assert filas[5]["fuente"] == "Ley 31381"
    assert explicar([]) == []
    assert fecha_corta(D("2026-11-18")) == "mié 18/11/2026"


def test_comparison_tells_what_a_new_holiday_would_change():
    pausas = [(D("2026-11-03"), D("2026-11-03"), "x (y)")]
    guardado = sumar_dias_habiles(D("2026-11-02"), 3, calendario=SOLO_NACIONALES, distancia=1, pausas=pausas)
    igual = comparar_plazo(guardado.pasos, SOLO_NACIONALES)
    assert (igual.cambia, igual.cambios, igual.plazo.pasos) == (False, [], guardado.pasos)
    otro = comparar_plazo(guardado.pasos, del_datos())
    assert otro.cambia
    assert (otro.vence_guardado, otro.vence_actual) == (D("2026-11-09"), D("2026-11-10"))
    assert otro.cambios == [
        {
            "fecha": "2026-11-04",
            "antes": "día hábil",
            "ahora": "feriado local: Aniversario de la ciudad de Puno",
        },
        {"fecha": "2026-11-10", "antes": "", "ahora": "término de la distancia"},
    ]
    assert guardado.vence_el == D("2026-11-09")


def test_comparison_takes_a_pause_the_steps_never_saw():
    guardado = sumar_dias_habiles(D("2026-11-18"), 2, calendario=SOLO_NACIONALES)
    otro = comparar_plazo(guardado.pasos, SOLO_NACIONALES, pausas=[(D("2026-11-20"), D("2026-11-23"))])
    assert otro.vence_actual == D("2026-11-24")


def test_comparison_keeps_a_zero_day_term():
    guardado = sumar_dias_habiles(D("2026-11-21"), 0, calendario=SOLO_NACIONALES)
    assert not comparar_plazo(guardado.pasos, SOLO_NACIONALES).cambia
    cierre = calendario(suspensiones=[Cierre(D("2026-11-23"), D("2026-11-23"), "paro", "RD 1")])
    assert comparar_plazo(guardado.pasos, cierre).vence_actual == D("2026-11-24")
    with pytest.raises(PlazoInvalido):
        comparar_plazo([], SOLO_NACIONALES)
