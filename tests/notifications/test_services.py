"""Telling people: who is told, by which channel, once, and what it costs."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.models import Tarea
from notifications.constants import Tipo
from notifications.models import Correo, DireccionRebotada, Notificacion, Preferencia
from notifications.services import notificar
from tests.concurrency_util import a_la_vez
from tests.factories import make_derivada, make_documento, make_oficina, make_usuario

pytestmark = pytest.mark.django_db


def avisar(usuarios, clave="hecho:1", tipo=Tipo.DERIVADO, **over):
    return notificar(usuarios=usuarios, tipo=tipo, texto="Llegó algo", enlace="/", clave=clave, **over)


def avisados(**filtro):
    return {u for (u,) in Notificacion.objects.filter(**filtro).values_list("usuario__username")}


def test_the_same_fact_is_told_once_to_each_person_and_mailed_once():
    o = make_oficina()
    assert avisar([o.ana, o.luis.pk, o.ana], tipo=Tipo.URGENTE) == {"sistema": 2, "correo": 0}
    for persona in (o.ana, o.eva):
        persona.email = f"{persona.username}@drp.pe"
        persona.save()
    assert avisar([o.ana, o.luis, o.eva], tipo=Tipo.URGENTE) == {"sistema": 1, "correo": 2}
    assert avisar([o.ana, o.luis, o.eva], tipo=Tipo.URGENTE) == {"sistema": 0, "correo": 0}
    assert sorted(Correo.objects.values_list("para", flat=True)) == ["ana@drp.pe", "eva@drp.pe"]
    assert Tarea.objects.filter(funcion="notifications.tasks.enviar_correos").count() == 1


def test_a_document_is_told_only_to_the_active_people_who_may_see_it():
    o = make_oficina()
    baja = make_usuario("baja", area=o.transportes, is_active=False)
    derivada = make_derivada(o, documento=make_documento(o, tipo_documento=o.denuncia))
    todos = [o.ana, o.luis, o.eva, o.jefa, o.admin, o.ventanilla, baja]
    avisar(todos, documento=derivada.documento)
    assert avisados() == {"ana", "ventanilla"}  # the chief of the area and who registered it are named
    avisar(todos, clave="otro", documento=make_derivada(o).documento)
    assert avisados(clave="otro") == {"ana", "jefa", "administradora", "ventanilla"}
    avisar(todos, clave="sin")
    assert avisados(clave="sin") == {u.username for u in todos} - {"baja"}


@pytest.mark.parametrize(
    ("tipo", "sistema", "correo", "esperado"),
    [
        (Tipo.DERIVADO, None, None, (1, 0)),
        (Tipo.DERIVADO, False, False, (0, 0)),
        (Tipo.DERIVADO, False, True, (0, 1)),
        (Tipo.URGENTE, None, None, (1, 1)),
        (Tipo.URGENTE, False, False, (1, 0)),  # an urgent document is never silent in the system
    ],
)
def test_each_kind_goes_by_the_channels_that_were_chosen(tipo, sistema, correo, esperado):
    ana = make_usuario("ana", email="ana@drp.pe")
    Preferencia.objects.create(usuario=ana, tipo=Tipo.COPIA, en_sistema=False, por_correo=False)
    if sistema is not None:
        Preferencia.objects.create(usuario=ana, tipo=tipo, en_sistema=sistema, por_correo=correo)
    hubo = avisar([ana], tipo=tipo)
    assert (hubo["sistema"], hubo["correo"]) == esperado


def test_mail_has_one_line_of_subject_no_bounced_address_and_a_link():
    ana = make_usuario("ana", email="Ana@drp.pe")
    DireccionRebotada.objects.create(correo="ana@DRP.pe")
    eva = make_usuario("eva", email="eva@drp.pe")
    notificar(
        usuarios=[ana, eva],
        tipo=Tipo.URGENTE,
        texto="x" * 500,
        enlace="/documentos/1/",
        clave="k",
        urgente=True,
        asunto_correo="Uno\r\nBcc: otro@x.pe",
    )
    correo = Correo.objects.get()
    assert (correo.para, correo.asunto) == ("eva@drp.pe", "Urgente: Uno Bcc: otro@x.pe")
    assert correo.contenido["enlace"] == "/documentos/1/"
    assert {len(n.texto) for n in Notificacion.objects.all()} == {200}


def test_fifty_people_cost_as_many_statements_as_one():
    o = make_oficina()
    documento = make_derivada(o).documento
    gente = [make_usuario(f"u{n}", area=o.transportes, email=f"u{n}@drp.pe") for n in range(50)]
    cuentas = []
    for cuantos, clave in ((1, "a"), (50, "b")):
        with CaptureQueriesContext(connection) as consultas:
            assert avisar(gente[:cuantos], clave, Tipo.URGENTE, documento=documento)["correo"] == cuantos
        cuentas.append(len(consultas))
        Tarea.objects.all().delete()  # else the second shares the task of the first
    assert cuentas[0] == cuentas[1] <= 6


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_fact_leave_one_row_for_each_person():
    gente = [make_usuario(f"u{n}", email=f"u{n}@drp.pe").pk for n in range(8)]
    hechos = []

    def trabajar(orden):
        for n in range(10):
            with transaction.atomic():
                hechos.append(avisar(orden, f"hecho:{n}", Tipo.URGENTE))

    a_la_vez(*(lambda paso=paso: trabajar(gente[::paso]) for paso in (1, -1, 1, -1)))
    assert len(hechos) == 40
    assert Notificacion.objects.count() == Correo.objects.count() == 80
    assert sum(h["sistema"] for h in hechos) == sum(h["correo"] for h in hechos) == 80
