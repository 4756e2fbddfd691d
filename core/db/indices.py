"""Advice on indexes from the catalogue and from real use: invalid, repeated, unused, missing."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from core.db import catalogo, faltantes
from core.db.planes import TABLA_GRANDE

CUENTAS_JOVENES = timedelta(days=14)  # a monthly report has not run yet
FILAS_MINIMAS = 1000


def consejos(*, grande=TABLA_GRANDE):
    """Everything `manage.py indices` says. Returns: dict of lists, plus when the counters began."""
    todos = catalogo.indices()
    desde = catalogo.cuentas_desde()
    return {
        "cuentas_desde": desde,
        "cuentas_jovenes": desde is None or timezone.now() - desde < CUENTAS_JOVENES,
        "indices": todos,
        "invalidos": [_con_sql(i, _rehacer(i)) for i in todos if not i["valido"]],
        "repetidos": repetidos(todos),
        "sin_uso": sin_uso(todos, grande),
        "faltan": faltantes.faltantes(todos, grande=grande),
        "lecturas_enteras": catalogo.lecturas_enteras(grande),
    }


def _con_sql(indice, sql, **mas):
    return {"tabla": indice["tabla"], "nombre": indice["nombre"], "bytes": indice["bytes"], "sql": sql, **mas}


def quitar(indice):
    return f"DROP INDEX CONCURRENTLY {connection.ops.quote_name(indice['nombre'])};"


def _rehacer(indice):
    return f"REINDEX INDEX CONCURRENTLY {connection.ops.quote_name(indice['nombre'])};"


def _mismo_sentido(corto, largo):
    """Whether the shorter one's order is the longer one's, read forwards or backwards."""
    n = len(corto["sentidos"])
    uno, otro = corto["sentidos"], largo["sentidos"][:n]
    return uno == otro or [s ^ 3 for s in uno] == otro


def repite(corto, largo):
    """Whether an index gives nothing that another one of the same table does not."""
    n = len(corto["columnas"])
    return (
        corto["nombre"] != largo["nombre"]
        and corto["tabla"] == largo["tabla"]
        and corto["metodo"] == largo["metodo"]
        and (corto["metodo"] == "btree" or n == len(largo["columnas"]))
        and not corto["con_extra"]
        and largo["valido"]
        and not corto["unico"]
        and not corto["de_restriccion"]
        and corto["predicado"] == largo["predicado"]
        and corto["columnas"] == largo["columnas"][:n]
        and corto["clases"] == largo["clases"][:n]
        and _mismo_sentido(corto, largo)
        and (n < len(largo["columnas"]) or largo["unico"] or corto["nombre"] > largo["nombre"])
    )


def repetidos(todos):
    """Indexes that are equal to another one, or its beginning; those of tiny tables cost nothing and are left out."""
    dichos = []
    for corto in todos:
        if corto["filas"] < FILAS_MINIMAS:
            continue
        largo = next((otro for otro in todos if repite(corto, otro)), None)
        if largo:
            igual = len(corto["columnas"]) == len(largo["columnas"])
            dichos.append(_con_sql(corto, quitar(corto), otro=largo["nombre"], igual=igual))
    return dichos


def sin_uso(todos, grande):
    """Indexes of big tables that nothing has read since the counters began, and that hold no rule; biggest first."""
    ociosos = [
        _con_sql(i, quitar(i), definicion=i["definicion"], de_foranea=i["de_foranea"])
        for i in todos
        if i["usos"] == 0 and i["filas"] >= grande and not (i["unico"] or i["de_restriccion"])
    ]
    return sorted(ociosos, key=lambda i: -i["bytes"])
