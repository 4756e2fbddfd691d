"""Who of several people may see one document: the rule of visibility asked the other way round, in one query.

`Documento.objects.visibles_para` answers for one person and many documents; this for one document and many people,
so that telling fifty people of a document costs as much as telling one. tests/test_visibility.py holds both to the
same table.
"""

from django.db import connection
from django.utils import timezone

from organization.constants import CodigoRol, P
from organization.permissions import PAPELES

# The areas of the document and those above them (`sube`, with whether it was reached from below); what each person
# may do in each of their areas (`poderes`). An area above counts when the person reaches its subordinate ones.
_SQL = f"""
WITH RECURSIVE sube(area_id, desde_abajo) AS (
    SELECT area_id, false FROM documents_presenciaarea WHERE documento_id = %(documento)s
    UNION
    SELECT a.padre_id, true FROM sube s JOIN organization_area a ON a.id = s.area_id WHERE a.padre_id IS NOT NULL
), papeles AS ({PAPELES.format(de_quien="usuario_id = ANY(%(usuarios)s)")}), poderes AS (
    SELECT p.usuario_id, p.area_id, array_agg(rp.permiso_id::text) AS permisos
      FROM papeles p JOIN organization_rol_permisos rp ON rp.rol_id = p.rol_id GROUP BY 1, 2
)
SELECT u.id
  FROM organization_usuario u JOIN documents_documento d ON d.id = %(documento)s
 WHERE u.id = ANY(%(usuarios)s) AND u.is_active AND CASE WHEN d.reservado THEN
       EXISTS (SELECT 1 FROM documents_accesoreservado c WHERE c.documento_id = d.id AND c.usuario_id = u.id)
  ELSE u.is_superuser OR EXISTS (
       SELECT 1 FROM poderes p WHERE p.usuario_id = u.id AND (%(todo)s = ANY(p.permisos) OR (
              %(ver)s = ANY(p.permisos) AND EXISTS (SELECT 1 FROM sube s WHERE s.area_id = p.area_id
                 AND (NOT s.desde_abajo OR %(subordinadas)s = ANY(p.permisos))))))
       END
"""  # noqa: S608 every part is a constant


def quienes_ven(*, documento_id, usuarios):
    """Return the ids, among the given ones, of the active people who may see the document now."""
    ids = sorted(set(usuarios))
    if not ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "documento": documento_id,
                "usuarios": ids,
                "hoy": timezone.localdate(),
                "supervisor": CodigoRol.SUPERVISOR.value,
                "todo": P.DOCUMENTO_VER_TODO,
                "ver": P.DOCUMENTO_VER,
                "subordinadas": P.SUBORDINADAS,
            },
        )
        return {pk for (pk,) in cursor.fetchall()}
