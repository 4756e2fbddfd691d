"""Indexes of the archive by date and of the documents that did not come by the window."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0008_indices_sin_uso'),
        ('organization', '0002_generaciones'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='archivamiento',
            index=models.Index(condition=models.Q(('restaurado_en', None)), fields=['-archivado_en', '-id'], include=('documento',), name='archivamiento_vigente_fecha'),
        ),
        migrations.AddIndex(
            model_name='documento',
            index=models.Index(condition=models.Q(('canal', 'VENTANILLA'), _negated=True), fields=['canal', '-fecha_recepcion'], name='documento_canal'),
        ),
    ]
