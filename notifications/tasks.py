"""Background work of the notifications; each is safe twice."""

from core.jobs import progreso_actual
from core.texto import miles
from notifications.alertas import plazos, resumen
from notifications.correo import masivo
from notifications.correo.envio import enviar_pendientes
from notifications.services import purgar_notificaciones as purgar


def enviar_correos():
    """Send what is due in the outbox, with no transaction open while the server is spoken to."""
    return enviar_pendientes(
        avance=lambda cuenta: progreso_actual(0, f"{miles(cuenta['enviados'])} enviados")
    )


def enviar_notificaciones_masivas(envio_id):
    """Write and send the notices of a mass sending, going on where an earlier run stopped."""
    return masivo.enviar(envio_id=envio_id)


def avisar_plazos():
    """Tell of the terms that are about to end or have just ended."""
    return plazos.avisar_plazos()


def enviar_resumenes():
    """Write the summaries of the morning to the chiefs."""
    return resumen.enviar_resumenes()


def purgar_notificaciones():
    """Delete old notices, each night."""
    return {"borradas": purgar()}
