"""Index of what was attended in some days."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0009_archivo_y_canal'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='documento',
            index=models.Index(condition=models.Q(('fecha_atencion__isnull', False)), fields=['-fecha_atencion', '-id', 'area_actual'], name='documento_atencion'),
        ),
    ]
