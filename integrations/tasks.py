"""Background work of integrations."""

from integrations.services import sincronizar_envio


def sincronizar_documento_externo(envio_id):
    """Sends a document to an external system, or asks its state: whatever its sending is due for."""
    return sincronizar_envio(envio_id=envio_id)
