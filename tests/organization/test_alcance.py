"""The powers read in one statement are those of the plain definition, for every kind of person."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from organization.constants import NOMBRES_DE_PERMISO, CodigoRol, P
from organization.models import Area, Encargatura, Membresia, Rol, Usuario
from organization.permissions import Alcance, alcance_de
from tests.factories import CLAVE, make_oficina, make_usuario

pytestmark = pytest.mark.django_db


def definicion(usuario):
    """The powers by their definition, step by step."""
    if not usuario.is_active:
        return Alcance()
    hoy, permisos, propias, roles, encargos = timezone.localdate(), {}, {}, set(), {}
    supervisor = Rol.objects.get(codigo=CodigoRol.SUPERVISOR)
    papeles = [(m.area, m.rol) for m in usuario.membresias.all()]
    for e in usuario.encargaturas.filter(desde__lte=hoy, hasta__gte=hoy).order_by("-desde"):
        papeles.append((e.area, supervisor))
        encargos[e.area_id] = e.hasta
    for area, rol in papeles:
        propias[area.pk] = area
        roles.add(rol.codigo)
        suyos = frozenset(rol.permisos.values_list("codigo", flat=True))
        permisos[area.pk] = permisos.get(area.pk, frozenset()) | suyos
    todos = dict(permisos)
    for raiz, suyos in permisos.items():
        pendientes, vistas = [raiz] if P.SUBORDINADAS in suyos else [], set()
        while pendientes:
            actual = pendientes.pop()
            for hija in Area.objects.filter(padre=actual):
                if hija.pk not in vistas and hija.pk != raiz:
                    vistas.add(hija.pk)
                    pendientes.append(hija.pk)
                    todos[hija.pk] = todos.get(hija.pk, frozenset()) | suyos
    if usuario.is_superuser:
        todos = {a.pk: frozenset(NOMBRES_DE_PERMISO) for a in Area.objects.all()}
    return Alcance(
        por_area=todos,
        propias=tuple(sorted(propias.values(), key=lambda a: a.nombre)),
        roles=frozenset(roles),
        encargos=encargos,
        total=usuario.is_superuser,
    )


def test_every_kind_of_person_has_the_powers_of_the_definition():
    o = make_oficina()
    hoy, dia = timezone.localdate(), timedelta(days=1)
    sub = Area.objects.create(sigla="SUB", codigo="SUB", nombre="Abajo", padre=o.transportes, sede=o.sede)
    Area.objects.create(sigla="SUB2", codigo="SUB2", nombre="Más abajo", padre=sub, sede=o.sede, activa=False)
    rol = {codigo: Rol.objects.get(codigo=codigo) for codigo in CodigoRol}
    for codigo in CodigoRol:
        make_usuario(f"u_{codigo.value}", area=o.transportes, rol=codigo)
    varios = make_usuario("varios", area=o.legal, rol=CodigoRol.CONSULTA)
    Membresia.objects.create(usuario=varios, area=o.transportes, rol=rol["supervisor"])
    Membresia.objects.create(usuario=varios, area=sub, rol=rol["operador_mesa"])
    vacio = Rol.objects.create(codigo="vacio", nombre="Vacío")
    Membresia.objects.create(usuario=make_usuario("sin_permisos"), area=o.legal, rol=vacio)
    encargada = make_usuario("encargada", area=o.caminos)
    for area, desde, hasta in (
        (o.direccion, -3, 0),
        (o.caminos, 0, 5),
        (o.caminos, -2, 9),
        (o.legal, -9, -1),
        (o.mesa, 1, 2),
    ):
        Encargatura.objects.create(
            usuario=encargada, area=area, desde=hoy + desde * dia, hasta=hoy + hasta * dia, sustento="RD"
        )
    make_usuario("inactivo", area=o.direccion, rol=CodigoRol.SUPERVISOR, is_active=False)
    raiz = Usuario.objects.create_superuser("raiz", password=CLAVE)
    Membresia.objects.create(usuario=raiz, area=o.legal, rol=rol["usuario_area"])
    make_usuario("nadie")
    # a loop of areas, which nothing should make and no request may hang on
    Area.objects.filter(pk=o.direccion.pk).update(padre=o.caminos)
    for usuario in Usuario.objects.all():
        leido, dicho = alcance_de(usuario), definicion(usuario)
        for campo in ("por_area", "propias", "roles", "encargos", "total"):
            assert getattr(leido, campo) == getattr(dicho, campo), (usuario.username, campo)
        assert [a.nombre for a in leido.propias] == [a.nombre for a in dicho.propias]
        assert [a.sede_id for a in leido.propias] == [a.sede_id for a in dicho.propias]
    assert alcance_de(AnonymousUser()) == Alcance()


def test_powers_cost_one_query(django_assert_num_queries):
    o = make_oficina()
    for usuario in (o.ana, o.jefa, o.admin):
        with django_assert_num_queries(1):
            assert usuario.alcance.areas
