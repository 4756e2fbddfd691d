"""SQL of the figures: what a row counts for, the triggers that note each change, the full count and the roll-up.

The figures are always Cifra plus CifraDelta. A statement that changes documents or derivations appends, in its own
transaction, the difference that it makes; so both are committed together, and no service, bulk write or SQL by hand
can forget. What a row counts for stands once, in DE_DOCUMENTO and DE_DERIVACION: the triggers apply it to the touched
rows, the full count to all of them.
"""

# ruff: noqa: S608 - every part of the SQL is a constant of this module

SIN_PLAZO = "SIN_PLAZO"
CLAVE = "medida, dia, area_id, tipo_id, clase, prioridad"

_CORREN = "('REGISTRADO', 'DERIVADO', 'EN_PROCESO')"
_ABIERTOS = "('PRESENTADO', 'REGISTRADO', 'OBSERVADO', 'DERIVADO', 'EN_PROCESO', 'SUSPENDIDO')"
_LIMA = "AT TIME ZONE 'America/Lima')::date"


class Fuente:
    """A table that is counted: its columns that matter, and the figures of a row `d` as VALUES."""

    def __init__(self, tabla, columnas, valores):
        self.tabla, self.columnas, self.valores = tabla, " ".join(columnas.split()), valores

    def figuras(self, origen):
        """SELECT of the sums of figures over rows with the columns and a sign `s`."""
        return f"""
        SELECT v.medida, v.dia, v.area_id, v.tipo_id, v.clase, v.prioridad,
               sum(d.s)::bigint AS n, sum(d.s * v.tarde)::bigint AS tarde
        FROM ({origen}) d CROSS JOIN LATERAL (VALUES {self.valores})
             AS v (medida, dia, area_id, tipo_id, clase, prioridad, tarde, cuenta)
        WHERE v.cuenta
        GROUP BY 1, 2, 3, 4, 5, 6
        HAVING sum(d.s) <> 0 OR sum(d.s * v.tarde) <> 0"""

    def cuenta_completa(self):
        """SELECT of every figure, from every row of the table."""
        return self.figuras(f"SELECT {self.columnas}, 1 AS s FROM {self.tabla}")

    def anotar(self, *partes):
        """INSERT of the deltas of a statement; parts are (sign, transition table).

        Rows that are the same before and after cancel out before anything is worked out.
        """
        juntas = " UNION ALL ".join(f"SELECT {self.columnas}, {s} AS s FROM {t}" for s, t in partes)
        if len(partes) > 1:
            juntas = (
                f"SELECT {self.columnas}, sum(s) AS s FROM ({juntas}) x GROUP BY {self.columnas}"
                " HAVING sum(s) <> 0"
            )
        return f"INSERT INTO reports_cifradelta ({CLAVE}, n, tarde) {self.figuras(juntas)}"


DE_DOCUMENTO = Fuente(
    "documents_documento",
    """area_actual_id, area_registro_id, tipo_documento_id, estado, prioridad, silencio, canal, fecha_limite,
    en_area_desde, fecha_recepcion, fecha_atencion""",
    f"""
    (1, NULL::date, d.area_actual_id, d.tipo_documento_id, d.estado, d.prioridad, 0, true),
    (2, d.fecha_limite, d.area_actual_id, NULL, d.silencio, '', 0,
        d.estado IN {_CORREN} AND d.fecha_limite IS NOT NULL),
    (3, NULL, d.area_actual_id, NULL, d.silencio, '', 0, d.estado IN {_CORREN} AND d.fecha_limite IS NOT NULL),
    (4, (d.en_area_desde {_LIMA}, d.area_actual_id, NULL, '', '', 0, d.estado IN {_ABIERTOS}),
    (5, (d.fecha_recepcion {_LIMA}, d.area_registro_id, d.tipo_documento_id, '', '', 0, true),
    (6, (d.fecha_recepcion {_LIMA}, d.area_registro_id, NULL, d.canal, '', 0, true),
    (7, (d.fecha_atencion {_LIMA}, d.area_actual_id, NULL,
        CASE WHEN d.fecha_limite IS NULL THEN '{SIN_PLAZO}' ELSE '' END, '',
        coalesce(((d.fecha_atencion {_LIMA} > d.fecha_limite)::int, 0), d.fecha_atencion IS NOT NULL)
    """,
)
DE_DERIVACION = Fuente(
    "derivations_derivacion",
    "area_destino_id, fecha_recepcion, es_copia",
    f"""
    (8, (d.fecha_recepcion {_LIMA}, d.area_destino_id, NULL::bigint, '', '', 0,
        NOT d.es_copia AND d.fecha_recepcion IS NOT NULL)
    """,
)
FUENTES = (DE_DOCUMENTO, DE_DERIVACION)
TABLAS = tuple(fuente.tabla for fuente in FUENTES)


def _funcion(fuente, medidas):
    return f"""
CREATE FUNCTION reports_cifras_{fuente.tabla}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {fuente.anotar((1, "nuevas"))};
    ELSIF TG_OP = 'UPDATE' THEN
        {fuente.anotar((1, "nuevas"), (-1, "viejas"))};
    ELSIF TG_OP = 'DELETE' THEN
        {fuente.anotar((-1, "viejas"))};
    ELSE
        DELETE FROM reports_cifra WHERE medida IN ({medidas});
        DELETE FROM reports_cifradelta WHERE medida IN ({medidas});
    END IF;
    RETURN NULL;
END $$;
"""


def _asientos(tabla):
    filas = {
        "INSERT": "REFERENCING NEW TABLE AS nuevas ",
        "UPDATE": "REFERENCING OLD TABLE AS viejas NEW TABLE AS nuevas ",
        "DELETE": "REFERENCING OLD TABLE AS viejas ",
        "TRUNCATE": "",
    }
    return "\n".join(
        f"CREATE TRIGGER cifras_{suceso.lower()} AFTER {suceso} ON {tabla} {referencia}"
        f"FOR EACH STATEMENT EXECUTE FUNCTION reports_cifras_{tabla}();"
        for suceso, referencia in filas.items()
    )


# Figures, full count and their difference are read by one statement: one snapshot, exact under any writers.
VIVAS = f"""
    SELECT {CLAVE}, sum(n)::bigint AS n, sum(tarde)::bigint AS tarde
    FROM (SELECT {CLAVE}, n, tarde FROM reports_cifra UNION ALL SELECT {CLAVE}, n, tarde FROM reports_cifradelta) f
    GROUP BY {CLAVE}"""
DIFERENCIAS = f"""
    SELECT {CLAVE}, sum(n)::bigint AS n, sum(tarde)::bigint AS tarde,
           coalesce(sum(n) FILTER (WHERE completa), 0)::bigint AS contado,
           coalesce(-sum(n) FILTER (WHERE NOT completa), 0)::bigint AS cifra
    FROM (
        SELECT {CLAVE}, n, tarde, true AS completa FROM ({DE_DOCUMENTO.cuenta_completa()}) a
        UNION ALL
        SELECT {CLAVE}, n, tarde, true FROM ({DE_DERIVACION.cuenta_completa()}) b
        UNION ALL
        SELECT {CLAVE}, -n, -tarde, false FROM ({VIVAS}) c
    ) x
    GROUP BY {CLAVE} HAVING sum(n) <> 0 OR sum(tarde) <> 0"""
# What differs is added to the totals themselves, which nobody else moves meanwhile (reports.services).
_SUMAR = f"""
    ON CONFLICT ({CLAVE}) DO UPDATE
        SET n = reports_cifra.n + excluded.n, tarde = reports_cifra.tarde + excluded.tarde"""
CORREGIR = f"""
    INSERT INTO reports_cifra ({CLAVE}, n, tarde)
    SELECT {CLAVE}, n, tarde FROM ({DIFERENCIAS}) d ORDER BY {CLAVE} {_SUMAR}"""
# A writer commits its deltas before or after this statement's snapshot: each is moved whole, once. In order, so that
# the rows that are read together lie together.
ACUMULAR = f"""
    WITH movidas AS (DELETE FROM reports_cifradelta RETURNING {CLAVE}, n, tarde)
    INSERT INTO reports_cifra ({CLAVE}, n, tarde)
    SELECT {CLAVE}, sum(n), sum(tarde) FROM movidas
    GROUP BY {CLAVE} HAVING sum(n) <> 0 OR sum(tarde) <> 0
    ORDER BY {CLAVE} {_SUMAR}"""

INSTALAR = [
    # Totals are updated in place, and deltas come and go: room in the pages, and a vacuum that does not wait.
    "ALTER TABLE reports_cifra SET (fillfactor = 70)",
    "ALTER TABLE reports_cifradelta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,"
    " autovacuum_vacuum_insert_threshold = -1)",
    _funcion(DE_DOCUMENTO, "1, 2, 3, 4, 5, 6, 7"),
    _funcion(DE_DERIVACION, "8"),
    # From here to the commit nobody else writes these tables, so the count that follows misses nothing.
    *map(_asientos, TABLAS),
    "SET LOCAL work_mem = '128MB'",
    f"INSERT INTO reports_cifra ({CLAVE}, n, tarde) SELECT {CLAVE}, n, tarde FROM ("
    + " UNION ALL ".join(f"({fuente.cuenta_completa()})" for fuente in FUENTES)
    + f") x ORDER BY {CLAVE}",
    "ANALYZE reports_cifra",
]
# After a change of what is counted: triggers and figures anew, for who has the ones of before.
VOLVER_A_CONTAR = [
    *(f"LOCK TABLE {tabla} IN SHARE ROW EXCLUSIVE MODE" for tabla in TABLAS),
    "DELETE FROM reports_cifradelta",
    "DELETE FROM reports_cifra",
]
QUITAR = [
    *(
        f"DROP TRIGGER cifras_{suceso} ON {tabla}"
        for tabla in TABLAS
        for suceso in ("insert", "update", "delete", "truncate")
    ),
    *(f"DROP FUNCTION reports_cifras_{tabla}()" for tabla in TABLAS),
]
