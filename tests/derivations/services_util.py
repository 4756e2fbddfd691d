"""What the tests of the derivation services share."""

from core.models import Evento
from derivations import services


def derivar(o, documento, **over):
    datos = {
        "documento_id": documento.pk,
        "area_destino": o.transportes,
        "instrucciones": "Evaluar",
        "actor": o.ventanilla,
    } | over
    return services.derivar_documento(**datos)


def fresca(cosa):
    return type(cosa).objects.get(pk=cosa.pk)


def tipos(documento_id):
    return list(Evento.objects.de_documento(documento_id).values_list("tipo", flat=True))
