"""A derivation: one sending of a document from an area to another."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from derivations.constants import ESTADOS_ABIERTOS, Estado, Motivo, Resultado
from derivations.querysets import DerivacionQuerySet


class Derivacion(models.Model):
    """One sending. At most one principal is open per document and owns the clock; copies only acknowledge."""

    documento = models.ForeignKey(
        "documents.Documento",
        models.PROTECT,
        related_name="derivaciones",
        db_index=False,
        verbose_name="documento",
    )
    numero_derivacion = models.PositiveIntegerField("número de movimiento")
    padre = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="hijas")
    motivo = models.CharField("motivo", max_length=10, choices=Motivo, default=Motivo.ENVIO)
    area_origen = models.ForeignKey(
        "organization.Area", models.PROTECT, related_name="+", db_index=False, verbose_name="viene de"
    )
    area_destino = models.ForeignKey(
        "organization.Area", models.PROTECT, related_name="+", db_index=False, verbose_name="va a"
    )
    usuario_deriva = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="derivó"
    )
    usuario_recibe = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="recibió",
    )
    usuario_atiende = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="atendió",
    )
    asignado_a = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="asignado a",
    )
    instrucciones = models.CharField("instrucción", max_length=500)
    observaciones = models.TextField("observaciones", blank=True)
    motivo_rechazo = models.CharField("motivo de la devolución", max_length=300, blank=True)
    motivo_anulacion = models.CharField("motivo de la anulación", max_length=300, blank=True)
    fecha_derivacion = models.DateTimeField("derivado")
    fecha_recepcion = models.DateTimeField("recibido", null=True, blank=True)
    fecha_atencion = models.DateTimeField("atendido", null=True, blank=True)
    fecha_cierre = models.DateTimeField("cerrado", null=True, blank=True)
    plazo_interno_dias = models.PositiveSmallIntegerField(
        "plazo interno en días hábiles", null=True, blank=True
    )
    fecha_limite_atencion = models.DateField("fecha límite de atención", null=True, blank=True)
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.PENDIENTE)
    es_urgente = models.BooleanField("urgente", default=False)
    requiere_respuesta = models.BooleanField("requiere respuesta", default=True)
    es_copia = models.BooleanField("es copia", default=False)
    con_original = models.BooleanField("va el original", default=True)
    folios = models.PositiveIntegerField("folios")
    folios_recibidos = models.PositiveIntegerField("folios recibidos", null=True, blank=True)
    resultado = models.CharField("resultado", max_length=14, choices=Resultado, blank=True)
    sin_respuesta_motivo = models.CharField("motivo sin documento de respuesta", max_length=300, blank=True)
    respuestas = models.ManyToManyField("documents.ArchivoAdjunto", related_name="derivaciones", blank=True)

    objects = DerivacionQuerySet.as_manager()

    class Meta:
        verbose_name = "derivación"
        verbose_name_plural = "derivaciones"
        ordering = ["-fecha_derivacion", "-pk"]
        indexes = [
            models.Index(fields=["documento", "estado"], name="derivacion_documento_estado"),
            models.Index(fields=["area_origen", "-fecha_derivacion"], name="derivacion_origen"),
            models.Index(
                fields=["area_destino", "estado", "fecha_limite_atencion"], name="derivacion_destino_estado"
            ),
            models.Index(fields=["estado", "fecha_limite_atencion"], name="derivacion_estado_limite"),
            models.Index(fields=["fecha_derivacion", "estado"], name="derivacion_fecha_estado"),
            models.Index(fields=["fecha_limite_atencion", "id"], name="derivacion_limite"),
            models.Index(
                fields=["es_urgente", "estado"], name="derivacion_urgente", condition=Q(es_urgente=True)
            ),
            models.Index(fields=["numero_derivacion"], name="derivacion_numero"),
            # the trays by due date, across any number of areas, without walking what was closed years ago
            models.Index(
                fields=["fecha_limite_atencion", "id"],
                name="derivacion_abierta_limite",
                condition=Q(es_copia=False, estado__in=ESTADOS_ABIERTOS),
            ),
            # the same of one area, with what counts its pills
            models.Index(
                fields=["area_destino", "fecha_limite_atencion", "id"],
                include=[
                    "documento",
                    "estado",
                    "asignado_a",
                    "es_urgente",
                    "fecha_derivacion",
                    "fecha_recepcion",
                ],
                name="derivacion_abierta_area",
                condition=Q(es_copia=False, estado__in=ESTADOS_ABIERTOS),
            ),
            models.Index(
                fields=["area_origen", "-fecha_derivacion", "-id"],
                include=["documento", "usuario_deriva", "es_urgente", "fecha_limite_atencion"],
                name="derivacion_en_camino",
                condition=Q(es_copia=False, estado=Estado.PENDIENTE),
            ),
            models.Index(
                fields=["area_destino", "fecha_derivacion", "id"],
                include=["documento", "es_urgente"],
                name="derivacion_copia_por_acusar",
                condition=Q(es_copia=True, estado=Estado.PENDIENTE),
            ),
            models.Index(
                fields=["padre"], name="derivacion_reapertura", condition=Q(motivo=Motivo.REAPERTURA)
            ),
            # attention times of a period, without touching the table
            models.Index(
                fields=["fecha_atencion"],
                include=["area_destino", "fecha_recepcion"],
                name="derivacion_atencion",
                condition=Q(es_copia=False, estado=Estado.ATENDIDO),
            ),
            # what areas received in some days, the last one first
            models.Index(
                fields=["-fecha_recepcion", "-id", "area_destino"],
                name="derivacion_recepcion",
                condition=Q(es_copia=False, fecha_recepcion__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="derivacion_principal_abierta_unica",
                fields=["documento"],
                condition=Q(es_copia=False, estado__in=ESTADOS_ABIERTOS),
                violation_error_message="El documento ya está derivado o recibido en otra área.",
            ),
            models.UniqueConstraint(
                name="derivacion_numero_unico",
                fields=["documento", "numero_derivacion"],
                violation_error_message="Ese número de movimiento ya existe en el documento.",
            ),
            models.CheckConstraint(
                name="derivacion_con_instruccion",
                condition=~Q(instrucciones=""),
                violation_error_code="instrucciones",
                violation_error_message="Escribe la instrucción para el área.",
            ),
            models.CheckConstraint(
                name="derivacion_estado_conocido",
                condition=Q(estado__in=Estado.values),
                violation_error_message="El estado no existe.",
            ),
            models.CheckConstraint(
                name="derivacion_folios_positivos",
                condition=Q(folios__gte=1),
                violation_error_code="folios",
                violation_error_message="Escribe los folios, por ejemplo 46.",
            ),
            models.CheckConstraint(
                name="derivacion_recibida_con_fecha",
                condition=~Q(estado__in=[Estado.RECIBIDO, Estado.DERIVADA, Estado.ATENDIDO])
                | Q(fecha_recepcion__isnull=False),
                violation_error_message="Una derivación recibida lleva su fecha de recepción.",
            ),
            models.CheckConstraint(
                name="derivacion_rechazo_con_motivo",
                condition=~Q(estado=Estado.RECHAZADO) | ~Q(motivo_rechazo=""),
                violation_error_code="motivo_rechazo",
                violation_error_message="Escribe por qué se devuelve.",
            ),
            models.CheckConstraint(
                name="derivacion_fechas_en_orden",
                condition=(
                    Q(fecha_recepcion__isnull=True) | Q(fecha_recepcion__gte=models.F("fecha_derivacion"))
                )
                & (
                    Q(fecha_atencion__isnull=True)
                    | Q(fecha_recepcion__isnull=False, fecha_atencion__gte=models.F("fecha_recepcion"))
                ),
                violation_error_message="Las fechas de la derivación no están en orden.",
            ),
        ]

    def __str__(self):
        return f"{self.documento_id}/{self.numero_derivacion}"

    @property
    def esta_abierta(self):
        """True while the destination still has to act."""
        return self.estado in ESTADOS_ABIERTOS


class TextoFrecuente(models.Model):
    """A canned instruction, offered by Alt+1 to Alt+9."""

    texto = models.CharField("texto", max_length=200, unique=True)
    orden = models.PositiveSmallIntegerField("orden", default=100)
    activo = models.BooleanField("activo", default=True)

    class Meta:
        verbose_name = "texto frecuente"
        verbose_name_plural = "textos frecuentes"
        ordering = ["orden", "texto"]

    def __str__(self):
        return self.texto


class VistaGuardada(models.Model):
    """A named filter of a tray, owned by one user."""

    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="vistas_guardadas", db_index=False
    )
    nombre = models.CharField("nombre", max_length=60)
    bandeja = models.CharField("bandeja", max_length=30)
    parametros = models.CharField("filtros", max_length=500, blank=True)
    creada_en = models.DateTimeField("creada", auto_now_add=True)

    class Meta:
        verbose_name = "vista guardada"
        verbose_name_plural = "vistas guardadas"
        ordering = ["nombre"]
        constraints = [
            models.UniqueConstraint(
                name="vistaguardada_nombre_unico",
                fields=["usuario", "nombre"],
                violation_error_message="Ya tienes una vista con ese nombre.",
            )
        ]

    def __str__(self):
        return self.nombre


class HojaRemision(models.Model):
    """A printed delivery slip: which derivations left on paper together, frozen."""

    numero = models.PositiveIntegerField("número")
    anio = models.PositiveSmallIntegerField("año")
    area_origen = models.ForeignKey(
        "organization.Area", models.PROTECT, related_name="+", verbose_name="origen"
    )
    area_destino = models.ForeignKey(
        "organization.Area", models.PROTECT, related_name="+", verbose_name="destino"
    )
    emitida_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    emitida_en = models.DateTimeField("emitida")
    datos = models.JSONField("datos")

    class Meta:
        verbose_name = "hoja de remisión"
        verbose_name_plural = "hojas de remisión"
        ordering = ["-emitida_en"]
        constraints = [
            models.UniqueConstraint(
                name="hojaremision_numero_unico",
                fields=["anio", "numero"],
                violation_error_message="Ese número de hoja ya existe.",
            )
        ]

    def __str__(self):
        return f"{self.numero}-{self.anio}"
