"""Numbers, issued under a lock."""

from django.db import connection, transaction

from core.errors import Conflicto
from core.events import registrar_evento
from documents.models import Correlativo, SerieNumeracion


class NumeroYaUsado(Conflicto):
    codigo = "numero_ya_usado"
    mensaje = "La serie %(serie)s del %(anio)s ya llegó al %(ultimo)s: elige un número mayor."


def siguiente_numero(*, serie, anio):
    """Takes the next number of a series and year; call it after every check, late in the transaction.

    Returns: int >= 1, consecutive and without gaps: a rolled-back caller gives it back.
    Writes: holds the row of Correlativo until the caller's transaction ends.
    """
    numero = _tomar(serie, anio)
    if numero is None:  # first number of the year: two windows may race, one row results
        Correlativo.objects.bulk_create([Correlativo(serie=serie, anio=anio)], ignore_conflicts=True)
        numero = _tomar(serie, anio)
    return numero


def _tomar(serie, anio):
    """The next number, in the statement that locks its row; None when the year has no row yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE documents_correlativo SET ultimo = ultimo + 1 WHERE serie_id = %s AND anio = %s"
            " RETURNING ultimo",
            [serie.pk, anio],
        )
        fila = cursor.fetchone()
    return fila[0] if fila else None


@transaction.atomic
def fijar_siguiente(*, serie_codigo, anio, siguiente, actor=None):
    """Sets the next number an import wants; never back over numbers already given.

    Raises: NumeroYaUsado when the series already reached it.
    """
    serie = SerieNumeracion.objects.get(codigo=serie_codigo)
    Correlativo.objects.get_or_create(serie=serie, anio=anio)
    fila = Correlativo.objects.select_for_update().get(serie=serie, anio=anio)
    if siguiente <= fila.ultimo:
        raise NumeroYaUsado(serie=serie.codigo, anio=anio, ultimo=fila.ultimo)
    antes, fila.ultimo = fila.ultimo, siguiente - 1
    fila.save(update_fields=["ultimo"])
    registrar_evento(
        tipo="correlativo_fijado",
        actor=actor,
        antes={"ultimo": antes},
        despues={"ultimo": fila.ultimo, "anio": anio},
    )
    return fila
