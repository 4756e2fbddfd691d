"""What the API says of documents: plain dicts, one shape each."""

from django.db import connection
from django.db.models import OuterRef, Subquery

from core.models import Evento
from documents.constants import TipoIdentidad
from organization.models import Area

# Scalar reads instead of joins: with a dozen joins the planner took ten times longer than the execution.
_SQL_FICHA = """
SELECT t.codigo, t.nombre,
       (SELECT codigo FROM documents_procedimiento WHERE id = %(procedimiento)s),
       (SELECT nombre FROM documents_categoria WHERE id = %(categoria)s),
       (SELECT tipo_identidad FROM documents_remitente WHERE id = %(remitente)s),
       (SELECT numero FROM documents_remitente WHERE id = %(remitente)s),
       (SELECT numero_expediente FROM documents_documento WHERE id = %(relacionado)s),
       (SELECT sigla FROM organization_area WHERE id = %(area)s),
       (SELECT coalesce(nullif(btrim(first_name || ' ' || last_name), ''), username)
          FROM organization_usuario WHERE id = %(asignado)s),
       (SELECT json_agg(json_build_object('id', id, 'nombre', nombre, 'clase', clase, 'tipo_mime', tipo_mime,
                                          'peso_bytes', peso_bytes, 'sha256', hash_archivo,
                                          'es_principal', es_principal, 'paginas', paginas,
                                          'estado_proceso', estado_proceso) ORDER BY orden, id)
          FROM documents_archivoadjunto WHERE documento_id = %(documento)s)
  FROM documents_tipodocumento t WHERE t.id = %(tipo)s
"""


def documento_entero(documento):
    """A document with its files and the names of what it refers to, which one query brings."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL_FICHA,
            {
                "documento": documento.pk,
                "tipo": documento.tipo_documento_id,
                "procedimiento": documento.procedimiento_id,
                "categoria": documento.categoria_id,
                "remitente": documento.remitente_id,
                "relacionado": documento.expediente_relacionado_id,
                "area": documento.area_actual_id,
                "asignado": documento.asignado_a_id,
            },
        )
        (
            tipo,
            tipo_nombre,
            procedimiento,
            categoria,
            identidad,
            numero,
            relacionado,
            area,
            asignado,
            archivos,
        ) = cursor.fetchone()
    return {
        "id": documento.pk,
        "numero_expediente": documento.numero_expediente,
        "codigo_interno": documento.codigo_interno,
        "tipo_documento": {"codigo": tipo, "nombre": tipo_nombre},
        "procedimiento": procedimiento,
        "categoria": categoria,
        "numero_documento_externo": documento.numero_documento_externo,
        "fecha_documento": documento.fecha_documento,
        "remitente": {
            "tipo_identidad": identidad,
            "numero": "" if identidad == TipoIdentidad.SIN_DOCUMENTO else numero,
            "nombre": documento.remitente_nombre,
        },
        "asunto": documento.asunto,
        "numero_folios": documento.numero_folios,
        "numero_anexos": documento.numero_anexos,
        "tiene_anexos": documento.numero_anexos > 0,
        "etiquetas": documento.etiquetas,
        "observaciones": documento.observaciones,
        "expediente_relacionado": relacionado,
        "estado": documento.estado,
        "prioridad": documento.prioridad,
        "reservado": documento.reservado,
        "area_actual": area,
        "asignado_a": asignado,
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
