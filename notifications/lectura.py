"""What the pages and the API read: the list, with no text of what may not be seen any more, and the choices."""

from documents.models import Documento
from notifications.constants import POR_DEFECTO, SIEMPRE_EN_SISTEMA, Tipo
from notifications.models import Notificacion, Preferencia
from organization.constants import P

VISTAS = {"todas": "Todas", "sin-leer": "Sin leer", "urgentes": "Urgentes"}
ORDEN = [("destacada", "desc"), ("id", "desc")]
NO_VISIBLE = "Un documento que ya no puedes ver."
# Kinds of some people only.
_DE_ALGUNOS = {Tipo.OPERACION: P.TAREAS, Tipo.RESUMEN: P.ASIGNAR}


def notificaciones_de(usuario, vista="todas"):
    """The person's notices, in the order of ORDEN: unread urgent ones, then the newest."""
    filas = Notificacion.objects.de(usuario)
    return {"sin-leer": filas.sin_leer(), "urgentes": filas.urgentes()}.get(vista, filas)


def tapar(filas, usuario):
    """Sets on each notice whether its document may be seen now (`visible`) and, if not, takes its text away."""
    documentos = {fila.documento_id for fila in filas if fila.documento_id}
    vistos = set()
    if documentos:
        vistos = set(
            Documento.objects.visibles_para(usuario)
            .filter(pk__in=documentos)
            .order_by()
            .values_list("pk", flat=True)
        )
    for fila in filas:
        fila.visible = fila.documento_id is None or fila.documento_id in vistos
        if not fila.visible:
            fila.texto = NO_VISIBLE
    return filas


def preferencias_de(usuario):
    """[{tipo, titulo, sistema, correo, fijo}] of the kinds offered to the person, in the order of Tipo."""
    guardadas = {p.tipo: (p.en_sistema, p.por_correo) for p in Preferencia.objects.filter(usuario=usuario)}
    filas = []
    for tipo in Tipo:
        if tipo in _DE_ALGUNOS and not usuario.tiene_permiso(_DE_ALGUNOS[tipo]):
            continue
        sistema, correo = guardadas.get(tipo, POR_DEFECTO[tipo])
        fijo = tipo in SIEMPRE_EN_SISTEMA
        filas.append(
            {
                "tipo": tipo.value,
                "titulo": tipo.label,
                "sistema": sistema or fijo,
                "correo": correo,
                "fijo": fijo,
            }
        )
    return filas
