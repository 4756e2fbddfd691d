"""The triggers that keep the figures, and the first count: one pass over documents and one over derivations."""

from django.db import migrations

from reports.disparadores import INSTALAR, QUITAR


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
        ("documents", "0003_generaciones"),
        ("derivations", "0006_tiempos_de_atencion"),
    ]

    operations = [migrations.RunSQL(INSTALAR, QUITAR)]
