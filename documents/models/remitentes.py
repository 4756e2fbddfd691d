"""Who presents a document."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Collate

from documents.constants import TipoIdentidad
from documents.funciones import NormEs, VectorEs
from documents.querysets import RemitenteQuerySet


class Remitente(models.Model):
    """A person or entity, found by its identity document; without one, only by name."""

    tipo_identidad = models.CharField("tipo de identidad", max_length=3, choices=TipoIdentidad)
    numero = models.CharField("número", max_length=12, blank=True)
    nombre = models.CharField("nombre o razón social", max_length=200)
    correo = models.EmailField("correo", blank=True)
    telefono = models.CharField("teléfono", max_length=30, blank=True)
    direccion = models.CharField("dirección", max_length=200, blank=True)
    palabras = models.GeneratedField(
        expression=VectorEs("nombre", Value("")),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )
    creado_en = models.DateTimeField("creado", auto_now_add=True)
    actualizado_en = models.DateTimeField("actualizado", auto_now=True)

    objects = RemitenteQuerySet.as_manager()

    class Meta:
        verbose_name = "remitente"
        ordering = ["nombre", "pk"]
        indexes = [
            models.Index(Collate(NormEs("nombre"), "C"), "id", name="remitente_nombre_prefijo"),
            models.Index(
                Collate("numero", "C"), "id", name="remitente_numero_prefijo", condition=~Q(numero="")
            ),
            GinIndex(fields=["palabras"], name="remitente_palabras"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="remitente_identidad_unica",
                fields=["numero", "tipo_identidad"],
                condition=~Q(numero=""),
                violation_error_message="Ya hay un remitente con ese documento.",
            ),
            models.CheckConstraint(
                name="remitente_numero_segun_tipo",
                condition=(
                    Q(tipo_identidad="DNI", numero__regex=r"^[0-9]{8}$")
                    | Q(tipo_identidad="RUC", numero__regex=r"^(10|15|16|17|20)[0-9]{9}$")
                    | Q(tipo_identidad="CE", numero__regex=r"^[0-9A-Z]{9,12}$")
                    | Q(tipo_identidad="PAS", numero__regex=r"^[0-9A-Z]{5,12}$")
                    | Q(tipo_identidad="PTP", numero__regex=r"^[0-9A-Z]{9}$")
                    | Q(tipo_identidad="SIN", numero="")
                ),
                violation_error_code="numero",
                violation_error_message="El número no corresponde al tipo de documento de identidad.",
            ),
            models.CheckConstraint(
                name="remitente_con_nombre",
                condition=~Q(nombre=""),
                violation_error_code="nombre",
                violation_error_message="Escribe el nombre o la razón social.",
            ),
        ]

    def __str__(self):
        return self.nombre

    @property
    def identidad(self):
        """Printed identity, e.g. "RUC 20448310297" or "sin documento"."""
        if self.tipo_identidad == TipoIdentidad.SIN_DOCUMENTO:
            return "sin documento"
        return f"{'CE' if self.tipo_identidad == 'CE' else self.get_tipo_identidad_display()} {self.numero}"
