"""Files: staged while a form is open, then attached for ever."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.constants import ClaseArchivo, EstadoProceso


class ArchivoEnEspera(models.Model):
    """An uploaded file, already safe on disk, waiting for its form to be sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="archivos_en_espera"
    )
    # Who uploaded it when nobody is logged in: a secret token of the citizen's draft.
    dueno = models.CharField("dueño", max_length=64, blank=True, default="")
    nombre = models.CharField("nombre", max_length=200)
    tipo_mime = models.CharField("tipo", max_length=100)
    peso_bytes = models.PositiveBigIntegerField("peso en bytes")
    hash_archivo = models.CharField("huella SHA-256", max_length=64)
    ruta = models.CharField("ruta", max_length=200)
    aviso = models.CharField("aviso", max_length=300, blank=True)
    creado_en = models.DateTimeField("subido", auto_now_add=True)

    class Meta:
        verbose_name = "archivo en espera"
        verbose_name_plural = "archivos en espera"
        ordering = ["creado_en"]
        indexes = [
            models.Index(fields=["creado_en"], name="archivoenespera_creado"),
            models.Index(fields=["hash_archivo"], name="archivoenespera_hash"),
            models.Index(fields=["dueno"], name="archivoenespera_dueno", condition=~Q(dueno="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="archivoenespera_con_dueno",
                condition=Q(usuario__isnull=False) | ~Q(dueno=""),
                violation_error_message="Un archivo en espera es de alguien.",
            ),
        ]

    def __str__(self):
        return self.nombre


class ArchivoAdjunto(models.Model):
    """A file of a document; its bytes never change after they are attached."""

    documento = models.ForeignKey("documents.Documento", models.PROTECT, related_name="archivos")
    clase = models.CharField("clase", max_length=12, choices=ClaseArchivo, default=ClaseArchivo.ANEXO)
    nombre = models.CharField("nombre", max_length=200)
    tipo_mime = models.CharField("tipo", max_length=100)
    peso_bytes = models.PositiveBigIntegerField("peso en bytes")
    hash_archivo = models.CharField("huella SHA-256", max_length=64)
    ruta = models.CharField("ruta", max_length=200)
    es_principal = models.BooleanField("es el principal", default=False)
    orden = models.PositiveSmallIntegerField("orden", default=1)
    folios = models.PositiveIntegerField("folios", null=True, blank=True)
    estado_proceso = models.CharField(
        "revisión", max_length=12, choices=EstadoProceso, default=EstadoProceso.PENDIENTE
    )
    paginas = models.PositiveIntegerField("páginas", null=True, blank=True)
    miniatura = models.CharField("miniatura", max_length=200, blank=True)
    problema = models.CharField("problema", max_length=300, blank=True)
    # Infected or damaged: kept as evidence, never served.
    en_cuarentena = models.BooleanField("en cuarentena", default=False)
    subido_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="archivos_subidos"
    )
    subido_en = models.DateTimeField("subido", auto_now_add=True)

    class Meta:
        verbose_name = "archivo adjunto"
        verbose_name_plural = "archivos adjuntos"
        ordering = ["documento", "orden", "pk"]
        indexes = [
            models.Index(fields=["tipo_mime"], name="archivoadjunto_tipo"),
            models.Index(fields=["hash_archivo"], name="archivoadjunto_hash"),
            models.Index(fields=["ruta"], name="archivoadjunto_ruta"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="archivoadjunto_un_principal",
                fields=["documento"],
                condition=Q(es_principal=True),
                violation_error_message="El documento ya tiene un archivo principal.",
            ),
            models.CheckConstraint(
                name="archivoadjunto_hash_sha256",
                condition=Q(hash_archivo__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="La huella del archivo no es un SHA-256.",
            ),
        ]

    def __str__(self):
        return self.nombre
