"""The doors of the mails: the administration and the commands, for who may and for who may not."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from core.models import Evento, Tarea
from notifications.correo.envio import enviar_pendientes
from notifications.models import Correo, DireccionRebotada, EnvioMasivo
from tests.admin_util import hacer_acto, pagina, textos
from tests.factories import CLAVE, make_documento, make_oficina, make_usuario

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


def cliente_de(usuario):
    cliente = Client()
    assert cliente.login(username=usuario.username, password=CLAVE)
    return cliente


def test_a_doubtful_mail_goes_again_only_after_the_warning_and_leaves_a_trace(o):
    correo = Correo.objects.create(para="a@b.pe", tipo="derivado", clave="c", asunto="Uno", estado="DUDOSO")
    cliente = cliente_de(o.admin)
    assert (
        "podría recibirlo dos veces"
        in cliente.get(pagina(Correo, "acto", correo.pk, "reenviar")).content.decode()
    )
    enviar_pendientes()
    assert mail.outbox == []
    hacer_acto(cliente, correo, "reenviar")
    enviar_pendientes()
    assert [m.to for m in mail.outbox] == [["a@b.pe"]]
    assert Evento.objects.get(tipo="correo_reenviado").actor == o.admin
    otra_vez = cliente.post(pagina(Correo, "acto", correo.pk, "reenviar"))
    assert otra_vez.status_code == 409 and "no se reenvía" in otra_vez.content.decode()
    for ajeno in (o.jefa, o.ana):
        assert cliente_de(ajeno).get(pagina(Correo), follow=False).status_code in (302, 403)
    assert "a@b.pe" in cliente.get(pagina(Correo) + "?q=a@b.pe").content.decode()


def test_an_address_is_marked_and_lifted(o):
    cliente = cliente_de(o.admin)
    cliente.post(pagina(DireccionRebotada, "add"), {"correo": "Mala@B.pe", "motivo": "Volvió"})
    fila = DireccionRebotada.objects.get()
    assert fila.correo == "mala@b.pe"
    correo = Correo.objects.create(
        para="mala@b.pe", tipo="derivado", clave="c", asunto="Uno", estado="REBOTADO"
    )
    negado = cliente.post(pagina(Correo, "acto", correo.pk, "reenviar"))
    assert "levanta la marca" in negado.content.decode()
    assert hacer_acto(cliente, fila, "levantar").status_code == 200
    assert not DireccionRebotada.objects.exists()


def test_a_mass_sending_is_looked_over_before_anything_goes_out(o):
    for n in range(3):
        make_documento(o, correo_avisos=f"p{n}@b.pe")
    Correo.objects.all().delete(), Tarea.objects.all().delete()
    cliente = cliente_de(o.admin)
    datos = {"titulo": "Licencias listas", "texto": "Pasa a recogerla.", "destino": "PERSONAS"}
    nadie = cliente.post(pagina(EnvioMasivo, "add"), datos | {"estados": ["ATENDIDO"]})
    assert nadie.status_code == 422 and "Nadie cumple esas condiciones" in nadie.content.decode()
    respuesta = cliente.post(pagina(EnvioMasivo, "add"), datos | {"estados": ["REGISTRADO"]}, follow=True)
    envio = EnvioMasivo.objects.get()
    cuerpo = respuesta.content.decode()
    assert "todavía no se envía nada" in " ".join(textos(respuesta))
    assert "1 persona" in cuerpo and "Estado: Registrado" in cuerpo  # three documents of one sender
    assert not Tarea.objects.filter(funcion__endswith="masivas").exists()
    hacer_acto(cliente, envio, "enviar")
    tarea = Tarea.objects.get(funcion__endswith="masivas")
    assert (tarea.solicitada_por, tarea.args) == (o.admin, {"envio_id": envio.pk})
    assert Evento.objects.get(tipo="envio_masivo_pedido").detalle["personas"] == 1
    assert cliente.post(pagina(EnvioMasivo, "acto", envio.pk, "enviar")).status_code == 409
    hacer_acto(cliente, envio, "detener")
    assert Tarea.objects.get(pk=tarea.pk).estado == "CANCELADA"
    consulta = cliente_de(make_usuario("otro", area=o.direccion, rol="supervisor"))
    assert consulta.get(pagina(EnvioMasivo)).status_code == 403
    assert consulta.post(pagina(EnvioMasivo, "acto", envio.pk, "enviar")).status_code == 403


def test_the_commands_mark_bounces_and_send_again(o, tmp_path, capsys):
    archivo = tmp_path / "rebotes.txt"
    archivo.write_text("uno@b.pe\nDOS@b.pe\nuno@b.pe\n")
    call_command("marcar_rebotes", "--archivo", str(archivo), "tres@b.pe")
    assert DireccionRebotada.objects.count() == 3
    with pytest.raises(CommandError, match="No son direcciones: malo"):
        call_command("marcar_rebotes", "malo", "cuatro@b.pe")
    assert DireccionRebotada.objects.count() == 4
    with pytest.raises(CommandError):
        call_command("marcar_rebotes")
    fallido = Correo.objects.create(para="a@c.pe", tipo="derivado", clave="a", asunto="Uno", estado="FALLIDO")
    call_command("reenviar_correos")
    assert f"{fallido.pk}" in capsys.readouterr().out
    call_command("reenviar_correos", "--fallidos")
    enviar_pendientes()
    assert [m.to for m in mail.outbox] == [["a@c.pe"]]
