"""Reads and resets what queries have cost: our own counts, and PostgreSQL's when it keeps them."""

from django.db import connection, transaction
from django.db.models import ExpressionWrapper, F, FloatField, Sum
from django.db.utils import Error as ErrorDeBase

from core.db import volcado
from core.db.formas import clave_de, forma_de
from core.models import FormaConsulta

ORDENES = {"total": "-total_ms", "media": "-media", "max": "-maximo_ms", "veces": "-veces"}
_ORDEN_PG = {"total": "total_exec_time", "media": "mean_exec_time", "max": "max_exec_time", "veces": "calls"}
_SIN_PG = {
    "42P01": "no está creada: CREATE EXTENSION pg_stat_statements; (como superusuario)",
    "55000": "no está cargada: agrégala a shared_preload_libraries y reinicia PostgreSQL",
    "42501": "el usuario de la aplicación no puede leerla: GRANT pg_read_all_stats TO usuario;",
}


def formas(*, orden="total", limite=20):
    """[dict] of the costliest shapes, with this process's own counts included."""
    volcado.volcar()
    media = ExpressionWrapper(F("total_ms") * 1.0 / F("veces"), output_field=FloatField())
    filas = FormaConsulta.objects.annotate(media=media).order_by(ORDENES[orden], "clave")[:limite]
    suma = FormaConsulta.objects.aggregate(t=Sum("total_ms"))["t"] or 0
    return [
        {
            "clave": f.clave,
            "forma": f.forma,
            "lugar": f.lugar,
            "veces": f.veces,
            "total_ms": round(f.total_ms, 3),
            "media_ms": round(f.media_ms, 3),
            "maximo_ms": round(f.maximo_ms, 3),
            "filas_medias": round(f.filas_medias, 1),
            "lentas": f.lentas,
            "parte": round(f.total_ms / suma, 4) if suma else 0,
            "primera_en": f.primera_en,
            "ultima_en": f.ultima_en,
        }
        for f in filas
    ]


def de_postgresql(*, orden="total", limite=20):
    """(rows, None) from pg_stat_statements of this database, or ([], why there are none)."""
    consulta = f"""
        SELECT query, calls, total_exec_time, mean_exec_time, max_exec_time, rows,
               shared_blks_hit, shared_blks_read
          FROM pg_stat_statements
         WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND query NOT LIKE 'EXPLAIN%%'
         ORDER BY {_ORDEN_PG[orden]} DESC LIMIT %s
    """  # noqa: S608 - a name of the table above
    filas, motivo = _probar(consulta, [limite])
    if motivo:
        return [], motivo
    ocultas = sum(fila[0] == "<insufficient privilege>" for fila in filas)
    if filas and ocultas == len(filas):
        return [], _SIN_PG["42501"]
    nombres = ("veces", "total_ms", "media_ms", "maximo_ms", "filas", "bloques_en_memoria", "bloques_leidos")
    return [
        {"forma": " ".join(fila[0].split()), **dict(zip(nombres, fila[1:], strict=True))}
        | {"clave": clave_de(forma_de(fila[0]))}
        for fila in filas
        if fila[0] != "<insufficient privilege>"
    ], None


def reiniciar():
    """Forget our counts and, when it may, PostgreSQL's. Returns: why PostgreSQL's stay, or None."""
    volcado.medidor.memoria.retirar()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {volcado.TABLA}")  # noqa: S608 - a constant
    volcado.medidor.memoria.retirar()
    return _probar(
        "SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)"
    )[1]


def _probar(consulta, params=None):
    """(rows, None), or ([], reason in Spanish) when the extension cannot be used."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(consulta, params)
            return cursor.fetchall(), None
    except ErrorDeBase as error:
        estado = getattr(error.__cause__, "sqlstate", "") or ""
        estado = {"42883": "42P01"}.get(estado, estado)  # its function is missing as its view is
        return [], _SIN_PG.get(estado, str(error).strip().splitlines()[0])
