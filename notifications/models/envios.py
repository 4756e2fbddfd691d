"""Tables of the mass sendings and of the faults that operators are told of."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from notifications.constants import Destino, EstadoEnvio


class EnvioMasivo(models.Model):
    """One notice to many: its text, whom it is for, and how far it got. Each person has one Correo with its key."""

    titulo = models.CharField("título", max_length=150)
    texto = models.TextField("texto", max_length=5000)
    destino = models.CharField("para", max_length=10, choices=Destino)
    filtro = models.JSONField("condiciones", default=dict)
    estado = models.CharField("estado", max_length=10, choices=EstadoEnvio, default=EstadoEnvio.PREPARADO)
    tarea_id = models.BigIntegerField("tarea", null=True, blank=True)
    total = models.PositiveIntegerField("personas", default=0)
    pedido_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="pedido por"
    )
    creado_en = models.DateTimeField("creado", default=timezone.now)
    terminado_en = models.DateTimeField("terminado", null=True, blank=True)

    class Meta:
        verbose_name = "envío masivo"
        verbose_name_plural = "envíos masivos"
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="enviomasivo_con_texto",
                condition=~Q(titulo="") & ~Q(texto=""),
                violation_error_message="Escribe el título y el texto del aviso.",
            ),
            models.CheckConstraint(
                name="enviomasivo_estado_conocido",
                condition=Q(estado__in=EstadoEnvio.values),
                violation_error_message="El estado del envío no existe.",
            ),
            models.CheckConstraint(
                name="enviomasivo_destino_conocido",
                condition=Q(destino__in=Destino.values),
                violation_error_message="El destino del envío no existe.",
            ),
        ]

    def __str__(self):
        return self.titulo


class Falla(models.Model):
    """A fault of the system while it lasts: told to the operators once when it begins and once when it ends."""

    clave = models.CharField("qué falla", max_length=40)
    detalle = models.CharField("detalle", max_length=500, blank=True)
    desde = models.DateTimeField("desde", default=timezone.now)
    hasta = models.DateTimeField("hasta", null=True, blank=True)
    avisada_en = models.DateTimeField("avisada", null=True, blank=True)

    class Meta:
        verbose_name = "falla del sistema"
        verbose_name_plural = "fallas del sistema"
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="falla_una_abierta",
                fields=["clave"],
                condition=Q(hasta__isnull=True),
                violation_error_message="Esa falla ya está abierta.",
            )
        ]

    def __str__(self):
        return self.clave
