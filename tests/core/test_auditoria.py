"""manage.py verificar_auditoria finds each kind of tampering."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone

from core.events import CAMPOS_HUELLA, calcular_hash, registrar_evento
from core.models import Evento

pytestmark = pytest.mark.django_db


@contextmanager
def sin_vigilancia():
    """Do what only the owner of the database can: switch the trigger off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a pending check would refuse the ALTER
        cursor.execute("ALTER TABLE core_evento DISABLE TRIGGER core_evento_sin_cambios")
        yield cursor
        cursor.execute("ALTER TABLE core_evento ENABLE TRIGGER core_evento_sin_cambios")


@pytest.fixture
def cadenas():
    """Three events of document 1, two of document 2, one without document."""
    for documento in (1, 2, 1, None, 2, 1):
        with transaction.atomic():
            registrar_evento(tipo="x", documento_id=documento, despues={"n": documento}, ip="10.0.0.1")
    return Evento.objects


def recalcular(evento):
    return calcular_hash(
        hash_anterior=evento.hash_anterior, **{campo: getattr(evento, campo) for campo in CAMPOS_HUELLA}
    )


def verificar(capsys, *args):
    call_command("verificar_auditoria", *args)
    return capsys.readouterr().out.strip()


def rota(*args):
    with pytest.raises(CommandError) as error:
        call_command("verificar_auditoria", *args)
    assert error.value.returncode == 1
    return str(error.value)


def test_untouched_chains_hold(cadenas, capsys):
    ultimo = cadenas.latest("pk").pk
    assert verificar(capsys) == f"Auditoría íntegra: 6 eventos en 3 cadenas, último {ultimo}."
    assert "3 eventos en 1 cadenas" in verificar(capsys, "--documento", "1")
    assert "1 eventos en 1 cadenas" in verificar(capsys, "--documento", "0")


def test_empty_audit_holds(capsys):
    assert "0 eventos en 0 cadenas" in verificar(capsys)


@pytest.mark.parametrize(
    "cambio",
    [
        "despues = '{\"n\": 3}'",
        "tipo = 'y'",
        "ocurrido_en = ocurrido_en - interval '1 microsecond'",
        "area_id = 4",
        "ip = NULL",
        "detalle = '{}'",
    ],
)
def test_altered_field_is_found(cadenas, cambio):
    evento = cadenas.get(documento_id=1, secuencia=2)
    with sin_vigilancia() as cursor:
        cursor.execute(f"UPDATE core_evento SET {cambio} WHERE id = %s", [evento.pk])
    assert rota() == (
        f"Cadena rota en el evento {evento.pk} (documento 1, secuencia 2, "
        f"{'y' if cambio.startswith('tipo') else 'x'}): el contenido fue alterado."
    )


def test_altered_field_with_its_hash_made_anew_breaks_the_next_one(cadenas):
    evento = cadenas.get(documento_id=1, secuencia=2)
    evento.tipo = "y"
    with sin_vigilancia() as cursor:
        cursor.execute(
            "UPDATE core_evento SET tipo = 'y', hash = %s WHERE id = %s", [recalcular(evento), evento.pk]
        )
    assert "secuencia 3" in rota()


def test_deleted_middle_row_is_found(cadenas):
    with sin_vigilancia():
        cadenas.filter(documento_id=1, secuencia=2).delete()
    assert rota().endswith("falta la secuencia 2.")


def test_deleted_first_row_is_found(cadenas):
    with sin_vigilancia():
        cadenas.filter(documento_id=2, secuencia=1).delete()
    assert "documento 2" in rota()


def test_forged_row_is_found(cadenas):
    ultimo = cadenas.get(documento_id=1, secuencia=3)
    Evento.objects.create(
        tipo="x",
        documento_id=1,
        secuencia=4,
        ocurrido_en=timezone.now(),
        hash_anterior=ultimo.hash,
        hash="f" * 64,
    )
    assert "secuencia 4" in rota()


def test_forged_row_with_a_good_hash_but_no_link_is_found(cadenas):
    falso = Evento(tipo="x", documento_id=1, secuencia=4, ocurrido_en=timezone.now(), hash_anterior="a" * 64)
    falso.hash = recalcular(falso)
    falso.save()
    assert rota().endswith("la huella anterior no corresponde al evento previo.")


def test_first_broken_row_is_the_one_reported(cadenas):
    with sin_vigilancia() as cursor:
        cursor.execute("UPDATE core_evento SET tipo = 'y' WHERE documento_id IN (1, 2)")
    assert "documento 1, secuencia 1" in rota()
    assert "documento 2, secuencia 1" in rota("--documento", "2")


def test_since_a_date_reads_only_what_came_later(cadenas, capsys):
    hoy = timezone.localdate()
    assert "6 eventos" in verificar(capsys, "--desde", hoy.isoformat())
    assert "0 eventos" in verificar(capsys, "--desde", (hoy + timedelta(days=1)).isoformat())
    with pytest.raises(CommandError):
        call_command("verificar_auditoria", "--desde", "ayer")


def test_since_a_date_still_finds_tampering(cadenas):
    primero = cadenas.get(documento_id=1, secuencia=1)
    with sin_vigilancia() as cursor:
        cursor.execute(
            "UPDATE core_evento SET ocurrido_en = now() - interval '3 days' WHERE id = %s", [primero.pk]
        )
        cursor.execute("UPDATE core_evento SET area_id = 9 WHERE documento_id = 1 AND secuencia = 3")
    assert "secuencia 3" in rota("--desde", timezone.localdate().isoformat())
    assert "secuencia 1" in rota()
