"""What the tests of the task outbox share."""

import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.jobs import encolar
from core.models import Tarea

MODULO = "tests.core.tareas_de_prueba"


def nueva(funcion="sumar", args=None, **opciones):
    with transaction.atomic():
        return encolar(funcion=f"{MODULO}.{funcion}", args=args or {}, **opciones)


def adelantar(tarea, **campos):
    Tarea.objects.filter(pk=tarea.pk).update(**campos)


def hace(segundos):
    return timezone.now() - timedelta(seconds=segundos)


def esperar(condicion, segundos=10):
    fin = time.monotonic() + segundos
    while not condicion():
        assert time.monotonic() < fin, "it did not happen in time"
        time.sleep(0.02)
