"""Words and figures as the office writes them: dates, hours, sizes, thousands, plain keys."""

import unicodedata
from datetime import datetime, timedelta

from django.utils import timezone

DIAS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MESES = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "setiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
ESPACIO_FINO = "\u202f"


def normalizar(texto):
    """Return the text in lower case, without accents and with single spaces, for comparing and searching."""
    if not texto:
        return ""
    sueltas = unicodedata.normalize("NFD", str(texto).casefold())
    return " ".join("".join(c for c in sueltas if not unicodedata.combining(c)).split())


def en_lima(valor):
    """Return a datetime in the office's time zone; dates pass unchanged."""
    if isinstance(valor, datetime) and timezone.is_aware(valor):
        return timezone.localtime(valor)
    return valor


def _dia(valor):
    valor = en_lima(valor)
    return valor.date() if isinstance(valor, datetime) else valor


def fecha_num(valor):
    """Return "18/11/2026"; "" for None."""
    return f"{_dia(valor):%d/%m/%Y}" if valor else ""


formato_fecha = fecha_num


def fecha(valor):
    """Return "mié 18/11/2026"; "" for None."""
    if not valor:
        return ""
    dia = _dia(valor)
    return f"{DIAS[dia.weekday()][:3]} {dia:%d/%m/%Y}"


def fecha_corta(valor):
    """Return "mié 18/11", with the year only when it is not the current one."""
    if not valor:
        return ""
    dia = _dia(valor)
    if dia.year != timezone.localdate().year:
        return fecha(dia)
    return f"{DIAS[dia.weekday()][:3]} {dia:%d/%m}"


def fecha_larga(valor):
    """Return "miércoles 18 de noviembre de 2026"; "" for None."""
    if not valor:
        return ""
    dia = _dia(valor)
    return f"{DIAS[dia.weekday()]} {dia.day} de {MESES[dia.month - 1]} de {dia.year}"


def hora(valor, segundos=False):
    """Return "09:47" or "09:47:12" in the office's time zone; "" for None."""
    if not valor:
        return ""
    return f"{en_lima(valor):%H:%M:%S}" if segundos else f"{en_lima(valor):%H:%M}"


def fecha_hora(valor, segundos=False):
    """Return "mié 18/11/2026, 09:47"; a bare date has no hour."""
    if not isinstance(valor, datetime):
        return fecha(valor)
    return f"{fecha(valor)}, {hora(valor, segundos)}"


def fecha_hora_num(valor):
    """Return "18/11/2026 09:47"; a bare date has no hour; "" for None."""
    return f"{fecha_num(valor)} {hora(valor)}" if isinstance(valor, datetime) else fecha_num(valor)


def hace(valor, ahora=None):
    """Return how long ago: "hace 20 s", "hace 5 min", "hoy 09:47", "ayer", "hace 9 d"; a date counts days.

    Args: valor aware datetime or date; ahora only for tests. Future values read as their date.
    """
    if not valor:
        return ""
    ahora = ahora or timezone.now()
    dias = (_dia(ahora) - _dia(valor)).days
    if isinstance(valor, datetime):
        pasado = ahora - valor
        if timedelta(0) <= pasado < timedelta(minutes=1):
            return f"hace {int(pasado.total_seconds())} s"
        if timedelta(0) <= pasado < timedelta(hours=1):
            return f"hace {int(pasado.total_seconds() // 60)} min"
    if dias < 0:
        return fecha(valor)
    if dias == 0:
        return f"hoy {hora(valor)}" if isinstance(valor, datetime) else "hoy"
    return "ayer" if dias == 1 else f"hace {miles(dias)} d"


def miles(valor):
    """Return an integer with a thin no-break space for thousands: "1 533"; other values as text."""
    if valor is None or valor == "":
        return ""
    try:
        return f"{int(valor):,}".replace(",", ESPACIO_FINO)
    except (TypeError, ValueError):
        return str(valor)


def peso(octetos):
    """Return a file size: "820 bytes", "96 KB", "4,1 MB", "2 MB"."""
    if octetos is None:
        return ""
    tamanio = float(octetos)
    if tamanio < 1024:
        return f"{int(tamanio)} bytes"
    for unidad in ("KB", "MB", "GB"):
        tamanio /= 1024
        if tamanio < 1023.95 or unidad == "GB":
            break
    texto = f"{tamanio:.0f}" if unidad == "KB" else f"{tamanio:.1f}".removesuffix(".0")
    return f"{texto.replace('.', ',')} {unidad}"


def cuenta(cantidad, singular, plural=None):
    """Return "1 folio", "46 folios"; the plural defaults to adding s."""
    return f"{miles(cantidad)} {singular if cantidad == 1 else plural or singular + 's'}"


def corto(numero):
    """Return the number without its series: "EXP-2026-004182" gives "2026-004182"."""
    partes = str(numero or "").split("-", 1)
    return partes[1] if len(partes) == 2 and partes[0].isalpha() else str(numero or "")


def clave(valor):
    """Return an access key in groups of four: "K7Q2-M9XD-4T"."""
    solo = str(valor or "").replace("-", "").replace(" ", "").upper()
    return "-".join(solo[i : i + 4] for i in range(0, len(solo), 4))


def recortar(texto, largo):
    """Return the text inside the length, with an ellipsis when it is cut."""
    return texto if len(texto) <= largo else f"{texto[: largo - 1].rstrip()}…"


def primera_mayuscula(texto):
    """Return the text with its first letter in upper case, the rest untouched."""
    texto = str(texto or "")
    return texto[:1].upper() + texto[1:]
