"""Indexes of few rows and few columns, from which each tray reads in order and counts."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0004_listas_por_area'),
        ('organization', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='documento',
            index=models.Index(condition=models.Q(('reservado', True)), fields=['id'], name='documento_reservado'),
        ),
        migrations.AddIndex(
            model_name='documento',
            index=models.Index(condition=models.Q(('estado__in', ('OBSERVADO', 'SUSPENDIDO'))), fields=['id'], name='documento_en_pausa'),
        ),
        migrations.AddIndex(
            model_name='documento',
            index=models.Index(condition=models.Q(('estado', 'ATENDIDO')), fields=['area_actual', '-fecha_atencion', '-id'], name='documento_atendido'),
        ),
    ]
