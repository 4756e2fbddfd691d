"""Spanish texts of dates and steps, the same for staff, paper and citizen."""

import datetime as dt

from organization.calendar.constants import DIA_CORTO


def fecha_corta(fecha):
    """Writes a date as "mié 18/11/2026"."""
    return f"{DIA_CORTO[fecha.weekday()]} {fecha:%d/%m/%Y}"


def explicar(pasos):
    """Turns stored steps into the rows of the "¿Por qué esta fecha?" table, in order.

    Returns: list of dicts fecha (text), fecha_iso, cuenta (bool), cuenta_texto, n (int, or "" when it does
        not count), motivo, fuente, clase and vence (True on the last row only).
    """
    ultimo = len(pasos) - 1
    return [
        {
            "fecha": fecha_corta(dt.date.fromisoformat(paso["fecha"])),
            "fecha_iso": paso["fecha"],
            "cuenta": paso["cuenta"],
            "cuenta_texto": "Sí" if paso["cuenta"] else "No",
            "n": paso["n"] if paso["cuenta"] else "",
            "motivo": paso["motivo"],
            "fuente": paso["fuente"],
            "clase": paso.get("clase", ""),
            "vence": i == ultimo,
        }
        for i, paso in enumerate(pasos)
    ]
