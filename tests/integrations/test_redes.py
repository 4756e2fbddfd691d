"""Where an integration may call: a table of addresses, and the connection goes to the very one checked."""

import datetime
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction

from integrations import redes
from integrations.cliente import Cliente
from integrations.errors import DireccionProhibida, Falla
from integrations.redes import comprobar_ajustes, direcciones_de, se_puede_llamar, validar_direccion
from tests.integrations.otra_entidad import en_marcha

PUBLICAS = (
    "8.8.8.8 190.102.131.1 172.15.255.255 172.32.0.0 100.63.255.255 100.128.0.1 2606:4700::1111 2800:a:b::1"
)
INTERNAS = (
    "0.0.0.0 10.0.0.1 10.255.255.255 100.64.0.1 127.0.0.1 127.255.0.9 169.254.169.254 172.16.0.1 172.31.255.255"
    " 192.0.0.8 192.0.2.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1"
    " 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.1.1.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1"
    " 2001::1 2001:db8::1 2002:7f00:1:: 2002:a00:1:: fc00::1 fd12::1 fe80::1 fe80::1%1 fec0::1 ff02::1 nada"
)
TABLA = [(d, True) for d in PUBLICAS.split()] + [(d, False) for d in INTERNAS.split()]
TABLA += [("::ffff:8.8.8.8", True), ("64:ff9b::808:808", True), ("2002:808:808::", True)]


def test_only_the_public_internet_is_called(settings):
    settings.INTEGRACIONES_REDES_PERMITIDAS = []
    assert [(d, permitida) for d, permitida in TABLA if se_puede_llamar(d) is not permitida] == []


def test_the_office_may_open_its_own_networks_and_no_others(settings):
    settings.INTEGRACIONES_REDES_PERMITIDAS = ["10.20.0.0/16", "fd12::/32"]
    for direccion in ("10.20.3.4", "::ffff:10.20.3.4", "fd12::9"):
        assert se_puede_llamar(direccion), direccion
    for direccion in ("10.21.0.1", "127.0.0.1", "fd13::9", "::ffff:10.21.0.1"):
        assert not se_puede_llamar(direccion), direccion
    # in the clear, only toward them
    assert direcciones_de("10.20.3.4", 80, cifrada=False)
    assert direcciones_de("8.8.8.8", 443, cifrada=True)
    with pytest.raises(DireccionProhibida, match="no usa https"):
        direcciones_de("8.8.8.8", 80, cifrada=False)


def test_other_spellings_of_this_machine_are_seen_through(settings):
    settings.INTEGRACIONES_REDES_PERMITIDAS = []
    for host in ("localhost", "2130706433", "0x7f.1", "0177.0.0.1", "::1", "127.1"):
        with pytest.raises((DireccionProhibida, Falla)):
            direcciones_de(host, 443, cifrada=True)


def _cliente(url):
    return Cliente(url_base=url, cabeceras={}, conexion_segundos=1, respuesta_segundos=1, total_segundos=2)


def test_a_name_is_resolved_once_and_one_bad_address_spoils_it(settings, monkeypatch):
    """A name that answers a public address when checked, and an internal one later, gains nothing."""
    settings.INTEGRACIONES_REDES_PERMITIDAS = ["127.0.0.0/8"]
    with en_marcha() as servidor:
        puerto, preguntas = servidor.server_address[1], []
        respuestas = [["127.0.0.1"], ["10.0.0.1"]]

        def resolver(host, port, **opciones):
            preguntas.append(host)
            lugares = respuestas.pop(0)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (lugar, port)) for lugar in lugares]

        monkeypatch.setattr(redes.socket, "getaddrinfo", resolver)
        with _cliente(f"http://entidad.gob.pe:{puerto}/api") as cliente:
            assert cliente.pedir("GET", "conexion").estado == 200
        assert preguntas == ["entidad.gob.pe"]
        assert servidor.cabeceras[0]["Host"] == f"entidad.gob.pe:{puerto}"
        with _cliente(f"http://entidad.gob.pe:{puerto}/api") as cliente:
            with pytest.raises(DireccionProhibida, match="10.0.0.1"):
                cliente.pedir("GET", "conexion")
        respuestas[:] = [["127.0.0.1", "169.254.169.254"]]
        with pytest.raises(DireccionProhibida, match="169.254"):
            direcciones_de("entidad.gob.pe", puerto, cifrada=True)


def test_the_certificate_is_the_one_of_the_name_and_not_of_the_address(settings, monkeypatch, tmp_path):
    settings.INTEGRACIONES_REDES_PERMITIDAS = ["127.0.0.0/8"]
    settings.INTEGRACIONES_CA = certificado = str(tmp_path / "ca.pem")
    monkeypatch.setattr(
        redes.socket,
        "getaddrinfo",
        lambda host, port, **opciones: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))],
    )
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.load_cert_chain(_escribir_certificado("entidad.gob.pe", certificado))
    with en_marcha() as servidor:
        servidor.socket = contexto.wrap_socket(servidor.socket, server_side=True)
        puerto = servidor.server_address[1]
        with _cliente(f"https://entidad.gob.pe:{puerto}/api") as cliente:
            assert cliente.pedir("GET", "conexion").estado == 200
        for host, ca in (("otra.gob.pe", certificado), ("entidad.gob.pe", "")):
            settings.INTEGRACIONES_CA = ca
            with (
                _cliente(f"https://{host}:{puerto}/api") as cliente,
                pytest.raises(Falla, match="certificado"),
            ):
                cliente.pedir("GET", "conexion")
        assert len(servidor.llamadas) == 1


def _escribir_certificado(nombre, ruta):
    """A certificate that is its own authority, with its key, in one file. Returns: its path."""
    clave = ec.generate_private_key(ec.SECP256R1())
    sujeto = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, nombre)])
    hoy = datetime.datetime.now(datetime.UTC)
    certificado = (
        x509.CertificateBuilder()
        .subject_name(sujeto)
        .issuer_name(sujeto)
        .public_key(clave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(hoy - datetime.timedelta(days=1))
        .not_valid_after(hoy + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(nombre)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(clave, hashes.SHA256())
    )
    with open(ruta, "wb") as archivo:
        archivo.write(certificado.public_bytes(serialization.Encoding.PEM))
        archivo.write(
            clave.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return ruta


def test_a_redirection_is_not_followed_nor_a_proxy_of_the_machine_used(settings, monkeypatch):
    settings.INTEGRACIONES_REDES_PERMITIDAS = ["127.0.0.0/8"]
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with en_marcha() as servidor, _cliente(servidor.url) as cliente:
        servidor.faltas = ["redirige"]
        assert cliente.pedir("GET", "conexion").estado == 302
        assert len(servidor.llamadas) == 1
    with _cliente(servidor.url) as cliente, pytest.raises(Falla, match="rechaza la conexión"):
        cliente.pedir("GET", "conexion")


def test_a_base_address_has_neither_user_nor_query():
    for texto in [
        "https://ana:clave@x.pe",
        "https://x.pe/?a=1",
        "https://x.pe/#b",
        "ftp://x.pe",
        "https://x.pe?",
    ]:
        with pytest.raises(ValidationError):
            validar_direccion(texto)
    validar_direccion("https://mesa.entidad.gob.pe:8443/api/v2")


def test_wrong_settings_stop_the_start(settings):
    for cambio in ({"INTEGRACIONES_REDES_PERMITIDAS": ["10.0.0"]}, {"INTEGRACIONES_CA": "/no/existe.pem"}):
        for nombre, valor in cambio.items():
            setattr(settings, nombre, valor)
        with pytest.raises(ImproperlyConfigured, match=[*cambio][0]):
            comprobar_ajustes()
        settings.INTEGRACIONES_REDES_PERMITIDAS = []


@pytest.mark.django_db
def test_no_transaction_may_be_open_during_a_call(settings):
    with transaction.atomic(), _cliente("https://x.pe") as cliente, pytest.raises(RuntimeError):
        cliente.pedir("GET", "conexion")
