"""First rows of the calendar: decrees, days of Puno, the week, the digital cut-off. All editable."""

import datetime as dt

from organization.calendar.constants import JORNADA_DIAS, JORNADA_FIN, JORNADA_INICIO, ModoCorte, TipoFeriado

# Non-working days of the public sector, to be made up later. By each decree they are working days for taxes
# only, so here they do not count; tick `computable` on a row to count it.
_DECRETOS = {
    "DS 151-2022-PCM": (
        "2023-01-02",
        "2023-04-28",
        "2023-06-30",
        "2023-07-27",
        "2023-10-09",
        "2023-12-07",
        "2023-12-26",
        "2024-01-02",
    ),
    "DS 011-2024-PCM": (
        "2024-07-26",
        "2024-10-07",
        "2024-12-06",
        "2024-12-23",
        "2024-12-24",
        "2024-12-30",
        "2024-12-31",
    ),
    "DS 042-2025-PCM": ("2025-05-02", "2025-12-26", "2026-01-02"),
}
_ANIOS_DE_PUNO = range(2023, 2036)


def feriados_iniciales(*, sede_puno=""):
    """Rows of Feriado: the decrees of 2022, 2024 and 2025, and the days of Puno through 2035.

    4 November is a holiday of the province of Puno by law. 2 February has no lasting norm: it is declared
    year by year, or not at all, so its rows come inactive, to be activated with the norm of the year.

    Args: sede_puno is the code of the sede in the province of Puno; empty when the whole entity is there.
    Returns: list of dicts with every field of the model, by date.
    """
    filas = [
        _feriado(dt.date.fromisoformat(dia), "sector público", TipoFeriado.NO_LABORABLE_COMPENSABLE, fuente)
        for fuente, dias in _DECRETOS.items()
        for dia in dias
    ]
    for anio in _ANIOS_DE_PUNO:
        filas.append(
            _feriado(
                dt.date(anio, 11, 4),
                "Aniversario de la ciudad de Puno",
                TipoFeriado.LOCAL,
                "Ley 13273",
                ambito=sede_puno,
            )
        )
        filas.append(
            _feriado(
                dt.date(anio, 2, 2),
                "Virgen de la Candelaria",
                TipoFeriado.REGIONAL,
                "Por confirmar: norma regional del año",
                ambito=sede_puno,
                activo=False,
            )
        )
    return sorted(filas, key=lambda f: f["fecha"])


def _feriado(fecha, nombre, tipo, fuente, *, ambito="", activo=True):
    return {
        "fecha": fecha,
        "nombre": nombre,
        "tipo": tipo.value,
        "ambito": ambito,
        "fuente_legal": fuente,
        "computable": False,
        "activo": activo,
    }


def jornadas_iniciales():
    """Rows of Jornada: Monday to Friday, 08:00 to 16:30 (at least eight hours in a row, art. 149)."""
    return [
        {
            "vigente_desde": dt.date(2020, 1, 1),
            "dias": list(JORNADA_DIAS),
            "hora_inicio": JORNADA_INICIO,
            "hora_fin": JORNADA_FIN,
            "ambito": "",
        }
    ]


def cortes_iniciales():
    """Rows of CorteDigital: office hours at first, the whole day since INDECOPI's ruling of 2024."""
    return [
        {
            "vigente_desde": dt.date(2021, 2, 20),
            "modo": ModoCorte.FIN_DE_HORARIO.value,
            "fuente_legal": "DS 029-2021-PCM",
        },
        {
            "vigente_desde": dt.date(2024, 8, 2),
            "modo": ModoCorte.FIN_DE_DIA.value,
            "fuente_legal": "Res. 0518-2024/SEL-INDECOPI; Ley 31465",
        },
    ]
