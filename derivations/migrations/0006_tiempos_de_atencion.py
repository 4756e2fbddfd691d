"""Index of attention times: a period of attentions read without the table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('derivations', '0005_indices_de_bandejas'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='derivacion',
            index=models.Index(condition=models.Q(('es_copia', False), ('estado', 'ATENDIDO')), fields=['fecha_atencion'], include=('area_destino', 'fecha_recepcion'), name='derivacion_atencion'),
        ),
    ]
