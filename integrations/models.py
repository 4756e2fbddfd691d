"""Connections with other systems and the log of each exchange (their work comes later)."""

from django.db import models
from django.db.models import Q

from integrations.constants import EstadoConexion, EstadoSincronizacion, Operacion, TipoIntegracion


class Integracion(models.Model):
    """A connection to another entity's system. Credentials live encrypted elsewhere."""

    codigo = models.SlugField("código", max_length=40, unique=True)
    nombre = models.CharField("nombre", max_length=120)
    tipo = models.CharField("tipo", max_length=20, choices=TipoIntegracion)
    url_base = models.URLField("dirección", max_length=300, blank=True)
    activa = models.BooleanField("activa", default=False)
    estado_conexion = models.CharField(
        "estado de la conexión", max_length=14, choices=EstadoConexion, default=EstadoConexion.SIN_PROBAR
    )
    ultima_sincronizacion = models.DateTimeField("última sincronización", null=True, blank=True)
    creada_en = models.DateTimeField("creada", auto_now_add=True)
    actualizada_en = models.DateTimeField("actualizada", auto_now=True)

    class Meta:
        verbose_name = "integración"
        verbose_name_plural = "integraciones"
        ordering = ["codigo"]
        indexes = [
            models.Index(fields=["tipo"], name="integracion_tipo"),
            models.Index(fields=["activa"], name="integracion_activa", condition=Q(activa=True)),
            models.Index(fields=["estado_conexion"], name="integracion_conexion"),
            models.Index(fields=["ultima_sincronizacion"], name="integracion_sincronizada"),
        ]
        constraints = [
            models.CheckConstraint(
                name="integracion_tipo_conocido",
                condition=Q(tipo__in=TipoIntegracion.values),
                violation_error_message="El tipo de integración no existe.",
            ),
            models.CheckConstraint(
                name="integracion_activa_con_url",
                condition=Q(activa=False) | ~Q(url_base=""),
                violation_error_code="url_base",
                violation_error_message="Escribe la dirección antes de activar la integración.",
            ),
        ]

    def __str__(self):
        return self.nombre


class LogSincronizacion(models.Model):
    """One exchange with another system, kept also when it failed."""

    integracion = models.ForeignKey(
        Integracion, models.PROTECT, related_name="logs", db_index=False, verbose_name="integración"
    )
    documento = models.ForeignKey(
        "documents.Documento",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sincronizaciones",
        db_index=False,
        verbose_name="documento",
    )
    documento_numero_expediente = models.CharField("expediente", max_length=40, blank=True)
    id_externo = models.CharField("identificador externo", max_length=100, blank=True)
    operacion = models.CharField("operación", max_length=12, choices=Operacion)
    estado = models.CharField(
        "estado", max_length=10, choices=EstadoSincronizacion, default=EstadoSincronizacion.EN_CURSO
    )
    detalle = models.TextField("detalle", blank=True)
    created_at = models.DateTimeField("fecha", auto_now_add=True)
    terminado_en = models.DateTimeField("terminado", null=True, blank=True)

    class Meta:
        verbose_name = "registro de sincronización"
        verbose_name_plural = "registros de sincronización"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["integracion", "-created_at"], name="logsincro_integracion_fecha"),
            models.Index(fields=["integracion", "estado"], name="logsincro_integracion_estado"),
            models.Index(fields=["documento", "operacion"], name="logsincro_documento_operacion"),
            models.Index(fields=["operacion"], name="logsincro_operacion"),
            models.Index(fields=["estado"], name="logsincro_estado"),
            models.Index(fields=["-created_at"], name="logsincro_fecha"),
            models.Index(fields=["documento_numero_expediente"], name="logsincro_expediente"),
            models.Index(fields=["id_externo"], name="logsincro_id_externo", condition=~Q(id_externo="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="logsincro_estado_conocido",
                condition=Q(estado__in=EstadoSincronizacion.values),
                violation_error_message="El estado de la sincronización no existe.",
            )
        ]

    def __str__(self):
        return f"{self.operacion} {self.documento_numero_expediente or self.id_externo}"
