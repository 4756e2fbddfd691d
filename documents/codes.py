"""Codes printed on paper: internal code with check character, citizen's key and QR token.

The internal code is A-Z and 0-9 only: readers set to a US keyboard garble every other sign.
"""

import re
import secrets

ALFABETO = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I L O U: nobody mistakes them for 1 1 0 V
LARGO_CLAVE = 10
LARGO_QR = 26

_SIGNOS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALOR = {signo: valor for valor, signo in enumerate(_SIGNOS)}
_FORMA = re.compile(r"MP\d\d[0-9A-Z]\d{6,7}[0-9A-Z]", re.ASCII)
# As typed by a person: letters that look like digits are allowed where only digits can stand.
_FORMA_LAXA = re.compile(r"MP([0-9OIL]{2})([0-9A-Z])([0-9OIL]{6,7})([0-9A-Z])", re.ASCII)
_COMO_DIGITO = str.maketrans("OIL", "011")
_COMO_CLAVE = str.maketrans("OILU", "011V")
_GUIONES = re.compile(r"[-'’‘`´ʼ‐‑‒–—―−]+")
_TOKEN = re.compile(rf"[/\-]C[/\-]([{ALFABETO}]{{{LARGO_QR}}})$")
_DESFASE = 10  # chosen so that MP260004182 ends in X, the example of every manual and test


def _por_x(valor):
    """Multiply by a generator of GF(4): two bits modulo x^2 + x + 1."""
    valor <<= 1
    return valor ^ 7 if valor & 4 else valor


def _por_w(valor):
    """Multiply by 1 + i in GF(9), stored as 3 * imaginary + real; 1 + i has order 8."""
    imaginario, real = divmod(valor, 3)
    return (real + imaginario) % 3 * 3 + (real - imaginario) % 3


def _suma9(uno, otro):
    return (uno // 3 + otro // 3) % 3 * 3 + (uno + otro) % 3


def _menos9(valor):
    return -(valor // 3) % 3 * 3 + -valor % 3


def caracter_de_control(texto):
    """Return the check character of `texto` (0-9 A-Z).

    Damm's method over GF(4) x GF(9), a field pair with exactly 36 values: it finds every wrong character, every
    swap of neighbours, and every swap across one place; ISO 7064 mod 37,36 misses some swaps.
    """
    binario, ternario = divmod(_DESFASE, 9)
    for signo in texto:
        alto, bajo = divmod(_VALOR[signo], 9)
        binario = _por_x(binario) ^ alto
        ternario = _suma9(_por_w(ternario), bajo)
    return _SIGNOS[_por_x(binario) * 9 + _menos9(_por_w(ternario))]


def codigo_interno(anio, sede, numero):
    """Return MP + yy + sede + number + check character.

    Args: anio 2000 to 2099; sede one character 0-9A-Z; numero 1 to 9,999,999 (six digits, seven when needed).
    Raises: ValueError when a part does not fit.
    """
    sede = str(sede).upper()
    if not 2000 <= anio <= 2099 or len(sede) != 1 or sede not in _VALOR or not 1 <= numero <= 9_999_999:
        raise ValueError(f"no internal code for {anio!r}, {sede!r}, {numero!r}")
    cuerpo = f"MP{anio % 100:02d}{sede}{numero:06d}"
    return cuerpo + caracter_de_control(cuerpo)


def es_codigo_interno(texto):
    """True when `texto` has the form of an internal code and its check character is right."""
    texto = texto or ""
    return bool(_FORMA.fullmatch(texto)) and caracter_de_control(texto[:-1]) == texto[-1]


def _enderezar(texto):
    """Upper case, hyphens repaired, control characters and spaces gone."""
    return _GUIONES.sub("-", "".join(c for c in (texto or "") if c.isprintable() and not c.isspace()).upper())


def normalizar_codigo(texto):
    """Return the internal code inside what a reader or a person typed, or the text itself made regular.

    Takes AIM prefixes (]C0, ]Q1), start and stop asterisks, lower case, spaces, and O, I, L typed for digits.
    A text without a valid internal code comes back upper case with its hyphens repaired, so that
    "exp'2026'004182" (a US reader on a Latin American keyboard) is "EXP-2026-004182".
    """
    recto = _enderezar(texto)
    pegado = re.sub(r"[^0-9A-Z]", "", recto)
    for inicio in (m.start() for m in re.finditer("(?=MP)", pegado)):
        for largo in (13, 12):
            hallado = _FORMA_LAXA.fullmatch(pegado[inicio : inicio + largo])
            if not hallado:
                continue
            anio, sede, numero, control = hallado.groups()
            cabeza, fin = f"MP{anio.translate(_COMO_DIGITO)}", numero.translate(_COMO_DIGITO) + control
            for una in (sede, sede.translate(_COMO_DIGITO)):  # a sede may be the letter O, or a mistyped zero
                if es_codigo_interno(cabeza + una + fin):
                    return cabeza + una + fin
    return recto.strip("*")


def codigo_qr_de_lectura(texto):
    """Return the token of a citizen's QR, read by a keyboard reader or pasted as an address; "" when none."""
    recto = _enderezar(texto).rstrip("/-")
    hallado = _TOKEN.search(recto)
    if hallado:
        return hallado[1]
    return recto if len(recto) == LARGO_QR and set(recto) <= set(ALFABETO) else ""


def _al_azar(largo):
    return "".join(secrets.choice(ALFABETO) for _ in range(largo))


def clave_acceso():
    """Return a new access key of the citizen: 10 characters, 50 bits."""
    return _al_azar(LARGO_CLAVE)


def codigo_qr():
    """Return a new token for the citizen's QR: 26 characters, 130 bits."""
    return _al_azar(LARGO_QR)


def formatear_clave(clave):
    """Return the key as printed: XXXX-XXXX-XX."""
    return f"{clave[:4]}-{clave[4:8]}-{clave[8:]}"


def normalizar_clave(texto):
    """Return the 10 characters of a key typed by a person, or "" when it cannot be one."""
    clave = re.sub(r"[^0-9A-Z]", "", _enderezar(texto)).translate(_COMO_CLAVE)
    return clave if len(clave) == LARGO_CLAVE and set(clave) <= set(ALFABETO) else ""
