"""What a user may do and where: one object, computed from memberships and acting appointments."""

from dataclasses import dataclass, field

from django.apps import apps
from django.utils import timezone

from organization.constants import NOMBRES_DE_PERMISO, CodigoRol, P

_TODOS = frozenset(NOMBRES_DE_PERMISO)
_ORDEN_DE_ROL = [
    CodigoRol.ADMINISTRADOR,
    CodigoRol.SUPERVISOR,
    CodigoRol.OPERADOR_MESA,
    CodigoRol.USUARIO_AREA,
    CodigoRol.CONSULTA,
]


@dataclass(frozen=True)
class Alcance:
    """The powers of one user at one moment.

    por_area: area id -> frozenset of permission codes, subordinate areas already expanded.
    propias: areas of the user's own memberships and appointments, by name.
    encargos: area id -> last day of an acting appointment in force.
    """

    por_area: dict = field(default_factory=dict)
    propias: tuple = ()
    roles: frozenset = frozenset()
    encargos: dict = field(default_factory=dict)
    total: bool = False

    def permisos_en(self, area_id):
        """Permission codes held in an area."""
        return _TODOS if self.total else self.por_area.get(area_id, frozenset())

    def puede(self, codigo, area_id):
        """True when the code is held in that area."""
        return codigo in self.permisos_en(area_id)

    def tiene(self, codigo):
        """True when the code is held in some area."""
        return self.total or any(codigo in permisos for permisos in self.por_area.values())

    def areas_con(self, codigo):
        """Ids of the areas where the code is held."""
        return frozenset(area for area, permisos in self.por_area.items() if codigo in permisos)

    @property
    def areas(self):
        """Ids of every area the user reaches."""
        return frozenset(self.por_area)

    @property
    def areas_propias(self):
        """Own areas (Area instances), by name."""
        return list(self.propias)

    @property
    def rol_principal(self):
        """The strongest role code held, or an empty string."""
        return next((rol.value for rol in _ORDEN_DE_ROL if rol.value in self.roles), "")


def alcance_de(usuario):
    """Computes the powers of a user from the database, in at most five queries.

    Returns: Alcance; empty for anonymous and deactivated users. A superuser holds every
    permission in every area, which still opens no reserved document.
    """
    if not usuario.is_authenticated or not usuario.is_active:
        return Alcance()
    Area = apps.get_model("organization", "Area")
    pertenencias = list(usuario.membresias.select_related("area", "rol"))
    encargos = list(usuario.encargaturas.vigentes(timezone.localdate()).select_related("area"))
    permisos_de_rol = _permisos_de_roles({m.rol.codigo for m in pertenencias}, con_encargo=bool(encargos))
    propias, permisos, roles = {}, {}, set()
    for m in pertenencias:
        propias[m.area_id] = m.area
        permisos[m.area_id] = permisos_de_rol.get(m.rol.codigo, frozenset())
        roles.add(m.rol.codigo)
    for e in encargos:
        propias[e.area_id] = e.area
        permisos[e.area_id] = (
            permisos.get(e.area_id, frozenset()) | permisos_de_rol[CodigoRol.SUPERVISOR.value]
        )
        roles.add(CodigoRol.SUPERVISOR.value)
    if usuario.is_superuser:
        permisos = dict.fromkeys(Area.objects.values_list("pk", flat=True), _TODOS)
    else:
        permisos = _con_subordinadas(Area, permisos)
    return Alcance(
        por_area=permisos,
        propias=tuple(sorted(propias.values(), key=lambda a: a.nombre)),
        roles=frozenset(roles),
        encargos={e.area_id: e.hasta for e in encargos},
        total=usuario.is_superuser,
    )


def _permisos_de_roles(codigos, *, con_encargo):
    """Role code -> frozenset of permission codes, one query."""
    Rol = apps.get_model("organization", "Rol")
    buscados = set(codigos) | ({CodigoRol.SUPERVISOR.value} if con_encargo else set())
    resultado = {codigo: set() for codigo in buscados}
    if buscados:
        pares = Rol.objects.filter(codigo__in=buscados).values_list("codigo", "permisos")
        for codigo, permiso in pares:
            if permiso:
                resultado[codigo].add(permiso)
    return {codigo: frozenset(permisos) for codigo, permisos in resultado.items()}


def _con_subordinadas(Area, permisos):
    """Extends each area that grants `area.subordinadas` to everything below it."""
    raices = {area for area, p in permisos.items() if P.SUBORDINADAS in p}
    if not raices:
        return permisos
    hijas = {}
    for pk, padre in Area.objects.values_list("pk", "padre_id"):
        hijas.setdefault(padre, []).append(pk)
    extendidos = dict(permisos)
    for raiz in raices:
        pendientes, vistas = list(hijas.get(raiz, ())), {raiz}
        while pendientes:
            area = pendientes.pop()
            if area in vistas:
                continue
            vistas.add(area)
            extendidos[area] = extendidos.get(area, frozenset()) | permisos[raiz]
            pendientes.extend(hijas.get(area, ()))
    return extendidos
