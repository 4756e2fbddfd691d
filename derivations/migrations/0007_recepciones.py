"""Index of what areas received in some days."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('derivations', '0006_tiempos_de_atencion'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='derivacion',
            index=models.Index(condition=models.Q(('es_copia', False), ('fecha_recepcion__isnull', False)), fields=['-fecha_recepcion', '-id', 'area_destino'], name='derivacion_recepcion'),
        ),
    ]
