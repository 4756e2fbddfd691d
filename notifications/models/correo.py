"""The outbox of mails, and the addresses that give them back."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils import timezone

from notifications.constants import EstadoCorreo
from notifications.models.comun import de_documento, de_usuario
from notifications.querysets import CorreoQuerySet


class Correo(models.Model):
    """A mail to send, written with the change that calls for it; this row says what became of it.

    ENVIANDO is committed before the server is spoken to: a row found so after a stop becomes DUDOSO and is sent
    again only by hand.
    """

    para = models.EmailField("para")
    usuario = de_usuario("correos", null=True, blank=True)
    remitente = models.ForeignKey(
        "documents.Remitente",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="correos",
        db_index=False,
        verbose_name="remitente",
    )
    documento = de_documento("correos", null=True, blank=True)
    tipo = models.CharField("tipo", max_length=30)
    clave = models.CharField("clave", max_length=160, unique=True)
    asunto = models.CharField("asunto", max_length=200)
    texto = models.TextField("texto")
    html = models.TextField("html", blank=True)
    estado = models.CharField("estado", max_length=10, choices=EstadoCorreo, default=EstadoCorreo.PENDIENTE)
    intentos = models.PositiveSmallIntegerField("intentos", default=0)
    error = models.TextField("error", blank=True)
    creado_en = models.DateTimeField("creado", default=timezone.now)
    enviado_en = models.DateTimeField("enviado", null=True, blank=True)
    mensaje_id = models.CharField("Message-ID", max_length=200, blank=True)
    # what the letter says beside `texto`, or what its kind needs to be written when it goes out
    contenido = models.JSONField("contenido", default=dict, db_default={}, blank=True)
    proximo_intento_en = models.DateTimeField("próximo intento", default=timezone.now, db_default=Now())
    # the run that has it: its task, None for the sweeper, and the moment it took it
    tarea_id = models.BigIntegerField("tarea", null=True, blank=True)
    enviando_en = models.DateTimeField("tomado", null=True, blank=True)
    masivo = models.ForeignKey(
        "notifications.EnvioMasivo",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="correos",
        db_index=False,
        verbose_name="envío masivo",
    )

    objects = CorreoQuerySet.as_manager()

    class Meta:
        verbose_name = "correo"
        verbose_name_plural = "correos"
        default_permissions = ()
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["id"],
                name="correo_en_curso",
                condition=Q(estado__in=[EstadoCorreo.PENDIENTE, EstadoCorreo.ENVIANDO]),
            ),
            models.Index(
                fields=["estado", "-id"],
                name="correo_con_problema",
                condition=Q(estado__in=[EstadoCorreo.FALLIDO, EstadoCorreo.DUDOSO, EstadoCorreo.REBOTADO]),
            ),
            models.Index(
                fields=["documento", "-id"], name="correo_documento", condition=Q(documento__isnull=False)
            ),
            models.Index(fields=["-creado_en", "-id"], name="correo_fecha"),
            models.Index(fields=["para", "-id"], name="correo_para"),
            models.Index(
                fields=["masivo", "estado"], name="correo_masivo", condition=Q(masivo__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="correo_estado_conocido",
                condition=Q(estado__in=EstadoCorreo.values),
                violation_error_message="El estado del correo no existe.",
            )
        ]

    def __str__(self):
        return f"{self.asunto} ({self.para})"


class DireccionRebotada(models.Model):
    """An address that came back: nothing more is sent to it until somebody takes it off."""

    correo = models.EmailField("correo")
    motivo = models.CharField("motivo", max_length=300, blank=True)
    desde = models.DateTimeField("desde", default=timezone.now)

    class Meta:
        verbose_name = "dirección rebotada"
        verbose_name_plural = "direcciones rebotadas"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                Lower("correo"),
                name="direccionrebotada_unica",
                violation_error_message="Esa dirección ya está en la lista.",
            )
        ]

    def __str__(self):
        return self.correo
