"""Who sees figures, and of which areas."""

from documents.permissions import exigir, ve_identidad
from organization.constants import P
from organization.models import Area


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


def areas_de(ambito):
    """The areas of an `ambito_de`, by name."""
    areas = Area.objects.order_by("nombre", "pk")
    return areas if ambito is None else areas.filter(pk__in=ambito)


def exigir_informe(usuario, informe, *, ip=None):
    """Refuses a report that the person may not ask for. Raises: AccionProhibida (403)."""
    permitido = usuario.is_active and informe.permitido(usuario)
    exigir(permitido, usuario=usuario, accion="pedir este reporte", ip=ip)


def alcance_de(ambito):
    """What the person can see now, as plain JSON to be compared later."""
    usuario = ambito.usuario
    return {
        "todo": usuario.tiene_permiso(P.DOCUMENTO_VER_TODO),
        "ver": sorted(usuario.alcance.areas_con(P.DOCUMENTO_VER)),
        "areas": None if ambito.areas is None else sorted(ambito.areas),
        "identidad": ve_identidad(usuario),
    }


def sigue_en_su_alcance(usuario, alcance):
    """Whether the person still sees everything that was seen when a report was read."""
    if not usuario.is_active or not puede_ver_reportes(usuario):
        return False
    if usuario.tiene_permiso(P.DOCUMENTO_VER_TODO):
        de_areas = True
    else:
        ahora = usuario.alcance.areas_con(P.DOCUMENTO_VER)
        propias = usuario.alcance.areas_con(P.REPORTES)
        de_areas = (
            not alcance.get("todo")
            and set(alcance.get("ver", ())) <= set(ahora)
            and alcance.get("areas") is not None
            and set(alcance["areas"]) <= set(propias)
        )
    return de_areas and (not alcance.get("identidad") or ve_identidad(usuario))
