"""A worker killed between what the other side took and its record: the next one makes no second document."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as ajustes
from django.db import connection

from integrations.models import LogSincronizacion

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_killed_process_leaves_one_document_at_the_other_side(remota, pedir, almacen):
    envio, contenidos = pedir(2)
    pasos = ["registrar", "registrar", "subir"]
    hijo = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.integrations.envio_muere",
            connection.settings_dict["NAME"],
            str(almacen),
            str(envio.pk),
            json.dumps(pasos),
        ],
        cwd=ajustes.BASE_DIR,
        env=os.environ | {"MESA_PRUEBAS_VAR": str(ajustes.MESA_VAR)},
        capture_output=True,
        timeout=60,
    )
    assert hijo.returncode == 0, hijo.stderr.decode()[-2000:]
    envio.refresh_from_db()
    assert (envio.estado, envio.id_remoto, envio.intentos) == ("ENVIADO", "R-1", 4)
    (recibido,) = remota.documentos.values()
    assert sorted(recibido["archivos"].values()) == sorted(contenidos)
    assert remota.metodos() == ["POST"] * 3 + ["PUT"] * 3
    logs = LogSincronizacion.objects.order_by("pk").values_list("estado", "detalle")
    assert [estado for estado, _ in logs] == ["ERROR", "ERROR", "ERROR", "EXITO"]
    assert logs[0][1] == "Se interrumpió antes de terminar."
