"""What a window needs to know of itself: its mesa de partes, its last documents, its figures of today."""

from collections import Counter
from datetime import datetime, time, timedelta

from django.utils import timezone

from documents.models import Documento
from organization.constants import P
from organization.models import Area

DIAS_DE_USO, PAPELES_DE_USO, TIPOS_DE_USO = 30, 300, 6


def mesa_de(usuario):
    """The mesa de partes where the user registers: the window's, else the first one permitted; or None."""
    if usuario.alcance.total:  # a superuser has every power and no area
        return (
            usuario.ventanilla.area
            if usuario.ventanilla_id
            else Area.objects.filter(es_mesa_de_partes=True, activa=True).select_related("sede").first()
        )
    areas = usuario.alcance.areas_con(P.DOCUMENTO_REGISTRAR)
    if usuario.ventanilla_id and usuario.ventanilla.area_id in areas:
        return usuario.ventanilla.area
    return (
        Area.objects.filter(pk__in=areas).order_by("-es_mesa_de_partes", "pk").select_related("sede").first()
    )


def ultimos_de(usuario, cuantos=5):
    """The user's last registrations, newest first."""
    return Documento.objects.filter(usuario_registro=usuario).order_by("-fecha_recepcion", "-pk")[:cuantos]


def registrados_hoy(usuario):
    """How many documents the user registered today, Lima."""
    inicio = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    return Documento.objects.filter(
        usuario_registro=usuario, fecha_recepcion__gte=inicio, fecha_recepcion__lt=inicio + timedelta(days=1)
    ).count()


def tipos_mas_usados(usuario):
    """Ids of the types that come most to the user's window, by their last papers of a month, most used first."""
    desde = timezone.now() - timedelta(days=DIAS_DE_USO)
    recientes = Documento.objects.filter(usuario_registro=usuario, fecha_recepcion__gte=desde)
    tipos = recientes.order_by("-fecha_recepcion").values_list("tipo_documento_id", flat=True)
    return [tipo for tipo, _ in Counter(tipos[:PAPELES_DE_USO]).most_common(TIPOS_DE_USO)]
