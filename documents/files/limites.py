"""How much a file may weigh, and how that is said."""

from django.conf import settings

from core.texto import peso
from documents.files.constants import ANEXO, MB, PRINCIPAL


def limites():
    """Largest size of each use, in bytes; the limit itself is accepted."""
    return {PRINCIPAL: settings.MESA_MAX_PRINCIPAL_MB * MB, ANEXO: settings.MESA_MAX_ANEXO_MB * MB}


def limite_de_clase(clase):
    """Limit in bytes of a stored class: annexes have their own, writings that stand alone have the main one."""
    return limites()[ANEXO if clase == "ANEXO" else PRINCIPAL]


def texto_limites():
    """The limits in words, said before choosing."""
    return (
        f"Principal hasta {settings.MESA_MAX_PRINCIPAL_MB} MB, "
        f"cada anexo hasta {settings.MESA_MAX_ANEXO_MB} MB"
    )


def peso_legible(peso_bytes):
    """A size in words that never rounds an excess away: "50 MB", "50 MB y 1 byte", "50,31 MB", "812 bytes"."""
    enteros, resto = divmod(peso_bytes, MB)
    if enteros and 0 < resto < MB // 100:
        return f"{enteros} MB y {resto} {'byte' if resto == 1 else 'bytes'}"
    if enteros and resto:
        return f"{peso_bytes / MB:.2f} MB".replace(".", ",")
    return peso(peso_bytes)
