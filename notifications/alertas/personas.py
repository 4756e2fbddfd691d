"""Who answers for a document in an area: the chief, the acting one, those who may do the work."""

from collections import defaultdict

from organization.constants import CodigoRol, P
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


def operadores():
    """Ids of the active people who look after the tasks, in any area."""
    filas = Usuario.objects.filter(is_active=True, membresias__rol__permisos=P.TAREAS)
    return sorted(filas.order_by().values_list("pk", flat=True).distinct())
