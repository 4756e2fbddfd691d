"""The list of an area by date as one index range: presence repeats what the order needs, kept by triggers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# All at once and in one order: a reader in between would wait for this, and this for it.
CERRAR = """
LOCK TABLE documents_documento, documents_presenciaarea, documents_accesoreservado IN ACCESS EXCLUSIVE MODE;
"""
# Rewriting the tables takes a tenth of the time of updating their rows, and leaves no dead ones.
LLENAR = """
CREATE FUNCTION documents_recepcion_de(pk bigint) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT d.fecha_recepcion FROM documents_documento d WHERE d.id = pk);
END $$;
CREATE FUNCTION documents_reserva_de(pk bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT d.reservado FROM documents_documento d WHERE d.id = pk);
END $$;
ALTER TABLE documents_presenciaarea
    ALTER COLUMN fecha_recepcion TYPE timestamptz USING documents_recepcion_de(documento_id),
    ALTER COLUMN reservado TYPE boolean USING documents_reserva_de(documento_id);
ALTER TABLE documents_accesoreservado
    ALTER COLUMN fecha_recepcion TYPE timestamptz USING documents_recepcion_de(documento_id);
DROP FUNCTION documents_recepcion_de(bigint);
DROP FUNCTION documents_reserva_de(bigint);
"""
DISPARADORES = """
CREATE FUNCTION documents_presencia_copiar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT d.fecha_recepcion, d.reservado INTO NEW.fecha_recepcion, NEW.reservado
      FROM documents_documento d WHERE d.id = NEW.documento_id;
    RETURN NEW;
END $$;
CREATE FUNCTION documents_acceso_copiar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT d.fecha_recepcion INTO NEW.fecha_recepcion FROM documents_documento d WHERE d.id = NEW.documento_id;
    RETURN NEW;
END $$;
CREATE FUNCTION documents_documento_repetir() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE documents_presenciaarea SET fecha_recepcion = NEW.fecha_recepcion, reservado = NEW.reservado
     WHERE documento_id = NEW.id;
    UPDATE documents_accesoreservado SET fecha_recepcion = NEW.fecha_recepcion WHERE documento_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER documents_presencia_copiar BEFORE INSERT ON documents_presenciaarea
    FOR EACH ROW WHEN (NEW.fecha_recepcion IS NULL OR NEW.reservado IS NULL)
    EXECUTE FUNCTION documents_presencia_copiar();
CREATE TRIGGER documents_acceso_copiar BEFORE INSERT ON documents_accesoreservado
    FOR EACH ROW WHEN (NEW.fecha_recepcion IS NULL) EXECUTE FUNCTION documents_acceso_copiar();
CREATE TRIGGER documents_documento_repetir AFTER UPDATE OF fecha_recepcion, reservado ON documents_documento
    FOR EACH ROW
    WHEN (OLD.fecha_recepcion IS DISTINCT FROM NEW.fecha_recepcion OR OLD.reservado IS DISTINCT FROM NEW.reservado)
    EXECUTE FUNCTION documents_documento_repetir();
"""
SIN_DISPARADORES = """
DROP TRIGGER documents_documento_repetir ON documents_documento;
DROP TRIGGER documents_acceso_copiar ON documents_accesoreservado;
DROP TRIGGER documents_presencia_copiar ON documents_presenciaarea;
DROP FUNCTION documents_documento_repetir(), documents_acceso_copiar(), documents_presencia_copiar();
"""
# Django makes them for LIKE 'x%', which nothing asks; each cost every registration an insertion at random.
SIN_LIKE = """
DROP INDEX IF EXISTS documents_documento_numero_expediente_a5d38500_like;
DROP INDEX IF EXISTS documents_documento_codigo_interno_008bbb3e_like;
DROP INDEX IF EXISTS documents_documento_codigo_qr_4f70abe4_like;
"""
CON_LIKE = """
CREATE INDEX documents_documento_numero_expediente_a5d38500_like
    ON documents_documento (numero_expediente varchar_pattern_ops);
CREATE INDEX documents_documento_codigo_interno_008bbb3e_like
    ON documents_documento (codigo_interno varchar_pattern_ops);
CREATE INDEX documents_documento_codigo_qr_4f70abe4_like ON documents_documento (codigo_qr varchar_pattern_ops);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_generaciones"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(CERRAR, CERRAR),
        migrations.RemoveConstraint(model_name="presenciaarea", name="presenciaarea_unica"),
        migrations.RemoveIndex(model_name="presenciaarea", name="presenciaarea_documento"),
        migrations.AddField(
            model_name="presenciaarea",
            name="fecha_recepcion",
            field=models.DateTimeField(null=True, editable=False),
        ),
        migrations.AddField(
            model_name="presenciaarea",
            name="reservado",
            field=models.BooleanField(null=True, editable=False),
        ),
        migrations.AddField(
            model_name="accesoreservado",
            name="fecha_recepcion",
            field=models.DateTimeField(null=True, editable=False),
        ),
        migrations.RunSQL(LLENAR, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="presenciaarea",
            name="fecha_recepcion",
            field=models.DateTimeField(blank=True, editable=False, verbose_name="recibido"),
        ),
        migrations.AlterField(
            model_name="presenciaarea",
            name="reservado",
            field=models.BooleanField(blank=True, default=None, editable=False, verbose_name="reservado"),
        ),
        migrations.AlterField(
            model_name="accesoreservado",
            name="fecha_recepcion",
            field=models.DateTimeField(blank=True, editable=False, verbose_name="recibido"),
        ),
        migrations.RunSQL(DISPARADORES, SIN_DISPARADORES),
        migrations.AddConstraint(
            model_name="presenciaarea",
            constraint=models.UniqueConstraint(
                fields=("documento", "area"),
                name="presenciaarea_unica",
                violation_error_message="El área ya consta en el documento.",
            ),
        ),
        migrations.AddIndex(
            model_name="presenciaarea",
            index=models.Index(
                condition=models.Q(reservado=False),
                fields=["area", "-fecha_recepcion", "-documento"],
                name="presenciaarea_lista",
            ),
        ),
        migrations.AddIndex(
            model_name="accesoreservado",
            index=models.Index(
                fields=["usuario", "-fecha_recepcion", "-documento"], name="accesoreservado_lista"
            ),
        ),
        migrations.AlterField(
            model_name="accesoreservado",
            name="usuario",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="accesos_reservados",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="documento",
            index=models.Index(
                condition=models.Q(
                    estado__in=("PRESENTADO", "REGISTRADO", "OBSERVADO", "DERIVADO", "EN_PROCESO", "SUSPENDIDO")
                ),
                fields=["-fecha_recepcion", "-id"],
                name="documento_abierto",
            ),
        ),
        migrations.RunSQL(SIN_LIKE, CON_LIKE),
    ]
