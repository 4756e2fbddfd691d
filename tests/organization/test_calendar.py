"""Which days work and why: national holidays, the office's own rows and its weeks, without the database."""

import datetime as dt

import pytest

from organization.calendar import (
    DiaPropio,
    Semana,
    es_habil,
    habil_o_siguiente,
    motivo_no_habil,
    siguiente_habil,
)
from organization.calendar.datos import feriados_iniciales
from organization.calendar.feriados import feriados_nacionales
from tests.organization.calendar_util import SOLO_NACIONALES, D, calendario

# National holidays and the office's own days


@pytest.mark.parametrize("anio", [2025, 2026, 2027])
def test_sixteen_national_holidays_and_no_easter_sunday(anio):
    feriados = feriados_nacionales(anio)
    assert len(feriados) == 16
    assert "Domingo de Resurrección" not in {n for n, _ in feriados.values()}
    assert all(fuente for _, fuente in feriados.values())


def test_names_are_spanish_whatever_the_system_language(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en_US")
    feriados_nacionales.cache_clear()
    assert feriados_nacionales(2027)[D("2027-03-25")] == ("Jueves Santo", "D. Leg. 713, art. 6")
    assert feriados_nacionales(2026)[D("2026-12-09")] == ("Batalla de Ayacucho", "Ley 31381")


@pytest.mark.parametrize(
    ("fecha", "habil"),
    [
        ("2022-07-23", False),  # a Saturday anyway
        ("2021-12-09", True),  # before Ley 31381
        ("2022-12-09", False),
        ("2021-08-06", True),
        ("2024-06-07", False),
        ("2023-06-07", True),  # 7 June only from 2024
        ("2024-07-23", False),
    ],
)
def test_holidays_start_with_their_law(fecha, habil):
    assert es_habil(D(fecha), calendario=SOLO_NACIONALES) is habil


def test_an_office_row_never_opens_a_national_holiday_or_a_day_of_rest():
    fechas = (D("2026-12-08"), D("2026-12-12"))
    cal = calendario(feriados=[DiaPropio(f, "x", "INSTITUCIONAL", "RD 1", computable=True) for f in fechas])
    assert not cal.es_habil(D("2026-12-08"))
    assert not cal.es_habil(D("2026-12-12"))


def test_first_data_is_complete_and_unique():
    filas = feriados_iniciales()
    assert len({(f["fecha"], f["ambito"]) for f in filas}) == len(filas)
    assert all(f["fuente_legal"] and f["nombre"] for f in filas)
    assert {f["fecha"].isoformat() for f in filas if "042-2025" in f["fuente_legal"]} == {
        "2025-05-02",
        "2025-12-26",
        "2026-01-02",
    }
    assert {f["ambito"] for f in feriados_iniciales(sede_puno="1") if f["tipo"] == "LOCAL"} == {"1"}


# Weeks


def test_the_newest_week_in_force_rules():
    cal = calendario(
        jornadas=[
            Semana(D("2026-03-01"), dias=(1, 2, 3, 4, 5, 6)),
            Semana(D("2026-06-01"), dias=(1, 2, 3, 4)),
        ]
    )
    assert not cal.es_habil(D("2026-02-28"))  # a Saturday before: Monday to Friday by default
    assert cal.es_habil(D("2026-03-07"))
    assert cal.es_habil(D("2026-05-30"))
    assert not cal.es_habil(D("2026-06-06"))
    assert not cal.es_habil(D("2026-06-05"))
    assert cal.dia(D("2026-06-05")).fuente == "jornada de la entidad"


def test_a_sede_keeps_its_own_week_and_days():
    general = Semana(D("2026-06-01"), dias=(1, 2, 3, 4, 5))
    propia = Semana(D("2026-01-01"), dias=(2, 3, 4, 5, 6), ambito="2")
    abre = DiaPropio(D("2026-11-04"), "Atiende", "LOCAL", "RD 9", computable=True, ambito="2")
    cierra = DiaPropio(D("2026-11-04"), "Aniversario", "LOCAL", "Ley 13273")
    cal = calendario(jornadas=[general, propia], feriados=[abre, cierra])
    assert cal.es_habil(D("2026-11-14"))
    assert not cal.es_habil(D("2026-11-16"))
    assert cal.es_habil(D("2026-11-04"))
    assert not calendario(feriados=[cierra]).es_habil(D("2026-11-04"))


def test_a_week_that_works_sundays_works_on_easter_sunday():
    cal = calendario(jornadas=[Semana(D("2020-01-01"), dias=(1, 2, 3, 4, 5, 6, 7))])
    assert cal.es_habil(D("2027-03-28"))


# Next day, reasons and hours


def test_next_working_day():
    assert siguiente_habil(D("2026-11-18"), calendario=SOLO_NACIONALES) == D("2026-11-19")
    assert siguiente_habil(D("2026-12-07"), calendario=SOLO_NACIONALES) == D("2026-12-10")
    assert habil_o_siguiente(D("2026-11-18"), calendario=SOLO_NACIONALES) == D("2026-11-18")
    assert habil_o_siguiente(D("2026-12-08"), calendario=SOLO_NACIONALES) == D("2026-12-10")


def test_reasons_in_spanish():
    motivo = lambda f: motivo_no_habil(D(f), calendario=SOLO_NACIONALES)  # noqa: E731
    assert motivo("2026-11-21") == "sábado"
    assert motivo("2026-11-22") == "domingo"
    assert motivo("2026-12-09") == "feriado: Batalla de Ayacucho"
    assert motivo("2026-11-01") == "feriado: Todos los Santos"  # a Sunday too: the holiday says more
    assert motivo("2026-11-18") == ""


def test_hours_of_a_day():
    assert SOLO_NACIONALES.horario(D("2026-11-18")) == (dt.time(8, 0), dt.time(16, 30))
    assert SOLO_NACIONALES.horario(D("2026-11-21")) is None
