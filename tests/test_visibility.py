"""Who sees which document: one table of roles and kinds of document, for documents and for their derivations.

Written by hand from ARCHITECTURE 2 and REQUIREMENTS R7, not read from the code.
"""

from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone

from core.models import Evento
from derivations.models import Derivacion
from derivations.permissions import derivacion_visible_o_404
from derivations.services import anular_derivacion, asignar_derivacion, derivar_documento
from documents.lectores import quienes_ven
from documents.models import Documento, PresenciaArea
from documents.permissions import documento_visible_o_404
from documents.services import dar_acceso, retirar_acceso
from organization.constants import CodigoRol, P
from organization.models import Encargatura, Membresia, Rol, Usuario
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida, make_usuario

pytestmark = pytest.mark.django_db


# --- kinds of document, seen from transportes ------------------------------------------------------------------


def aqui(o):
    """In transportes now."""
    return make_recibida(o).documento


def por_llegar(o):
    """Sent to transportes and not received yet."""
    return make_derivada(o).documento


def estuvo(o):
    """Was in transportes, is in caminos now."""
    derivacion = make_recibida(o)
    derivar_documento(
        documento_id=derivacion.documento_id, area_destino=o.caminos, instrucciones="Siga", actor=o.ana
    )
    return derivacion.documento


def llamado(o):
    """Sent to transportes by mistake and called back: it was known there, so its end may be seen."""
    derivacion = make_derivada(o)
    anular_derivacion(derivacion_id=derivacion.pk, actor=o.ventanilla)
    return derivacion.documento


def copia(o):
    """Transportes has a copy, caminos the document."""
    return make_derivada(o, destino=o.caminos, copias=[o.transportes]).documento


def nunca(o):
    """Never in transportes: from the window to caminos."""
    return make_derivada(o, destino=o.caminos).documento


def en_ventanilla(o):
    """Just registered."""
    return make_documento(o)


def reservado(o):
    """Reserved, in transportes; the chief of transportes is named, and who registered it."""
    return make_recibida(o, documento=make_documento(o, tipo_documento=o.denuncia)).documento


def reservado_ajeno(o):
    """Reserved, in caminos; its chief is named, and who registered it."""
    return make_derivada(
        o, destino=o.caminos, documento=make_documento(o, tipo_documento=o.denuncia)
    ).documento


def reservado_en_ventanilla(o):
    """Reserved and not sent yet."""
    return make_documento(o, tipo_documento=o.denuncia)


# Persons: ana is the chief of transportes; beto works there too; rosa is another clerk of the window; luis is of
# legal; jefa heads the directorate and everything below; lector and admin see all that is not reserved; super is a
# superuser; nadie has no area; baja is a deactivated member of transportes.
TABLA = {
    aqui: "ana beto ventanilla rosa jefa lector admin super",
    por_llegar: "ana beto ventanilla rosa jefa lector admin super",
    estuvo: "ana beto eva ventanilla rosa jefa lector admin super",
    llamado: "ana beto ventanilla rosa jefa lector admin super",
    copia: "ana beto eva ventanilla rosa jefa lector admin super",
    nunca: "eva ventanilla rosa jefa lector admin super",
    en_ventanilla: "ventanilla rosa jefa lector admin super",
    reservado: "ana ventanilla",
    reservado_ajeno: "eva ventanilla",
    reservado_en_ventanilla: "ventanilla",
}
PERSONAS = "ana beto luis eva ventanilla rosa jefa lector admin super nadie baja anonimo".split()


@pytest.fixture
def o():
    oficina = make_oficina()
    oficina.beto = make_usuario("beto", area=oficina.transportes)
    oficina.rosa = make_usuario("rosa", area=oficina.mesa, rol=CodigoRol.OPERADOR_MESA)
    oficina.super = Usuario.objects.create_superuser("super", password="x")
    oficina.nadie = make_usuario("nadie")
    oficina.baja = make_usuario("baja", area=oficina.transportes, is_active=False)
    oficina.anonimo = AnonymousUser()
    return oficina


def de_nuevo(usuario):
    """The same person at their next request."""
    return Usuario.objects.get(pk=usuario.pk)


def ve(usuario, documento):
    """What the two scopes, and the rule asked for many people at once, say; they must agree."""
    si = Documento.objects.visibles_para(usuario).filter(pk=documento.pk).exists()
    if usuario.pk:
        vistos = quienes_ven(documento_id=documento.pk, usuarios=[usuario.pk, usuario.pk + 10**6])
        assert vistos == ({usuario.pk} if si else set())
    derivaciones = Derivacion.objects.filter(documento=documento).count()
    assert Derivacion.objects.visibles_para(usuario).filter(documento=documento).count() == derivaciones * si
    return si


@pytest.mark.parametrize("clase", TABLA, ids=lambda f: f.__name__)
def test_who_sees_each_kind_of_document(o, clase):
    documento = clase(o)
    make_documento(o, tipo_documento=o.denuncia, actor=o.rosa)  # another's, which must not open this one
    vistos = {quien for quien in PERSONAS if ve(getattr(o, quien), documento)}
    assert vistos == set(TABLA[clase].split())


@pytest.mark.parametrize("clase", TABLA, ids=lambda f: f.__name__)
def test_the_door_of_a_record_follows_the_same_rule_and_records_the_attempt(o, clase):
    documento = clase(o)
    derivacion = Derivacion.objects.filter(documento=documento).first()
    for quien in PERSONAS:
        usuario, antes = getattr(o, quien), Evento.objects.filter(tipo="acceso_denegado").count()
        if quien in TABLA[clase].split():
            assert documento_visible_o_404(usuario, documento.pk) == documento
            if derivacion:
                assert derivacion_visible_o_404(usuario, derivacion.pk)[1] == documento
            assert Evento.objects.filter(tipo="acceso_denegado").count() == antes
            continue
        with pytest.raises(Http404):
            documento_visible_o_404(usuario, documento.pk)
        assert Evento.objects.filter(tipo="acceso_denegado").count() == antes + 1
        if derivacion:
            with pytest.raises(Http404):
                derivacion_visible_o_404(usuario, derivacion.pk)


def test_what_does_not_exist_looks_like_what_may_not_be_seen_and_leaves_no_trace(o):
    with pytest.raises(Http404):
        documento_visible_o_404(o.eva, 999_999)
    assert not Evento.objects.filter(tipo="acceso_denegado").exists()


def test_every_role_but_the_reserved_is_counted_by_the_base(o):
    """The rule is presence in an area, written by the services; without it nobody of the area sees the document."""
    documento = aqui(o)
    PresenciaArea.objects.filter(documento=documento, area=o.transportes).delete()
    assert not ve(o.ana, documento)
    assert ve(o.ventanilla, documento)


# --- reserved documents ----------------------------------------------------------------------------------------


def test_a_person_named_later_sees_it_and_one_taken_back_does_not(o):
    documento = reservado(o)
    assert not ve(o.beto, documento)
    dar_acceso(documento_id=documento.pk, usuarios=[o.beto], actor=o.ana)
    assert ve(o.beto, documento)
    retirar_acceso(documento_id=documento.pk, usuario=o.beto, actor=o.ana)
    assert not ve(o.beto, documento)


def test_whoever_it_is_assigned_to_is_named(o):
    documento = reservado(o)
    derivacion = Derivacion.objects.get(documento=documento)
    asignar_derivacion(derivacion_id=derivacion.pk, persona=o.beto, actor=o.ana)
    assert ve(o.beto, documento)


def test_a_named_person_sees_it_also_from_another_area_and_with_no_area(o):
    documento = reservado(o)
    dar_acceso(documento_id=documento.pk, usuarios=[o.luis, o.nadie, o.super], actor=o.ana)
    assert ve(o.luis, documento)
    assert ve(o.nadie, documento)
    assert ve(o.super, documento)


def test_a_deactivated_person_sees_nothing_even_when_named(o):
    documento = reservado(o)
    Usuario.objects.filter(pk=o.ana.pk).update(is_active=False)
    assert not ve(de_nuevo(o.ana), documento)
    assert not Documento.objects.visibles_para(de_nuevo(o.ana)).exists()


def test_a_deactivated_superuser_sees_nothing(o):
    documento = aqui(o)
    Usuario.objects.filter(pk=o.super.pk).update(is_active=False)
    assert not ve(de_nuevo(o.super), documento)


# --- acting chiefs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("desde", "hasta", "manda"),
    [(-5, -1, False), (-5, 0, True), (0, 0, True), (0, 5, True), (-1, 1, True), (1, 5, False)],
)
def test_an_acting_chief_sees_and_acts_between_both_dates_included(o, desde, hasta, manda):
    documento, hoy = aqui(o), timezone.localdate()
    Encargatura.objects.create(
        usuario=o.luis,
        area=o.transportes,
        desde=hoy + timedelta(days=desde),
        hasta=hoy + timedelta(days=hasta),
        sustento="Memorando 12-2026",
    )
    luis = de_nuevo(o.luis)
    assert ve(luis, documento) == manda
    assert luis.tiene_permiso(P.ASIGNAR, o.transportes.pk) == manda
    assert luis.tiene_permiso(P.DERIVAR, o.legal.pk)


def test_the_dates_of_an_acting_chief_are_those_of_lima(o):
    """At 23:30 of the last day in Lima it is already tomorrow in Greenwich, and the appointment still holds."""
    documento, hoy = aqui(o), timezone.localdate()
    Encargatura.objects.create(usuario=o.luis, area=o.transportes, desde=hoy, hasta=hoy, sustento="Memo")
    noche = timezone.make_aware(timezone.datetime(hoy.year, hoy.month, hoy.day, 23, 30))
    for momento, manda in ((noche, True), (noche + timedelta(minutes=30), False)):
        with mock.patch("django.utils.timezone.now", return_value=momento):
            assert ve(de_nuevo(o.luis), documento) == manda


def test_an_acting_chief_of_an_upper_area_reaches_those_below(o):
    documento, hoy = aqui(o), timezone.localdate()
    Encargatura.objects.create(usuario=o.luis, area=o.direccion, desde=hoy, hasta=hoy, sustento="Memo")
    assert ve(de_nuevo(o.luis), documento)


def test_an_acting_chief_is_named_on_reserved_documents_that_arrive_meanwhile(o):
    hoy = timezone.localdate()
    antes = reservado(o)
    Encargatura.objects.create(usuario=o.luis, area=o.transportes, desde=hoy, hasta=hoy, sustento="Memo")
    ahora = reservado(o)
    assert not ve(de_nuevo(o.luis), antes)
    assert ve(de_nuevo(o.luis), ahora)


# --- immediate effect ------------------------------------------------------------------------------------------


def test_a_change_of_role_is_in_force_at_the_next_request(o, client):
    documento = nunca(o)
    client.force_login(o.ana)
    assert client.get(f"/expedientes/{documento.pk}/").status_code == 404
    Membresia.objects.filter(usuario=o.ana).update(rol=o.roles["consulta"])
    assert client.get(f"/expedientes/{documento.pk}/").status_code == 200
    Membresia.objects.filter(usuario=o.ana).update(rol=o.roles["usuario_area"])
    assert client.get(f"/expedientes/{documento.pk}/").status_code == 404


def test_a_permission_taken_from_a_role_is_gone_at_the_next_request(o, client):
    documento = aqui(o)
    client.force_login(o.ana)
    assert client.get(f"/expedientes/{documento.pk}/").status_code == 200
    Rol.objects.get(codigo="usuario_area").permisos.remove(P.DOCUMENTO_VER)
    assert client.get(f"/expedientes/{documento.pk}/").status_code == 404


def test_a_new_area_opens_its_documents_and_losing_it_closes_them(o):
    documento = aqui(o)
    assert not ve(o.luis, documento)
    fila = Membresia.objects.create(usuario=o.luis, area=o.transportes, rol=o.roles["usuario_area"])
    assert ve(de_nuevo(o.luis), documento)
    fila.delete()
    assert not ve(de_nuevo(o.luis), documento)


def test_a_deactivated_user_is_out_at_once_with_the_history_kept(o, client):
    documento = aqui(o)
    client.force_login(o.ana)
    assert client.get(f"/expedientes/{documento.pk}/").status_code == 200
    Usuario.objects.filter(pk=o.ana.pk).update(is_active=False)
    respuesta = client.get(f"/expedientes/{documento.pk}/")
    assert respuesta.status_code == 302
    assert "entrar" in respuesta.url
    assert Derivacion.objects.get(documento=documento).usuario_recibe == o.ana
    assert Evento.objects.filter(documento_id=documento.pk, actor=o.ana).exists()
