"""What a citizen may read of a document: state, place, dates; subject and receipt only with the key."""

from django.utils import timezone

from core.models import Evento
from documents.constants import ESTADOS_EN_PAUSA, Estado
from documents.models import Documento
from organization.calendar import dias_habiles_entre, hoy_lima
from portal.constants import PALABRAS, RECORRIDO

_CON_AREA = {"documento_derivado": "destino", "documento_recibido": "area", "documento_atendido": "area"}
_SIN_NADIE = {Estado.ARCHIVADO, Estado.ANULADO, Estado.NO_PRESENTADO}
_ABIERTOS_CON_PLAZO = {Estado.REGISTRADO, Estado.DERIVADO, Estado.EN_PROCESO}


def documento_de_token(token):
    """The document of a QR token, or None."""
    return (
        Documento.objects.sin_lo_pesado()
        .select_related("area_actual", "tipo_documento", "observacion")
        .filter(codigo_qr=token.upper())
        .first()
    )


def vista_publica(documento, *, con_clave):
    """Plain data for the tracking page.

    Args: con_clave opens subject, sender and receipt. Reserved documents never name an area.
    Returns: dict of display-ready values.
    """
    estado = Estado(documento.estado)
    icono, titulo, frase = PALABRAS[estado]
    hoy = hoy_lima()
    corre = estado in _ABIERTOS_CON_PLAZO and documento.fecha_limite is not None
    observacion = getattr(documento, "observacion", None)
    return {
        "numero": documento.numero_expediente,
        "estado": {"icono": icono, "titulo": titulo, "frase": frase},
        "area": "" if documento.reservado or estado in _SIN_NADIE else documento.area_actual.nombre,
        "desde": documento.en_area_desde,
        "presentado": documento.fecha_presentacion,
        "fecha_legal": documento.fecha_legal,
        "mismo_dia": timezone.localdate(documento.fecha_presentacion) == documento.fecha_legal,
        "limite": documento.fecha_limite if corre else None,
        "dias": dias_habiles_entre(hoy, documento.fecha_limite) if corre else None,
        "en_pausa": estado in ESTADOS_EN_PAUSA,
        "sin_plazo": documento.plazo_dias is None,
        "subsanar_hasta": observacion.vence_el if estado == Estado.OBSERVADO and observacion else None,
        "silencio": documento.silencio if corre else "",
        "atendido": documento.fecha_atencion,
        "folios": documento.numero_folios,
        "anexos": documento.numero_anexos,
        "recorrido": recorrido(documento),
        "con_clave": con_clave,
        "asunto": documento.asunto if con_clave else "",
        "tipo": documento.tipo_documento.nombre if con_clave else "",
    }


def recorrido(documento):
    """Steps of the document, newest first: no persons, no instructions, no reasons."""
    pasos = []
    eventos = Evento.objects.filter(documento_id=documento.pk, tipo__in=RECORRIDO).order_by("-secuencia")
    for tipo, cuando, detalle in eventos.values_list("tipo", "ocurrido_en", "detalle")[:50]:
        icono, texto = RECORRIDO[tipo]
        clave = _CON_AREA.get(tipo)
        area = (detalle or {}).get(clave, "") if clave and not documento.reservado else ""
        pasos.append({"icono": icono, "texto": texto, "cuando": cuando, "area": area})
    return pasos
