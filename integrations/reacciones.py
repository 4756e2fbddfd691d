"""What integrations do when an event happens (settings.REACCIONES)."""

from django.urls import reverse

from integrations.models import Envio
from notifications.alertas.personas import con_permiso
from notifications.constants import Tipo
from notifications.services import notificar
from organization.constants import P


def avisar_agotada(*, evento, documento_id, actor):
    """Tell who administers connections, once, that a sending needs a person. Writes: notices and mails."""
    envio = Envio.objects.select_related("documento", "integracion").get(pk=evento.detalle["envio_id"])
    # Of a reserved document nothing is said, not even its number: it is found from the page by who may see it.
    reservado = envio.documento.reservado
    que = "un documento reservado" if reservado else envio.documento.numero_expediente
    porque = "" if reservado else f": {evento.detalle['error']}"
    notificar(
        usuarios=con_permiso(P.CATALOGO),
        tipo=Tipo.OPERACION,
        texto=f"No se pudo enviar {que} a {envio.integracion.nombre}{porque}",
        enlace=reverse("admin:integrations_envio_changelist")
        if reservado
        else reverse("admin:integrations_envio_change", args=[envio.pk]),
        clave=f"agotada:{evento.pk}",
        asunto_correo=f"No se pudo enviar {que} a {envio.integracion.nombre}",
    )
