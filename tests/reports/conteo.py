"""The figures counted again in plain Python from the rows: what the maintained ones must say."""

from collections import Counter

from django.db import connection
from django.utils import timezone

from derivations.models import Derivacion
from documents.constants import ESTADOS_ABIERTOS, ESTADOS_QUE_CORREN
from documents.models import Documento
from reports.constants import Medida


def _dia(momento):
    return timezone.localdate(momento)


def contar():
    """(figures, late ones): Counters by (medida, dia, area, tipo, clase, prioridad)."""
    n, tarde = Counter(), Counter()
    for d in Documento.objects.all():
        area, registro = d.area_actual_id, d.area_registro_id
        n[Medida.EXISTENCIA, None, area, d.tipo_documento_id, d.estado, d.prioridad] += 1
        if d.estado in ESTADOS_QUE_CORREN and d.fecha_limite:
            n[Medida.PLAZO, d.fecha_limite, area, None, d.silencio, ""] += 1
            n[Medida.CON_PLAZO, None, area, None, d.silencio, ""] += 1
        if d.estado in ESTADOS_ABIERTOS:
            n[Medida.EN_AREA, _dia(d.en_area_desde), area, None, "", ""] += 1
        n[Medida.REGISTRO, _dia(d.fecha_recepcion), registro, d.tipo_documento_id, "", ""] += 1
        n[Medida.CANAL, _dia(d.fecha_recepcion), registro, None, d.canal, ""] += 1
        if d.fecha_atencion:
            clase = "" if d.fecha_limite else "SIN_PLAZO"
            llave = (Medida.ATENCION, _dia(d.fecha_atencion), area, None, clase, "")
            n[llave] += 1
            tarde[llave] += bool(d.fecha_limite and _dia(d.fecha_atencion) > d.fecha_limite)
    for d in Derivacion.objects.filter(es_copia=False, fecha_recepcion__isnull=False):
        n[Medida.RECEPCION, _dia(d.fecha_recepcion), d.area_destino_id, None, "", ""] += 1
    return +n, +tarde


def mantenidas():
    """The same, as the tables say: totals and changes together."""
    n, tarde = Counter(), Counter()
    with connection.cursor() as cursor:
        for tabla in ("reports_cifra", "reports_cifradelta"):
            cursor.execute(f"SELECT medida, dia, area_id, tipo_id, clase, prioridad, n, tarde FROM {tabla}")
            for *llave, cuantos, fuera in cursor.fetchall():
                n[tuple(llave)] += cuantos
                tarde[tuple(llave)] += fuera
    assert min([*n.values(), *tarde.values(), 0]) == 0, "a figure is below zero"
    return +n, +tarde


def comprobar():
    """The figures are those of a full count."""
    assert mantenidas() == contar()
