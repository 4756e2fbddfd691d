"""Attended documents without a legal term are told apart: they are neither on time nor late."""

from django.db import migrations

from reports.disparadores import INSTALAR, QUITAR, VOLVER_A_CONTAR


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_palabras")]

    operations = [migrations.RunSQL([*QUITAR, *VOLVER_A_CONTAR, *INSTALAR], migrations.RunSQL.noop)]
