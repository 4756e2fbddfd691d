"""What a person does with the outbox: send again, knowing what that means."""

from django.db import transaction
from django.utils import timezone

from core.errors import NoExiste
from core.events import registrar_evento
from notifications.constants import EstadoCorreo
from notifications.correo.rebotes import rebotada
from notifications.errors import DireccionSigueRebotada, NoSeReenvia
from notifications.models import Correo
from notifications.services import pedir_envio

CORREO_REENVIADO = "correo_reenviado"
REENVIABLES = (EstadoCorreo.FALLIDO, EstadoCorreo.DUDOSO, EstadoCorreo.REBOTADO)
AVISO_DUDOSO = "Quizá ya salió: la persona podría recibirlo dos veces."


@transaction.atomic
def reenviar_correo(*, correo_id, actor):
    """Put a letter in the outbox again, with all its attempts. Keeps its Message-ID, so readers see one letter.

    Raises: NoExiste, NoSeReenvia, DireccionSigueRebotada. Writes: Correo, Evento, Tarea.
    """
    correo = Correo.objects.select_for_update(of=("self",)).filter(pk=correo_id).first()
    if correo is None:
        raise NoExiste()
    if correo.estado not in REENVIABLES:
        raise NoSeReenvia(estado=correo.get_estado_display().lower())
    if rebotada(correo.para):
        raise DireccionSigueRebotada(correo=correo.para)
    antes = {"estado": correo.estado, "error": correo.error[:200]}
    correo.estado, correo.intentos, correo.error = EstadoCorreo.PENDIENTE, 0, ""
    correo.proximo_intento_en, correo.enviando_en = timezone.now(), None
    correo.save(update_fields=["estado", "intentos", "error", "proximo_intento_en", "enviando_en"])
    registrar_evento(
        tipo=CORREO_REENVIADO,
        documento_id=correo.documento_id,
        actor=actor,
        antes=antes,
        detalle={"correo": correo.pk, "para": correo.para, "asunto": correo.asunto},
    )
    pedir_envio()
    return correo
