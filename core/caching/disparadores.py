"""SQL of the triggers that raise generations, for the migrations of each application.

A trigger function sees the touched rows as `filas`, and on UPDATE also what they were as `viejas`. It fires once
per statement, so COPY, bulk writes and SQL by hand raise what they touch; TRUNCATE raises everything.
"""

CREAR_CORE = """
ALTER TABLE core_generacion SET (fillfactor = 50);

CREATE FUNCTION core_subir(grupos text[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$  -- planning anew each time would cost more than the work
-- Raises each group once per transaction, in a row that nobody else holds: writers never wait for each other.
-- The step is random so that, after a restored backup, a number does not come back with other data.
DECLARE
    pedido text;
    ranura bigint;
    propia bigint := pg_current_xact_id()::text::bigint;
BEGIN
    FOR pedido IN
        SELECT DISTINCT g FROM unnest(grupos) AS g
        WHERE g IS NOT NULL AND NOT EXISTS (
            SELECT FROM core_generacion c
            WHERE c.grupo = g AND c.transaccion = propia AND c.subida_en = transaction_timestamp())
    LOOP
        SELECT id INTO ranura FROM core_generacion WHERE grupo = pedido LIMIT 1 FOR UPDATE SKIP LOCKED;
        IF FOUND THEN
            UPDATE core_generacion
            SET n = n + 1 + floor(random() * 1073741824)::bigint,
                transaccion = propia, subida_en = transaction_timestamp()
            WHERE id = ranura;
        ELSE
            INSERT INTO core_generacion (grupo, n, transaccion, subida_en)
            VALUES (pedido, 1 + floor(random() * 1073741824)::bigint, propia, transaction_timestamp());
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION core_cache_todo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_subir('{todo}');
    RETURN NULL;
END $$;

CREATE FUNCTION core_cache_catalogo() RETURNS trigger LANGUAGE plpgsql AS $$
-- A save that changes nothing raises nothing.
BEGIN
    IF TG_OP = 'UPDATE' THEN  -- by itself: elsewhere there is no such table
        IF NOT EXISTS (TABLE filas EXCEPT TABLE viejas) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF EXISTS (SELECT FROM filas) THEN
        PERFORM core_subir('{catalogos}');
    END IF;
    RETURN NULL;
END $$;
"""
QUITAR_CORE = """
DROP FUNCTION core_cache_catalogo();
DROP FUNCTION core_cache_todo();
DROP FUNCTION core_subir(text[]);
"""


def poner(tabla, funcion, *, sucesos=("INSERT", "UPDATE", "DELETE")):
    """SQL that seats the triggers of a table."""
    filas = {
        "INSERT": "NEW TABLE AS filas",
        "UPDATE": "OLD TABLE AS viejas NEW TABLE AS filas",
        "DELETE": "OLD TABLE AS filas",
    }
    ordenes = [
        f"CREATE TRIGGER cache_{suceso.lower()} AFTER {suceso} ON {tabla} REFERENCING {filas[suceso]}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {funcion}();"
        for suceso in sucesos
    ]
    ordenes.append(
        f"CREATE TRIGGER cache_truncate AFTER TRUNCATE ON {tabla}"
        " FOR EACH STATEMENT EXECUTE FUNCTION core_cache_todo();"
    )
    return "\n".join(ordenes)


def quitar(tabla, *, sucesos=("INSERT", "UPDATE", "DELETE")):
    """SQL that takes them away."""
    return "\n".join(f"DROP TRIGGER cache_{suceso.lower()} ON {tabla};" for suceso in (*sucesos, "TRUNCATE"))
