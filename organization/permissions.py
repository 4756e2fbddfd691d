"""What a user may do and where: one object, computed from memberships and acting appointments."""

from dataclasses import dataclass, field
from functools import cache

from django.apps import apps
from django.db import connection
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


# One statement: own memberships and appointments with their areas and the codes of their role (`p`), then every
# area below those that reach their subordinates, with the root that reaches it (`s`), or every area (`t`).
_SQL = """
WITH RECURSIVE papeles AS (
    SELECT m.area_id, m.rol_id, NULL::date AS hasta, NULL::date AS desde
      FROM organization_membresia m WHERE m.usuario_id = %(usuario)s
    UNION ALL
    SELECT e.area_id, (SELECT r.id FROM organization_rol r WHERE r.codigo = %(supervisor)s), e.hasta, e.desde
      FROM organization_encargatura e
     WHERE e.usuario_id = %(usuario)s AND e.desde <= %(hoy)s AND e.hasta >= %(hoy)s
), propias AS (
    SELECT p.*, r.codigo AS rol, ARRAY(
               SELECT rp.permiso_id FROM organization_rol_permisos rp WHERE rp.rol_id = p.rol_id) AS permisos
      FROM papeles p LEFT JOIN organization_rol r ON r.id = p.rol_id
), bajadas(raiz, area_id) AS (
    SELECT DISTINCT area_id, area_id FROM propias WHERE %(subordinadas)s = ANY(permisos) AND NOT %(total)s
    UNION
    SELECT b.raiz, h.id FROM bajadas b JOIN organization_area h ON h.padre_id = b.area_id
)
SELECT 'p', p.area_id, p.rol, p.permisos, p.hasta, p.desde, {columnas}
  FROM propias p JOIN organization_area a ON a.id = p.area_id
UNION ALL
SELECT 's', b.area_id, NULL, NULL, NULL, NULL, b.raiz{nulos} FROM bajadas b WHERE b.area_id <> b.raiz
UNION ALL
SELECT 't', a.id, NULL, NULL, NULL, NULL, a.id{nulos} FROM organization_area a WHERE %(total)s
"""


def alcance_de(usuario):
    """Computes the powers of a user from the database, in one query.

    Returns: Alcance; empty for anonymous and deactivated users. A superuser holds every
    permission in every area, which still opens no reserved document.
    """
    if not usuario.is_authenticated or not usuario.is_active:
        return Alcance()
    Area = apps.get_model("organization", "Area")
    propias, permisos, roles, encargos, subordinadas, todas = {}, {}, set(), {}, [], []
    for clase, area_id, rol, codigos, hasta, _, *area in _leer(Area, usuario):
        if clase == "p":
            propias[area_id] = Area.from_db(connection.alias, _nombres(Area), area)
            permisos[area_id] = permisos.get(area_id, frozenset()) | frozenset(codigos)
            roles.add(rol or CodigoRol.SUPERVISOR.value)
            if hasta is not None:
                encargos[area_id] = hasta
        elif clase == "s":
            subordinadas.append((area[0], area_id))
        else:
            todas.append(area_id)
    por_area = dict.fromkeys(todas, _TODOS) if usuario.is_superuser else dict(permisos)
    for raiz, area_id in subordinadas:
        por_area[area_id] = por_area.get(area_id, frozenset()) | permisos[raiz]
    return Alcance(
        por_area=por_area,
        propias=tuple(sorted(propias.values(), key=lambda a: a.nombre)),
        roles=frozenset(roles),
        encargos=encargos,
        total=usuario.is_superuser,
    )


def _leer(Area, usuario):
    """The rows of `_SQL`; of two appointments in one area, the one that began first comes last and rules."""
    with connection.cursor() as cursor:
        cursor.execute(
            _sentencia(Area),
            {
                "usuario": usuario.pk,
                "hoy": timezone.localdate(),
                "total": usuario.is_superuser,
                "supervisor": CodigoRol.SUPERVISOR.value,
                "subordinadas": P.SUBORDINADAS,
            },
        )
        return sorted(cursor.fetchall(), key=lambda f: (f[5] is not None, -f[5].toordinal() if f[5] else 0))


@cache
def _nombres(Area):
    return [campo.attname for campo in Area._meta.concrete_fields]


@cache
def _sentencia(Area):
    columnas = [f'a."{campo.column}"' for campo in Area._meta.concrete_fields]
    return _SQL.format(columnas=", ".join(columnas), nulos=", NULL" * (len(columnas) - 1))


# Who works or acts where and with which role, of many people: `de_quien` is a condition on usuario_id or area_id.
PAPELES = """
    SELECT usuario_id, area_id, rol_id FROM organization_membresia WHERE {de_quien}
    UNION ALL
    SELECT e.usuario_id, e.area_id, r.id FROM organization_encargatura e
      JOIN organization_rol r ON r.codigo = %(supervisor)s
     WHERE {de_quien} AND e.desde <= %(hoy)s AND e.hasta >= %(hoy)s
"""
_PERSONAS = f"""
SELECT p.area_id, p.usuario_id FROM ({PAPELES.format(de_quien="area_id = ANY(%(areas)s)")}) p
  JOIN organization_usuario u ON u.id = p.usuario_id AND u.is_active
 WHERE EXISTS (
       SELECT 1 FROM organization_rol_permisos rp WHERE rp.rol_id = p.rol_id AND rp.permiso_id = %(codigo)s)
"""  # noqa: S608 every part is a constant of this module


def personas_de(areas, codigo):
    """Active people who hold a permission in each area by working or acting there; who reaches it from above, not.

    Args: areas ids. Returns: dict area id -> set of user ids, in one query.
    """
    personas = {area: set() for area in areas}
    with connection.cursor() as cursor:
        cursor.execute(
            _PERSONAS,
            {
                "areas": list(personas),
                "hoy": timezone.localdate(),
                "supervisor": CodigoRol.SUPERVISOR.value,
                "codigo": codigo,
            },
        )
        for area_id, usuario_id in cursor.fetchall():
            personas[area_id].add(usuario_id)
    return personas
