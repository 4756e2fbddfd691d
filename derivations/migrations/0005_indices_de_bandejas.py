"""Indexes of few rows and few columns, from which each tray reads in order and counts."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('derivations', '0004_generaciones'),
        ('documents', '0002_initial'),
        ('organization', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='derivacion',
            index=models.Index(condition=models.Q(('es_copia', False), ('estado__in', ('PENDIENTE', 'RECIBIDO'))), fields=['area_destino', 'fecha_limite_atencion', 'id'], include=('documento', 'estado', 'asignado_a', 'es_urgente', 'fecha_derivacion', 'fecha_recepcion'), name='derivacion_abierta_area'),
        ),
        migrations.AddIndex(
            model_name='derivacion',
            index=models.Index(condition=models.Q(('es_copia', False), ('estado', 'PENDIENTE')), fields=['area_origen', '-fecha_derivacion', '-id'], include=('documento', 'usuario_deriva', 'es_urgente', 'fecha_limite_atencion'), name='derivacion_en_camino'),
        ),
        migrations.AddIndex(
            model_name='derivacion',
            index=models.Index(condition=models.Q(('es_copia', True), ('estado', 'PENDIENTE')), fields=['area_destino', 'fecha_derivacion', 'id'], include=('documento', 'es_urgente'), name='derivacion_copia_por_acusar'),
        ),
        migrations.AddIndex(
            model_name='derivacion',
            index=models.Index(condition=models.Q(('motivo', 'REAPERTURA')), fields=['padre'], name='derivacion_reapertura'),
        ),
    ]
