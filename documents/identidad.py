"""Identity documents: which kind a number is, and whether it can exist."""

import re

from documents.constants import TipoIdentidad

_PESOS_RUC = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_PREFIJOS_RUC = ("10", "15", "16", "17", "20")
_FORMAS = {
    TipoIdentidad.DNI: (r"[0-9]{8}", "Un DNI tiene 8 dígitos."),
    TipoIdentidad.CE: (r"[0-9A-Z]{9,12}", "Un carné de extranjería tiene de 9 a 12 caracteres."),
    TipoIdentidad.PASAPORTE: (r"[0-9A-Z]{5,12}", "Un pasaporte tiene de 5 a 12 caracteres."),
    TipoIdentidad.PTP: (r"[0-9A-Z]{9}", "Un PTP o CPP tiene 9 caracteres."),
}


def digito_ruc(primeros_diez):
    """Check digit of a RUC. Source: DOMAIN 3.2 (weights 5 4 3 2 7 6 5 4 3 2, 10 -> 0, 11 -> 1)."""
    suma = sum(int(d) * p for d, p in zip(primeros_diez, _PESOS_RUC, strict=True))
    return str((11 - suma % 11) % 10)


def limpiar_numero(texto):
    """Upper case without spaces, dots or hyphens."""
    return re.sub(r"[\s.\-]", "", texto or "").upper()


def deducir_tipo(numero):
    """The kind of identity a cleaned number looks like: 8 digits DNI, 11 RUC, else CE (9 or more) or passport."""
    if re.fullmatch(r"[0-9]{8}", numero):
        return TipoIdentidad.DNI
    if re.fullmatch(r"[0-9]{11}", numero):
        return TipoIdentidad.RUC
    return TipoIdentidad.CE if re.fullmatch(r"[0-9]{9}", numero) else TipoIdentidad.PASAPORTE


def velar(tipo, numero):
    """The number with only its last four characters; a company's RUC is public and stays whole.

    Source: Ley 29733, the least data that the purpose needs.
    """
    if not numero or (tipo == TipoIdentidad.RUC and numero.startswith("20")):
        return numero
    return f"••••{numero[-4:]}"


def problema_de_numero(tipo, numero):
    """Why a number cannot be of that kind, in Spanish and with the mend; "" when it can."""
    if tipo == TipoIdentidad.SIN_DOCUMENTO:
        return "Quita el número o elige el tipo de documento." if numero else ""
    if not numero:
        return "Escribe el número del documento de identidad."
    if tipo == TipoIdentidad.RUC:
        if not re.fullmatch(r"[0-9]{11}", numero):
            return f"Un RUC tiene 11 dígitos; escribiste {len(numero)}."
        if numero[:2] not in _PREFIJOS_RUC:
            return "Un RUC empieza con 10, 15, 16, 17 o 20: revisa los dos primeros dígitos."
        if digito_ruc(numero[:10]) != numero[10]:
            return "El último dígito del RUC no corresponde a los demás: revisa el número."
        return ""
    if tipo not in _FORMAS:
        return "Elige el tipo de documento de identidad."
    forma, mensaje = _FORMAS[tipo]
    if re.fullmatch(forma, numero):
        return ""
    if tipo == TipoIdentidad.DNI and re.fullmatch("[0-9]+", numero):
        return f"Un DNI tiene 8 dígitos; escribiste {len(numero)}."
    return mensaje


def enmascarar(numero):
    """A number fit to show to strangers: only its last three characters."""
    return "•" * max(len(numero) - 3, 0) + numero[-3:]
