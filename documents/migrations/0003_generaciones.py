"""Triggers that raise the generations of the documents touched, of their areas and of who may see them."""

from django.db import migrations

from core.caching.disparadores import poner, quitar

CATALOGOS = [
    "documents_tipodocumento",
    "documents_categoria",
    "documents_procedimiento",
    "documents_requisitoprocedimiento",
    "documents_reglaarea",
    "documents_serienumeracion",
    "documents_seriedocumental",
]
HIJOS = [
    "documents_archivoadjunto",
    "documents_archivamiento",
    "documents_observacion",
    "documents_pausaplazo",
    "documents_nota",
    "documents_requisitodocumento",
]
FUNCIONES = """
CREATE FUNCTION documents_cache_subir(ids bigint[], otros text[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
-- Of each document: itself, the areas where it is or was, and where it stands now.
BEGIN
    IF coalesce(cardinality(ids), 0) = 0 THEN
        RETURN;
    END IF;
    PERFORM core_subir(otros || ARRAY(
        SELECT 'documentos'
        UNION ALL SELECT 'doc:' || (id % 4096) FROM unnest(ids) AS id
        UNION ALL SELECT 'area:' || area_id FROM documents_presenciaarea WHERE documento_id = ANY(ids)
        UNION ALL SELECT 'area:' || area_actual_id FROM documents_documento WHERE id = ANY(ids)
    ));
END $$;

CREATE FUNCTION documents_cache_documento() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    areas text[];
BEGIN
    SELECT array_agg(id), array_agg(DISTINCT 'area:' || area_actual_id) INTO ids, areas FROM filas;
    IF TG_OP = 'UPDATE' THEN
        areas := areas || ARRAY(SELECT DISTINCT 'area:' || area_actual_id FROM viejas);
    END IF;
    PERFORM documents_cache_subir(ids, areas);
    RETURN NULL;
END $$;

CREATE FUNCTION documents_cache_hijo() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT documento_id) INTO ids FROM filas;
    IF TG_OP = 'UPDATE' THEN
        ids := ids || ARRAY(SELECT DISTINCT documento_id FROM viejas);
    END IF;
    PERFORM documents_cache_subir(ids, '{}');
    RETURN NULL;
END $$;

CREATE FUNCTION documents_cache_presencia() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    areas text[];
BEGIN
    SELECT array_agg(DISTINCT documento_id), array_agg(DISTINCT 'area:' || area_id) INTO ids, areas FROM filas;
    IF TG_OP = 'UPDATE' THEN
        ids := ids || ARRAY(SELECT DISTINCT documento_id FROM viejas);
        areas := areas || ARRAY(SELECT DISTINCT 'area:' || area_id FROM viejas);
    END IF;
    PERFORM documents_cache_subir(ids, areas);
    RETURN NULL;
END $$;

CREATE FUNCTION documents_cache_acceso() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    personas text[];
BEGIN
    SELECT array_agg(DISTINCT documento_id), array_agg(DISTINCT 'usuario:' || usuario_id)
    INTO ids, personas FROM filas;
    IF TG_OP = 'UPDATE' THEN
        ids := ids || ARRAY(SELECT DISTINCT documento_id FROM viejas);
        personas := personas || ARRAY(SELECT DISTINCT 'usuario:' || usuario_id FROM viejas);
    END IF;
    PERFORM documents_cache_subir(ids, personas);
    RETURN NULL;
END $$;

CREATE FUNCTION documents_cache_cargo() RETURNS trigger LANGUAGE plpgsql AS $$
-- A printing is counted in the receipt and shown in no list.
BEGIN
    PERFORM core_subir(ARRAY(SELECT DISTINCT 'doc:' || (documento_id % 4096) FROM filas));
    RETURN NULL;
END $$;

CREATE FUNCTION documents_cache_remitente() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (
            SELECT id, tipo_identidad, numero, nombre, correo, telefono, direccion FROM filas
            EXCEPT
            SELECT id, tipo_identidad, numero, nombre, correo, telefono, direccion FROM viejas
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF EXISTS (SELECT FROM filas) THEN
        PERFORM core_subir('{remitentes}');
    END IF;
    RETURN NULL;
END $$;
"""
SIN_FUNCIONES = """
DROP FUNCTION documents_cache_remitente();
DROP FUNCTION documents_cache_cargo();
DROP FUNCTION documents_cache_acceso();
DROP FUNCTION documents_cache_presencia();
DROP FUNCTION documents_cache_hijo();
DROP FUNCTION documents_cache_documento();
DROP FUNCTION documents_cache_subir(bigint[], text[]);
"""
PROPIOS = {
    "documents_documento": "documents_cache_documento",
    "documents_presenciaarea": "documents_cache_presencia",
    "documents_accesoreservado": "documents_cache_acceso",
    "documents_cargo": "documents_cache_cargo",
}
YA_CONOCIDO = ("UPDATE", "DELETE")  # a new sender has no documents yet


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_initial"), ("core", "0003_generaciones")]

    operations = [
        migrations.RunSQL(FUNCIONES, SIN_FUNCIONES),
        *(migrations.RunSQL(poner(tabla, funcion), quitar(tabla)) for tabla, funcion in PROPIOS.items()),
        *(migrations.RunSQL(poner(tabla, "documents_cache_hijo"), quitar(tabla)) for tabla in HIJOS),
        *(migrations.RunSQL(poner(tabla, "core_cache_catalogo"), quitar(tabla)) for tabla in CATALOGOS),
        migrations.RunSQL(
            poner("documents_remitente", "documents_cache_remitente", sucesos=YA_CONOCIDO),
            quitar("documents_remitente", sucesos=YA_CONOCIDO),
        ),
    ]
