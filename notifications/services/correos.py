"""The outbox: mails written with the change that calls for them, and the task that sends them."""

import json

from django.db import transaction
from django.utils import timezone

from core.jobs import encolar
from notifications.constants import TAREA_ENVIAR_CORREOS
from notifications.services.lotes import insertar

# Addresses that came back get nothing more.
_INSERTAR = """
INSERT INTO notifications_correo
       (para, usuario_id, documento_id, tipo, clave, asunto, texto, html, estado, intentos, error, creado_en,
        mensaje_id, contenido, proximo_intento_en)
SELECT f.para, f.usuario, %(documento)s, f.tipo, f.clave, f.asunto, f.texto, '', 'PENDIENTE', 0, '', %(ahora)s, '',
       f.contenido, %(ahora)s
  FROM unnest(%(para)s::text[], %(usuario)s::bigint[], %(tipo)s::text[], %(clave)s::text[], %(asunto)s::text[],
              %(texto)s::text[], %(contenido)s::jsonb[]) AS f(para, usuario, tipo, clave, asunto, texto, contenido)
 WHERE NOT EXISTS (SELECT 1 FROM notifications_direccionrebotada r WHERE lower(r.correo) = lower(f.para))
 ORDER BY f.clave
ON CONFLICT DO NOTHING RETURNING 1
"""


@transaction.atomic(savepoint=False)
def escribir_correos(avisos, *, documento_id=None):
    """Writes the mail of each notice and asks for their sending.

    Args: avisos list of (address, Aviso).
    Returns: how many were written; 0 for those written before.
    Writes: Correo rows, one Tarea shared by everything that waits.
    """
    columnas = {
        "para": lambda fila: fila[0],
        "usuario": lambda fila: fila[1].usuario_id,
        "tipo": lambda fila: str(fila[1].tipo),
        "clave": lambda fila: f"{fila[1].clave}:{fila[1].usuario_id}",
        "asunto": lambda fila: _asunto(fila[1]),
        "texto": lambda fila: "" if fila[1].contenido else fila[1].texto,
        "contenido": lambda fila: _contenido(fila[1]),
    }
    escritos = insertar(_INSERTAR, avisos, columnas, documento=documento_id, ahora=timezone.now())
    if escritos:
        pedir_envio()
    return escritos


def pedir_envio():
    """Asks the worker to send what is pending; equal requests share one task."""
    return encolar(funcion=TAREA_ENVIAR_CORREOS, clave="correos")


def _contenido(aviso):
    return json.dumps({"enlace": aviso.enlace, "urgente": aviso.urgente} | aviso.contenido)


def _asunto(aviso):
    """One line: a header takes no more."""
    urgente = "Urgente: " if aviso.urgente else ""
    return " ".join(f"{urgente}{aviso.asunto_correo or aviso.texto}".split())[:200]
