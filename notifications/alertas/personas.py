"""Who answers for a document in an area: the chief, the acting one, those who hold a permission."""

from collections import defaultdict

from organization.constants import CodigoRol
from organization.models import Area, Encargatura, Membresia, Usuario


def jefes_de(areas, hoy):
    """Who heads each area that day: acting chiefs replace the chief; without either, its supervisors.

    Returns: {area id: sorted user ids}, active people only.
    """
    jefes = defaultdict(set)
    encargos = Encargatura.objects.vigentes(hoy).filter(area__in=areas, usuario__is_active=True)
    for area, usuario in encargos.values_list("area", "usuario"):
        jefes[area].add(usuario)
    titulares = Area.objects.filter(pk__in=set(areas) - set(jefes), jefe__is_active=True)
    for area, usuario in titulares.values_list("pk", "jefe"):
        jefes[area].add(usuario)
    supervisores = Membresia.objects.filter(
        area__in=set(areas) - set(jefes), rol__codigo=CodigoRol.SUPERVISOR, usuario__is_active=True
    )
    for area, usuario in supervisores.values_list("area", "usuario"):
        jefes[area].add(usuario)
    return {area: sorted(personas) for area, personas in jefes.items()}


def con_permiso(codigo):
    """Ids of the active people who hold the permission, in any area."""
    filas = Usuario.objects.filter(is_active=True, membresias__rol__permisos=codigo)
    return sorted(filas.order_by().values_list("pk", flat=True).distinct())
