"""Tell people: one statement for any number of them, in the transaction of the change they are told of."""

from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from core.texto import recortar
from documents.lectores import quienes_ven
from notifications.constants import POR_DEFECTO, SIEMPRE_EN_SISTEMA, Tipo
from notifications.services.correos import escribir_correos
from notifications.services.lotes import insertar

LARGO = 200
_CANALES = """
SELECT u.id, u.email, p.tipo, p.en_sistema, p.por_correo
  FROM organization_usuario u
  LEFT JOIN notifications_preferencia p ON p.usuario_id = u.id AND p.tipo = ANY(%(tipos)s)
 WHERE u.id = ANY(%(usuarios)s) AND u.is_active
"""
# In the order of the people: two workers with the same fact wait for each other and never cross.
_INSERTAR = """
INSERT INTO notifications_notificacion
       (usuario_id, tipo, documento_id, texto, enlace, urgente, clave, creada_en)
SELECT f.usuario, f.tipo, %(documento)s, f.texto, f.enlace, f.urgente, f.clave, %(ahora)s
  FROM unnest(%(usuario)s::bigint[], %(tipo)s::text[], %(texto)s::text[], %(enlace)s::text[], %(urgente)s::bool[],
              %(clave)s::text[]) AS f(usuario, tipo, texto, enlace, urgente, clave)
 ORDER BY f.usuario, f.clave
ON CONFLICT DO NOTHING RETURNING 1
"""


@dataclass(frozen=True)
class Aviso:
    """What one person is to be told. clave names the fact; asunto_correo is the subject of the mail.

    contenido is what the mail says instead of the text: any of titulo, parrafos, datos, listas, boton, cierre.
    """

    usuario_id: int
    tipo: Tipo
    texto: str
    enlace: str
    clave: str
    urgente: bool = False
    asunto_correo: str = ""
    contenido: dict = field(default_factory=dict)


def notificar(
    *, usuarios, tipo, texto, enlace, clave, documento=None, urgente=False, asunto_correo="", contenido=None
):
    """Tells several people the same thing, by the channels each chose for the kind.

    Args: usuarios instances or ids, any number; enlace an address of this site, "/…"; documento instance or id:
        who may not see it is not told; clave names the fact, at most 120 characters; asunto_correo and contenido
        as in Aviso.
    Returns: {"sistema": rows written, "correo": mails written}; 0 for those told before.
    Writes: as entregar.
    """
    return entregar(
        [
            Aviso(getattr(u, "pk", u), tipo, texto, enlace, clave, urgente, asunto_correo, contenido or {})
            for u in usuarios
        ],
        documento_id=getattr(documento, "pk", documento),
    )


@transaction.atomic(savepoint=False)
def entregar(avisos, *, documento_id=None):
    """Delivers notices that may differ from person to person, all of one document or of none.

    Of several notices with one clave for a person, the first is delivered. Costs three statements, two more when
    somebody takes mails, whatever the number of people.
    Returns: {"sistema", "correo"} counts.
    Writes: Notificacion, Correo and the task that sends them; nothing for who is inactive or may not see the
        document, nor twice for one person and clave.
    """
    unicos = {(a.usuario_id, a.clave): a for a in reversed(avisos)}
    ids = {usuario for usuario, _ in unicos}
    if documento_id is not None:
        ids = quienes_ven(documento_id=documento_id, usuarios=ids)
    canales = _canales(ids, {a.tipo for a in unicos.values()}) if ids else {}
    en_sistema, por_correo = [], []
    for (usuario, _), aviso in sorted(unicos.items()):
        if usuario not in canales:
            continue
        correo, elegidos = canales[usuario]
        sistema, mail = elegidos.get(aviso.tipo, POR_DEFECTO[aviso.tipo])
        if sistema or aviso.tipo in SIEMPRE_EN_SISTEMA:
            en_sistema.append(aviso)
        if mail and correo:
            por_correo.append((correo, aviso))
    return {
        "sistema": _insertar(en_sistema, documento_id),
        "correo": escribir_correos(por_correo, documento_id=documento_id) if por_correo else 0,
    }


def _canales(ids, tipos):
    """{user id: (mail address, {kind: (in the system, by mail)})} of the active people; only what they chose."""
    canales = {}
    with connection.cursor() as cursor:
        cursor.execute(_CANALES, {"usuarios": list(ids), "tipos": [str(t) for t in tipos]})
        for pk, correo, tipo, sistema, mail in cursor.fetchall():
            _, elegidos = canales.setdefault(pk, (correo, {}))
            if tipo:
                elegidos[tipo] = (sistema, mail)
    return canales


def _insertar(avisos, documento_id):
    columnas = {
        "usuario": lambda a: a.usuario_id,
        "tipo": lambda a: str(a.tipo),
        "texto": lambda a: recortar(" ".join(a.texto.split()), LARGO),
        "enlace": lambda a: a.enlace,
        "urgente": lambda a: a.urgente,
        "clave": lambda a: a.clave,
    }
    return insertar(_INSERTAR, avisos, columnas, documento=documento_id, ahora=timezone.now())
