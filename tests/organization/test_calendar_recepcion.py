"""The legal date of reception by channel, moment and cut-off, without the database."""

import datetime as dt

import pytest

from organization.calendar import Corte, Semana, fecha_legal
from tests.organization.calendar_util import SOLO_NACIONALES, D, calendario, del_datos

LIMA = dt.timezone(dt.timedelta(hours=-5))


def lima(texto):
    return dt.datetime.fromisoformat(texto).replace(tzinfo=LIMA)


@pytest.mark.parametrize("canal", ["WEB", "INTEGRACION", "VENTANILLA", "COURIER"])
@pytest.mark.parametrize(
    ("momento", "esperado"),
    [
        ("2026-11-18 00:00:00", "2026-11-18"),
        ("2026-11-18 23:59:59.999999", "2026-11-18"),  # already the 19th in UTC
        ("2026-11-20 23:59:59", "2026-11-20"),
        ("2026-11-21 00:00:00", "2026-11-23"),  # Saturday
        ("2026-11-22 23:59:59", "2026-11-23"),
        ("2026-12-08 10:00:00", "2026-12-10"),
        ("2026-12-31 23:59:59", "2026-12-31"),
    ],
)
def test_end_of_day_mode_is_lima_and_the_whole_day(canal, momento, esperado):
    assert fecha_legal(lima(momento), canal, calendario=SOLO_NACIONALES).isoformat() == esperado
    en_utc = lima(momento).astimezone(dt.UTC)
    assert fecha_legal(en_utc, canal=canal, calendario=SOLO_NACIONALES).isoformat() == esperado


def test_cut_off_changes_with_its_effective_dates():
    cal = del_datos()
    assert fecha_legal(lima("2024-08-01 16:30:00"), "WEB", calendario=cal) == D("2024-08-01")
    assert fecha_legal(lima("2024-08-01 16:30:00.9"), "WEB", calendario=cal) == D("2024-08-01")
    assert fecha_legal(lima("2024-08-01 16:30:01"), "WEB", calendario=cal) == D("2024-08-02")
    assert fecha_legal(lima("2024-08-01 23:59:59"), "WEB", calendario=cal) == D("2024-08-02")
    assert fecha_legal(lima("2024-08-02 00:00:00"), "WEB", calendario=cal) == D("2024-08-02")
    assert fecha_legal(lima("2024-08-02 23:59:59"), "WEB", calendario=cal) == D("2024-08-02")
    assert fecha_legal(lima("2021-02-19 20:00:00"), "WEB", calendario=cal) == D("2021-02-19")
    assert fecha_legal(lima("2021-02-22 20:00:00"), "WEB", calendario=cal) == D("2021-02-23")


def test_office_hours_mode_leaves_the_window_alone_and_follows_the_week():
    cal = calendario(
        cortes=[Corte(D("2026-01-01"), "fin_de_horario")],
        jornadas=[
            Semana(D("2020-01-01"), fin=dt.time(16, 30)),
            Semana(D("2026-11-20"), fin=dt.time(13, 0)),
        ],
    )
    assert fecha_legal(lima("2026-11-19 17:10:00"), "VENTANILLA", calendario=cal) == D("2026-11-19")
    assert fecha_legal(lima("2026-11-19 16:00:00"), "WEB", calendario=cal) == D("2026-11-19")
    assert fecha_legal(lima("2026-11-19 17:00:00"), "WEB", calendario=cal) == D("2026-11-20")
    assert fecha_legal(lima("2026-11-20 13:00:01"), "WEB", calendario=cal) == D("2026-11-23")


def test_naive_moment_and_unknown_channel_are_refused():
    with pytest.raises(ValueError, match="aware"):
        fecha_legal(dt.datetime(2026, 11, 18, 9), "WEB", calendario=SOLO_NACIONALES)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        fecha_legal(dt.datetime(2026, 11, 18, 9), "WEB")  # noqa: DTZ001
    with pytest.raises(ValueError, match="PALOMA"):
        fecha_legal(lima("2026-11-18 09:00:00"), "PALOMA", calendario=SOLO_NACIONALES)


def test_every_channel_of_documents_has_a_rule():
    constantes = pytest.importorskip("documents.constants")
    for canal in constantes.Canal:
        assert fecha_legal(lima("2026-11-18 09:00:00"), canal, calendario=SOLO_NACIONALES) == D("2026-11-18")
