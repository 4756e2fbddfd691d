"""What the API says of derivations: plain dicts."""


def derivacion_en_lista(d):
    """A derivation with its areas and moments."""
    return {
        "id": d.pk,
        "documento": d.documento_id,
        "numero_expediente": d.documento.numero_expediente,
        "numero_derivacion": d.numero_derivacion,
        "motivo": d.motivo,
        "estado": d.estado,
        "es_copia": d.es_copia,
        "es_urgente": d.es_urgente,
        "requiere_respuesta": d.requiere_respuesta,
        "area_origen": d.area_origen.sigla,
        "area_destino": d.area_destino.sigla,
        "instrucciones": d.instrucciones,
        "observaciones": d.observaciones,
        "motivo_rechazo": d.motivo_rechazo,
        "folios": d.folios,
        "folios_recibidos": d.folios_recibidos,
        "asignado_a": d.asignado_a.nombre_completo if d.asignado_a else None,
        "fecha_derivacion": d.fecha_derivacion,
        "fecha_recepcion": d.fecha_recepcion,
        "fecha_atencion": d.fecha_atencion,
        "fecha_limite_atencion": d.fecha_limite_atencion,
        "resultado": d.resultado or None,
    }
