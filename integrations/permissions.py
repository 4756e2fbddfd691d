"""Who may send documents to other entities; doors call these, services do not."""

from documents.constants import Estado
from documents.models import Documento
from organization.constants import P

# Not registered yet, taken as never presented, or void: nothing to send.
ESTADOS_NO_ENVIABLES = (Estado.PRESENTADO, Estado.NO_PRESENTADO, Estado.ANULADO)


def puede_administrar(usuario, integracion=None):
    """Set up connections, try them and retry what they could not send."""
    return usuario.is_active and usuario.tiene_permiso(P.CATALOGO)


def puede_enviar(usuario, documento):
    """Send this document: who administers connections and may see it."""
    return (
        puede_administrar(usuario)
        and Documento.objects.visibles_para(usuario).filter(pk=documento.pk).exists()
    )


def puede_reintentar(usuario, envio):
    """Retry or ask about a sending whose document the user may see."""
    return puede_enviar(usuario, envio.documento)
