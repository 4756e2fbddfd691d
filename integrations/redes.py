"""Where the product may call: public addresses, and the networks that the office allowed by name.

A configured address is resolved here, and the connection is opened to the very address that was checked; the
certificate and the Host header stay those of the name.
"""

import ipaddress
import socket
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError

from integrations.errors import DireccionProhibida, Falla

# Special-purpose blocks of IANA that are not the public Internet; `is_global` differs between Pythons.
_PROHIBIDAS = tuple(
    ipaddress.ip_network(red)
    for red in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24"
        " 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
        " ::/8 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10"
        " ff00::/8"
    ).split()
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SEIS_A_CUATRO = ipaddress.ip_network("2002::/16")


def comprobar_ajustes():
    """Stops the start when a network or the file of authorities is wrong. Raises: ImproperlyConfigured."""
    for texto in settings.INTEGRACIONES_REDES_PERMITIDAS:
        try:
            ipaddress.ip_network(texto, strict=False)
        except ValueError:
            raise ImproperlyConfigured(
                f"INTEGRACIONES_REDES_PERMITIDAS: {texto} no es una red, como 10.20.0.0/16"
            ) from None
    if settings.INTEGRACIONES_CA and not Path(settings.INTEGRACIONES_CA).is_file():
        raise ImproperlyConfigured(f"INTEGRACIONES_CA: no existe el archivo {settings.INTEGRACIONES_CA}")


def validar_direccion(texto):
    """Refuses a base address with a user, a query or a fragment. Raises: ValidationError."""
    partes = urlsplit(texto)
    if partes.username or partes.password or "@" in partes.netloc:
        raise ValidationError("La dirección no lleva usuario ni contraseña: van en la credencial.")
    if partes.query or partes.fragment or "?" in texto or "#" in texto:
        raise ValidationError("Escribe la dirección sin «?» ni «#»: las rutas se agregan a su final.")
    if partes.scheme not in ("http", "https"):
        raise ValidationError("La dirección empieza con https://.")


def origen_de(texto):
    """(scheme, host, port) of an address: who would receive a credential sent there."""
    partes = urlsplit(texto)
    return partes.scheme, partes.hostname, partes.port


@lru_cache(maxsize=8)
def _redes(textos):
    return tuple(ipaddress.ip_network(texto, strict=False) for texto in textos)


def redes_permitidas():
    """Networks of settings.INTEGRACIONES_REDES_PERMITIDAS."""
    return _redes(tuple(settings.INTEGRACIONES_REDES_PERMITIDAS))


def _ipv4_dentro(ip):
    """The IPv4 address that an IPv6 one stands for (mapped, NAT64, 6to4), or None."""
    if ip.version == 4:
        return None
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _SEIS_A_CUATRO:
        return ipaddress.IPv4Address((int(ip) >> 80) & 0xFFFFFFFF)
    return None


def esta_permitida(texto):
    """Whether the office allowed this address by name, as part of a network of its own."""
    ip = ipaddress.ip_address(texto)
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip.version == red.version and ip in red for red in redes_permitidas())


def se_puede_llamar(texto):
    """Whether the product may open a connection to an address.

    Args: texto an IPv4 or IPv6 address; one with a zone ("%eth0") is always local.
    """
    try:
        ip = ipaddress.ip_address(texto)
    except ValueError:
        return False
    if esta_permitida(texto):
        return True
    if getattr(ip, "scope_id", None):
        return False
    dentro = _ipv4_dentro(ip)
    if dentro is not None:
        return se_puede_llamar(str(dentro))
    return ip.is_global and not any(ip.version == red.version and ip in red for red in _PROHIBIDAS)


def direcciones_de(host, puerto, *, cifrada):
    """Addresses of a host, all of them checked.

    Args: cifrada is whether the call is https; in the clear only toward the networks allowed by name.
    Returns: list of (family, sockaddr), at least one.
    Raises: DireccionProhibida when any of its addresses is not to be called; Falla when the name is unknown.
    """
    try:
        hallados = socket.getaddrinfo(host, puerto, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Falla(f"No se encuentra el servidor {host}: revisa la dirección o el DNS.") from None
    pares = [(familia, lugar) for familia, _, _, _, lugar in hallados]
    for _, lugar in pares:
        if not se_puede_llamar(lugar[0]):
            raise DireccionProhibida(
                f"{host} lleva a {lugar[0]}, una red interna o reservada: si es de la entidad, agrégala a "
                "INTEGRACIONES_REDES_PERMITIDAS."
            )
        if not cifrada and not esta_permitida(lugar[0]):
            raise DireccionProhibida(
                f"{host} no usa https: sin cifrar solo se llama a las redes de INTEGRACIONES_REDES_PERMITIDAS."
            )
    return pares
