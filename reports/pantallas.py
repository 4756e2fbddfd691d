"""The screens of figures that `manage.py explicar` knows."""

from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse

from documents.constants import Plazo
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


def tablero(ctx):
    """Tablero de los últimos veinte días hábiles"""
    ctx.abrir(reverse("reports:tablero"), usuario=alguien_con(ctx, P.REPORTES))


def recibidos(ctx):
    """Tablero: lo que las áreas recibieron en tres meses"""
    _abrir(ctx, "reports:recibidos")


def _lista(ctx, **filtros):
    """The list that a figure of the first area of someone opens."""
    quien = alguien_con(ctx, P.REPORTES)
    areas = sorted(quien.alcance.areas_con(P.REPORTES))
    ctx.abrir(f"{reverse('documents:buscar')}?{urlencode({**filtros, 'area': areas[0]})}", usuario=quien)


def lista_de_vencidos(ctx):
    """Tablero: la lista de los vencidos de un área"""
    _lista(ctx, plazo=Plazo.VENCIDO.value)


def lista_de_atendidos(ctx):
    """Tablero: la lista de lo atendido en plazo por un área en tres meses"""
    hoy = hoy_lima()
    _lista(ctx, atencion="en_plazo", atendido_desde=hoy - timedelta(days=90), atendido_hasta=hoy)


def metricas(ctx):
    """API: tiempos de atención de tres meses"""
    _abrir(ctx, "api:metricas")
