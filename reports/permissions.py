"""Who sees figures, and of which areas."""

from core import caching
from documents.permissions import exigir
from organization.constants import P


def puede_ver_reportes(usuario):
    return usuario.tiene_permiso(P.REPORTES)


def ambito_de(usuario, areas=None, *, ip=None):
    """Ids of the areas whose figures are shown: a frozenset, or None for the whole entity.

    The whole entity for who may see every document; else the areas where the user holds the reports. Reserved
    documents are counted like any other: a figure names nobody (docs/adr/0007-cifras-mantenidas.md).
    Args: areas narrows it; ids in any iterable.
    Raises: AccionProhibida (403) without the permission, or for an area outside it; recorded in the trace.
    """
    exigir(puede_ver_reportes(usuario), usuario=usuario, accion="ver estadísticas", ip=ip)
    propias = None if usuario.tiene_permiso(P.DOCUMENTO_VER_TODO) else usuario.alcance.areas_con(P.REPORTES)
    if areas is None:
        return propias
    pedidas = frozenset(areas)
    exigir(
        propias is None or pedidas <= propias,
        usuario=usuario,
        accion="ver estadísticas de otras áreas",
        ip=ip,
    )
    return pedidas


def generaciones_de(ambito):
    """The groups of the cache that figures of these areas depend on."""
    de_que = ["documentos"] if ambito is None else [caching.grupo_area(area) for area in sorted(ambito)]
    return [*de_que, "catalogos"]


def clave_de_figuras(ambito, periodo):
    """What an answer depends on besides the data: the areas and the days, never who asks."""
    areas = None if ambito is None else sorted(ambito)
    return [areas, periodo.desde.isoformat(), periodo.hasta.isoformat(), periodo.pedido]
