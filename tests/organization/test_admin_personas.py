"""The pages of people in the administration: users, acting chiefs and roles."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Evento
from organization.models import Encargatura, Membresia, Rol, Usuario
from tests.admin_util import en_lote, hacer_acto, pagina, textos
from tests.factories import make_usuario

pytestmark = pytest.mark.django_db


@pytest.fixture
def otro_navegador():
    """A function that opens a session of its own for a user."""

    def abrir(usuario):
        cliente = Client()
        cliente.force_login(usuario)
        return cliente

    return abrir


# Users


def datos_de_usuario(o, usuario, **over):
    """What the page of a user sends, with its two inlines as they stand."""
    datos = {
        "username": usuario.username,
        "first_name": usuario.first_name,
        "last_name": usuario.last_name,
        "cargo": usuario.cargo,
        "email": usuario.email,
        "telefono": usuario.telefono,
        "ventanilla": usuario.ventanilla_id or "",
    }
    membresias, encargaturas = list(usuario.membresias.all()), list(usuario.encargaturas.all())
    for prefijo, filas, campos in (
        ("membresias", membresias, ("area", "rol")),
        ("encargaturas", encargaturas, ("area", "desde", "hasta", "sustento")),
    ):
        datos |= {f"{prefijo}-TOTAL_FORMS": len(filas), f"{prefijo}-INITIAL_FORMS": len(filas)}
        for n, fila in enumerate(filas):
            datos |= {f"{prefijo}-{n}-id": fila.pk, f"{prefijo}-{n}-usuario": usuario.pk}
            datos |= {f"{prefijo}-{n}-{c}": getattr(getattr(fila, c), "pk", getattr(fila, c)) for c in campos}
    return datos | over


def test_user_is_created_with_a_role_and_can_enter(o, como, client):
    rol = Rol.objects.get(codigo="usuario_area")
    envio = {
        "username": "nuevo",
        "first_name": "Nora",
        "last_name": "Quispe",
        "clave1": "una-clave-larga-9",
        "clave2": "una-clave-larga-9",
        "membresias-TOTAL_FORMS": 1,
        "membresias-INITIAL_FORMS": 0,
        "membresias-0-area": o.legal.pk,
        "membresias-0-rol": rol.pk,
    }
    respuesta = como(o.admin).post(pagina(Usuario, "add"), envio)
    assert respuesta.status_code == 302, respuesta.context["errors"]
    nuevo = Usuario.objects.get(username="nuevo")
    assert nuevo.tiene_permiso("derivacion.recibir", o.legal.pk)
    assert not nuevo.is_superuser
    tipos = list(Evento.objects.filter(detalle__id=nuevo.pk).values_list("tipo", flat=True))
    assert sorted(tipos) == ["membresia_creada", "usuario_creado"]
    assert "una-clave" not in str(list(Evento.objects.values_list("antes", "despues", "detalle")))
    client.logout()
    assert client.login(username="nuevo", password="una-clave-larga-9")


@pytest.mark.parametrize(
    ("clave1", "clave2", "dice"),
    [("una-clave-larga-9", "otra", "no son iguales"), ("corta", "corta", "corta"), ("", "", "requerido")],
)
def test_weak_or_different_passwords_are_refused(o, como, clave1, clave2, dice):
    envio = {
        "username": "nuevo",
        "clave1": clave1,
        "clave2": clave2,
        "membresias-TOTAL_FORMS": 0,
        "membresias-INITIAL_FORMS": 0,
    }
    respuesta = como(o.admin).post(pagina(Usuario, "add"), envio)
    assert dice in respuesta.content.decode()
    assert not Usuario.objects.filter(username="nuevo").exists()


def test_change_of_role_is_stored_with_before_and_after(o, como):
    consulta = Rol.objects.get(codigo="consulta")
    envio = datos_de_usuario(o, o.ana, **{"membresias-0-rol": consulta.pk, "cargo": "Asistenta"})
    respuesta = como(o.admin).post(pagina(Usuario, "change", o.ana.pk), envio)
    assert respuesta.status_code == 302
    assert Membresia.objects.get(usuario=o.ana).rol == consulta
    evento = Evento.objects.get(tipo="membresia_cambiada")
    assert (evento.antes["rol"], evento.despues["rol"]) == ("Usuario de área", "Consulta")
    cambiado = Evento.objects.get(tipo="usuario_cambiado")
    assert (cambiado.antes["cargo"], cambiado.despues["cargo"]) == ("", "Asistenta")
    assert cambiado.ip == "127.0.0.1"
    assert (
        "Usuario de área → Consulta"
        in como(o.admin).get(pagina(Usuario, "history", o.ana.pk)).content.decode()
    )


def test_second_role_in_the_same_area_is_refused_and_nothing_typed_is_lost(o, como):
    rol = Rol.objects.get(codigo="consulta")
    envio = datos_de_usuario(o, o.ana, cargo="Asistenta")
    envio |= {
        "membresias-TOTAL_FORMS": 2,
        "membresias-1-usuario": o.ana.pk,
        "membresias-1-area": o.transportes.pk,
        "membresias-1-rol": rol.pk,
    }
    html = como(o.admin).post(pagina(Usuario, "change", o.ana.pk), envio).content.decode()
    assert "Asistenta" in html
    assert o.ana.membresias.count() == 1


def test_nobody_changes_their_own_roles(o, como):
    supervisor = Rol.objects.get(codigo="supervisor")
    envio = datos_de_usuario(o, o.admin, **{"membresias-0-rol": supervisor.pk, "cargo": "Jefa"})
    respuesta = como(o.admin).post(pagina(Usuario, "change", o.admin.pk), envio)
    assert respuesta.status_code == 403
    html = respuesta.content.decode()
    assert "Nadie cambia sus propios roles" in html and 'value="Jefa"' in html
    o.admin.refresh_from_db()
    assert o.admin.cargo == "" and o.admin.membresias.get().rol.codigo == "administrador"
    assert Evento.objects.filter(tipo="acceso_denegado", actor=o.admin).exists()
    assert not Evento.objects.filter(tipo="usuario_cambiado").exists()


def test_only_a_superuser_touches_superusers(o, como):
    cliente = como(o.admin)
    assert cliente.get(pagina(Usuario, "change", o.raiz.pk)).status_code == 200
    assert cliente.post(pagina(Usuario, "change", o.raiz.pk), datos_de_usuario(o, o.raiz)).status_code == 403
    assert (
        hacer_acto(
            cliente, o.raiz, "clave", clave1="una-clave-larga-9", clave2="una-clave-larga-9"
        ).status_code
        == 403
    )
    envio = datos_de_usuario(o, o.ana, is_superuser="on")
    assert cliente.post(pagina(Usuario, "change", o.ana.pk), envio).status_code == 302
    assert not Usuario.objects.get(pk=o.ana.pk).is_superuser
    como(o.raiz).post(pagina(Usuario, "change", o.ana.pk), envio)
    assert Usuario.objects.get(pk=o.ana.pk).is_superuser


def test_password_is_set_by_its_act_and_closes_the_sessions(o, como, otro_navegador):
    de_ana = otro_navegador(o.ana)
    assert de_ana.get("/cuenta/").status_code == 200
    respuesta = hacer_acto(
        como(o.admin), o.ana, "clave", clave1="una-clave-larga-9", clave2="una-clave-larga-9"
    )
    assert "tiene clave nueva" in textos(respuesta)[0]
    assert de_ana.get("/cuenta/").status_code == 302
    assert Usuario.objects.get(pk=o.ana.pk).check_password("una-clave-larga-9")
    assert Evento.objects.get(tipo="usuario_clave_cambiada").detalle["id"] == o.ana.pk
    debil = hacer_acto(como(o.admin), o.ana, "clave", clave1="1234567890", clave2="1234567890")
    assert debil.status_code == 422 and "numérica" in debil.content.decode()


def test_users_are_never_deleted(o, como):
    cliente = como(o.raiz)
    assert cliente.post(pagina(Usuario, "delete", o.ana.pk), {"post": "yes"}).status_code == 403
    en_lote(cliente, Usuario, "delete_selected", [o.ana], post="yes")
    assert Usuario.objects.filter(pk=o.ana.pk).exists()


@pytest.mark.parametrize(
    ("busca", "filtros", "quienes"),
    [
        ("ana", {}, {"ana"}),
        ("", {"membresias__rol__id__exact": "consulta"}, {"lector"}),
        ("", {"membresias__area__id__exact": "legal"}, {"luis"}),
        ("", {"is_active__exact": 0}, {"eva"}),
    ],
)
def test_users_are_found_by_words_and_filters(o, como, busca, filtros, quienes):
    Usuario.objects.filter(pk=o.eva.pk).update(is_active=False)
    claves = {"consulta": Rol.objects.get(codigo="consulta").pk, "legal": o.legal.pk}
    filtros = {nombre: claves.get(valor, valor) for nombre, valor in filtros.items()}
    lista = como(o.admin).get(pagina(Usuario), {"q": busca, **filtros})
    assert {u.username for u in lista.context["cl"].result_list} == quienes


def test_page_of_a_user_costs_the_same_with_many_areas(o, como):
    cliente, url = como(o.raiz), pagina(Usuario, "change", o.ana.pk)

    def costo():
        cliente.get(url)
        with CaptureQueriesContext(connection) as consultas:
            assert cliente.get(url).status_code == 200
        return len(consultas)

    con_una = costo()
    for area in (o.legal, o.caminos, o.mesa, o.direccion):
        Membresia.objects.create(usuario=o.ana, area=area, rol=Rol.objects.get(codigo="consulta"))
    assert costo() == con_una <= 22


def test_many_users_are_deactivated_with_a_result_for_each(o, como):
    respuesta = en_lote(como(o.admin), Usuario, "desactivar", [o.ana, o.admin, o.raiz])
    dichos = textos(respuesta)
    assert "Desactivar: 1 de 3." in dichos
    assert any("Nadie cambia sus propios roles" in t for t in dichos)
    assert any("Tu rol no permite desactivar a esta persona" in t for t in dichos)
    assert any("Sigue como jefatura de TPC" in t for t in dichos)
    activos = set(Usuario.objects.filter(is_active=False).values_list("username", flat=True))
    assert activos == {"ana"}
    assert make_usuario("otra").is_active


def test_history_is_read_only(o, como):
    cliente = como(o.raiz)
    assert cliente.post(pagina(Usuario, "history", o.ana.pk), {"tipo": "x"}).status_code == 200
    assert not Evento.objects.filter(tipo="x").exists()


# Acting chiefs


def test_appointment_is_written_and_two_in_the_same_days_are_refused(o, como):
    hoy = timezone.localdate()
    cliente = como(o.admin)
    envio = {"usuario": o.luis.pk, "area": o.transportes.pk, "sustento": "RD 5-2026"}
    envio |= {"desde": hoy.isoformat(), "hasta": (hoy + timedelta(days=9)).isoformat()}
    assert cliente.post(pagina(Encargatura, "add"), envio).status_code == 302
    assert Evento.objects.get(tipo="encargatura_creada").detalle["usuario"] == "luis"
    otra = cliente.post(pagina(Encargatura, "add"), envio | {"usuario": o.eva.pk})
    assert otra.status_code == 422 and "ya está a cargo" in otra.content.decode()
    al_reves = cliente.post(pagina(Encargatura, "add"), envio | {"hasta": "2020-01-01", "area": o.legal.pk})
    assert "no puede terminar antes de empezar" in al_reves.content.decode()


def test_begun_appointment_is_shortened_not_deleted(o, como):
    hoy = timezone.localdate()
    fila = Encargatura.objects.create(usuario=o.luis, area=o.transportes, desde=hoy, hasta=hoy, sustento="RD")
    futura = Encargatura.objects.create(
        usuario=o.luis,
        area=o.caminos,
        desde=hoy + timedelta(days=3),
        hasta=hoy + timedelta(days=4),
        sustento="RD",
    )
    cliente = como(o.admin)
    respuesta = cliente.post(pagina(Encargatura, "delete", fila.pk), {"post": "yes"}, follow=True)
    assert "ya empezó" in textos(respuesta)[0]
    cliente.post(pagina(Encargatura, "delete", futura.pk), {"post": "yes"})
    assert list(Encargatura.objects.all()) == [fila]
    assert Evento.objects.filter(tipo="encargatura_retirada").count() == 1


# Roles


def test_role_keeps_its_permissions_as_data(o, como):
    rol = Rol.objects.get(codigo="usuario_area")
    cliente = como(o.admin)
    envio = {"nombre": rol.nombre, "permisos": ["documento.ver"]}
    assert cliente.post(pagina(Rol, "change", rol.pk), envio).status_code == 302
    assert list(rol.permisos.values_list("pk", flat=True)) == ["documento.ver"]
    evento = Evento.objects.get(tipo="rol_cambiado")
    assert "derivacion.recibir" in evento.antes["permisos"] and evento.despues["permisos"] == [
        "documento.ver"
    ]
    nuevo = {"codigo": "archivero", "nombre": "Archivero", "permisos": ["documento.archivar"]}
    assert cliente.post(pagina(Rol, "add"), nuevo).status_code == 302
    creado = Rol.objects.get(codigo="archivero")
    cliente.post(pagina(Rol, "delete", creado.pk), {"post": "yes"})
    assert not Rol.objects.filter(codigo="archivero").exists()
    assert Evento.objects.filter(tipo="rol_borrado").exists()


def test_administrator_role_cannot_lose_its_own_keys(o, como):
    rol = Rol.objects.get(codigo="administrador")
    respuesta = como(o.raiz).post(
        pagina(Rol, "change", rol.pk), {"nombre": rol.nombre, "permisos": ["documento.ver"]}
    )
    assert respuesta.status_code == 422
    assert "El administrador conserva siempre" in respuesta.content.decode()
    assert rol.permisos.filter(pk="usuario.administrar").exists()


def test_role_in_use_or_of_the_system_is_not_deleted(o, como):
    cliente = como(o.raiz)
    rol = Rol.objects.get(codigo="consulta")
    assert cliente.post(pagina(Rol, "delete", rol.pk), {"post": "yes"}).status_code == 403
    en_lote(cliente, Rol, "delete_selected", [rol], post="yes")
    propio = Rol.objects.create(codigo="archivero", nombre="Archivero")
    Membresia.objects.create(usuario=o.ana, area=o.legal, rol=propio)
    cliente.post(pagina(Rol, "delete", propio.pk), {"post": "yes"})
    assert Rol.objects.filter(codigo__in=["consulta", "archivero"]).count() == 2
