"""Filters by clock, silence, attention and days in the area, the same for the search, the API and the figures.

Each figure of the dashboard is one set of these: the list that opens from it counts the same documents.
"""

from datetime import date, datetime, time, timedelta

from django.db.models import F
from django.utils import timezone

from documents.constants import ESTADOS_QUE_CORREN, Atencion, Plazo
from documents.vencimiento import primer_dia_holgado
from organization.calendar import hoy_lima

_ULTIMO_DIA = date(9000, 1, 1)  # what is asked beyond has the same answer
DE_RELOJ = (
    "plazo",
    "silencio",
    "atencion",
    "atendido_desde",
    "atendido_hasta",
    "llegado_desde",
    "llegado_hasta",
)


def por_reloj(documentos, datos):
    """The documents that meet every filter of DE_RELOJ present in `datos`, a mapping of clean values."""
    if datos.get("plazo"):
        documentos = _con_plazo(documentos, datos["plazo"])
    if datos.get("silencio"):
        documentos = documentos.filter(silencio=datos["silencio"])
    if datos.get("atencion"):
        documentos = _con_atencion(documentos, datos["atencion"])
    documentos = entre_dias(
        documentos, "fecha_atencion", datos.get("atendido_desde"), datos.get("atendido_hasta")
    )
    return entre_dias(documentos, "en_area_desde", datos.get("llegado_desde"), datos.get("llegado_hasta"))


def _con_plazo(documentos, plazo):
    """Those whose clock runs and stands there today, by the legal term."""
    documentos = documentos.filter(estado__in=ESTADOS_QUE_CORREN)
    if plazo == Plazo.SIN_PLAZO:
        return documentos.filter(fecha_limite=None)
    hoy = hoy_lima()
    if plazo == Plazo.VENCIDO:
        return documentos.filter(fecha_limite__lt=hoy)
    holgado = primer_dia_holgado(hoy)
    if plazo == Plazo.EN_PLAZO:
        return documentos.filter(fecha_limite__gte=holgado)
    return documentos.filter(fecha_limite__gte=hoy, fecha_limite__lt=holgado)


def _con_atencion(documentos, atencion):
    """Attended ones, by the day of Lima against their last day."""
    documentos = documentos.filter(fecha_atencion__isnull=False)
    if atencion == Atencion.SIN_PLAZO:
        return documentos.filter(fecha_limite=None)
    if atencion == Atencion.TARDE:
        return documentos.filter(fecha_atencion__date__gt=F("fecha_limite"))
    return documentos.filter(fecha_atencion__date__lte=F("fecha_limite"))


def entre_dias(qs, campo, desde, hasta):
    """Rows whose instant falls on the given local days, both included."""
    if desde:
        qs = qs.filter(**{f"{campo}__gte": medianoche(desde)})
    if hasta:
        qs = qs.filter(**{f"{campo}__lt": medianoche(hasta, 1)})
    return qs


def medianoche(dia, mas=0):
    """First instant of a day of Lima, or of one some days after."""
    dia = min(dia, _ULTIMO_DIA) + timedelta(days=mas)
    return timezone.make_aware(datetime.combine(dia, time.min))
