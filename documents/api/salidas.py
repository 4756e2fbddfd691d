"""What the API says of documents: plain dicts, one shape each."""

from documents.constants import TipoIdentidad


def documento_entero(documento):
    """A document with its files; `documento` as `para_detalle` joins it."""
    remitente = documento.remitente
    return {
        "id": documento.pk,
        "numero_expediente": documento.numero_expediente,
        "codigo_interno": documento.codigo_interno,
        "tipo_documento": {
            "codigo": documento.tipo_documento.codigo,
            "nombre": documento.tipo_documento.nombre,
        },
        "procedimiento": documento.procedimiento.codigo if documento.procedimiento else None,
        "categoria": documento.categoria.nombre if documento.categoria else None,
        "numero_documento_externo": documento.numero_documento_externo,
        "fecha_documento": documento.fecha_documento,
        "remitente": {
            "tipo_identidad": remitente.tipo_identidad,
            "numero": "" if remitente.tipo_identidad == TipoIdentidad.SIN_DOCUMENTO else remitente.numero,
            "nombre": documento.remitente_nombre,
        },
        "asunto": documento.asunto,
        "numero_folios": documento.numero_folios,
        "numero_anexos": documento.numero_anexos,
        "tiene_anexos": documento.tiene_anexos,
        "etiquetas": documento.etiquetas,
        "observaciones": documento.observaciones,
        "expediente_relacionado": str(documento.expediente_relacionado)
        if documento.expediente_relacionado
        else None,
        "estado": documento.estado,
        "prioridad": documento.prioridad,
        "reservado": documento.reservado,
        "area_actual": documento.area_actual.sigla,
        "asignado_a": documento.asignado_a.nombre_completo if documento.asignado_a else None,
        "canal": documento.canal,
        "origen_externo": documento.origen_externo or None,
        "id_externo": documento.id_externo or None,
        "fecha_presentacion": documento.fecha_presentacion,
        "fecha_recepcion": documento.fecha_recepcion,
        "fecha_legal": documento.fecha_legal,
        "plazo_dias": documento.plazo_dias,
        "fecha_limite": documento.fecha_limite,
        "plazo_regla": documento.plazo_regla,
        "silencio": documento.silencio or None,
        "fecha_atencion": documento.fecha_atencion,
        "archivos": [archivo_en_lista(a) for a in documento.archivos.all()],
    }


def archivo_en_lista(archivo):
    """A file of a document."""
    return {
        "id": archivo.pk,
        "nombre": archivo.nombre,
        "clase": archivo.clase,
        "tipo_mime": archivo.tipo_mime,
        "peso_bytes": archivo.peso_bytes,
        "sha256": archivo.hash_archivo,
        "es_principal": archivo.es_principal,
        "paginas": archivo.paginas,
        "estado_proceso": archivo.estado_proceso,
    }


def evento_en_lista(evento, nombres, areas):
    """A movement; names by id from the two dicts, so that a page costs two queries."""
    return {
        "secuencia": evento.secuencia,
        "tipo": evento.tipo,
        "ocurrido_en": evento.ocurrido_en,
        "usuario": nombres.get(evento.actor_id),
        "area": areas.get(evento.area_id),
        "antes": evento.antes,
        "despues": evento.despues,
        "detalle": evento.detalle,
        "hash": evento.hash,
    }
