"""Triggers that raise `catalogos` when people, areas, powers or the calendar change."""

from django.db import migrations

from core.caching.disparadores import poner, quitar

CATALOGOS = [
    "organization_entidad",
    "organization_sede",
    "organization_area",
    "organization_ventanilla",
    "organization_feriado",
    "organization_suspension",
    "organization_jornada",
    "organization_cortedigital",
    "organization_permiso",
    "organization_rol",
    "organization_rol_permisos",
    "organization_membresia",
    "organization_encargatura",
]
# An entry, a new password or a preference of the screen changes nothing that others read.
USUARIO = """
CREATE FUNCTION organization_cache_usuario() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (
            SELECT id, username, first_name, last_name, email, cargo, telefono, ventanilla_id, is_active,
                   is_superuser FROM filas
            EXCEPT
            SELECT id, username, first_name, last_name, email, cargo, telefono, ventanilla_id, is_active,
                   is_superuser FROM viejas
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF EXISTS (SELECT FROM filas) THEN
        PERFORM core_subir('{catalogos}');
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("organization", "0001_initial"), ("core", "0003_generaciones")]

    operations = [
        migrations.RunSQL(USUARIO, "DROP FUNCTION organization_cache_usuario();"),
        migrations.RunSQL(
            poner("organization_usuario", "organization_cache_usuario"), quitar("organization_usuario")
        ),
        *(migrations.RunSQL(poner(tabla, "core_cache_catalogo"), quitar(tabla)) for tabla in CATALOGOS),
    ]
