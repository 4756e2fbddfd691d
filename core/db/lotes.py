"""Loads many rows by id without one query for each."""


def por_ids(qs, ids, *, campo="pk", tramo=2000):
    """Rows of `qs` with the given ids, in the order of the ids; those that `qs` does not give are left out.

    Args: ids any iterable, repeated ones count once; campo a unique field of the model; tramo ids per query.
    Returns: list. One query for each `tramo` ids, plus those of the queryset's own prefetches.
    """
    orden = list(dict.fromkeys(ids))
    qs = qs.order_by()
    filas = {}
    for desde in range(0, len(orden), tramo):
        for fila in qs.filter(**{f"{campo}__in": orden[desde : desde + tramo]}):
            filas[fila.pk if campo == "pk" else getattr(fila, campo)] = fila
    return [filas[clave] for clave in orden if clave in filas]
