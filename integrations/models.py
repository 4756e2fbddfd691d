"""Connections with other systems, the state of each document sent, and the log of each exchange."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from integrations.cifrado import NoSeLee, descifrar
from integrations.constants import (
    CLAVE_DE_TAREA,
    ENVIOS_POR_HACER,
    Autenticacion,
    EstadoConexion,
    EstadoEnvio,
    EstadoSincronizacion,
    Operacion,
    TipoIntegracion,
)
from integrations.errors import CredencialIlegible
from integrations.querysets import EnvioQuerySet, VisiblesPorDocumento
from integrations.redes import validar_direccion


def _segundos(nombre, defecto, tope, ayuda):
    return models.PositiveSmallIntegerField(
        nombre,
        default=defecto,
        help_text=ayuda,
        validators=[MinValueValidator(1), MaxValueValidator(tope)],
    )


class Integracion(models.Model):
    """A connection to another entity's system; its credential is kept encrypted and never shown.

    fallas_seguidas and pausada_hasta are the breaker: after some failures in a row nothing is sent until then.
    """

    codigo = models.SlugField("código", max_length=40, unique=True)
    nombre = models.CharField("nombre", max_length=120)
    tipo = models.CharField("tipo", max_length=20, choices=TipoIntegracion)
    url_base = models.URLField("dirección", max_length=300, blank=True, validators=[validar_direccion])
    autenticacion = models.CharField(
        "autenticación", max_length=10, choices=Autenticacion, default=Autenticacion.NONE
    )
    credencial_cifrada = models.TextField("credencial", blank=True, editable=False)
    conexion_segundos = _segundos(
        "espera para conectar (s)", 5, 60, "Segundos hasta que responde el servidor."
    )
    respuesta_segundos = _segundos(
        "espera de respuesta (s)", 30, 300, "Segundos sin recibir nada antes de desistir."
    )
    total_segundos = _segundos(
        "tiempo total (s)", 300, 900, "Segundos que puede durar una llamada con su archivo."
    )
    activa = models.BooleanField("activa", default=False)
    estado_conexion = models.CharField(
        "estado de la conexión", max_length=14, choices=EstadoConexion, default=EstadoConexion.SIN_PROBAR
    )
    ultima_sincronizacion = models.DateTimeField("última sincronización", null=True, blank=True)
    fallas_seguidas = models.PositiveIntegerField("fallas seguidas", default=0, editable=False)
    pausada_hasta = models.DateTimeField("en pausa hasta", null=True, blank=True, editable=False)
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
            models.CheckConstraint(
                name="integracion_autenticacion_conocida",
                condition=Q(autenticacion__in=Autenticacion.values),
                violation_error_message="La forma de autenticación no existe.",
            ),
        ]

    def __str__(self):
        return self.nombre

    @property
    def para_cifrar(self):
        """Names the row inside what is encrypted for it."""
        return f"integracion:{self.pk}"

    @property
    def secretos(self):
        """The credential in the clear: {"usuario", "secreto"}, empty when there is none.

        Raises: CredencialIlegible when it was stored under a key that is gone.
        """
        if not self.credencial_cifrada:
            return {}
        try:
            return descifrar(self.credencial_cifrada, para=self.para_cifrar)
        except NoSeLee:
            raise CredencialIlegible(nombre=self.nombre) from None

    @property
    def estado_credencial(self):
        """What people may know of the credential: that it is there, missing, or no longer readable."""
        if self.autenticacion == Autenticacion.NONE:
            return "No hace falta"
        if not self.credencial_cifrada:
            return "Falta"
        try:
            return "Guardada" if self.secretos else "Falta"
        except CredencialIlegible:
            return "Ilegible: se guardó con otra clave de cifrado"


class Envio(models.Model):
    """The state of one document toward one integration: the only truth about whether it is there.

    clave is the Idempotency-Key, the same for ever; contenido is what was first sent, so that a retry repeats it.
    proximo_intento_en says when it is due again; while ENVIANDO, until when the attempt of `turno` owns the row.
    """

    documento = models.ForeignKey(
        "documents.Documento",
        models.PROTECT,
        related_name="envios",
        db_index=False,
        verbose_name="documento",
    )
    integracion = models.ForeignKey(
        Integracion, models.PROTECT, related_name="envios", db_index=False, verbose_name="integración"
    )
    estado = models.CharField("estado", max_length=10, choices=EstadoEnvio, default=EstadoEnvio.PENDIENTE)
    clave = models.UUIDField("clave de un solo envío", unique=True, default=uuid.uuid4, editable=False)
    id_remoto = models.CharField("identificador remoto", max_length=100, blank=True)
    numero_remoto = models.CharField("expediente remoto", max_length=60, blank=True)
    estado_remoto = models.CharField("estado remoto", max_length=40, blank=True)
    contenido = models.JSONField("contenido enviado", null=True, blank=True, editable=False)
    archivos_enviados = models.JSONField("archivos enviados", default=list, blank=True, editable=False)
    intentos = models.PositiveSmallIntegerField("intentos", default=0)
    consultas = models.PositiveSmallIntegerField("consultas", default=0)
    proximo_intento_en = models.DateTimeField("próximo intento", null=True, blank=True)
    turno = models.UUIDField("turno", null=True, blank=True, editable=False)
    ultimo_error = models.CharField("último error", max_length=500, blank=True)
    pedido_por = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="pedido por",
    )
    creado_en = models.DateTimeField("pedido", auto_now_add=True)
    enviado_en = models.DateTimeField("enviado", null=True, blank=True)
    confirmado_en = models.DateTimeField("confirmado", null=True, blank=True)
    actualizado_en = models.DateTimeField("actualizado", auto_now=True)

    objects = EnvioQuerySet.as_manager()

    class Meta:
        verbose_name = "envío"
        verbose_name_plural = "envíos"
        ordering = ["-creado_en", "-pk"]
        indexes = [
            models.Index(fields=["integracion", "estado"], name="envio_integracion_estado"),
            models.Index(fields=["-creado_en", "-id"], name="envio_fecha"),
            models.Index(
                fields=["proximo_intento_en"],
                name="envio_debido",
                condition=Q(proximo_intento_en__isnull=False),
            ),
            models.Index(fields=["id_remoto"], name="envio_id_remoto", condition=~Q(id_remoto="")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="envio_unico",
                fields=["documento", "integracion"],
                violation_error_message="Ese documento ya tiene un envío a esa integración.",
            ),
            models.CheckConstraint(
                name="envio_estado_conocido",
                condition=Q(estado__in=EstadoEnvio.values),
                violation_error_message="El estado del envío no existe.",
            ),
            models.CheckConstraint(
                name="envio_por_hacer_con_fecha",
                condition=~Q(estado__in=ENVIOS_POR_HACER) | Q(proximo_intento_en__isnull=False),
                violation_error_message="Un envío por hacer dice cuándo se intenta.",
            ),
        ]

    def __str__(self):
        return f"{self.documento_id} a {self.integracion_id}"

    @property
    def clave_de_tarea(self):
        """Key under which equal requests share one task."""
        return f"{CLAVE_DE_TAREA}{self.pk}"


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
    intento = models.PositiveSmallIntegerField("intento", default=1)
    estado_http = models.PositiveSmallIntegerField("respuesta HTTP", null=True, blank=True)
    duracion_ms = models.PositiveIntegerField("duración (ms)", null=True, blank=True)
    bytes_enviados = models.PositiveBigIntegerField("bytes enviados", default=0)
    bytes_recibidos = models.PositiveBigIntegerField("bytes recibidos", default=0)
    detalle = models.TextField("detalle", blank=True)
    created_at = models.DateTimeField("fecha", auto_now_add=True)
    terminado_en = models.DateTimeField("terminado", null=True, blank=True)

    objects = VisiblesPorDocumento.as_manager()

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
