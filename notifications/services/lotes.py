"""Many rows in few statements."""

from django.db import connection

from notifications.constants import LOTE


def insertar(sql, filas, columnas, **fijos):
    """Runs an INSERT that reads its rows from `unnest`, so many at a time.

    Args: columnas {parameter: function of a row}, each given as the array of the batch; fijos the other parameters.
    Returns: how many rows were written.
    """
    escritas = 0
    with connection.cursor() as cursor:
        for desde in range(0, len(filas), LOTE):
            lote = filas[desde : desde + LOTE]
            arreglos = {nombre: [dato(fila) for fila in lote] for nombre, dato in columnas.items()}
            cursor.execute(sql, fijos | arreglos)
            escritas += cursor.rowcount
    return escritas
