"""The office's own days: what the national calendar does not know. National holidays are never stored."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from organization.calendar.constants import DIA_LARGO, ModoCorte, TipoFeriado

_SEDE = RegexValidator(r"^[0-9A-Z]$", "El ámbito es el código de una sede: un dígito o una letra mayúscula.")


def _ambito():
    return models.CharField(
        "ámbito",
        max_length=1,
        blank=True,
        default="",
        validators=[_SEDE],
        help_text="Código de la sede; vacío si alcanza a toda la entidad.",
    )


def _no_vacio(campo):
    return ~Q(**{campo: ""})


class Feriado(models.Model):
    """A day of this office only, with the norm that declares it; `computable` days still count as working."""

    fecha = models.DateField("fecha")
    nombre = models.CharField("nombre", max_length=120)
    tipo = models.CharField("tipo", max_length=24, choices=TipoFeriado.choices)
    ambito = _ambito()
    fuente_legal = models.CharField("fuente legal", max_length=200, help_text="Norma que lo declara.")
    computable = models.BooleanField(
        "se cuenta como hábil", default=False, help_text="Si se marca, el día sigue contando en los plazos."
    )
    activo = models.BooleanField("activo", default=True)

    class Meta:
        verbose_name = "feriado de la entidad"
        verbose_name_plural = "feriados de la entidad"
        ordering = ["-fecha", "ambito"]
        constraints = [
            models.UniqueConstraint(
                name="feriado_unico_por_fecha",
                fields=["fecha", "ambito"],
                violation_error_message="Ya hay un feriado en esa fecha y ámbito.",
            ),
            models.CheckConstraint(
                name="feriado_tipo_conocido",
                condition=Q(tipo__in=TipoFeriado.values),
                violation_error_message="El tipo de feriado no existe.",
            ),
            models.CheckConstraint(
                name="feriado_con_fuente",
                condition=_no_vacio("fuente_legal") & _no_vacio("nombre"),
                violation_error_message="Un feriado lleva nombre y la norma que lo declara.",
            ),
            models.CheckConstraint(
                name="feriado_nacional_sin_sede",
                condition=~Q(tipo=TipoFeriado.NACIONAL_EXTRA) | Q(ambito=""),
                violation_error_message="Un feriado nacional alcanza a toda la entidad: va sin ámbito.",
            ),
        ]

    def __str__(self):
        return f"{self.fecha:%d/%m/%Y} {self.nombre}"


class Suspension(models.Model):
    """A stretch of days in which the office did not work: strike, blockade, emergency, system outage."""

    desde = models.DateField("desde")
    hasta = models.DateField("hasta")
    motivo = models.CharField("motivo", max_length=200)
    documento_sustento = models.CharField(
        "documento que la sustenta", max_length=200, help_text="Resolución, oficio o acta, con su número."
    )
    ambito = _ambito()
    activa = models.BooleanField("activa", default=True)

    class Meta:
        verbose_name = "suspensión de labores"
        verbose_name_plural = "suspensiones de labores"
        ordering = ["-desde"]
        indexes = [models.Index(fields=["hasta"], name="suspension_hasta", condition=Q(activa=True))]
        constraints = [
            models.CheckConstraint(
                name="suspension_rango_valido",
                condition=Q(hasta__gte=F("desde")),
                violation_error_message="La suspensión no puede terminar antes de empezar.",
            ),
            models.CheckConstraint(
                name="suspension_con_sustento",
                condition=_no_vacio("documento_sustento") & _no_vacio("motivo"),
                violation_error_message="Una suspensión lleva motivo y el documento que la sustenta.",
            ),
        ]

    def __str__(self):
        return f"{self.desde:%d/%m/%Y} a {self.hasta:%d/%m/%Y}: {self.motivo}"


class Jornada(models.Model):
    """The working week and its reception hours, from a day on; a sede's own rules over the general one."""

    vigente_desde = models.DateField("vigente desde")
    dias = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]),
        verbose_name="días de la semana",
        help_text="1 = lunes … 7 = domingo.",
    )
    hora_inicio = models.TimeField("inicio de la recepción")
    hora_fin = models.TimeField("fin de la recepción")
    ambito = _ambito()

    class Meta:
        verbose_name = "jornada"
        ordering = ["-vigente_desde", "ambito"]
        constraints = [
            models.UniqueConstraint(
                name="jornada_unica_por_inicio",
                fields=["vigente_desde", "ambito"],
                violation_error_message="Ya hay una jornada que empieza ese día en ese ámbito.",
            ),
            models.CheckConstraint(
                name="jornada_horas_en_orden",
                condition=Q(hora_fin__gt=F("hora_inicio")),
                violation_error_message="La recepción termina después de empezar.",
            ),
            models.CheckConstraint(
                name="jornada_dias_de_semana",
                condition=Q(dias__contained_by=[1, 2, 3, 4, 5, 6, 7]),
                violation_error_message="Los días de la semana van de 1 (lunes) a 7 (domingo).",
            ),
            models.CheckConstraint(
                name="jornada_con_algun_dia",
                condition=Q(dias__len__gte=1),
                violation_error_message="La jornada tiene al menos un día.",
            ),
        ]

    def __str__(self):
        dias = ", ".join(DIA_LARGO[d - 1] for d in self.dias or () if 1 <= d <= 7)
        return f"Desde {self.vigente_desde:%d/%m/%Y}: {dias}"

    def clean(self):
        """Keeps the days once each, in the order of the week."""
        if self.dias and all(isinstance(d, int) for d in self.dias):
            self.dias = sorted(set(self.dias))
        if not self.dias:
            raise ValidationError({"dias": "La jornada tiene al menos un día."})


class CorteDigital(models.Model):
    """Until when a digital presentation keeps its own date, from a day on."""

    vigente_desde = models.DateField("vigente desde", unique=True)
    modo = models.CharField("modo", max_length=16, choices=ModoCorte.choices, default=ModoCorte.FIN_DE_DIA)
    fuente_legal = models.CharField("fuente legal", max_length=200)

    class Meta:
        verbose_name = "corte de la mesa digital"
        verbose_name_plural = "cortes de la mesa digital"
        ordering = ["-vigente_desde"]
        constraints = [
            models.CheckConstraint(
                name="cortedigital_modo_conocido",
                condition=Q(modo__in=ModoCorte.values),
                violation_error_message="El modo de corte no existe.",
            ),
            models.CheckConstraint(
                name="cortedigital_con_fuente",
                condition=_no_vacio("fuente_legal"),
                violation_error_message="El corte lleva la norma que lo sustenta.",
            ),
        ]

    def __str__(self):
        return f"Desde {self.vigente_desde:%d/%m/%Y}: {self.get_modo_display()}"
