"""Generations of the cache: the table, and the functions that raise them."""

from django.db import migrations, models

from core.caching.disparadores import CREAR_CORE, QUITAR_CORE


class Migration(migrations.Migration):
    dependencies = [("core", "0002_consultas")]

    operations = [
        migrations.CreateModel(
            name="Generacion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("grupo", models.CharField(max_length=60, verbose_name="grupo")),
                ("n", models.BigIntegerField(default=0, verbose_name="número")),
                ("transaccion", models.BigIntegerField(default=0, verbose_name="transacción")),
                ("subida_en", models.DateTimeField(verbose_name="subida")),
            ],
            options={
                "verbose_name": "generación de la cache",
                "verbose_name_plural": "cache",
                "default_permissions": (),
                "indexes": [models.Index(fields=["grupo"], name="generacion_grupo")],
            },
        ),
        migrations.RunSQL(CREAR_CORE, QUITAR_CORE),
    ]
