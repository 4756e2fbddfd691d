"""Mass sendings: whom they reach, that they stop and go on, and that a killed worker costs nobody a second mail."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings as ajustes
from django.core import mail
from django.db import connection
from django.utils import timezone

from core.errors import DatosInvalidos
from core.jobs import TareaCancelada, barrer, ejecutar_tarea
from core.models import Tarea
from documents.models import Documento, Remitente
from notifications.constants import EstadoEnvio
from notifications.correo import masivo
from notifications.correo.envio import enviar_pendientes
from notifications.correo.masivo import confirmar_envio, detener_envio, estado_de, preparar_envio
from notifications.models import Correo, DireccionRebotada, Notificacion, Preferencia
from organization.constants import CodigoRol
from organization.models import Membresia
from tests.factories import make_documento, make_oficina

CUANTAS = int(os.environ.get("MESA_MASIVO", "60"))


def multiplicar(o, cuantas):
    """So many persons with one document each, with an address for notices."""
    molde = make_documento(o, correo_avisos="p0@correo.pe")
    personas = Remitente.objects.bulk_create(
        [
            Remitente(tipo_identidad="DNI", numero=f"{n:08d}", nombre=f"Persona {n}", correo="otro@correo.pe")
            for n in range(1, cuantas)
        ]
    )
    documentos = []
    for n, persona in enumerate(personas, 1):
        campos = {
            c.attname: getattr(molde, c.attname) for c in Documento._meta.concrete_fields if not c.generated
        }
        campos |= {
            "id": None,
            "remitente_id": persona.pk,
            "remitente_nombre": persona.nombre,
            "numero": 1000 + n,
            "numero_expediente": f"EXP-2026-{1000 + n:06d}",
            "codigo_interno": f"MP{n:08d}",
            "codigo_qr": f"{n:026d}",
            "llave_registro": None,
            "correo_avisos": f"p{n}@correo.pe",
        }
        documentos.append(Documento(**campos))
    Documento.objects.bulk_create(documentos, batch_size=500)
    Correo.objects.all().delete()
    Tarea.objects.all().delete()


def aviso(o, **over):
    datos = {"titulo": "Licencias listas", "texto": "Pasa a recogerla.\n\nDe 8 a 13.", "destino": "PERSONAS"}
    return preparar_envio(**{**datos, "filtro": {"estados": ["REGISTRADO"]}, "actor": o.admin, **over})


@pytest.mark.django_db
def test_each_person_that_meets_the_conditions_gets_it_once_by_the_address_left_for_notices():
    o = make_oficina()
    multiplicar(o, 5)
    make_documento(o, correo_avisos="p0@correo.pe")  # a second document of the same person
    make_documento(o, tipo_documento=o.oficio, correo_avisos="")
    DireccionRebotada.objects.create(correo="P1@correo.pe")
    for filtro in ({"estados": ["ATENDIDO"]}, {"numeros": ["99999999"]}):
        with pytest.raises(DatosInvalidos):
            aviso(o, filtro=filtro)
    with pytest.raises(DatosInvalidos) as error:
        aviso(o, titulo=" ", texto="")
    assert set(error.value.campos) == {"titulo", "texto"}
    assert aviso(o, filtro={"numeros": ["00000002", "00000003"]}).total == 2
    envio = aviso(o)
    assert (envio.total, envio.estado, Correo.objects.filter(masivo=envio).count()) == (5, "PREPARADO", 0)
    confirmar_envio(envio_id=envio.pk, actor=o.admin)
    enviar_pendientes()
    mail.outbox.clear()
    for _ in range(2):  # a second run has nothing to do
        Tarea.objects.filter(clave=f"masivo:{envio.pk}").update(estado="PENDIENTE")
        ejecutar_tarea(Tarea.objects.get(clave=f"masivo:{envio.pk}").pk)
    envio.refresh_from_db()
    assert sorted(m.to[0] for m in mail.outbox) == [f"p{n}@correo.pe" for n in (0, 2, 3, 4)]
    assert envio.estado == EstadoEnvio.TERMINADO
    assert {k: v for k, v in estado_de(envio).items() if v} == {"ENVIADO": 4, "REBOTADO": 1}
    assert "De 8 a 13." in mail.outbox[0].body and "/c/" in mail.outbox[0].body


@pytest.mark.django_db
def test_staff_are_told_in_the_system_and_by_mail_only_who_chose_it(client):
    o = make_oficina()
    for persona in (o.ana, o.luis):
        persona.email = f"{persona.username}@drp.pe"
        persona.save()
    Preferencia.objects.create(usuario=o.ana, tipo="aviso", en_sistema=True, por_correo=True)
    # a role counts in the areas that were named, not in another of the same person
    operador = o.roles[CodigoRol.OPERADOR_MESA]
    Membresia.objects.create(usuario=o.luis, area=o.mesa, rol=operador)
    filtro = {"areas": [o.mesa.pk, o.transportes.pk], "roles": [operador.pk]}
    assert aviso(o, destino="USUARIOS", filtro=filtro).total == 2
    with pytest.raises(DatosInvalidos):
        aviso(o, destino="USUARIOS", filtro=filtro | {"areas": [o.legal.pk]})
    envio = aviso(o, destino="USUARIOS", filtro={"areas": [o.transportes.pk, o.legal.pk]})
    assert envio.total == 2
    confirmar_envio(envio_id=envio.pk, actor=o.admin)
    ejecutar_tarea(Tarea.objects.get(clave=f"masivo:{envio.pk}").pk)
    assert set(Notificacion.objects.values_list("usuario__username", flat=True)) == {"ana", "luis"}
    (enviado,) = mail.outbox
    assert enviado.to == ["ana@drp.pe"] and "De 8 a 13." in enviado.body
    client.force_login(o.luis)
    assert "De 8 a 13." in client.get(Notificacion.objects.get(usuario=o.luis).enlace).content.decode()


@pytest.mark.django_db
def test_a_stopped_sending_says_how_far_it_got_and_goes_on_with_the_rest(monkeypatch):
    o = make_oficina()
    multiplicar(o, 12)
    envio = aviso(o)
    confirmar_envio(envio_id=envio.pk, actor=o.admin)
    tarea = Tarea.objects.get(clave=f"masivo:{envio.pk}")

    def detener_al_sexto(por_ciento, texto=""):
        if texto == "6 de 12 correos":
            detener_envio(envio_id=envio.pk, actor=o.admin)
            raise TareaCancelada

    with monkeypatch.context() as parche:
        parche.setattr(masivo, "progreso_actual", detener_al_sexto)
        with pytest.raises(TareaCancelada):
            masivo.enviar(envio_id=envio.pk)
    masivo.al_terminar_mal(tarea_id=tarea.pk, estado="CANCELADA", args=tarea.args)
    envio.refresh_from_db()
    assert envio.estado == EstadoEnvio.DETENIDO
    assert {k: v for k, v in estado_de(envio).items() if v} == {"ENVIADO": 6, "sin_escribir": 6}
    enviar_pendientes()
    assert len(mail.outbox) == 6
    confirmar_envio(envio_id=envio.pk, actor=o.admin)
    ejecutar_tarea(Tarea.objects.vivas().get(clave=f"masivo:{envio.pk}").pk)
    assert sorted(Counter(m.to[0] for m in mail.outbox).values()) == [1] * 12


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_costs_nobody_a_second_mail(tmp_path):
    o = make_oficina()
    multiplicar(o, CUANTAS)
    envio = aviso(o)
    tarea_id = confirmar_envio(envio_id=envio.pk, actor=o.admin).tarea_id
    registro = tmp_path / "tomados"
    entorno = os.environ | {"MESA_PRUEBAS_VAR": str(ajustes.MESA_VAR)}

    def trabajador(puerto):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.notifications.masivo_muere", connection.settings_dict["NAME"], puerto,
             str(tarea_id)],
            cwd=ajustes.BASE_DIR, env=entorno, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def tomados():
        return [linea.split("\t")[0] for linea in registro.read_text().splitlines()]

    servidor = subprocess.Popen(
        [sys.executable, "-m", "tests.buzon_smtp", str(registro), "0.002"],
        cwd=ajustes.BASE_DIR, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        puerto = servidor.stdout.readline().strip()
        primero = trabajador(puerto)
        limite = time.monotonic() + 60 + CUANTAS / 10
        while len(tomados()) < CUANTAS // 3 and time.monotonic() < limite:
            time.sleep(0.05)
        primero.send_signal(signal.SIGKILL)
        primero.wait()
        assert CUANTAS // 3 <= len(tomados()) < CUANTAS
        Tarea.objects.filter(pk=tarea_id).update(arrendada_hasta=timezone.now() - timedelta(seconds=1))
        assert barrer()["liberadas"] == 1
        segundo = trabajador(puerto)
        dicho = segundo.communicate(timeout=900)[0]
        assert dicho.startswith("HECHA")
    finally:
        servidor.kill()
        servidor.wait()
    cuenta = {k: v for k, v in estado_de(envio).items() if v}
    veces = Counter(tomados())
    assert set(veces.values()) == {1}
    assert cuenta.get("DUDOSO", 0) <= 1 and sum(cuenta.values()) == CUANTAS
    assert len(veces) >= cuenta["ENVIADO"] >= CUANTAS - 1
    print(CUANTAS, "personas; segunda corrida:", dicho.strip(), cuenta)
