"""Tables of the core: the audit chain, the task outbox and the heartbeats."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.constants import ESTADOS_VIVOS, EstadoTarea, titulo_de
from core.querysets import EventoQuerySet, TareaQuerySet


class Evento(models.Model):
    """One fact that happened; rows are only added (a trigger refuses the rest) and chained by hash per document.

    documento_id 0 is the chain of what concerns no document. Written only by core.events.registrar_evento.
    """

    id = models.BigAutoField(primary_key=True)
    tipo = models.CharField("tipo", max_length=60)
    documento_id = models.BigIntegerField("documento", default=0)
    secuencia = models.BigIntegerField("secuencia")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="actor",
        null=True,
        on_delete=models.PROTECT,
        related_name="eventos",
        db_index=False,
    )
    area_id = models.BigIntegerField("área", null=True)
    ocurrido_en = models.DateTimeField("ocurrido en")
    antes = models.JSONField("antes", null=True)
    despues = models.JSONField("después", null=True)
    detalle = models.JSONField("detalle", null=True)
    ip = models.GenericIPAddressField("IP", null=True)
    hash_anterior = models.CharField("huella anterior", max_length=64)
    hash = models.CharField("huella", max_length=64)

    objects = EventoQuerySet.as_manager()

    class Meta:
        verbose_name = "evento"
        verbose_name_plural = "eventos"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="evento_secuencia_unica",
                fields=["documento_id", "secuencia"],
                violation_error_code="secuencia",
                violation_error_message="Ya existe un evento con esa secuencia en el documento.",
            ),
            models.CheckConstraint(
                name="evento_secuencia_positiva",
                condition=Q(secuencia__gte=1),
                violation_error_code="secuencia",
                violation_error_message="La secuencia empieza en 1.",
            ),
        ]
        indexes = [
            models.Index(name="evento_actor", fields=["actor", "ocurrido_en"]),
            models.Index(name="evento_tipo", fields=["tipo", "ocurrido_en"]),
        ]

    def __str__(self):
        return f"{self.tipo} ({self.documento_id}/{self.secuencia})"


class Tarea(models.Model):
    """One piece of work to do outside the request; this row is the truth and Redis is only the bell.

    Written only by core.jobs. While EN_CURSO, `arrendatario` holds the row until `arrendada_hasta`.
    """

    id = models.BigAutoField(primary_key=True)
    funcion = models.CharField("función", max_length=200)
    args = models.JSONField("argumentos", default=dict)
    clave = models.CharField("clave", max_length=200, null=True)  # noqa: DJ001 null = no key, free of the unique
    documento_id = models.BigIntegerField("documento", null=True)
    estado = models.CharField(
        "estado", max_length=10, choices=EstadoTarea.choices, default=EstadoTarea.PENDIENTE
    )
    intentos = models.PositiveSmallIntegerField("intentos", default=0)
    max_intentos = models.PositiveSmallIntegerField("máximo de intentos", default=3)
    proximo_intento_en = models.DateTimeField("próximo intento", default=timezone.now)
    avisada_en = models.DateTimeField("último aviso", null=True)
    arrendada_hasta = models.DateTimeField("arrendada hasta", null=True)
    arrendatario = models.CharField("arrendatario", max_length=120, default="", blank=True)
    progreso = models.PositiveSmallIntegerField("progreso", default=0)
    progreso_texto = models.CharField("avance", max_length=200, default="", blank=True)
    error = models.TextField("error", default="", blank=True)
    resultado = models.JSONField("resultado", null=True)
    cancelar = models.BooleanField("se pidió cancelar", default=False)
    repetir = models.BooleanField("repetir al terminar", default=False)
    solicitada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="solicitada por",
        null=True,
        on_delete=models.PROTECT,
        related_name="tareas",
        db_index=False,  # tarea_de_persona leads with it
    )
    creada_en = models.DateTimeField("creada en", default=timezone.now)
    iniciada_en = models.DateTimeField("iniciada en", null=True)
    terminada_en = models.DateTimeField("terminada en", null=True)
    # Set while TAREAS_AL_TERMINAR still has to hear of the end (core.desenlaces).
    desenlace_en = models.DateTimeField("desenlace pendiente desde", null=True)

    objects = TareaQuerySet.as_manager()

    class Meta:
        verbose_name = "tarea"
        verbose_name_plural = "tareas"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="tarea_clave_viva_unica",
                fields=["clave"],
                condition=Q(estado__in=ESTADOS_VIVOS),
                violation_error_code="clave",
                violation_error_message="Ya hay una tarea igual en espera o en curso.",
            ),
            models.CheckConstraint(
                name="tarea_estado_conocido",
                condition=Q(estado__in=EstadoTarea.values),
                violation_error_code="estado",
                violation_error_message="Estado de tarea desconocido.",
            ),
            models.CheckConstraint(
                name="tarea_progreso_en_rango",
                condition=Q(progreso__gte=0, progreso__lte=100),
                violation_error_code="progreso",
                violation_error_message="El progreso va de 0 a 100.",
            ),
            models.CheckConstraint(
                name="tarea_max_intentos_positivo",
                condition=Q(max_intentos__gte=1),
                violation_error_code="max_intentos",
                violation_error_message="Una tarea se intenta al menos una vez.",
            ),
        ]
        indexes = [
            models.Index(
                name="tarea_lista", fields=["proximo_intento_en"], condition=Q(estado=EstadoTarea.PENDIENTE)
            ),
            models.Index(
                name="tarea_arriendo", fields=["arrendada_hasta"], condition=Q(estado=EstadoTarea.EN_CURSO)
            ),
            models.Index(
                name="tarea_fallida", fields=["-terminada_en"], condition=Q(estado=EstadoTarea.FALLIDA)
            ),
            models.Index(
                name="tarea_documento",
                fields=["documento_id", "-id"],
                condition=Q(documento_id__isnull=False),
            ),
            models.Index(
                name="tarea_de_persona",
                fields=["solicitada_por", "-id"],
                condition=Q(solicitada_por__isnull=False),
            ),
            models.Index(
                name="tarea_terminada", fields=["terminada_en"], condition=Q(terminada_en__isnull=False)
            ),
            models.Index(name="tarea_clave", fields=["clave", "-id"], condition=Q(clave__isnull=False)),
            models.Index(
                name="tarea_desenlace", fields=["desenlace_en"], condition=Q(desenlace_en__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.funcion} #{self.pk}"

    @property
    def titulo(self):
        """What the task is called for people (settings.TAREAS_TITULOS)."""
        return titulo_de(self.funcion)

    @property
    def error_legible(self):
        """What went wrong, in one line for whoever asked for the task."""
        return self.error.partition("\n")[0]

    @property
    def error_tecnico(self):
        """What went wrong, in one line for whoever mends it."""
        return self.error.partition("\n\n")[2].partition("\n")[0] or self.error_legible

    @property
    def enlace(self):
        """Where its result is to be seen, when the task named a page of the product: {"enlace": "/…"}."""
        enlace = self.resultado.get("enlace") if isinstance(self.resultado, dict) else None
        local = isinstance(enlace, str) and enlace.startswith("/") and not enlace.startswith(("//", "/\\"))
        return enlace if local else ""

    @property
    def terminada(self):
        return self.estado not in ESTADOS_VIVOS


class Latido(models.Model):
    """The last sign of life of a process: the worker (through the queue) or the sweeper."""

    nombre = models.CharField("proceso", max_length=100, primary_key=True)
    latido_en = models.DateTimeField("último latido")
    detalle = models.CharField("detalle", max_length=200, default="", blank=True)

    class Meta:
        verbose_name = "latido"
        verbose_name_plural = "latidos"
        default_permissions = ()

    def __str__(self):
        return self.nombre


class FormaConsulta(models.Model):
    """What one shape of query has cost since the last reset, added up by every process (core.db.volcado)."""

    clave = models.CharField("clave", max_length=16, primary_key=True)
    forma = models.TextField("consulta")
    lugar = models.TextField("la pide", default="", blank=True)
    veces = models.BigIntegerField("veces")
    total_ms = models.FloatField("total (ms)")
    maximo_ms = models.FloatField("máximo (ms)")
    filas = models.BigIntegerField("filas")
    lentas = models.BigIntegerField("lentas")
    primera_en = models.DateTimeField("vista por primera vez")
    ultima_en = models.DateTimeField("vista por última vez")

    class Meta:
        verbose_name = "consulta medida"
        verbose_name_plural = "consultas medidas"
        default_permissions = ()

    def __str__(self):
        return self.clave

    @property
    def media_ms(self):
        return self.total_ms / self.veces if self.veces else 0.0

    @property
    def filas_medias(self):
        return self.filas / self.veces if self.veces else 0.0


class Generacion(models.Model):
    """One slot of a group's generation: the group's number is the sum of its slots.

    Raised only by the function core_subir, from triggers or `core.caching.subir`, in the transaction of the write.
    `transaccion` and `subida_en` tell which transaction raised it last.
    Source: docs/adr/0006-cache-por-generaciones.md.
    """

    id = models.BigAutoField(primary_key=True)
    grupo = models.CharField("grupo", max_length=60)
    n = models.BigIntegerField("número", default=0)
    transaccion = models.BigIntegerField("transacción", default=0)
    subida_en = models.DateTimeField("subida")

    class Meta:
        verbose_name = "generación de la cache"
        verbose_name_plural = "cache"
        default_permissions = ()
        indexes = [models.Index(name="generacion_grupo", fields=["grupo"])]

    def __str__(self):
        return f"{self.grupo}: {self.n}"
