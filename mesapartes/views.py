"""The landing page of each role, and the account page."""

from django.shortcuts import redirect

from derivations.models import Derivacion
from organization.constants import P


def inicio(request):
    """Sends each person to where their day begins. Source: UI 4."""
    usuario = request.user
    if usuario.tiene_permiso(P.DOCUMENTO_REGISTRAR):
        return redirect("documents:registrar")
    if usuario.tiene_permiso(P.RECIBIR) and usuario.tiene_permiso(P.REPORTES):
        return redirect("reports:tablero")
    if usuario.tiene_permiso(P.RECIBIR):
        areas = usuario.alcance.areas_con(P.RECIBIR)
        hay = Derivacion.objects.por_recibir(areas).exists()
        return redirect("derivations:bandeja", nombre="por-recibir" if hay else "en-proceso")
    if usuario.tiene_permiso(P.ADMIN):
        return redirect("admin:index")
    return redirect("documents:buscar")
