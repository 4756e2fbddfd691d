"""The searches the product promises are served by an index: by the catalogue, and by the planner on a large table.

Source: REQUIREMENTS 1, repeated here row by row.
"""

from dataclasses import dataclass

import pytest
from django.apps import apps
from django.db import connection

from documents.constants import Estado
from tests.factories import make_derivada, make_documento, make_oficina
from tests.planificador import al_dia

pytestmark = pytest.mark.django_db

# (table, columns that must lead, condition of one search, predicate a partial index may have)
DOC, DER, INT, LOG, ADJ, TIP = (
    "documents_documento",
    "derivations_derivacion",
    "integrations_integracion",
    "integrations_logsincronizacion",
    "documents_archivoadjunto",
    "documents_tipodocumento",
)
FILAS = [
    # Documento
    (DOC, "numero_expediente", "numero_expediente = 'X-2026-000777'"),
    (DOC, "estado", "estado = 'OBSERVADO'"),
    (DOC, "prioridad", "prioridad = 'URGENTE'"),
    (DOC, "fecha_recepcion", "fecha_recepcion >= now() - interval '1 hour'"),
    (DOC, "fecha_limite", "fecha_limite = current_date + 1"),
    (DOC, "remitente_id", "remitente_id = {remitente}"),
    (DOC, "usuario_registro_id", "usuario_registro_id = {usuario}"),
    (DOC, "area_actual_id", "area_actual_id = {area}"),
    (DOC, "tipo_documento_id", "tipo_documento_id = {tipo}"),
    (DOC, "codigo_qr", "codigo_qr = 'q777'"),
    (DOC, "origen_externo", "origen_externo = 'PIDE'", "origen_externo"),
    (DOC, "id_externo", "id_externo = '777'", "id_externo"),
    (DOC, "estado fecha_recepcion", "estado = 'DERIVADO' and fecha_recepcion >= now() - interval '1 day'"),
    (DOC, "area_actual_id estado", "area_actual_id = {area} and estado = 'DERIVADO'"),
    (
        DOC,
        "usuario_registro_id fecha_recepcion",
        "usuario_registro_id = {usuario} and fecha_recepcion >= now() - interval '1 day'",
    ),
    # Derivacion
    (DER, "documento_id", "documento_id = {documento}"),
    (DER, "area_origen_id", "area_origen_id = {area}"),
    (DER, "area_destino_id", "area_destino_id = {area}"),
    (DER, "usuario_deriva_id", "usuario_deriva_id = {usuario}"),
    (DER, "usuario_recibe_id", "usuario_recibe_id = {usuario}"),
    (DER, "estado", "estado = 'RECHAZADO'"),
    (DER, "fecha_derivacion", "fecha_derivacion >= now() - interval '1 hour'"),
    (DER, "fecha_limite_atencion", "fecha_limite_atencion = current_date + 1"),
    (DER, "es_urgente", "es_urgente", "es_urgente"),
    (DER, "numero_derivacion", "numero_derivacion = 777"),
    (DER, "area_destino_id estado", "area_destino_id = {area} and estado = 'ATENDIDO'"),
    (DER, "documento_id estado", "documento_id = {documento} and estado = 'ATENDIDO'"),
    (DER, "es_urgente estado", "es_urgente and estado = 'ATENDIDO'", "es_urgente"),
    (
        DER,
        "fecha_derivacion estado",
        "fecha_derivacion >= now() - interval '1 day' and estado = 'ATENDIDO'",
    ),
    # Integracion
    (INT, "codigo", "codigo = 'i777'"),
    (INT, "tipo", "tipo = 'SOAP'"),
    (INT, "activa", "activa", "activa"),
    (INT, "estado_conexion", "estado_conexion = 'CON_ERROR'"),
    (INT, "ultima_sincronizacion", "ultima_sincronizacion >= now() - interval '1 hour'"),
    # LogSincronizacion
    (LOG, "integracion_id", "integracion_id = {integracion}"),
    (LOG, "documento_id", "documento_id = {documento}"),
    (LOG, "operacion", "operacion = 'CARGO'"),
    (LOG, "estado", "estado = 'ERROR'"),
    (LOG, "created_at", "created_at >= now() - interval '1 hour'"),
    (LOG, "documento_numero_expediente", "documento_numero_expediente = 'X-777'"),
    (LOG, "id_externo", "id_externo = 'x777'", "id_externo"),
    (
        LOG,
        "integracion_id created_at",
        "integracion_id = {integracion} and created_at >= now() - interval '1 day'",
    ),
    (LOG, "integracion_id estado", "integracion_id = {integracion} and estado = 'ERROR'"),
    (LOG, "documento_id operacion", "documento_id = {documento} and operacion = 'CARGO'"),
    # ArchivoAdjunto
    (ADJ, "documento_id", "documento_id = {documento}"),
    (ADJ, "tipo_mime", "tipo_mime = 'image/png'"),
    (ADJ, "hash_archivo", "hash_archivo = repeat('a', 60) || '0777'"),
    (ADJ, "es_principal", "es_principal and documento_id = {documento}", "es_principal"),
    # TipoDocumento
    (TIP, "codigo", "codigo = 'T777'"),
    (TIP, "activo", "activo", "activo"),
]
NOMBRES = [f"{fila[0].split('_', 1)[1]}: {fila[1]}" for fila in FILAS]
APLICACIONES = (
    "core organization documents derivations notifications integrations reports portal mesapartes".split()
)


@dataclass(frozen=True)
class Indice:
    tabla: str
    nombre: str
    columnas: tuple  # names, or the text of an expression
    clases: tuple
    predicado: str
    unico: bool
    metodo: str


def indices():
    """Every index of the database, from its own catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.relname, i.relname, am.amname, x.indisunique,"
            " coalesce(pg_get_expr(x.indpred, x.indrelid), ''),"
            " array(select pg_get_indexdef(x.indexrelid, k, true) from generate_series(1, x.indnkeyatts) k),"
            " array(select o.opcname::text from unnest(x.indclass) with ordinality c(oid, n)"
            "       join pg_opclass o on o.oid = c.oid order by c.n)"
            " from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid"
            " join pg_am am on am.oid = i.relam join pg_namespace s on s.oid = t.relnamespace"
            " where s.nspname = 'public' and x.indisvalid"
        )
        return [
            Indice(t, n, tuple(columnas), tuple(clases), predicado, unico, metodo)
            for t, n, metodo, unico, predicado, columnas, clases in cursor.fetchall()
        ]


def test_the_table_has_the_fifty_rows():
    assert len(FILAS) == len(set(NOMBRES)) == 50


@pytest.mark.parametrize("fila", FILAS, ids=NOMBRES)
def test_an_index_leads_with_the_columns(fila):
    tabla, columnas, *_ = fila
    buscadas, raro = set(columnas.split()), fila[3] if len(fila) > 3 else ""
    sirven = [
        i.nombre
        for i in indices()
        if i.tabla == tabla
        and i.metodo == "btree"
        and (not i.predicado or (raro and raro in i.predicado))
        and (
            set(i.columnas[: len(buscadas)]) == buscadas
            or (raro in i.predicado and buscadas - {raro} <= set(i.columnas[: len(buscadas)]) and raro)
        )
    ]
    assert sirven, f"{tabla} has no index that leads with {columnas}"


# Pairs (short, long) that stay on purpose, each with its reason.
REPETIDOS_JUSTIFICADOS: set[tuple[str, str]] = set()


def test_no_index_repeats_another():
    """An index that is the beginning of another of the same table costs each write and serves nothing.

    Of the models' own tables; the join tables of many-to-many fields are the framework's.
    """
    propias = {
        modelo._meta.db_table
        for app in APLICACIONES
        if app in {c.label for c in apps.get_app_configs()}
        for modelo in apps.get_app_config(app).get_models()
    }
    todos = [i for i in indices() if i.tabla in propias and i.metodo == "btree"]
    repetidos = {
        (corto.nombre, largo.nombre)
        for corto in todos
        for largo in todos
        if corto.nombre != largo.nombre
        and corto.tabla == largo.tabla
        and not corto.unico
        and corto.predicado == largo.predicado
        and corto.columnas == largo.columnas[: len(corto.columnas)]
        and corto.clases == largo.clases[: len(corto.clases)]
        and (corto.columnas != largo.columnas or largo.unico or corto.nombre < largo.nombre)
    }
    assert repetidos == REPETIDOS_JUSTIFICADOS


def _copiar(cursor, tabla, base_id, cuantas, **cambios):
    """Repeats a row of a table many times, with SQL expressions of the counter n for some columns."""
    cursor.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " and attgenerated = '' and attname <> 'id'",
        [tabla],
    )
    columnas = [c for (c,) in cursor.fetchall()]
    valores = ", ".join(cambios.get(c, f'b."{c}"') for c in columnas)
    nombres = ", ".join(f'"{c}"' for c in columnas)
    cursor.execute(
        f"insert into {tabla} ({nombres}) select {valores} from {tabla} b, generate_series(1, {cuantas}) n"
        f" where b.id = {base_id}"
    )


def _llenar(o):
    """Tens of thousands of rows spread as in life: most closed, many areas, senders and clerks."""
    from documents.models import ArchivoAdjunto, TipoDocumento
    from integrations.models import Integracion, LogSincronizacion

    documento, derivacion = make_documento(o), make_derivada(o)
    archivo = ArchivoAdjunto.objects.create(
        documento=documento,
        nombre="a",
        tipo_mime="application/pdf",
        peso_bytes=1,
        hash_archivo="0" * 64,
        ruta="r",
        es_principal=False,
    )
    integracion = Integracion.objects.create(codigo="i", nombre="i", tipo="PIDE")
    log = LogSincronizacion.objects.create(integracion=integracion, operacion="ENVIO", estado="EXITO")
    tipo = TipoDocumento.objects.create(codigo="T", nombre="T", activo=False)

    def uno_de(tabla):
        return f"(select array_agg(id order by id) from {tabla})[1 + n % (select count(*) from {tabla})]"

    hace = "now() - n * interval '17 minutes'"
    with connection.cursor() as cursor:
        _copiar(cursor, "organization_area", o.mesa.pk, 60, sigla="'S' || n", codigo="'S' || n")
        _copiar(cursor, "organization_usuario", o.ana.pk, 120, username="'u' || n")
        _copiar(cursor, "documents_remitente", o.remitente.pk, 4000, numero="(20100000000 + n)::text")
        _copiar(cursor, TIP, tipo.pk, 1500, codigo="'T' || n")
        _copiar(
            cursor,
            DOC,
            documento.pk,
            20000,
            numero="n + 10",
            numero_expediente="'X-2026-' || lpad(n::text, 6, '0')",
            codigo_interno="'I' || n",
            codigo_qr="'q' || n",
            llave_registro="null",
            estado="case when n % 50 = 0 then 'OBSERVADO' when n % 20 = 0 then 'DERIVADO' else 'ARCHIVADO' end",
            prioridad="case when n % 60 = 0 then 'URGENTE' else 'NORMAL' end",
            fecha_presentacion=hace,
            fecha_recepcion=hace,
            fecha_limite="current_date - (n % 900)",
            remitente_id=uno_de("documents_remitente"),
            usuario_registro_id=uno_de("organization_usuario"),
            area_actual_id=uno_de("organization_area"),
            tipo_documento_id=uno_de(TIP),
            origen_externo="case when n % 100 = 0 then 'PIDE' else '' end",
            id_externo="case when n % 100 = 0 then n::text else '' end",
        )
        _copiar(
            cursor,
            DER,
            derivacion.pk,
            30000,
            documento_id=uno_de(DOC),
            numero_derivacion="n + 1",
            area_origen_id=uno_de("organization_area"),
            area_destino_id=uno_de("organization_area"),
            usuario_deriva_id=uno_de("organization_usuario"),
            usuario_recibe_id=uno_de("organization_usuario"),
            estado="case when n % 60 = 0 then 'RECHAZADO' else 'ATENDIDO' end",
            motivo_rechazo="'x'",
            fecha_derivacion=hace,
            fecha_recepcion=hace,
            fecha_cierre=hace,
            fecha_limite_atencion="current_date - (n % 900)",
            es_urgente="n % 80 = 0",
        )
        _copiar(
            cursor,
            INT,
            integracion.pk,
            3000,
            codigo="'i' || n",
            tipo="case when n % 90 = 0 then 'SOAP' else 'PIDE' end",
            activa="n % 90 = 0",
            url_base="'https://x'",
            estado_conexion="case when n % 90 = 0 then 'CON_ERROR' else 'CONECTADA' end",
            ultima_sincronizacion=hace,
        )
        _copiar(
            cursor,
            LOG,
            log.pk,
            20000,
            integracion_id=uno_de(INT),
            documento_id=uno_de(DOC),
            operacion="case when n % 90 = 0 then 'CARGO' else 'ENVIO' end",
            estado="case when n % 90 = 0 then 'ERROR' else 'EXITO' end",
            created_at=hace,
            documento_numero_expediente="'X-' || n",
            id_externo="case when n % 9 = 0 then 'x' || n else '' end",
        )
        _copiar(
            cursor,
            ADJ,
            archivo.pk,
            20000,
            documento_id=uno_de(DOC),
            tipo_mime="case when n % 90 = 0 then 'image/png' else 'application/pdf' end",
            hash_archivo="repeat('a', 60) || lpad((n % 10000)::text, 4, '0')",
            es_principal=f"n <= (select count(*) from {DOC})",
        )
        cursor.execute(f"update {TIP} set activo = true where id % 90 = 0")
        al_dia(cursor)
    return {
        "remitente": o.remitente.pk,
        "usuario": o.ana.pk,
        "area": o.legal.pk,
        "tipo": o.sol.pk,
        "documento": documento.pk + 4000,
        "integracion": integracion.pk + 100,
    }


def _nodos(plan):
    yield plan
    for hijo in plan.get("Plans", ()):
        yield from _nodos(hijo)


def test_the_planner_takes_an_index_for_every_row():
    """On a table of tens of thousands of rows no promised search reads it whole."""
    valores = _llenar(make_oficina())
    fallas = []
    with connection.cursor() as cursor:
        for nombre, (tabla, _, condicion, *_) in zip(NOMBRES, FILAS, strict=True):
            consulta = f"explain (format json) select * from {tabla} where {condicion.format(**valores)}"
            cursor.execute(consulta)
            nodos = list(_nodos(cursor.fetchone()[0][0]["Plan"]))
            if any(n["Node Type"] == "Seq Scan" for n in nodos) or not any("Index Name" in n for n in nodos):
                fallas.append((nombre, [n["Node Type"] for n in nodos]))
    assert fallas == []


def test_no_state_is_missing_from_the_volume():
    """The states named in the searches above exist; a renamed one would make its search trivially fast."""
    assert {"OBSERVADO", "DERIVADO", "ARCHIVADO"} <= set(Estado.values)
