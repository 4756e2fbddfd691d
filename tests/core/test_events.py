"""The audit chain: what is written, what is refused, and that two writers never fork it."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy

from core.constants import HASH_INICIAL, EstadoTarea
from core.errors import FueraDeTransaccion
from core.events import CAMPOS_HUELLA, a_json, calcular_hash, ip_normal, registrar_evento
from core.models import Evento
from tests.concurrency_util import a_la_vez


def recalcular(evento):
    return calcular_hash(
        hash_anterior=evento.hash_anterior, **{campo: getattr(evento, campo) for campo in CAMPOS_HUELLA}
    )


@pytest.mark.django_db
class TestWriting:
    def test_chain_starts_at_one_and_links_each_event_to_the_previous(self):
        primero = registrar_evento(tipo="documento_registrado", documento_id=7, despues={"asunto": "Ñandú"})
        segundo = registrar_evento(
            tipo="documento_movido", documento_id=7, antes={"area": 1}, despues={"area": 2}
        )
        otro = registrar_evento(tipo="documento_registrado", documento_id=8)
        assert (primero.secuencia, primero.hash_anterior) == (1, HASH_INICIAL)
        assert (segundo.secuencia, segundo.hash_anterior) == (2, primero.hash)
        assert (otro.secuencia, otro.hash_anterior) == (1, HASH_INICIAL)

    def test_event_without_document_joins_chain_zero(self):
        registrar_evento(tipo="sesion_iniciada")
        assert registrar_evento(tipo="sesion_cerrada", documento_id=0).secuencia == 2
        assert Evento.objects.de_documento(0).count() == 2

    def test_actor_area_and_address_are_kept(self, django_user_model):
        actor = django_user_model.objects.create_user("rosa")
        evento = registrar_evento(tipo="x", documento_id=1, actor=actor, area_id=5, ip="2001:DB8::0001")
        evento.refresh_from_db()
        assert (evento.actor, evento.area_id, evento.ip) == (actor, 5, "2001:db8::1")

    def test_hash_read_back_from_the_database_is_the_same(self, django_user_model):
        """Whatever a service may pass, in whatever type."""
        evento = registrar_evento(
            tipo="x",
            documento_id=2**40,
            actor=django_user_model.objects.create_user("rosa"),
            area_id=3,
            ip="::ffff:10.0.0.1",
            antes={
                "dia": date(2026, 1, 2),
                "hora": datetime(2026, 1, 2, 3, 4, 5, 6, UTC),
                "monto": Decimal("10.50"),
            },
            despues={
                "id": uuid.UUID(int=5),
                "estado": EstadoTarea.HECHA,
                "texto": gettext_lazy("Yes"),
                "lapso": timedelta(3),
                3: "clave de número",
                "conjunto": {"b", "a"},
                "tupla": (1, None, True),
                "vacio": {},
                "nulo": "a\x00b",
                "roto": "\ud800",
                "emoji": "🗂",
                "grande": 10**30,
            },
            detalle=[1.5, 100.0, -0.0, 1e22, 1e-9, float("nan"), float("inf"), 0.1 + 0.2, 1e15],
        )
        leido = Evento.objects.get(pk=evento.pk)
        assert recalcular(leido) == evento.hash == leido.hash

    def test_rolled_back_change_leaves_no_event(self):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            registrar_evento(tipo="x", documento_id=1)
            raise ZeroDivisionError
        assert registrar_evento(tipo="y", documento_id=1).secuencia == 1

    def test_costs_three_queries(self, django_assert_num_queries):
        with django_assert_num_queries(3):
            registrar_evento(tipo="x", documento_id=1)


@pytest.mark.parametrize(
    ("dado", "guardado"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        ("unix:", None),
        (None, None),
    ],
)
def test_address_has_one_spelling(dado, guardado):
    assert ip_normal(dado) == guardado


@pytest.mark.parametrize("valor", [{"a": [1, {"b": None}]}, [], "x", 0, False, None, 1.25])
def test_plain_json_is_left_as_it_is(valor):
    assert a_json(valor) == valor
    assert json.loads(json.dumps(a_json(valor))) == valor


def test_hash_depends_on_every_part():
    base = {
        "hash_anterior": HASH_INICIAL,
        "documento_id": 1,
        "secuencia": 1,
        "tipo": "x",
        "actor_id": 1,
        "area_id": 1,
        "ocurrido_en": datetime(2026, 1, 1, tzinfo=UTC),
        "antes": None,
        "despues": {"a": 1},
        "detalle": None,
        "ip": None,
    }
    otros = {
        "hash_anterior": "1" * 64,
        "documento_id": 2,
        "secuencia": 2,
        "tipo": "y",
        "actor_id": 2,
        "area_id": None,
        "ocurrido_en": datetime(2026, 1, 1, 0, 0, 0, 1, UTC),
        "antes": {},
        "despues": {"a": "1"},
        "detalle": "",
        "ip": "10.0.0.1",
    }
    huellas = {calcular_hash(**(base | {campo: valor})) for campo, valor in otros.items()}
    assert len(huellas | {calcular_hash(**base)}) == len(otros) + 1
    lima = datetime(2025, 12, 31, 19, tzinfo=ZoneInfo("America/Lima"))
    assert calcular_hash(**(base | {"ocurrido_en": lima})) == calcular_hash(**base)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    ["UPDATE core_evento SET tipo = 'z'", "DELETE FROM core_evento", "UPDATE core_evento SET ip = NULL"],
)
def test_database_refuses_to_change_or_delete_events(sql):
    registrar_evento(tipo="x", documento_id=1)
    with pytest.raises(IntegrityError, match="solo admite agregar"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql)
    assert Evento.objects.get().tipo == "x"


@pytest.mark.django_db
def test_database_refuses_to_truncate_events():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'core_evento'::regclass AND NOT tgisinternal"
        )
        assert {fila[0] for fila in cursor.fetchall()} == {
            "core_evento_sin_cambios",
            "core_evento_sin_truncar",
        }
        with pytest.raises(IntegrityError, match="TRUNCATE"), transaction.atomic():
            cursor.execute("TRUNCATE core_evento")


@pytest.mark.django_db
def test_orm_delete_is_refused_too():
    evento = registrar_evento(tipo="x", documento_id=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        evento.delete()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused():
    with pytest.raises(FueraDeTransaccion):
        registrar_evento(tipo="x")


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_make_one_chain():
    def escribir():
        for _ in range(10):
            with transaction.atomic():
                registrar_evento(tipo="x", documento_id=9)

    assert a_la_vez(*[escribir] * 4) == [None] * 4
    cadena = list(Evento.objects.de_documento(9))
    assert [e.secuencia for e in cadena] == list(range(1, 41))
    assert [e.hash_anterior for e in cadena] == [HASH_INICIAL, *(e.hash for e in cadena[:-1])]
