"""The documents of an area in a state, already in the order of their list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0005_indices_de_bandejas")]

    operations = [
        migrations.RemoveIndex(model_name="documento", name="documento_area_estado"),
        migrations.AddIndex(
            model_name="documento",
            index=models.Index(
                fields=["area_actual", "estado", "-fecha_recepcion"], name="documento_area_estado"
            ),
        ),
    ]
