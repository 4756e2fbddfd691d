"""The outbox: mails written with the change that calls for them, and the task that sends them."""

import json

from django.db import connection, transaction
from django.utils import timezone

from core.jobs import encolar
from notifications.constants import LOTE, TAREA_ENVIAR_CORREOS, EstadoCorreo

# Addresses that came back get nothing more.
_INSERTAR = """
INSERT INTO notifications_correo
       (para, usuario_id, documento_id, tipo, clave, asunto, texto, html, estado, intentos, error, creado_en,
        mensaje_id, contenido, proximo_intento_en)
SELECT f.para, f.usuario, %(documento)s, f.tipo, f.clave, f.asunto, f.texto, '', %(estado)s, 0, '', %(ahora)s, '',
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
    escritos = 0
    for desde in range(0, len(avisos), LOTE):
        lote = avisos[desde : desde + LOTE]
        with connection.cursor() as cursor:
            cursor.execute(
                _INSERTAR,
                {
                    "documento": documento_id,
                    "estado": EstadoCorreo.PENDIENTE.value,
                    "ahora": timezone.now(),
                    "para": [para for para, _ in lote],
                    "usuario": [a.usuario_id for _, a in lote],
                    "tipo": [str(a.tipo) for _, a in lote],
                    "clave": [f"{a.clave}:{a.usuario_id}" for _, a in lote],
                    "asunto": [_asunto(a) for _, a in lote],
                    "texto": ["" if a.contenido else a.texto for _, a in lote],
                    "contenido": [_contenido(a) for _, a in lote],
                },
            )
            escritos += cursor.rowcount
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
