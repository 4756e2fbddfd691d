"""A document as it leaves for another entity: what its paper says, none of the office's own working.

The schema is described in docs/api.md, "Envío a otra entidad"; a change of meaning raises VERSION.
"""

import json

from django.utils.timezone import localtime

from documents.constants import TipoIdentidad
from documents.models import Documento
from organization.models import Entidad

ESQUEMA, VERSION = "mesa-de-partes/documento", 1


def _dia(valor):
    return valor.isoformat() if valor else None


def _instante(valor):
    """An instant in Lima time, with its offset."""
    return localtime(valor).isoformat() if valor else None


def contenido_de(documento_id):
    """The document and the list of its files, as plain JSON.

    Returns: dict; a content attached twice is listed once, by its SHA-256.
    """
    documento = Documento.objects.select_related(
        "tipo_documento", "remitente", "procedimiento", "expediente_relacionado"
    ).get(pk=documento_id)
    entidad = Entidad.objects.first()
    remitente = documento.remitente
    sin_numero = remitente.tipo_identidad == TipoIdentidad.SIN_DOCUMENTO
    archivos = {}
    for archivo in documento.archivos.order_by("orden", "pk"):
        archivos.setdefault(
            archivo.hash_archivo,
            {
                "sha256": archivo.hash_archivo,
                "nombre": archivo.nombre,
                "clase": archivo.clase,
                "tipo_mime": archivo.tipo_mime,
                "peso_bytes": archivo.peso_bytes,
                "es_principal": archivo.es_principal,
            },
        )
    return {
        "esquema": ESQUEMA,
        "version": VERSION,
        "entidad": {
            "nombre": entidad.nombre if entidad else "",
            "sigla": entidad.sigla if entidad else "",
            "ruc": entidad.ruc if entidad else "",
        },
        "documento": {
            "numero_expediente": documento.numero_expediente,
            "codigo_interno": documento.codigo_interno,
            "tipo": {"codigo": documento.tipo_documento.codigo, "nombre": documento.tipo_documento.nombre},
            "procedimiento": documento.procedimiento.codigo if documento.procedimiento else None,
            "numero_documento": documento.numero_documento_externo,
            "fecha_documento": _dia(documento.fecha_documento),
            "asunto": documento.asunto,
            "numero_folios": documento.numero_folios,
            "numero_anexos": documento.numero_anexos,
            "remitente": {
                "tipo_identidad": remitente.tipo_identidad,
                "numero": "" if sin_numero else remitente.numero,
                "nombre": documento.remitente_nombre,
            },
            "firmante": {
                "numero": documento.firmante_documento,
                "nombre": documento.firmante_nombre,
            }
            if documento.firmante_nombre
            else None,
            "expediente_relacionado": documento.expediente_relacionado.numero_expediente
            if documento.expediente_relacionado
            else None,
            "prioridad": documento.prioridad,
            "reservado": documento.reservado,
            "fecha_presentacion": _instante(documento.fecha_presentacion),
            "fecha_recepcion": _instante(documento.fecha_recepcion),
            "fecha_legal": _dia(documento.fecha_legal),
            "plazo_dias": documento.plazo_dias,
            "fecha_limite": _dia(documento.fecha_limite),
        },
        "archivos": list(archivos.values()),
    }


def en_bytes(contenido):
    """The same bytes for the same content, whatever the order of its keys."""
    return json.dumps(contenido, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
