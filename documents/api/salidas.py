"""What the API says of documents: plain dicts, one shape each."""

from django.db import connection
from django.db.models import OuterRef, Subquery

from core.models import Evento
from documents.constants import TipoIdentidad
from organization.models import Area

# Scalar reads instead of joins: with a dozen joins the planner took ten times longer than the execution.
_SQL_FICHA = """
SELECT t.codigo, t.nombre, r.tipo_identidad, r.numero,
       (SELECT codigo FROM documents_procedimiento WHERE id = d.procedimiento_id),
       (SELECT nombre FROM documents_categoria WHERE id = d.categoria_id),
       (SELECT numero_expediente FROM documents_documento WHERE id = d.expediente_relacionado_id),
       (SELECT sigla FROM organization_area WHERE id = d.area_actual_id),
       (SELECT coalesce(nullif(btrim(first_name || ' ' || last_name), ''), username)
          FROM organization_usuario WHERE id = d.asignado_a_id),
       (SELECT json_agg(json_build_object('id', id, 'nombre', nombre, 'clase', clase, 'tipo_mime', tipo_mime,
                                          'peso_bytes', peso_bytes, 'sha256', hash_archivo,
                                          'es_principal', es_principal, 'paginas', paginas,
                                          'estado_proceso', estado_proceso) ORDER BY orden, id)
          FROM documents_archivoadjunto WHERE documento_id = d.id),
       d.numero_expediente, d.codigo_interno, d.numero_documento_externo, d.fecha_documento, d.remitente_nombre,
       d.asunto, d.numero_folios, d.numero_anexos, d.etiquetas, d.observaciones, d.estado, d.prioridad,
       d.reservado, d.canal, d.origen_externo, d.id_externo, d.fecha_presentacion, d.fecha_recepcion,
       d.fecha_legal, d.plazo_dias, d.fecha_limite, d.plazo_regla, d.silencio, d.fecha_atencion
  FROM documents_documento d
  JOIN documents_tipodocumento t ON t.id = d.tipo_documento_id
  JOIN documents_remitente r ON r.id = d.remitente_id
 WHERE d.id = %s
"""


def documento_entero(pk):
    """A document with its files and the names of what it refers to, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL_FICHA, [pk])
        (
            tipo, tipo_nombre, identidad, identidad_numero, procedimiento, categoria, relacionado, area, asignado,
            archivos, numero, interno, externo, fecha_documento, remitente, asunto, folios, anexos, etiquetas,
            observaciones, estado, prioridad, reservado, canal, origen, id_externo, presentado, recibido,
            fecha_legal, plazo_dias, limite, plazo_regla, silencio, atendido,
        ) = cursor.fetchone()  # fmt: skip
    return {
        "id": pk,
        "numero_expediente": numero,
        "codigo_interno": interno,
        "tipo_documento": {"codigo": tipo, "nombre": tipo_nombre},
        "procedimiento": procedimiento,
        "categoria": categoria,
        "numero_documento_externo": externo,
        "fecha_documento": fecha_documento,
        "remitente": {
            "tipo_identidad": identidad,
            "numero": "" if identidad == TipoIdentidad.SIN_DOCUMENTO else identidad_numero,
            "nombre": remitente,
        },
        "asunto": asunto,
        "numero_folios": folios,
        "numero_anexos": anexos,
        "tiene_anexos": anexos > 0,
        "etiquetas": etiquetas,
        "observaciones": observaciones,
        "expediente_relacionado": relacionado,
        "estado": estado,
        "prioridad": prioridad,
        "reservado": reservado,
        "area_actual": area,
        "asignado_a": asignado,
        "canal": canal,
        "origen_externo": origen or None,
        "id_externo": id_externo or None,
        "fecha_presentacion": presentado,
        "fecha_recepcion": recibido,
        "fecha_legal": fecha_legal,
        "plazo_dias": plazo_dias,
        "fecha_limite": limite,
        "plazo_regla": plazo_regla,
        "silencio": silencio or None,
        "fecha_atencion": atendido,
        "archivos": archivos or [],
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


def historial_de(documento_id, *, salvo):
    """Movements of a document in the order they happened, at most a thousand, without those of the type `salvo`."""
    filas = (
        Evento.objects.de_documento(documento_id)
        .exclude(tipo=salvo)
        .values_list(
            "secuencia",
            "tipo",
            "ocurrido_en",
            "actor__first_name",
            "actor__last_name",
            "actor__username",
            Subquery(Area.objects.filter(pk=OuterRef("area_id")).values("sigla")),
            "antes",
            "despues",
            "detalle",
            "hash",
        )[:1000]
    )
    return [
        {
            "secuencia": secuencia,
            "tipo": tipo,
            "ocurrido_en": ocurrido_en,
            "usuario": f"{nombres} {apellidos}".strip() or usuario if usuario else None,
            "area": area,
            "antes": antes,
            "despues": despues,
            "detalle": detalle,
            "hash": huella,
        }
        for (
            secuencia,
            tipo,
            ocurrido_en,
            nombres,
            apellidos,
            usuario,
            area,
            antes,
            despues,
            detalle,
            huella,
        ) in filas
    ]
