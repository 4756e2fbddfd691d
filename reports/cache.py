"""Figures kept while nothing that they count changes."""

from core import caching


def figuras_en_cache(grupo, ambito, periodo, calcular):
    """What calcular(ambito, periodo) gives, kept for every viewer of the same areas and days.

    Args: grupo of core.caching; ambito ids of areas, or None for the whole entity.
    """
    areas = None if ambito is None else sorted(ambito)
    de_que = ["documentos"] if areas is None else [caching.grupo_area(area) for area in areas]
    return caching.en_cache(
        grupo=grupo,
        clave=[areas, periodo.desde.isoformat(), periodo.hasta.isoformat(), periodo.pedido],
        generaciones=[*de_que, "catalogos"],
        producir=lambda: calcular(ambito, periodo),
    )
