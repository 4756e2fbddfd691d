"""Background work of the notifications."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from core.jobs import progreso_actual
from notifications.constants import EstadoCorreo
from notifications.models import Correo


def enviar_correos():
    """Sends what is pending in the outbox, one at a time, with no transaction open while the server is spoken to."""
    enviados = 0
    while correo := _tomar():
        mensaje = EmailMultiAlternatives(
            correo.asunto, correo.texto, settings.DEFAULT_FROM_EMAIL, [correo.para]
        )
        if correo.html:
            mensaje.attach_alternative(correo.html, "text/html")
        try:
            mensaje.send()
        except Exception as error:
            correo.estado, correo.error = EstadoCorreo.FALLIDO, repr(error)[:2000]
        else:
            correo.estado, correo.enviado_en, correo.error = EstadoCorreo.ENVIADO, timezone.now(), ""
            enviados += 1
        correo.save(update_fields=["estado", "enviado_en", "error"])
        progreso_actual(0, f"{enviados} correos enviados")
    return {"enviados": enviados}


@transaction.atomic
def _tomar():
    """The next pending mail, marked as being sent before anything leaves; None when there is none."""
    correo = Correo.objects.pendientes().select_for_update(skip_locked=True).first()
    if correo is not None:
        correo.estado, correo.intentos = EstadoCorreo.ENVIANDO, correo.intentos + 1
        correo.save(update_fields=["estado", "intentos"])
    return correo
