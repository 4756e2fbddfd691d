"""Rows as the text that COPY reads."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models

NULO = r"\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def texto(valor):
    """A text ready for a COPY column."""
    return str(valor).translate(_ESCAPES)


def json_de_copia(canonico):
    """A JSON text ready for a COPY column; most hold no backslash."""
    return canonico.replace("\\", "\\\\") if "\\" in canonico else canonico


class Tabla:
    """A table and the columns that its rows give, in order; the rest get the model's defaults.

    So a column added to the model later, with a default, needs no change here.
    """

    def __init__(self, modelo, columnas):
        self.nombre = modelo._meta.db_table
        campos = {f.column: f for f in modelo._meta.concrete_fields if not f.generated}
        ajenas = [c for c in columnas if c not in campos]
        if ajenas:
            raise LookupError(f"{self.nombre} has no column {', '.join(ajenas)}.")
        resto = [f for c, f in campos.items() if c not in columnas and not f.primary_key]
        self.columnas = [*columnas, *(f.column for f in resto)]
        self.cola = "".join(f"\t{_defecto(f)}" for f in resto) + "\n"

    @property
    def orden(self):
        """The COPY statement."""
        columnas = ", ".join(f'"{c}"' for c in self.columnas)
        return f'COPY "{self.nombre}" ({columnas}) FROM STDIN'

    def bytes_de(self, filas):
        """Rows, each already joined by tabs, as what COPY reads."""
        return (self.cola.join(filas) + self.cola).encode() if filas else b""


def _defecto(campo):
    """The default of a field, as COPY text."""
    if isinstance(campo, models.DateField) and (
        getattr(campo, "auto_now", 0) or getattr(campo, "auto_now_add", 0)
    ):
        return dt.datetime.now(dt.UTC).isoformat()
    valor = campo.get_default()
    if valor is None:
        return NULO
    if isinstance(valor, bool):
        return "t" if valor else "f"
    if isinstance(campo, ArrayField):
        return "{" + ",".join(map(str, valor)) + "}"
    if isinstance(campo, models.JSONField):
        return "{}" if valor == {} else "[]"
    return texto(getattr(valor, "value", valor))
