"""The screens of derivations that `manage.py explicar` knows: each opens its own door."""

from django.db.models import Count
from django.urls import reverse

from core.db.pantallas import PantallaSinDatos
from derivations.bandejas import BANDEJAS
from derivations.models import Derivacion
from documents.pantallas import alguien_con, documento_de
from organization.constants import P
from organization.models import Usuario


def usuario_tipico():
    """Somebody of the area with most work at hand, without the power to see everything. None when nobody is."""
    ocupadas = (
        Derivacion.objects.principales()
        .abiertas()
        .values_list("area_destino")
        .annotate(n=Count("pk"))
        .order_by("-n")[:20]
    )
    personas = Usuario.objects.filter(is_active=True, is_superuser=False).order_by("pk")
    for area, _ in ocupadas:
        for persona in personas.filter(membresias__area=area, membresias__rol__permisos=P.RECIBIR)[:5]:
            if not persona.tiene_permiso(P.DOCUMENTO_VER_TODO):
                return persona
    return personas.filter(membresias__rol__permisos=P.RECIBIR).first()


def _bandeja(nombre):
    def pantalla(ctx):
        ctx.abrir(
            reverse("derivations:bandeja", args=[nombre]),
            usuario=alguien_con(ctx, BANDEJAS[nombre].permiso),
        )

    pantalla.__doc__ = f"Bandeja: {BANDEJAS[nombre].titulo.lower()}"
    return pantalla


por_derivar = _bandeja("por-derivar")
observados = _bandeja("observados")
por_recibir = _bandeja("por-recibir")
en_proceso = _bandeja("en-proceso")
por_vencer = _bandeja("por-vencer")
vencidos = _bandeja("vencidos")
copias = _bandeja("copias")
enviados = _bandeja("enviados")
atendidos = _bandeja("atendidos")


def contadores(ctx):
    """Contadores del menú"""
    ctx.abrir(reverse("derivations:contadores"))


def panel(ctx):
    """Panel de una fila de «En proceso»"""
    with ctx.aparte():
        areas = ctx.usuario.alcance.areas_con(P.DOCUMENTO_VER)
        fila = Derivacion.objects.en_proceso(areas).sin_reserva_ajena(ctx.usuario).first()
    if fila is None:
        raise PantallaSinDatos("esa persona no tiene nada en proceso")
    ctx.abrir(reverse("derivations:panel", args=["en-proceso", fila.pk]))


def movimientos(ctx):
    """Recorrido de un expediente"""
    ctx.abrir(reverse("derivations:movimientos", args=[documento_de(ctx).pk]))


def api_documento(ctx):
    """API: derivaciones de un documento"""
    ctx.abrir(reverse("api:derivaciones-de-documento", args=[documento_de(ctx).pk]))


def api_area(ctx):
    """API: derivaciones de un área"""
    with ctx.aparte():
        areas = ctx.usuario.alcance.areas_propias
    if not areas:
        raise PantallaSinDatos("esa persona no es de ningún área")
    ctx.abrir(reverse("api:derivaciones-de-area", args=[areas[0].sigla]))
