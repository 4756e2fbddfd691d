"""The floor: the same work in bare SQL by psycopg, on the same tables, with no product in between."""

import random
import time
import uuid

from django.db import connection

from derivations.models import Derivacion
from documents.models import Documento, FichaBusqueda, Remitente
from mesapartes.banco.cifras import resumir

COLUMNAS = """d.id, d.numero_expediente, t.codigo, t.nombre, d.numero_documento_externo, d.asunto, d.remitente_nombre,
    d.estado, d.prioridad, a.sigla, d.fecha_recepcion, d.fecha_limite, d.numero_folios"""
UNIONES = """documents_documento d JOIN documents_tipodocumento t ON t.id = d.tipo_documento_id
    JOIN organization_area a ON a.id = d.area_actual_id"""
NUEVOS = "ORDER BY d.fecha_recepcion DESC, d.id DESC LIMIT"
PRUEBA, CONTADOR = "banco_suelo_documento", "banco_suelo_contador"


def consultas(m):
    """{name: (sql, function that gives the parameters of each call)}. Args: Muestras."""
    azar = random.Random(3)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fecha_recepcion, id FROM documents_documento ORDER BY fecha_recepcion DESC, id DESC "
            "OFFSET least(50000, (SELECT count(*) / 2 FROM documents_documento)) LIMIT 1"
        )
        hondo = cursor.fetchone()
    tipos = dict(_de_a_dos("SELECT codigo, id FROM documents_tipodocumento"))
    buscar = (
        f"SELECT {COLUMNAS} FROM {UNIONES} JOIN {FichaBusqueda._meta.db_table} f ON f.documento_id = d.id "  # noqa: S608
        f"WHERE f.palabras @@ %s::tsquery {NUEVOS} 50"
    )
    raras, frecuentes, parejas = (
        _tsqueries([(p,) for p in m.raras]),
        _tsqueries([(p,) for p in m.frecuentes]),
        _tsqueries(m.parejas),
    )
    comienzos = _simples(m.comienzos)
    return {
        "lista": (f"SELECT {COLUMNAS} FROM {UNIONES} {NUEVOS} 100", tuple),  # noqa: S608
        "lista_honda": (
            f"SELECT {COLUMNAS} FROM {UNIONES} WHERE (d.fecha_recepcion, d.id) < (%s, %s) {NUEVOS} 100",  # noqa: S608
            lambda: hondo,
        ),
        "detalle": ("SELECT * FROM documents_documento WHERE id = %s", lambda: (azar.choice(m.ids),)),
        "seguimiento": (
            "SELECT * FROM documents_documento WHERE codigo_qr = %s",
            lambda: (azar.choice(m.tokens),),
        ),
        "contar": ("SELECT count(*) FROM documents_documento", tuple),
        "filtro": (
            f"SELECT {COLUMNAS} FROM {UNIONES} WHERE d.tipo_documento_id = %s AND d.fecha_recepcion >= %s "  # noqa: S608
            f"AND d.fecha_recepcion < %s::date + 1 {NUEVOS} 100",
            lambda: (lambda f: (tipos[f[0]], f[1], f[2]))(azar.choice(m.filtros)),
        ),
        "buscar_frecuente": (buscar, lambda: (azar.choice(frecuentes),)),
        "buscar_rara": (buscar, lambda: (azar.choice(raras),)),
        "buscar_dos": (buscar, lambda: (azar.choice(parejas),)),
        "sugerir": (
            f"SELECT id, nombre, numero FROM {Remitente._meta.db_table} WHERE palabras @@ %s::tsquery LIMIT 8",  # noqa: S608
            lambda: (azar.choice(comienzos),),
        ),
        "bandeja": (
            f"SELECT v.*, {COLUMNAS} FROM {Derivacion._meta.db_table} v JOIN {UNIONES} ON d.id = v.documento_id "  # noqa: S608
            "ORDER BY v.id DESC LIMIT 50",
            tuple,
        ),
    }


def _de_a_dos(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _tsqueries(grupos):
    """Ready tsquery texts, so that the floor pays only the search."""
    textos = []
    with connection.cursor() as cursor:
        for palabras in grupos:
            cursor.execute("SELECT plainto_tsquery('spanish', lower(%s))::text", [" ".join(palabras)])
            textos.append(cursor.fetchone()[0] or "'nada'")
    return textos or ["'nada'"]


def _simples(comienzos):
    return [f"'{c.lower()}':*" for c in comienzos] or ["'a':*"]


def medir_sql(m, segundos):
    """{name: figures as cifras.resumir} of every bare query, and of "registrar": one row and its number, committed."""
    connection.ensure_connection()
    crudo = connection.connection.cursor()
    medidas = {}
    for nombre, (sql, dar) in consultas(m).items():
        medidas[nombre] = _repetir(lambda sql=sql, dar=dar: crudo.execute(sql, dar()).fetchall(), segundos)
    medidas["registrar"] = _insertar(crudo, segundos)
    return medidas


def _repetir(accion, segundos, minimo=5):
    accion()
    tiempos, inicio = [], time.perf_counter()
    while (ahora := time.perf_counter()) - inicio < segundos or len(tiempos) < minimo:
        accion()
        tiempos.append((time.perf_counter() - ahora) * 1000)
    return resumir(tiempos, time.perf_counter() - inicio)


def _insertar(crudo, segundos):
    """Rows like ours go into a table with our columns and indexes, each with the next number, each committed."""
    columnas = [c.column for c in Documento._meta.concrete_fields if not c.generated and not c.primary_key]
    unicas = {"numero_expediente": 20, "codigo_interno": 16, "codigo_qr": 26}
    valores = [f"left(%(llave)s, {unicas[c]})" if c in unicas else "NULL" if c == "llave_registro" else
               "%(n)s" if c == "numero" else c for c in columnas]  # fmt: skip
    borrar = f"DROP TABLE IF EXISTS {PRUEBA}; DROP TABLE IF EXISTS {CONTADOR}"
    crudo.execute(borrar)
    crudo.execute(f"CREATE TABLE {PRUEBA} (LIKE documents_documento INCLUDING ALL EXCLUDING IDENTITY)")
    crudo.execute(f"CREATE TABLE {CONTADOR} AS SELECT 0 AS ultimo")
    crudo.execute(f"CREATE SEQUENCE IF NOT EXISTS {PRUEBA}_id OWNED BY {PRUEBA}.id")
    crudo.execute(f"ALTER TABLE {PRUEBA} ALTER COLUMN id SET DEFAULT nextval('{PRUEBA}_id')")
    insertar = (
        f"INSERT INTO {PRUEBA} ({', '.join(columnas)}) SELECT {', '.join(valores)} FROM documents_documento "  # noqa: S608
        "WHERE id = %(modelo)s"
    )
    modelo = crudo.execute("SELECT max(id) FROM documents_documento").fetchone()[0]

    def registrar():
        with connection.connection.transaction():
            n = crudo.execute(f"UPDATE {CONTADOR} SET ultimo = ultimo + 1 RETURNING ultimo").fetchone()[0]  # noqa: S608
            crudo.execute(insertar, {"llave": uuid.uuid4().hex.upper(), "n": n, "modelo": modelo})

    try:
        return _repetir(registrar, segundos)
    finally:
        crudo.execute(borrar)
