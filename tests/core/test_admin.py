"""The administration: who enters, what may be touched, and the event that each change leaves."""

from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import RequestFactory
from django.urls import reverse

from core.errors import Conflicto
from core.events import registrar_evento
from core.jobs import encolar
from core.models import Evento, Latido, Tarea
from core.panel.base import AdminMesa, PaginadorAcotado
from core.panel.site import SitioMesa

pytestmark = pytest.mark.django_db


@pytest.fixture
def con_permisos(client, monkeypatch):
    """Return a function that logs in someone with just these permission codes."""
    Usuario = get_user_model()
    usuario = Usuario.objects.create_user("rosa")

    def entrar(*codigos):
        monkeypatch.setattr(Usuario, "tiene_permiso", lambda self, codigo, area_id=None: codigo in codigos)
        client.force_login(usuario)
        return client

    entrar.usuario = usuario
    return entrar


def test_stranger_is_sent_to_the_products_door(client):
    respuesta = client.get(reverse("admin:login") + "?next=/admin/core/tarea/")
    assert respuesta.status_code == 302
    assert "next=/admin/core/tarea/" in respuesta["Location"]
    assert "/admin/login" not in respuesta["Location"]


def test_user_without_the_permission_does_not_enter(con_permisos):
    cliente = con_permisos("documento.ver", "auditoria.ver")
    assert cliente.get(reverse("admin:index"), follow=True).status_code == 403


@pytest.mark.parametrize(
    ("pagina", "permiso"),
    [
        ("core_evento", "auditoria.ver"),
        ("core_tarea", "tarea.administrar"),
        ("core_latido", "tarea.administrar"),
    ],
)
def test_each_page_asks_for_its_permission(con_permisos, pagina, permiso):
    url = reverse(f"admin:{pagina}_changelist")
    assert con_permisos("admin.entrar").get(url).status_code == 403
    assert con_permisos("admin.entrar", permiso).get(url).status_code == 200
    assert con_permisos("admin.entrar", permiso).get(reverse(f"admin:{pagina}_add")).status_code == 403


def test_event_is_shown_whole_and_cannot_be_changed(con_permisos):
    evento = registrar_evento(tipo="documento_registrado", documento_id=7, despues={"asunto": "<b>Ñandú</b>"})
    cliente = con_permisos("admin.entrar", "auditoria.ver")
    url = reverse("admin:core_evento_change", args=[evento.pk])
    assert "&lt;b&gt;Ñandú&lt;/b&gt;" in cliente.get(url).content.decode()
    assert cliente.post(url, {"tipo": "otro"}).status_code == 403
    assert (
        cliente.post(reverse("admin:core_evento_delete", args=[evento.pk]), {"post": "yes"}).status_code
        == 403
    )


@pytest.mark.parametrize(("busca", "cuantos"), [("7", 2), ("x", 1), ("nada", 0), ("", 3), ("9" * 30, 0)])
def test_events_are_found_by_document_or_type(con_permisos, busca, cuantos):
    for tipo, documento in (("x", 7), ("y", 7), ("z", 8)):
        registrar_evento(tipo=tipo, documento_id=documento)
    lista = con_permisos("admin.entrar", "auditoria.ver").get(
        reverse("admin:core_evento_changelist"), {"q": busca}
    )
    assert lista.context["cl"].result_count == cuantos


def test_task_actions_retry_and_cancel_and_tell_what_was_refused(con_permisos):
    fallida = Tarea.objects.create(funcion="x", estado="FALLIDA", error="ValueError: <mal>")
    with transaction.atomic():
        pendiente = encolar(funcion="y")
    cliente = con_permisos("admin.entrar", "tarea.administrar")
    url = reverse("admin:core_tarea_changelist")
    elegidas = {"_selected_action": [fallida.pk, pendiente.pk]}
    respuesta = cliente.post(url, elegidas | {"action": "reintentar"}, follow=True)
    textos = [str(m) for m in respuesta.context["messages"]]
    assert textos[0] == "Puestas en espera: 1."
    assert textos[1].startswith(f"Tarea {pendiente.pk}: La tarea está pendiente")
    cliente.post(url, elegidas | {"action": "cancelar"})
    assert set(Tarea.objects.values_list("estado", flat=True)) == {"CANCELADA"}
    assert Evento.objects.filter(actor=con_permisos.usuario).count() == 3
    detalle = cliente.get(reverse("admin:core_tarea_change", args=[fallida.pk]))
    assert detalle.status_code == 200


class _Editable(AdminMesa):
    permiso_ver = permiso_cambiar = permiso_agregar = permiso_borrar = "catalogo.administrar"
    fields = ("nombre", "latido_en", "detalle")


class _Mensajes(BaseStorage):
    def _get(self, *args, **kwargs):
        return [], True

    def _store(self, messages, response, *args, **kwargs):
        return []


@pytest.fixture
def pagina():
    return _Editable(Latido, SitioMesa())


@pytest.fixture
def peticion():
    def hacer(datos, *permisos):
        pedido = RequestFactory().post("/admin/core/latido/", datos, REMOTE_ADDR="10.0.0.9")
        pedido.user = get_user_model().objects.create_user(f"u{len(datos)}")
        pedido.user.tiene_permiso = lambda codigo, area_id=None: codigo in permisos
        pedido._messages = _Mensajes(pedido)
        pedido._dont_enforce_csrf_checks = True
        return pedido

    return hacer


def datos(**otros):
    return {"nombre": "n", "latido_en_0": "2026-01-02", "latido_en_1": "03:04:05", "detalle": "d"} | otros


def test_page_without_named_permissions_lets_nobody_in(peticion):
    cerrada = AdminMesa(Latido, SitioMesa())
    pedido = peticion({}, "catalogo.administrar", "admin.entrar")
    assert not any(
        [
            cerrada.has_view_permission(pedido),
            cerrada.has_add_permission(pedido),
            cerrada.has_change_permission(pedido),
            cerrada.has_delete_permission(pedido),
            cerrada.has_module_permission(pedido),
        ]
    )


def test_change_in_a_catalogue_leaves_an_event(pagina, peticion):
    pedido = peticion(datos(), "catalogo.administrar")
    assert pagina.changeform_view(pedido).status_code == 302
    creado = Evento.objects.get(tipo="latido_creado")
    assert (creado.actor, creado.ip, creado.despues["detalle"]) == (pedido.user, "10.0.0.9", "d")
    otro = peticion(datos(detalle="e", _save="1"), "catalogo.administrar")
    assert pagina.changeform_view(otro, "n").status_code == 302
    cambiado = Evento.objects.get(tipo="latido_cambiado")
    assert (cambiado.antes, cambiado.despues) == ({"detalle": "d"}, {"detalle": "e"})
    pagina.delete_queryset(otro, Latido.objects.filter(nombre="n"))
    assert Evento.objects.get(tipo="latido_borrado").detalle["id"] == "n"


def test_refusal_of_the_rules_is_told_and_changes_nothing(pagina, peticion, monkeypatch):
    def negarse(*args):
        registrar_evento(tipo="no_debe_quedar")
        raise Conflicto(mensaje="El catálogo está en uso.")

    monkeypatch.setattr(pagina, "guardar", negarse)
    pedido = peticion(datos(), "catalogo.administrar")
    respuesta = pagina.changeform_view(pedido)
    assert (respuesta.status_code, respuesta["Location"]) == (302, "/admin/core/latido/")
    assert [str(m) for m in pedido._messages._queued_messages] == ["El catálogo está en uso."]
    assert not Evento.objects.filter(tipo="no_debe_quedar").exists()


def test_change_without_the_permission_is_refused(pagina, peticion):
    with pytest.raises(PermissionDenied):
        pagina.changeform_view(peticion(datos(), "admin.entrar"))


def test_counts_are_capped(monkeypatch):
    monkeypatch.setattr("core.panel.base.TOPE_CONTEO", 3)
    for n in range(5):
        Tarea.objects.create(funcion=f"f{n}")
    paginador = PaginadorAcotado(Tarea.objects.order_by("pk"), 2)
    assert (paginador.count, paginador.num_pages) == (3, 2)
    assert PaginadorAcotado([1, 2, 3, 4, 5], 2).count == 5


def test_anonymous_has_no_permission():
    assert not SitioMesa().has_permission(SimpleNamespace(user=SimpleNamespace(is_authenticated=False)))
