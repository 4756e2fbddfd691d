"""The screens of figures that `manage.py explicar` knows."""

from datetime import timedelta

from django.urls import reverse

from documents.pantallas import alguien_con
from organization.calendar import hoy_lima
from organization.constants import P


def _abrir(ctx, ruta):
    hoy = hoy_lima()
    consulta = f"?desde={hoy - timedelta(days=90)}&hasta={hoy}"
    ctx.abrir(reverse(ruta) + consulta, usuario=alguien_con(ctx, P.REPORTES))


def estadisticas(ctx):
    """API: estadísticas de tres meses"""
    _abrir(ctx, "api:estadisticas")


def metricas(ctx):
    """API: tiempos de atención de tres meses"""
    _abrir(ctx, "api:metricas")
