"""Notices of each person, what each chose and follows, and which terms were told."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from notifications.constants import UMBRALES_DE_PLAZO, Tipo
from notifications.models.comun import de_documento, de_usuario
from notifications.querysets import NotificacionQuerySet, SeguimientoQuerySet


class Notificacion(models.Model):
    """One fact told to one person. `clave` names the fact: nobody is told of it twice.

    Unread ones of a person are counted in one small index, without a counter that every sender would have to lock.
    Source: docs/adr/0012-campana.md.
    """

    usuario = de_usuario("notificaciones")
    tipo = models.CharField("tipo", max_length=20, choices=Tipo)
    documento = de_documento("notificaciones", null=True, blank=True)
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

    usuario = de_usuario("preferencias_de_aviso")
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

    usuario = de_usuario("seguimientos")
    documento = de_documento("seguimientos")
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


class AvisoPlazo(models.Model):
    """A threshold of a term of which people were told: each is told once, also when the day moves and comes back."""

    documento = de_documento("avisos_de_plazo")
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
