"""Mails to the person who presented a document, asked for in the transaction of the change.

They go to `correo_avisos` and to no other address: it is the one left for this document's notices, while the
sender's own `correo` is a datum of contact that nobody authorised for them. The final area is the one that gets
the document when it leaves the window (the principal derivation without an earlier one); what areas then pass to
one another is not told. Named by string in settings.REACCIONES.
Source: docs/manual.md; TUO Ley 27444 art. 20.4.
"""

import json
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from core.texto import fecha_hora
from derivations.models import Derivacion
from notifications.constants import EstadoCorreo
from notifications.correo.tipos import Ciudadano
from notifications.models import Correo
from notifications.services import pedir_envio

# A sending by mistake is called back within minutes: until then the person is not told of it.
ESPERA_DERIVADO = timedelta(minutes=10)

_INSERTAR = """
INSERT INTO notifications_correo
       (para, remitente_id, documento_id, tipo, clave, asunto, texto, html, estado, intentos, error, creado_en,
        mensaje_id, contenido, proximo_intento_en)
SELECT d.correo_avisos, d.remitente_id, d.id, %(tipo)s, %(clave)s, replace(%(asunto)s, '#', d.numero_expediente),
       '', '', 'PENDIENTE', 0, '', %(ahora)s, '', %(contenido)s::jsonb, %(desde)s
  FROM documents_documento d
 WHERE d.id = %(documento)s AND d.correo_avisos <> ''
ON CONFLICT DO NOTHING
"""


def _escribir(tipo, documento_id, *, clave="", asunto, contenido=None, espera=timedelta(0)):
    """Write one mail, if the document has an address, and ask for its sending. Writes: Correo, Tarea."""
    ahora = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERTAR,
            {
                "tipo": tipo.value,
                "clave": f"{tipo.value}:{clave or documento_id}",
                "asunto": asunto,
                "documento": documento_id,
                "contenido": json.dumps(contenido or {}),
                "ahora": ahora,
                "desde": ahora + espera,
            },
        )
        escrito = bool(cursor.rowcount)
    if escrito and not espera:
        pedir_envio()


def al_registrar(*, evento, documento_id, actor):
    """The receipt: number, key, instants, what comes next."""
    if (evento.detalle or {}).get("avisos"):
        _escribir(Ciudadano.RECIBIDO, documento_id, asunto="Recibimos tu documento: #")


def al_observar(*, evento, documento_id, actor):
    """What is missing and until when; takes the place of a receipt that has not gone out yet."""
    contenido = {}
    previo = Correo.objects.filter(
        clave=f"{Ciudadano.RECIBIDO.value}:{documento_id}", estado=EstadoCorreo.PENDIENTE, intentos=0
    )
    if previo.delete()[0]:
        contenido["con_cargo"] = True
    _escribir(Ciudadano.OBSERVADO, documento_id, asunto="Falta algo en tu documento #", contenido=contenido)


def al_derivar(*, evento, documento_id, actor):
    """The final area, when the document leaves the window."""
    detalle = evento.detalle
    sale = Derivacion.objects.filter(pk=detalle["derivacion_id"], padre=None)
    if not sale.exclude(documento__correo_avisos="").exists():
        return
    _escribir(
        Ciudadano.DERIVADO,
        documento_id,
        clave=detalle["derivacion_id"],
        asunto="Tu documento # pasó al área que lo atenderá",
        contenido={"area": detalle["destino"], "cuando": fecha_hora(evento.ocurrido_en)},
        espera=ESPERA_DERIVADO,
    )


def al_anular_envio(*, evento, documento_id, actor):
    """A sending called back before the person heard of it is not told."""
    clave = f"{Ciudadano.DERIVADO.value}:{evento.detalle['derivacion_id']}"
    Correo.objects.filter(clave=clave, estado=EstadoCorreo.PENDIENTE).delete()


def al_atender(*, evento, documento_id, actor):
    """The answer."""
    detalle = evento.detalle
    _escribir(
        Ciudadano.ATENDIDO,
        documento_id,
        clave=detalle["derivacion_id"],
        asunto="Atendieron tu documento #",
        contenido={
            "area": detalle.get("area", ""),
            "resultado": detalle.get("resultado", ""),
            "respuestas": len(detalle.get("respuestas") or ()),
            "cuando": fecha_hora(evento.ocurrido_en),
        },
    )
