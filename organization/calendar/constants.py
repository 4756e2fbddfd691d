"""Words, limits and legal sources of the working calendar."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db.models import TextChoices

ZONA = ZoneInfo("America/Lima")


class TipoFeriado(TextChoices):
    NO_LABORABLE_COMPENSABLE = "NO_LABORABLE_COMPENSABLE", "Día no laborable compensable"
    REGIONAL = "REGIONAL", "Feriado regional"
    LOCAL = "LOCAL", "Feriado local"
    INSTITUCIONAL = "INSTITUCIONAL", "Día institucional"
    NACIONAL_EXTRA = "NACIONAL_EXTRA", "Feriado nacional nuevo"


class ModoCorte(TextChoices):
    FIN_DE_DIA = "fin_de_dia", "Hasta las 23:59 del mismo día"
    FIN_DE_HORARIO = "fin_de_horario", "Hasta el fin del horario de recepción"


class Clase:
    """Kind of a step of a term or of a day; stored inside the steps, never renamed."""

    INICIO = "inicio"
    HABIL = "habil"
    DISTANCIA = "distancia"
    PAUSA = "pausa"
    FERIADO = "feriado"
    NO_LABORABLE = "no_laborable"
    SUSPENSION = "suspension"
    DESCANSO = "descanso"


# Channels as documents name them (that app stands above this one). Paper handed over at a counter or by a
# courier follows the window's rule; the rest may arrive at any hour and follows the digital cut-off.
CANALES_FISICOS = frozenset({"VENTANILLA", "COURIER"})
CANALES_DIGITALES = frozenset({"WEB", "INTEGRACION", "DIGITAL"})

DIAS_MAXIMOS = 10_000
# A working day must turn up within this many calendar days, else the calendar is taken as endless.
DIAS_SIN_HABIL_MAXIMOS = 3 * 366
# The last year whose national holidays are known to the `holidays` package.
ULTIMO_ANIO = 2100

JORNADA_DIAS = (1, 2, 3, 4, 5)
JORNADA_INICIO = dt.time(8, 0)
JORNADA_FIN = dt.time(16, 30)

DIA_CORTO = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")
DIA_LARGO = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")

LPAG = "TUO Ley 27444"
FUENTE_INICIO = f"art. 144, {LPAG}"
FUENTE_HABIL = f"art. 145, {LPAG}"
FUENTE_DISTANCIA = f"art. 146, {LPAG}"
FUENTE_PAUSA = "pausa registrada en el expediente"
FUENTE_JORNADA = "jornada de la entidad"

TEXTO_HABIL = "día hábil"
TEXTO_DISTANCIA = "término de la distancia"
TEXTO_INICIO = "día de inicio, el plazo corre desde el hábil siguiente"
TEXTO_SIN_DIAS = "vence el primer día hábil, sin días que contar"
TEXTO_PAUSA = "plazo en pausa"

# (month, day) -> norm that added the holiday; every other national holiday comes from FUENTE_NACIONAL.
FUENTE_NACIONAL = "D. Leg. 713, art. 6"
FUENTES_NACIONALES = {
    (6, 7): "Ley 31788",
    (7, 23): "Ley 31822",
    (8, 6): "Ley 31530",
    (12, 9): "Ley 31381",
}
