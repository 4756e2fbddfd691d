"""References that nothing searches by lose their index; those that are mostly empty keep a small one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0007_fichabusqueda'),
        ('organization', '0002_generaciones'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='documento',
            name='area_registro',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.area', verbose_name='mesa de partes'),
        ),
        migrations.AlterField(
            model_name='documento',
            name='area_sugerida',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='organization.area', verbose_name='área de destino prevista'),
        ),
        migrations.AlterField(
            model_name='documento',
            name='asignado_a',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lo tiene'),
        ),
        migrations.AlterField(
            model_name='documento',
            name='categoria',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='documents.categoria', verbose_name='categoría'),
        ),
        migrations.AlterField(
            model_name='documento',
            name='expediente_relacionado',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='relacionados', to='documents.documento', verbose_name='relacionado con'),
        ),
        migrations.AlterField(
            model_name='documento',
            name='procedimiento',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.procedimiento', verbose_name='procedimiento'),
        ),
        migrations.AlterField(
            model_name='documento',
            name='ventanilla',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.ventanilla', verbose_name='ventanilla'),
        ),
        migrations.AddIndex(
            model_name='documento',
            index=models.Index(condition=models.Q(('asignado_a__isnull', False)), fields=['asignado_a'], name='documento_asignado'),
        ),
        migrations.AddIndex(
            model_name='documento',
            index=models.Index(condition=models.Q(('categoria__isnull', False)), fields=['categoria'], name='documento_categoria'),
        ),
        migrations.AddIndex(
            model_name='documento',
            index=models.Index(condition=models.Q(('expediente_relacionado__isnull', False)), fields=['expediente_relacionado'], name='documento_relacionado'),
        ),
        migrations.AddIndex(
            model_name='documento',
            index=models.Index(condition=models.Q(('procedimiento__isnull', False)), fields=['procedimiento'], name='documento_procedimiento'),
        ),
    ]
