"""The audit chain: one writer, one pure hash, one verifier."""

import hashlib
import ipaddress
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum

from django.db import connection, models
from django.utils import timezone
from django.utils.duration import duration_iso_string

from core.constants import CERROJO_CADENA, HASH_INICIAL, SIN_DOCUMENTO
from core.errors import FueraDeTransaccion
from core.models import Evento
from core.reacciones import reaccionar

# The same order in calcular_hash, the reader below and the generators that use COPY.
CAMPOS_HUELLA = (
    "documento_id",
    "secuencia",
    "tipo",
    "actor_id",
    "area_id",
    "ocurrido_en",
    "antes",
    "despues",
    "detalle",
    "ip",
)


def a_json(valor):
    """Return the value as plain JSON that reads back identical from a jsonb column.

    Floats that jsonb would respell (exponents, NaN) and Decimals become text; NUL and lone surrogates, which
    PostgreSQL refuses, become U+FFFD; a model instance becomes its key.
    """
    if valor is None or isinstance(valor, bool):
        return valor
    if isinstance(valor, Enum):
        return a_json(valor.value)
    if isinstance(valor, int):
        return int(valor)
    if isinstance(valor, str):
        return _texto_limpio(valor)
    if isinstance(valor, float):
        texto = repr(valor)
        return valor + 0.0 if texto[-1].isdigit() and "e" not in texto else texto
    if isinstance(valor, Decimal):
        return str(valor)
    if isinstance(valor, datetime | date | time):
        return valor.isoformat()
    if isinstance(valor, timedelta):
        return duration_iso_string(valor)
    if isinstance(valor, models.Model):
        return a_json(valor.pk)
    if isinstance(valor, Mapping):
        return {_texto_limpio(_clave(k)): a_json(v) for k, v in valor.items()}
    if isinstance(valor, set | frozenset):
        return sorted((a_json(v) for v in valor), key=lambda v: json.dumps(v, sort_keys=True))
    if isinstance(valor, Iterable) and not isinstance(valor, bytes | bytearray):
        return [a_json(v) for v in valor]
    return _texto_limpio(str(valor))  # UUID, lazy text, anything with a readable form


def _clave(clave):
    valor = a_json(clave)
    return valor if isinstance(valor, str) else json.dumps(valor)


def _texto_limpio(texto):
    texto = str(texto).replace("\x00", "\ufffd")
    return texto if texto.isascii() else texto.encode("utf-8", "replace").decode("utf-8")


def ip_normal(ip):
    """Return the address in the spelling PostgreSQL gives back, or None when it is not an address."""
    if not ip:
        return None
    try:
        direccion = ipaddress.ip_address(str(ip).strip().split("%")[0])
    except ValueError:
        return None
    return str(getattr(direccion, "ipv4_mapped", None) or direccion)


def calcular_hash(
    *,
    hash_anterior,
    documento_id,
    secuencia,
    tipo,
    actor_id,
    area_id,
    ocurrido_en,
    antes,
    despues,
    detalle,
    ip,
):
    """Return the sha256 (hex) that binds one event to the one before it. Pure.

    Args: ocurrido_en aware datetime; antes, despues, detalle as a_json() gives them; ip as ip_normal() gives it.
    """
    cuerpo = {
        "hash_anterior": hash_anterior,
        "documento_id": documento_id,
        "secuencia": secuencia,
        "tipo": tipo,
        "actor_id": actor_id,
        "area_id": area_id,
        "ocurrido_en": ocurrido_en.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "antes": antes,
        "despues": despues,
        "detalle": detalle,
        "ip": ip,
    }
    texto = json.dumps(cuerpo, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(texto.encode("utf-8")).hexdigest()


def registrar_evento(
    *,
    tipo,
    documento_id=None,
    actor=None,
    antes=None,
    despues=None,
    detalle=None,
    area_id=None,
    ip=None,
    cadena_nueva=False,
):
    """Append one event to its document's chain, in the caller's transaction.

    Args: documento_id None is the chain of events without document; actor None is the system. cadena_nueva when
        this transaction has just made the document, so that nobody else can write its first event.
    Raises: FueraDeTransaccion outside atomic, so that an event never outlives or misses its change.
    Writes: one Evento; holds the chain's advisory lock until commit, so lock the document's row first and
        write events without document last.
    """
    if not connection.in_atomic_block:
        raise FueraDeTransaccion("registrar_evento needs the transaction of the change it records.")
    documento_id = int(documento_id or SIN_DOCUMENTO)
    secuencia, anterior = (0, HASH_INICIAL) if cadena_nueva else _ultimo_eslabon(documento_id)
    evento = Evento(
        tipo=str(getattr(tipo, "value", tipo)),
        documento_id=documento_id,
        secuencia=secuencia + 1,
        actor=actor,
        area_id=area_id,
        ocurrido_en=timezone.now(),
        antes=a_json(antes),
        despues=a_json(despues),
        detalle=a_json(detalle),
        ip=ip_normal(ip),
        hash_anterior=anterior,
    )
    evento.hash = calcular_hash(hash_anterior=anterior, **{c: getattr(evento, c) for c in CAMPOS_HUELLA})
    evento.save(force_insert=True)
    reaccionar(evento, actor=actor)
    return evento


def _ultimo_eslabon(documento_id):
    """(sequence, hash) of the last event of a chain, which stays locked until commit."""
    with connection.cursor() as cursor:
        # Two statements on purpose: one statement would read with a snapshot older than the lock.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CERROJO_CADENA, _clave_cerrojo(documento_id)])
        cursor.execute(
            "SELECT secuencia, hash FROM core_evento WHERE documento_id = %s ORDER BY secuencia DESC LIMIT 1",
            [documento_id],
        )
        return cursor.fetchone() or (0, HASH_INICIAL)


def _clave_cerrojo(documento_id):
    """Fold a bigint into the signed 32 bits of an advisory key; a clash only makes two chains wait in turn."""
    return (documento_id + 2**31) % 2**32 - 2**31


def primera_rotura(filas, *, cadenas_completas=True):
    """Yield (evento, problema) for each row, problema None when it holds; stops after the first broken row.

    Args: filas in order of documento_id, secuencia. With cadenas_completas False the first row of each chain
        may have predecessors that were not read: its sequence and previous hash are taken as given.
    """
    documento = secuencia = anterior = None
    for fila in filas:
        if fila.documento_id != documento:
            documento = fila.documento_id
            secuencia, anterior = (
                (0, HASH_INICIAL) if cadenas_completas else (fila.secuencia - 1, fila.hash_anterior)
            )
        problema = _problema(fila, secuencia, anterior)
        yield fila, problema
        if problema:
            return
        secuencia, anterior = fila.secuencia, fila.hash


def _problema(fila, secuencia, anterior):
    if fila.secuencia != secuencia + 1:
        return f"falta la secuencia {secuencia + 1}"
    if fila.hash_anterior != anterior:
        return "la huella anterior no corresponde al evento previo"
    valores = {c: getattr(fila, c) for c in CAMPOS_HUELLA}
    valores["ip"] = ip_normal(valores["ip"])
    if calcular_hash(hash_anterior=fila.hash_anterior, **valores) != fila.hash:
        return "el contenido fue alterado"
    return None
