"""The list of what a person may see, newest first, by the cheaper of two walks that give the same rows.

By area: the range of each area in the presence index, already in order. By document: the documents in order, each
tried against the visibility rule. The first is best for a small area or none but common filters, the second for
rare filters and for who sees nearly everything; the statistics of the database choose.
"""

from django.db import connection

from core.pages import tramo
from documents.busqueda import Busqueda, numerados
from documents.constants import ESTADOS_ABIERTOS
from documents.filtros import DE_RELOJ, entre_dias, medianoche, por_reloj
from documents.models import Documento, TipoDocumento
from documents.reparto import reparto
from organization.constants import P
from organization.models import Area

CAMPOS = (
    "id",
    "numero_expediente",
    "tipo_documento__codigo",
    "tipo_documento__nombre",
    "numero_documento_externo",
    "asunto",
    "remitente_nombre",
    "estado",
    "prioridad",
    "area_actual__sigla",
    "fecha_recepcion",
    "fecha_limite",
    "numero_folios",
)
# Relative costs of reading a row of each walk, and how much of the worst case weighs beside the expected one.
_ESTADO_COMUN = 0.2
_POR_INDICE, _POR_FILA, _POR_PRUEBA, _TEMOR = 0.3, 3, 2, 1 / 50
_SQL = """
SELECT d.id, d.numero_expediente, t.codigo, t.nombre, d.numero_documento_externo, d.asunto, d.remitente_nombre,
       d.estado, d.prioridad, ar.sigla, d.fecha_recepcion, d.fecha_limite, d.numero_folios
  FROM (SELECT fecha, documento FROM (
            SELECT v.fecha, v.documento FROM unnest(%(areas)s::bigint[]) AS r(area) CROSS JOIN LATERAL (
                SELECT p.fecha_recepcion AS fecha, p.documento_id AS documento
                  FROM documents_presenciaarea p {del_documento}
                 WHERE p.area_id = r.area AND NOT p.reservado {tras} {fechas} {visible}
                 ORDER BY p.fecha_recepcion {s}, p.documento_id {s} LIMIT %(cuantas)s) v
            UNION ALL
            (SELECT p.fecha_recepcion, p.documento_id FROM documents_accesoreservado p {del_reservado}
              WHERE p.usuario_id = %(usuario)s {tras} {fechas}
              ORDER BY p.fecha_recepcion {s}, p.documento_id {s} LIMIT %(cuantas)s)) w
        GROUP BY fecha, documento ORDER BY fecha {s}, documento {s} LIMIT %(cuantas)s) k
  JOIN documents_documento d ON d.id = k.documento
  JOIN documents_tipodocumento t ON t.id = d.tipo_documento_id
  JOIN organization_area ar ON ar.id = d.area_actual_id
 ORDER BY k.fecha {s}, k.documento {s}
"""
# Behind OFFSET 0 the planner keeps this shape: row by row, in order, until the page is full.
_DEL_DOCUMENTO = """JOIN LATERAL (
    SELECT FROM documents_documento d WHERE d.id = p.documento_id {condiciones} OFFSET 0) x ON true"""
_EN_AREA_PROPIA = (
    "AND EXISTS (SELECT 1 FROM documents_presenciaarea x WHERE x.documento_id = p.documento_id"
    " AND x.area_id = ANY(%(propias)s::bigint[]))"
)


def fila_de_lista(
    pk,
    numero,
    tipo,
    tipo_nombre,
    externo,
    asunto,
    remitente,
    estado,
    prioridad,
    area,
    recepcion,
    limite,
    folios,
):
    """One row of a list, from the values of CAMPOS."""
    return {
        "id": pk,
        "numero_expediente": numero,
        "tipo_documento": {"codigo": tipo, "nombre": tipo_nombre},
        "numero_documento_externo": externo,
        "asunto": asunto,
        "remitente": remitente,
        "estado": estado,
        "prioridad": prioridad,
        "area_actual": area,
        "fecha_recepcion": recepcion,
        "fecha_limite": limite,
        "numero_folios": folios,
    }


class ListaVisible:
    """What `paginar` reads: the rows of the list for a user and the given filters.

    Args: datos as FiltrosDocumento validates them, without its `limite`.
    """

    model = Documento

    def __init__(self, usuario, datos):
        self.usuario, self.datos = usuario, datos
        self.todo = usuario.tiene_permiso(P.DOCUMENTO_VER_TODO)
        self.propias = sorted(usuario.alcance.areas_con(P.DOCUMENTO_VER))
        self.vacia = not usuario.is_active or datos.get("sin_filas", False)
        self.area = self._id_de(Area, "sigla", "area")
        self.mesa = self._id_de(Area, "sigla", "mesa")
        self.tipo = self._id_de(TipoDocumento, "codigo", "tipo_documento")
        estados = datos.get("estado") or (ESTADOS_ABIERTOS if datos.get("abiertos") else ())
        self.estados = sorted(str(getattr(e, "value", e)) for e in estados)

    def _id_de(self, modelo, campo, filtro):
        """Id of the row a filter names; None without that filter. A name of nothing empties the list."""
        if not self.datos.get(filtro):
            return None
        filas = modelo.objects.filter(**{campo: self.datos[filtro]}).order_by()
        pk = filas.values_list("pk", flat=True).first()
        self.vacia = self.vacia or pk is None
        return pk

    def tramo(self, orden, valores, cuantas):
        """The first rows in an order after some values, as dicts."""
        if self.vacia:
            return []
        if self.datos.get("q"):
            return [
                fila_de_lista(*(f[c] for c in CAMPOS)) for f in self.por_palabras(orden, valores, cuantas)
            ]
        por_area = self.por_area(orden, valores, cuantas) if self.conviene_por_area(cuantas) else None
        filas = self.por_documento(orden, valores, cuantas) if por_area is None else por_area
        return [fila_de_lista(*fila) for fila in filas]

    def conviene_por_area(self, cuantas):
        """Whether the walk by area is expected to read less."""
        if any(self.datos.get(filtro) for filtro in ("numero", "remitente", "mesa", *DE_RELOJ)):
            return False  # few, found by an index of their own, or by conditions of the document alone
        if self.todo and self.area is None:
            return False
        r = reparto()
        filtros = [
            *([r.parte("estado", *self.estados)] if self.estados else []),
            *([r.parte("tipo_documento_id", self.tipo)] if self.tipo else []),
            *([r.parte("prioridad", self.datos["prioridad"])] if self.datos.get("prioridad") else []),
        ]
        juntos = 1.0
        for parte in filtros:
            juntos *= parte
        if self.area is not None:
            # its range holds every document that is there now; few states are found by their own index
            return not self.estados or filtros[0] > _ESTADO_COMUN
        presentes = [r.parte("area_id", area) for area in self.propias]
        alcance = min(sum(presentes), 1.0) or 1e-6
        mas_raro = min(filtros, default=1.0)
        de_areas = sum(min(parte * r.documentos, cuantas / juntos) for parte in presentes)
        de_documentos = min(mas_raro * r.documentos, cuantas * mas_raro / (juntos * alcance))
        if not filtros:
            return de_areas * _POR_INDICE <= de_documentos * _POR_PRUEBA
        return (de_areas + sum(presentes) * r.documentos * _TEMOR) * _POR_FILA <= (
            de_documentos + mas_raro * r.documentos * _TEMOR
        ) * _POR_PRUEBA

    def por_documento(self, orden, valores, cuantas):
        """Rows by the walk over documents."""
        consulta = self.filtrada(Documento.objects.visibles_para(self.usuario)).values(*CAMPOS)
        campos = [(Documento._meta.get_field(ruta), False) for ruta, _ in orden]
        return [[f[c] for c in CAMPOS] for f in tramo(consulta, orden, campos, valores, cuantas)]

    def por_palabras(self, orden, valores, cuantas):
        """Rows of the documents that `q` names by number; else those with its words."""
        filas = Documento.objects.values(*CAMPOS)
        busqueda = Busqueda(
            self.usuario,
            tipos=None if self.tipo is None else (self.tipo,),
            desde=self.datos.get("desde") and medianoche(self.datos["desde"]),
            hasta=self.datos.get("hasta") and medianoche(self.datos["hasta"], 1),
            otros=self.filtrada(Documento.objects.all()),
            documentos=filas,
        )
        pks = numerados(Documento.objects.visibles_para(self.usuario), self.datos["q"])
        if pks:
            busqueda = busqueda.con(otros=busqueda.otros.filter(pk__in=pks))
        else:
            busqueda = busqueda.de_texto(self.datos["q"])
        return busqueda.tramo([(r if r != "id" else "pk", s) for r, s in orden], valores, cuantas)

    def por_area(self, orden, valores, cuantas):
        """Rows by the walk over the presence of areas, with the reserved ones that name the user."""
        condiciones, fechas, parametros = self._condiciones()
        ajena = self.area is not None and not self.todo and self.area not in self.propias
        sentido = orden[0][1]
        tras = "< " if sentido == "desc" else "> "
        parametros |= {
            "areas": [self.area] if self.area is not None else self.propias,
            "propias": self.propias,
            "usuario": self.usuario.pk,
            "cuantas": cuantas,
        }
        if valores is not None:
            parametros |= {"tras_fecha": valores[0], "tras_id": valores[1]}
        sentencia = _SQL.format(
            s=sentido.upper(),
            del_documento=_DEL_DOCUMENTO.format(condiciones=condiciones) if condiciones else "",
            del_reservado=_DEL_DOCUMENTO.format(condiciones=f"AND d.reservado {condiciones}"),
            fechas=fechas,
            visible=_EN_AREA_PROPIA if ajena else "",
            tras=f"AND (p.fecha_recepcion, p.documento_id) {tras}(%(tras_fecha)s, %(tras_id)s)"
            if valores is not None
            else "",
        )
        with connection.cursor() as cursor:
            cursor.execute(sentencia, parametros)
            return cursor.fetchall()

    def _condiciones(self):
        """(conditions on the document `d`, on the date of `p`, their parameters): what follows a WHERE."""
        partes, fechas, parametros = [], [], {}

        def pedir(sql, **valores):
            (fechas if sql.startswith("p.") else partes).append(f"AND {sql}")
            parametros.update(valores)

        if self.estados:
            pedir("d.estado = ANY(%(estados)s)", estados=self.estados)
        if self.tipo:
            pedir("d.tipo_documento_id = %(tipo)s", tipo=self.tipo)
        if self.area:
            pedir("d.area_actual_id = %(area)s", area=self.area)
        if self.datos.get("prioridad"):
            pedir("d.prioridad = %(prioridad)s", prioridad=self.datos["prioridad"])
        if self.datos.get("desde"):
            pedir("p.fecha_recepcion >= %(desde)s", desde=medianoche(self.datos["desde"]))
        if self.datos.get("hasta"):
            pedir("p.fecha_recepcion < %(hasta)s", hasta=medianoche(self.datos["hasta"], 1))
        return " ".join(partes), " ".join(fechas), parametros

    def filtrada(self, consulta):
        """The queryset with the filters applied; absent ones change nothing."""
        datos = self.datos
        if datos.get("numero"):
            consulta = consulta.con_numero(datos["numero"])
        if datos.get("remitente"):
            consulta = consulta.filter(remitente__numero=datos["remitente"])
        if self.estados:
            consulta = consulta.filter(estado__in=self.estados)
        if self.tipo is not None:
            consulta = consulta.filter(tipo_documento=self.tipo)
        if self.area is not None:
            consulta = consulta.filter(area_actual=self.area)
        if datos.get("prioridad"):
            consulta = consulta.filter(prioridad=datos["prioridad"])
        consulta = entre_dias(consulta, "fecha_recepcion", datos.get("desde"), datos.get("hasta"))
        if self.mesa is not None:
            consulta = consulta.filter(area_registro=self.mesa)
        return por_reloj(consulta, datos)
