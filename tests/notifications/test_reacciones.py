"""Who is told of each event: one table of acts by people; and what a batch costs."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.events import registrar_evento
from derivations.services import (
    acusar_copia,
    anular_derivacion,
    asignar_derivacion,
    atender_derivacion,
    rechazar_derivacion,
)
from documents.files.espera import poner_en_espera
from documents.services import (
    adjuntar_archivos,
    anular_documento,
    archivar_documento,
    observar_documento,
    reabrir_documento,
    reanudar_plazo,
    subsanar_documento,
    suspender_plazo,
)
from notifications.constants import Tipo
from notifications.models import Notificacion
from notifications.services import dejar_de_seguir, seguir_documento
from organization.constants import CodigoRol
from organization.services import guardar_encargatura
from tests.documents.files_util import pdf, subida
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida, make_usuario

pytestmark = pytest.mark.django_db


@pytest.fixture
def o(almacen):
    """ana (chief) and beto work in transportes; rosa is another clerk of the window; luis follows what he can."""
    oficina = make_oficina()
    oficina.beto = make_usuario("beto", area=oficina.transportes)
    oficina.rosa = make_usuario("rosa", area=oficina.mesa, rol=CodigoRol.OPERADOR_MESA)
    oficina.mira = make_usuario("mira", area=oficina.transportes, rol=CodigoRol.CONSULTA)  # receives nothing
    oficina.baja = make_usuario("baja", area=oficina.transportes, is_active=False)
    return oficina


def adjuntar(o, documento, clase, actor):
    espera = poner_en_espera(usuario=actor, subida=subida(pdf(marca=clase)), para="anexo")
    adjuntar_archivos(documento_id=documento, ids=[espera.pk], actor=actor, clase=clase)


def atendida(o, actor=None):
    derivacion = make_recibida(o)
    return atender_derivacion(
        derivacion_id=derivacion.pk, resultado="PROCEDENTE", sin_respuesta_motivo="x", actor=actor or o.ana
    )


def suspendido(o):
    pk = make_recibida(o).documento_id
    suspender_plazo(documento_id=pk, motivo="x", base_legal="y", actor=o.ana)
    return pk


def asignada(o):
    derivacion = make_recibida(o)
    return asignar_derivacion(derivacion_id=derivacion.pk, persona=o.beto, actor=o.jefa)


# what was there before, the act on it, and {kind: who is told}; whoever acts is not
TABLA = {
    "derived": (
        make_documento,
        lambda o, d: make_derivada(o, documento=d),
        {"derivado": "ana beto"},
    ),
    "derived urgent, by one of the area": (
        make_documento,
        lambda o, d: make_derivada(o, documento=d, es_urgente=True, actor=o.ana),
        {"urgente": "beto"},
    ),
    "derived with copies, one person in both areas": (
        make_documento,
        lambda o, d: make_derivada(o, documento=d, destino=o.legal, copias=[o.transportes, o.caminos]),
        {"derivado": "luis", "copia": "ana beto eva"},
    ),
    "reserved": (
        lambda o: make_documento(o, tipo_documento=o.denuncia),
        lambda o, d: make_derivada(o, documento=d, copias=[o.legal]),
        {"derivado": "ana", "copia": "luis"},
    ),
    "received": (make_derivada, lambda o, d: make_recibida_de(o, d), {}),
    "returned": (
        make_derivada,
        lambda o, d: rechazar_derivacion(derivacion_id=d.pk, motivo="x", actor=o.ana),
        {"devuelto": "ventanilla rosa"},
    ),
    "called back": (
        make_derivada,
        lambda o, d: anular_derivacion(derivacion_id=d.pk, actor=o.ventanilla),
        {"envio_anulado": "ana beto"},
    ),
    "assigned": (
        make_recibida,
        lambda o, d: asignar_derivacion(derivacion_id=d.pk, persona=o.beto, actor=o.jefa),
        {"asignado": "beto"},
    ),
    "taken for oneself": (
        make_recibida,
        lambda o, d: asignar_derivacion(derivacion_id=d.pk, persona=o.beto, actor=o.beto),
        {},
    ),
    "attended": (
        make_recibida,
        lambda o, d: atender_derivacion(
            derivacion_id=d.pk, resultado="PROCEDENTE", sin_respuesta_motivo="x", actor=o.ana
        ),
        {"atendido": "ventanilla"},
    ),
    "observed": (
        make_documento,
        lambda o, d: observar_documento(documento_id=d.pk, faltantes=["SOAT"], actor=o.rosa),
        {"observado": "ventanilla"},
    ),
    "corrected": (
        lambda o: make_documento(o, faltantes=["SOAT"]),
        lambda o, d: subsanar_documento(documento_id=d.pk, detalle="x", actor=o.ventanilla),
        {"observado": "rosa"},
    ),
    "paused, assigned": (
        asignada,
        lambda o, d: suspender_plazo(documento_id=d.documento_id, motivo="x", base_legal="y", actor=o.jefa),
        {"plazo": "beto"},
    ),
    "resumed": (
        suspendido,
        lambda o, pk: reanudar_plazo(documento_id=pk, actor=o.jefa),
        {"plazo": "ana beto"},
    ),
    "paper added where it is worked on": (
        make_recibida,
        lambda o, d: adjuntar(o, d.documento_id, "ESCRITO", o.ventanilla),
        {"escrito": "ana beto"},
    ),
    "scanned at the window": (make_documento, lambda o, d: adjuntar(o, d.pk, "ANEXO", o.ventanilla), {}),
    "reopened": (
        atendida,
        lambda o, d: reabrir_documento(documento_id=d.documento_id, motivo="x", actor=o.jefa),
        {"reabierto": "ana beto"},
    ),
    "archived": (
        atendida,
        lambda o, d: archivar_documento(documento_id=d.documento_id, serie=o.serie_documental, actor=o.jefa),
        {},
    ),
    "annulled": (
        make_recibida,
        lambda o, d: anular_documento(documento_id=d.documento_id, motivo="x", actor=o.jefa),
        {"anulado": "ana beto"},
    ),
    "acting chief named": (
        lambda o: None,
        lambda o, _: guardar_encargatura(
            actor=o.admin,
            usuario=o.eva,
            area=o.legal,
            desde="2026-11-25",
            hasta="2026-11-30",
            sustento="RD 1",
        ),
        {"encargatura": "eva"},
    ),
    "report ready": (
        lambda o: None,
        lambda o, _: registrar_evento(
            tipo="reporte_listo",
            actor=o.jefa,
            detalle={"reporte": 1, "titulo": "Vencidos", "usuario": o.jefa.pk},
        ),
        {"reporte": "jefa"},
    ),
}


def make_recibida_de(o, derivacion):
    from derivations.services import recibir_derivacion

    recibir_derivacion(derivacion_id=derivacion.pk, actor=o.ana)


def avisados():
    """{kind: names} of everything written."""
    quienes = {}
    for tipo, nombre in Notificacion.objects.values_list("tipo", "usuario__username"):
        quienes.setdefault(tipo, set()).add(nombre)
    return quienes


@pytest.mark.parametrize("acto", TABLA)
def test_each_act_tells_whom_it_concerns_and_nobody_else(o, acto):
    antes, hacer, esperado = TABLA[acto]
    cosa = antes(o)
    Notificacion.objects.all().delete()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        hacer(o, cosa)
        raise ZeroDivisionError
    assert not Notificacion.objects.exists()  # what is undone was never told
    if cosa is not None:
        cosa.refresh_from_db() if hasattr(cosa, "refresh_from_db") else None
    hacer(o, cosa)
    assert avisados() == {tipo: set(nombres.split()) for tipo, nombres in esperado.items()}


def test_followers_hear_of_every_movement_while_they_may_see_it(o):
    documento = make_documento(o)
    for persona in (o.jefa, o.luis, o.ventanilla, o.ana):
        seguir_documento(documento_id=documento.pk, usuario=persona)
        seguir_documento(documento_id=documento.pk, usuario=persona)
    derivada = make_derivada(o, documento=documento)
    # luis may not see it, ventanilla did it, ana is told as one of the area
    assert avisados() == {"seguido": {"jefa"}, "derivado": {"ana", "beto"}}
    dejar_de_seguir(documento_id=documento.pk, usuario=o.jefa)
    make_recibida_de(o, derivada)
    textos = Notificacion.objects.filter(tipo="seguido").values_list("usuario__username", "texto")
    assert [nombre for nombre, _ in textos] == ["ventanilla", "jefa"]
    assert f"{documento.numero_corto} recibido en Transporte de Pasajeros y Carga: " in textos[0][1]


def test_the_words_of_a_reserved_document_say_nothing_of_it(o):
    documento = make_documento(o, tipo_documento=o.denuncia, asunto="Denuncia contra un inspector")
    o.ana.email = "ana@drp.pe"
    o.ana.save()
    make_derivada(o, documento=documento, es_urgente=True)
    notificacion = Notificacion.objects.get(usuario=o.ana)
    assert notificacion.urgente
    assert notificacion.texto == f"{documento.numero_corto} llegó de Mesa de Partes: documento reservado"
    assert "inspector" not in o.ana.correos.get().texto + o.ana.correos.get().asunto


def test_a_batch_writes_one_row_for_each_document_and_person_at_a_constant_cost(o):
    cuentas = []
    for gente in (0, 48):
        for n in range(gente):
            make_usuario(f"u{n}", area=o.transportes)
        documento = make_documento(o)
        with CaptureQueriesContext(connection) as consultas:
            make_derivada(o, documento=documento)
        propias = [c for c in consultas if "notifications_" in c["sql"] or "WITH RECURSIVE sube" in c["sql"]]
        cuentas.append((len(consultas), len(propias)))
    assert cuentas[0] == cuentas[1]
    assert cuentas[0][1] <= 4
    assert Notificacion.objects.filter(documento=documento, tipo=Tipo.DERIVADO).count() == 50


def test_the_acknowledgement_of_a_copy_is_no_movement(o):
    principal = make_derivada(o, destino=o.caminos, copias=[o.transportes])
    Notificacion.objects.all().delete()
    seguir_documento(documento_id=principal.documento_id, usuario=o.jefa)
    acusar_copia(derivacion_id=principal.hijas.get().pk, actor=o.ana)
    assert not Notificacion.objects.exists()
