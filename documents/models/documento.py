"""The document: one paper presented, with its number, sender, term and place."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from documents.constants import ESTADOS_ABIERTOS, ESTADOS_EN_PAUSA, Canal, Estado, Prioridad, Silencio
from documents.querysets import DocumentoQuerySet


class Documento(models.Model):
    """A registered document (expediente). Written only by documents.services.

    fecha_recepcion is the official instant; fecha_legal the day that counts for the law;
    fecha_limite the last day of the legal term, with plazo_pasos telling why.
    remitente_nombre repeats the sender's name as it stood at registration.
    """

    # identity
    numero_expediente = models.CharField("expediente", max_length=40, unique=True)
    anio = models.PositiveSmallIntegerField("año")
    numero = models.PositiveIntegerField("número")
    serie = models.ForeignKey(
        "documents.SerieNumeracion", models.PROTECT, related_name="+", db_index=False, verbose_name="serie"
    )
    codigo_interno = models.CharField("código interno", max_length=16, unique=True)
    codigo_qr = models.CharField("código QR", max_length=40, unique=True)
    clave = models.CharField("clave de consulta", max_length=10)
    llave_registro = models.UUIDField("llave de un solo uso", null=True, blank=True, unique=True)
    # what
    tipo_documento = models.ForeignKey(
        "documents.TipoDocumento", models.PROTECT, related_name="+", db_index=False, verbose_name="tipo"
    )
    categoria = models.ForeignKey(
        "documents.Categoria",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="categoría",
    )
    procedimiento = models.ForeignKey(
        "documents.Procedimiento",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="procedimiento",
    )
    numero_documento_externo = models.CharField("número del documento", max_length=100, default="S/N")
    fecha_documento = models.DateField("fecha del documento", null=True, blank=True)
    asunto = models.CharField("asunto", max_length=500)
    numero_folios = models.PositiveIntegerField("folios")
    numero_anexos = models.PositiveIntegerField("anexos", default=0)
    detalle_anexos = models.JSONField("detalle de anexos", default=list, blank=True)
    tiene_anexos = models.GeneratedField(
        expression=Q(numero_anexos__gt=0), output_field=models.BooleanField(), db_persist=True
    )
    etiquetas = ArrayField(
        models.CharField(max_length=40), verbose_name="etiquetas", default=list, blank=True
    )
    observaciones = models.TextField("observaciones", blank=True)
    expediente_relacionado = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="relacionados",
        db_index=False,
        verbose_name="relacionado con",
    )
    # who
    remitente = models.ForeignKey(
        "documents.Remitente",
        models.PROTECT,
        related_name="documentos",
        db_index=False,
        verbose_name="remitente",
    )
    remitente_nombre = models.CharField("nombre del remitente", max_length=200)
    firmante_documento = models.CharField("documento de quien firma", max_length=12, blank=True)
    firmante_nombre = models.CharField("quien firma", max_length=160, blank=True)
    correo_avisos = models.EmailField("correo para avisos", blank=True)
    # how it came
    canal = models.CharField("canal", max_length=12, choices=Canal, default=Canal.VENTANILLA)
    origen_externo = models.CharField("origen externo", max_length=60, blank=True)
    id_externo = models.CharField("identificador externo", max_length=100, blank=True)
    usuario_registro = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="registró",
    )
    ventanilla = models.ForeignKey(
        "organization.Ventanilla",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="ventanilla",
    )
    area_registro = models.ForeignKey(
        "organization.Area", models.PROTECT, related_name="+", db_index=False, verbose_name="mesa de partes"
    )
    fecha_presentacion = models.DateTimeField("presentado")
    fecha_recepcion = models.DateTimeField("recibido")
    fecha_legal = models.DateField("fecha legal de recepción")
    # state and place
    estado = models.CharField("estado", max_length=14, choices=Estado, default=Estado.REGISTRADO)
    prioridad = models.CharField("prioridad", max_length=8, choices=Prioridad, default=Prioridad.NORMAL)
    reservado = models.BooleanField("reservado", default=False)
    area_actual = models.ForeignKey(
        "organization.Area", models.PROTECT, related_name="+", db_index=False, verbose_name="área actual"
    )
    asignado_a = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="lo tiene",
    )
    en_area_desde = models.DateTimeField("en el área desde")
    area_sugerida = models.ForeignKey(
        "organization.Area",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="área de destino prevista",
    )
    instruccion_prevista = models.CharField("instrucción prevista", max_length=300, blank=True)
    ubicacion_fisica = models.CharField("ubicación del original", max_length=120, blank=True)
    # legal term
    plazo_dias = models.PositiveSmallIntegerField("plazo en días hábiles", null=True, blank=True)
    plazo_regla = models.CharField("regla del plazo", max_length=200, blank=True)
    plazo_pasos = models.JSONField("cómputo del plazo", default=list, blank=True)
    silencio = models.CharField(
        "silencio", max_length=10, choices=Silencio, blank=True, default=Silencio.NINGUNO
    )
    fecha_limite = models.DateField("fecha límite", null=True, blank=True)
    fecha_atencion = models.DateTimeField("atendido", null=True, blank=True)

    creado_en = models.DateTimeField("creado", auto_now_add=True)
    actualizado_en = models.DateTimeField("actualizado", auto_now=True)

    objects = DocumentoQuerySet.as_manager()

    class Meta:
        verbose_name = "documento"
        ordering = ["-fecha_recepcion", "-pk"]
        indexes = [
            models.Index(fields=["-fecha_recepcion", "-id"], name="documento_recepcion"),
            # what is still open, by date: one in twenty rows, wherever in ten years they are
            models.Index(
                fields=["-fecha_recepcion", "-id"],
                name="documento_abierto",
                condition=Q(estado__in=ESTADOS_ABIERTOS),
            ),
            models.Index(fields=["fecha_limite", "id"], name="documento_limite"),
            models.Index(fields=["prioridad", "-fecha_recepcion"], name="documento_prioridad"),
            models.Index(fields=["estado", "-fecha_recepcion"], name="documento_estado_recepcion"),
            models.Index(fields=["area_actual", "estado", "-fecha_recepcion"], name="documento_area_estado"),
            models.Index(fields=["usuario_registro", "-fecha_recepcion"], name="documento_usuario_recepcion"),
            models.Index(fields=["remitente", "-fecha_recepcion"], name="documento_remitente"),
            models.Index(fields=["tipo_documento", "-fecha_recepcion"], name="documento_tipo"),
            models.Index(
                fields=["origen_externo"], name="documento_origen_externo", condition=~Q(origen_externo="")
            ),
            models.Index(fields=["id_externo"], name="documento_id_externo", condition=~Q(id_externo="")),
            # the few that a tray must leave out, or wait for the archive, without reading wide rows
            models.Index(fields=["id"], name="documento_reservado", condition=Q(reservado=True)),
            models.Index(fields=["id"], name="documento_en_pausa", condition=Q(estado__in=ESTADOS_EN_PAUSA)),
            models.Index(
                fields=["area_actual", "-fecha_atencion", "-id"],
                name="documento_atendido",
                condition=Q(estado=Estado.ATENDIDO),
            ),
            # what was attended in some days, by the area that has it: read in this order, and counted
            models.Index(
                fields=["-fecha_atencion", "-id", "area_actual"],
                name="documento_atencion",
                condition=Q(fecha_atencion__isnull=False),
            ),
            # references that most rows leave empty
            *(
                models.Index(
                    fields=[campo], name=f"documento_{nombre}", condition=Q(**{f"{campo}__isnull": False})
                )
                for campo, nombre in (
                    ("asignado_a", "asignado"),
                    ("categoria", "categoria"),
                    ("expediente_relacionado", "relacionado"),
                    ("procedimiento", "procedimiento"),
                )
            ),
            # most come by the window: only the others need to be found by their channel
            models.Index(
                fields=["canal", "-fecha_recepcion"],
                name="documento_canal",
                condition=~Q(canal=Canal.VENTANILLA),
            ),
            GinIndex(fields=["etiquetas"], name="documento_etiquetas"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="documento_numero_unico",
                fields=["serie", "anio", "numero"],
                violation_error_message="Ese número ya fue dado en la serie y el año.",
            ),
            models.UniqueConstraint(
                name="documento_externo_unico",
                fields=["origen_externo", "id_externo"],
                condition=~Q(id_externo=""),
                violation_error_message="Ese documento externo ya está registrado.",
            ),
            models.CheckConstraint(
                name="documento_folios_positivos",
                condition=Q(numero_folios__gte=1),
                violation_error_code="numero_folios",
                violation_error_message="Escribe los folios, por ejemplo 46: un documento tiene al menos uno.",
            ),
            models.CheckConstraint(
                name="documento_asunto_escrito",
                condition=~Q(asunto=""),
                violation_error_code="asunto",
                violation_error_message="Escribe el asunto.",
            ),
            models.CheckConstraint(
                name="documento_estado_conocido",
                condition=Q(estado__in=Estado.values),
                violation_error_message="El estado no existe.",
            ),
            models.CheckConstraint(
                name="documento_prioridad_conocida",
                condition=Q(prioridad__in=Prioridad.values),
                violation_error_message="La prioridad no existe.",
            ),
            models.CheckConstraint(
                name="documento_externo_completo",
                condition=Q(id_externo="") | ~Q(origen_externo=""),
                violation_error_message="Un identificador externo necesita su origen.",
            ),
            models.CheckConstraint(
                name="documento_no_es_su_relacionado",
                condition=Q(expediente_relacionado__isnull=True) | ~Q(expediente_relacionado=F("id")),
                violation_error_message="Un expediente no puede relacionarse consigo mismo.",
            ),
            models.CheckConstraint(
                name="documento_presentado_antes_de_recibido",
                condition=Q(fecha_presentacion__lte=F("fecha_recepcion")),
                violation_error_message="La recepción no puede ser anterior a la presentación.",
            ),
        ]

    def __str__(self):
        return self.numero_expediente

    @property
    def numero_corto(self):
        """Year and number, e.g. "2026-004182", as shown in lists."""
        return f"{self.anio}-{self.numero:06d}"

    @property
    def esta_abierto(self):
        """True while somebody still has to act on it."""
        return self.estado in ESTADOS_ABIERTOS


class PresenciaArea(models.Model):
    """An area where the document is or was; the base of who may see it."""

    documento = models.ForeignKey(Documento, models.CASCADE, related_name="presencias", db_index=False)
    area = models.ForeignKey("organization.Area", models.PROTECT, related_name="+", db_index=False)
    desde = models.DateTimeField("desde", auto_now_add=True)
    # repeated from the document by triggers of the database, so that an area's list is one index range
    fecha_recepcion = models.DateTimeField("recibido", editable=False, blank=True)
    reservado = models.BooleanField("reservado", editable=False, blank=True, default=None)

    class Meta:
        verbose_name = "presencia en un área"
        verbose_name_plural = "presencias en áreas"
        indexes = [
            models.Index(
                fields=["area", "-fecha_recepcion", "-documento"],
                name="presenciaarea_lista",
                condition=Q(reservado=False),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="presenciaarea_unica",
                fields=["documento", "area"],
                violation_error_message="El área ya consta en el documento.",
            )
        ]

    def __str__(self):
        return f"{self.documento_id} en {self.area_id}"


class AccesoReservado(models.Model):
    """A person named to see a reserved document."""

    documento = models.ForeignKey(Documento, models.CASCADE, related_name="accesos", db_index=False)
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="accesos_reservados", db_index=False
    )
    dado_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    dado_en = models.DateTimeField("dado", auto_now_add=True)
    # repeated from the document by triggers of the database
    fecha_recepcion = models.DateTimeField("recibido", editable=False, blank=True)

    class Meta:
        verbose_name = "acceso a un documento reservado"
        verbose_name_plural = "accesos a documentos reservados"
        indexes = [
            models.Index(fields=["usuario", "-fecha_recepcion", "-documento"], name="accesoreservado_lista")
        ]
        constraints = [
            models.UniqueConstraint(
                name="accesoreservado_unico",
                fields=["documento", "usuario"],
                violation_error_message="Esa persona ya puede ver el documento.",
            )
        ]

    def __str__(self):
        return f"{self.usuario_id} ve {self.documento_id}"


class Cargo(models.Model):
    """The receipt, frozen when issued: what was printed then is what is printed always."""

    documento = models.OneToOneField(
        Documento, models.PROTECT, related_name="cargo", verbose_name="documento"
    )
    datos = models.JSONField("datos", encoder=DjangoJSONEncoder)
    emitido_en = models.DateTimeField("emitido")
    emitido_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    impresiones = models.PositiveIntegerField("impresiones", default=0)

    class Meta:
        verbose_name = "cargo"

    def __str__(self):
        return f"Cargo de {self.documento_id}"
