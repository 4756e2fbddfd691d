"""Index and statistics that keep the trays of a large office fast."""

from django.db import migrations, models

from derivations.estadisticas import SQL_ESTADISTICAS, SQL_ESTADISTICAS_REVERSO


class Migration(migrations.Migration):
    dependencies = [("derivations", "0002_initial")]

    operations = [
        migrations.AddIndex(
            model_name="derivacion",
            index=models.Index(
                condition=models.Q(es_copia=False, estado__in=("PENDIENTE", "RECIBIDO")),
                fields=["fecha_limite_atencion", "id"],
                name="derivacion_abierta_limite",
            ),
        ),
        migrations.RunSQL(SQL_ESTADISTICAS, SQL_ESTADISTICAS_REVERSO),
    ]
