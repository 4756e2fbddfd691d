"""Powers are data and rule at once: roles, memberships, appointments, deactivation."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.test import Client, RequestFactory
from django.utils import timezone

from core.errors import Prohibido
from core.models import Evento
from documents.models import Documento
from organization.constants import PERMISOS_INICIALES, CodigoRol, P
from organization.errors import SinAdministrador, SobreUnoMismo, SoloSuperusuario
from organization.models import Encargatura, Membresia, Rol, Usuario
from organization.permissions import alcance_de
from organization.services import (
    desactivar_usuario,
    guardar_encargatura,
    guardar_membresia,
    guardar_rol,
    guardar_usuario,
    reactivar_usuario,
    retirar_membresia,
)
from tests.factories import CLAVE, make_documento, make_oficina, make_recibida, make_usuario

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    oficina = make_oficina()
    oficina.raiz = Usuario.objects.create_superuser("raiz", password=CLAVE)
    return oficina


def fresco(usuario):
    """The same person at their next request."""
    return Usuario.objects.get(pk=usuario.pk)


@pytest.fixture
def sesion():
    """A function that opens a browser session by the log-in page."""

    def abrir(usuario):
        cliente = Client()
        respuesta = cliente.post("/entrar/", {"username": usuario.username, "password": CLAVE})
        assert respuesta.status_code == 302
        return cliente

    return abrir


# Roles as data


@pytest.mark.parametrize("rol", list(CodigoRol))
def test_each_role_starts_with_its_permissions(o, rol):
    usuario = make_usuario("prueba", area=o.legal, rol=rol)
    assert usuario.alcance.permisos_en(o.legal.pk) == PERMISOS_INICIALES[rol]
    assert usuario.alcance.permisos_en(o.caminos.pk) == frozenset()


def test_one_role_in_each_of_several_areas(o):
    Membresia.objects.create(usuario=o.ana, area=o.legal, rol=Rol.objects.get(codigo="consulta"))
    ana = fresco(o.ana)
    assert ana.tiene_permiso(P.RECIBIR, o.transportes.pk)
    assert not ana.tiene_permiso(P.RECIBIR, o.legal.pk)
    assert ana.tiene_permiso(P.DOCUMENTO_VER_TODO, o.legal.pk)


def test_change_of_a_role_rules_in_the_same_session(o, sesion):
    cliente = sesion(o.jefa)
    assert cliente.get("/admin/documents/documento/").status_code == 200
    rol = Rol.objects.get(codigo="supervisor")
    quedan = rol.permisos.exclude(pk=P.ADMIN)
    guardar_rol(actor=o.admin, rol=rol, codigo=rol.codigo, nombre=rol.nombre, permisos=quedan)
    assert cliente.get("/admin/documents/documento/", follow=True).status_code == 403
    rol.permisos.add(P.ADMIN)
    assert cliente.get("/admin/documents/documento/").status_code == 200


def test_change_of_membership_rules_in_the_same_session(o, sesion):
    documento = make_documento(o)
    cliente = sesion(o.luis)
    url = f"/expedientes/{documento.pk}/"
    assert cliente.get(url).status_code == 404
    consulta = Rol.objects.get(codigo="consulta")
    membresia = guardar_membresia(actor=o.admin, usuario=o.luis, area=o.mesa, rol=consulta)
    assert cliente.get(url).status_code == 200
    retirar_membresia(actor=o.admin, membresia=membresia)
    assert cliente.get(url).status_code == 404
    assert Evento.objects.filter(tipo="acceso_denegado", actor=o.luis, documento_id=documento.pk).count() == 2


def test_supervisor_reaches_the_areas_below(o):
    assert fresco(o.jefa).tiene_permiso(P.DOCUMENTO_ARCHIVAR, o.transportes.pk)
    o.transportes.padre = None
    o.transportes.save()
    assert not fresco(o.jefa).tiene_permiso(P.DOCUMENTO_ARCHIVAR, o.transportes.pk)


def test_superuser_holds_every_permission_and_opens_no_reserved_document(o):
    reservado = make_documento(o, tipo_documento=o.denuncia)
    assert reservado.reservado
    assert o.raiz.tiene_permiso(P.DOCUMENTO_ANULAR, o.legal.pk)
    assert not Documento.objects.visibles_para(o.raiz).filter(pk=reservado.pk).exists()
    assert Documento.objects.visibles_para(o.ventanilla).filter(pk=reservado.pk).exists()


# Who may give powers


def test_only_who_administers_people_gives_powers(o):
    consulta = Rol.objects.get(codigo="consulta")
    for actor in (o.jefa, o.ana, o.ventanilla, o.lector):
        with pytest.raises(Prohibido):
            guardar_membresia(actor=actor, usuario=o.eva, area=o.legal, rol=consulta)
        with pytest.raises(Prohibido):
            desactivar_usuario(usuario_id=o.eva.pk, actor=actor)
        with pytest.raises(Prohibido):
            guardar_usuario(actor=actor, usuario=o.eva, cargo="Jefa")
        with pytest.raises(Prohibido):
            guardar_rol(actor=actor, codigo="otro", nombre="Otro", permisos=[])


def test_nobody_raises_themselves_and_superusers_are_apart(o):
    supervisor, hoy = Rol.objects.get(codigo="supervisor"), timezone.localdate()
    with pytest.raises(SobreUnoMismo):
        guardar_membresia(actor=o.admin, usuario=o.admin, area=o.legal, rol=supervisor)
    with pytest.raises(SobreUnoMismo):
        guardar_encargatura(
            actor=o.admin, usuario=o.admin, area=o.legal, desde=hoy, hasta=hoy, sustento="RD 1"
        )
    with pytest.raises(SobreUnoMismo):
        desactivar_usuario(usuario_id=o.admin.pk, actor=o.admin)
    with pytest.raises(SoloSuperusuario):
        guardar_usuario(actor=o.admin, usuario=o.ana, is_superuser=True)
    with pytest.raises(SoloSuperusuario):
        desactivar_usuario(usuario_id=o.raiz.pk, actor=o.admin)
    assert guardar_membresia(actor=o.raiz, usuario=o.raiz, area=o.legal, rol=supervisor).pk


def test_somebody_can_always_administer(o):
    desactivar_usuario(usuario_id=o.raiz.pk, actor=None)
    with pytest.raises(SinAdministrador):
        desactivar_usuario(usuario_id=o.admin.pk, actor=None)
    assert fresco(o.admin).is_active
    membresia = o.admin.membresias.get()
    with pytest.raises(SinAdministrador):
        retirar_membresia(actor=None, membresia=membresia)
    with pytest.raises(SinAdministrador):
        guardar_membresia(
            actor=None,
            usuario=o.admin,
            area=o.direccion,
            rol=Rol.objects.get(codigo="consulta"),
            membresia=membresia,
        )
    assert o.admin.membresias.get().rol.codigo == "administrador"
    assert not Evento.objects.filter(tipo="membresia_retirada").exists()


def test_user_names_differ_by_more_than_capitals(o):
    from core.errors import DatosInvalidos

    with pytest.raises(DatosInvalidos) as error:
        guardar_usuario(actor=o.admin, username="ANA")
    assert "username" in error.value.campos


# Deactivation


def test_deactivated_user_is_out_at_once_and_keeps_the_history(o, sesion):
    derivacion = make_recibida(o)
    cliente = sesion(o.ana)
    assert cliente.get("/cuenta/").status_code == 200
    hechos = Evento.objects.filter(actor=o.ana).count()
    desactivar_usuario(usuario_id=o.ana.pk, actor=o.admin)
    respuesta = cliente.get("/cuenta/")
    assert respuesta.status_code == 302 and respuesta["Location"].startswith("/entrar/")
    assert cliente.post(f"/derivaciones/{derivacion.pk}/atender/", {}).status_code in (302, 404)
    otra = Client().post("/entrar/", {"username": "ana", "password": CLAVE})
    assert otra.status_code == 422
    assert Evento.objects.filter(actor=o.ana).count() == hechos
    derivacion.refresh_from_db()
    assert derivacion.usuario_recibe == o.ana
    assert alcance_de(fresco(o.ana)).areas == frozenset()
    evento = Evento.objects.get(tipo="usuario_desactivado")
    assert (evento.antes, evento.despues, evento.actor) == ({"activo": True}, {"activo": False}, o.admin)


def test_old_cookie_does_not_revive_with_the_user(o, sesion):
    cliente = sesion(o.ana)
    desactivar_usuario(usuario_id=o.ana.pk, actor=o.admin)
    reactivar_usuario(usuario_id=o.ana.pk, actor=o.admin)
    assert cliente.get("/cuenta/").status_code == 302
    assert sesion(o.ana).get("/cuenta/").status_code == 200
    assert fresco(o.ana).tiene_permiso(P.RECIBIR, o.transportes.pk)


def test_deactivating_twice_is_the_same_as_once(o):
    for _ in range(2):
        desactivar_usuario(usuario_id=o.ana.pk, actor=o.admin)
    assert Evento.objects.filter(tipo="usuario_desactivado").count() == 1


def test_session_of_a_deactivated_user_is_anonymous_even_before_it_is_deleted(o):
    cliente = Client()
    cliente.force_login(o.ana)
    Usuario.objects.filter(pk=o.ana.pk).update(is_active=False)
    pedido = RequestFactory().get("/")
    pedido.session = cliente.session
    assert not get_user(pedido).is_authenticated


# Acting chiefs


@pytest.mark.parametrize(
    ("desde", "hasta", "rige"),
    [(0, 0, True), (0, 5, True), (-5, 0, True), (1, 5, False), (-5, -1, False)],
)
def test_appointment_rules_on_both_its_ends(o, desde, hasta, rige):
    hoy = timezone.localdate()
    Encargatura.objects.create(
        usuario=o.luis,
        area=o.transportes,
        desde=hoy + timedelta(days=desde),
        hasta=hoy + timedelta(days=hasta),
        sustento="RD 12-2026",
    )
    luis = fresco(o.luis)
    assert luis.tiene_permiso(P.ASIGNAR, o.transportes.pk) is rige
    assert luis.tiene_permiso(P.ADMIN) is rige
    assert luis.tiene_permiso(P.RECIBIR, o.legal.pk)
    assert (o.transportes in luis.alcance.areas_propias) is rige


def test_appointment_ends_in_the_same_session(o, sesion):
    hoy = timezone.localdate()
    fila = guardar_encargatura(
        actor=o.admin, usuario=o.luis, area=o.transportes, desde=hoy, hasta=hoy, sustento="RD 12"
    )
    cliente = sesion(o.luis)
    assert cliente.get("/admin/").status_code == 200
    Encargatura.objects.filter(pk=fila.pk).update(
        desde=hoy - timedelta(days=3), hasta=hoy - timedelta(days=1)
    )
    assert cliente.get("/admin/", follow=True).status_code == 403
