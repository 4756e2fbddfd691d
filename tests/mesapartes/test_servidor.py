"""The supervisor's refusals, and how it treats a child that falls."""

import socket
import sys
import time

import pytest

from mesapartes import servidor


def test_a_busy_port_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as ocupado:
        with pytest.raises(servidor.Alto, match="está ocupado por otro programa"):
            servidor.revisar_puerto("127.0.0.1", ocupado.getsockname()[1])


def test_a_free_port_passes():
    with socket.create_server(("127.0.0.1", 0)) as prueba:
        libre = prueba.getsockname()[1]
    servidor.revisar_puerto("127.0.0.1", libre)


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(servidor.Alto, match="no es una dirección de esta máquina"):
        servidor.revisar_puerto("192.0.2.7", 8000)


@pytest.mark.parametrize("texto", ["ocho", "0", "65536", "-1"])
def test_an_impossible_port_number_is_refused(monkeypatch, texto):
    monkeypatch.setenv("PORT", texto)
    with pytest.raises(servidor.Alto, match="no es un puerto"):
        servidor.leer_puerto()


def test_children_know_the_address_they_are_reached_at(monkeypatch):
    for nombre in ("PUBLIC_BASE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(nombre)
    entorno = servidor.entorno_base("127.0.0.1", 8123, "marca")
    assert entorno["PUBLIC_BASE_URL"] == "http://127.0.0.1:8123"
    assert "127.0.0.1" in entorno["ALLOWED_HOSTS"].split(",")
    assert entorno[servidor.ETIQUETA] == "marca"


def test_a_fallen_child_starts_again_and_a_hopeless_one_stops_everything(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _s: None)
    orden = [sys.executable, "-c", "print('no puedo'); raise SystemExit(1)"]
    proceso = servidor.Proceso("prueba", orden, {}, tmp_path / "prueba.log")
    proceso.lanzar()
    with pytest.raises(servidor.Alto, match="cae una y otra vez: no puedo"):
        for _ in range(servidor.CAIDAS_MAXIMAS + 1):
            proceso.popen.wait(10)
            proceso.vigilar()


def test_what_a_killed_supervisor_left_is_ended():
    orden = [sys.executable, "-c", "import time; print('listo', flush=True); time.sleep(60)"]
    huerfano = servidor.subprocess.Popen(
        orden, env={servidor.ETIQUETA: "marca-de-prueba"}, stdout=servidor.subprocess.PIPE
    )
    huerfano.stdout.readline()
    servidor.retirar_huerfanos("marca-de-prueba", aviso=False)
    assert huerfano.poll() is not None
