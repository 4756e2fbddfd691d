"""Notifications of each person, what each chose and follows, and the outbox of mails."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils import timezone

from notifications.constants import UMBRALES_DE_PLAZO, EstadoCorreo, Tipo
from notifications.models_envio import EnvioMasivo, Falla  # noqa: F401 tables of this app too
from notifications.querysets import CorreoQuerySet, NotificacionQuerySet, SeguimientoQuerySet


def _de_usuario(relacion, **opciones):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name=relacion,
        db_index=False,
        verbose_name="usuario",
        **opciones,
    )


def _de_documento(relacion, **opciones):
    return models.ForeignKey(
        "documents.Documento",
        models.CASCADE,
        related_name=relacion,
        db_index=False,
        verbose_name="documento",
        **opciones,
    )


class Notificacion(models.Model):
    """One fact told to one person. `clave` names the fact: nobody is told of it twice.

    Unread ones of a person are counted in one small index, without a counter that every sender would have to lock.
    Source: docs/adr/0012-campana.md.
    """

    usuario = _de_usuario("notificaciones")
    tipo = models.CharField("tipo", max_length=20, choices=Tipo)
    documento = _de_documento("notificaciones", null=True, blank=True)
    texto = models.CharField("texto", max_length=200)
    enlace = models.CharField("enlace", max_length=200)
    urgente = models.BooleanField("urgente", default=False)
    clave = models.CharField("clave", max_length=120)
    creada_en = models.DateTimeField("creada", default=timezone.now)
    leida_en = models.DateTimeField("leída", null=True, blank=True)
    # what the list puts first
    destacada = models.GeneratedField(
        expression=Q(urgente=True, leida_en__isnull=True), output_field=models.BooleanField(), db_persist=True
    )

    objects = NotificacionQuerySet.as_manager()

    class Meta:
        verbose_name = "notificación"
        verbose_name_plural = "notificaciones"
        default_permissions = ()
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["usuario", "-destacada", "-id"], name="notificacion_lista"),
            models.Index(
                fields=["usuario", "-id"],
                include=["urgente"],
                name="notificacion_sin_leer",
                condition=Q(leida_en__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="notificacion_una_por_hecho",
                fields=["usuario", "clave"],
                violation_error_message="Esa persona ya fue avisada de ese hecho.",
            ),
            models.CheckConstraint(
                name="notificacion_tipo_conocido",
                condition=Q(tipo__in=Tipo.values),
                violation_error_message="El tipo de notificación no existe.",
            ),
            models.CheckConstraint(
                name="notificacion_enlace_propio",
                condition=Q(enlace__startswith="/") & ~Q(enlace__startswith="//"),
                violation_error_message="El enlace de una notificación es una página de este sistema.",
            ),
        ]

    def __str__(self):
        return self.texto

    @property
    def leida(self):
        return self.leida_en is not None


class Preferencia(models.Model):
    """The channels a person chose for one kind; without a row, the usual ones (constants.POR_DEFECTO)."""

    usuario = _de_usuario("preferencias_de_aviso")
    tipo = models.CharField("tipo", max_length=20, choices=Tipo)
    en_sistema = models.BooleanField("en el sistema")
    por_correo = models.BooleanField("por correo")

    class Meta:
        verbose_name = "preferencia de avisos"
        verbose_name_plural = "preferencias de avisos"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="preferencia_una_por_tipo",
                fields=["usuario", "tipo"],
                violation_error_message="Ya hay una preferencia de ese tipo.",
            )
        ]

    def __str__(self):
        return f"{self.usuario_id}: {self.tipo}"


class Seguimiento(models.Model):
    """A person follows a document: hears of its movements while the document may be seen."""

    usuario = _de_usuario("seguimientos")
    documento = _de_documento("seguimientos")
    desde = models.DateTimeField("desde", default=timezone.now)

    objects = SeguimientoQuerySet.as_manager()

    class Meta:
        verbose_name = "seguimiento"
        verbose_name_plural = "seguimientos"
        default_permissions = ()
        indexes = [models.Index(fields=["usuario", "-id"], name="seguimiento_usuario")]
        constraints = [
            models.UniqueConstraint(
                name="seguimiento_unico",
                fields=["documento", "usuario"],
                violation_error_message="Ya sigues ese documento.",
            )
        ]

    def __str__(self):
        return f"{self.usuario_id} sigue {self.documento_id}"


class Correo(models.Model):
    """A mail to send, written with the change that calls for it; this row says what became of it.

    ENVIANDO is committed before the server is spoken to: a row found so after a stop becomes DUDOSO and is sent
    again only by hand.
    """

    para = models.EmailField("para")
    usuario = _de_usuario("correos", null=True, blank=True)
    remitente = models.ForeignKey(
        "documents.Remitente",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="correos",
        db_index=False,
        verbose_name="remitente",
    )
    documento = _de_documento("correos", null=True, blank=True)
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


class AvisoPlazo(models.Model):
    """A threshold of a term of which people were told: each is told once, also when the day moves and comes back."""

    documento = _de_documento("avisos_de_plazo")
    fecha_limite = models.DateField("fecha límite")
    umbral = models.PositiveSmallIntegerField("días hábiles que quedaban")
    avisado_en = models.DateTimeField("avisado", default=timezone.now)

    class Meta:
        verbose_name = "aviso de plazo"
        verbose_name_plural = "avisos de plazo"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="avisoplazo_unico",
                fields=["documento", "fecha_limite", "umbral"],
                violation_error_message="De ese plazo ya se avisó.",
            ),
            models.CheckConstraint(
                name="avisoplazo_umbral_conocido",
                condition=Q(umbral__in=UMBRALES_DE_PLAZO),
                violation_error_message="Se avisa a los 3, 2 y 1 días y al vencer.",
            ),
        ]

    def __str__(self):
        return f"{self.documento_id} a {self.umbral} días de {self.fecha_limite}"
