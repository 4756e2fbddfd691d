"""Triggers that raise the generations of the documents whose movements change, and of the areas these name."""

from django.db import migrations

from core.caching.disparadores import poner, quitar

FUNCIONES = """
CREATE FUNCTION derivations_cache_derivacion() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    areas text[];
BEGIN
    SELECT array_agg(DISTINCT documento_id),
           array_agg(DISTINCT 'area:' || area_origen_id) || array_agg(DISTINCT 'area:' || area_destino_id)
    INTO ids, areas FROM filas;
    IF TG_OP = 'UPDATE' THEN
        ids := ids || ARRAY(SELECT DISTINCT documento_id FROM viejas);
        areas := areas || ARRAY(
            SELECT 'area:' || area_origen_id FROM viejas UNION SELECT 'area:' || area_destino_id FROM viejas);
    END IF;
    PERFORM documents_cache_subir(ids, areas);
    RETURN NULL;
END $$;

CREATE FUNCTION derivations_cache_respuesta() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_subir(ARRAY(
        SELECT DISTINCT 'doc:' || (d.documento_id % 4096)
        FROM filas JOIN derivations_derivacion d ON d.id = filas.derivacion_id));
    RETURN NULL;
END $$;

CREATE FUNCTION derivations_cache_vista() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_subir(ARRAY(SELECT DISTINCT 'usuario:' || usuario_id FROM filas));
    RETURN NULL;
END $$;
"""
SIN_FUNCIONES = """
DROP FUNCTION derivations_cache_vista();
DROP FUNCTION derivations_cache_respuesta();
DROP FUNCTION derivations_cache_derivacion();
"""
TABLAS = {
    "derivations_derivacion": "derivations_cache_derivacion",
    "derivations_derivacion_respuestas": "derivations_cache_respuesta",
    "derivations_vistaguardada": "derivations_cache_vista",
    "derivations_textofrecuente": "core_cache_catalogo",
}


class Migration(migrations.Migration):
    dependencies = [("derivations", "0003_bandejas_rapidas"), ("documents", "0003_generaciones")]

    operations = [
        migrations.RunSQL(FUNCIONES, SIN_FUNCIONES),
        *(migrations.RunSQL(poner(tabla, funcion), quitar(tabla)) for tabla, funcion in TABLAS.items()),
    ]
