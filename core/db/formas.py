"""Reduces SQL to its shape: the same for every value, number of values in a list, and page."""

import re
from hashlib import blake2b

LARGO_FORMA = 12_000
CONTROL = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")

# In the order in which they must be read: what stands inside a text or a quoted name is not a value.
_PIEZAS = re.compile(
    r"""
    (?P<nombre>"(?:[^"]|"")*")
  | (?P<texto>[eE]?'(?:[^']|'')*')
  | (?P<dolar>\$(?P<marca>[a-zA-Z_]*)\$.*?\$(?P=marca)\$)
  | (?P<hueco>%s|%\(\w+\)s|\$\d+)
  | (?P<numero>(?<![\w.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w|\s+(?:ASC|DESC)\b))
  | (?P<blanco>(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)+)
    """,
    re.X | re.S,
)
_LISTA = re.compile(r"\(\s*\?(?:\s*,\s*\?)+\s*\)")
_FILAS = re.compile(r"(\(\?(?:, \?)*\)|\(\?, …\))(?:, ?(?:\(\?(?:, \?)*\)|\(\?, …\)))+")
_SIGNO = re.compile(r"(?<=[=<>(,] )-\?|(?<=\()-\?")
_PUNTO = re.compile(r'("?)\b(?:s\d+_x\d+|\w*cur\w*_\d+_\w+|_django_curs_\w+)\1')


def forma_de(sql):
    """The SQL without values or comments: `?` for each, `(?, …)` for a list of any length, one blank between words."""
    if sql.startswith(CONTROL):
        return sql.split('"', 1)[0].strip()

    def pieza(hallada):
        clase = hallada.lastgroup
        if clase == "nombre":
            return hallada.group()
        if clase == "blanco":
            return " "
        return "?"

    forma = _PIEZAS.sub(pieza, sql[: 4 * LARGO_FORMA]).strip()
    forma = _SIGNO.sub("?", forma)
    forma = _LISTA.sub("(?, …)", forma)
    forma = _FILAS.sub("(?, …)", forma)
    return _PUNTO.sub("?", forma)[:LARGO_FORMA]


def clave_de(forma):
    """Sixteen hexadecimal digits that name a shape, the same in every process."""
    return blake2b(forma.encode(), digest_size=8).hexdigest()


def con_parametros(forma):
    """The shape as a statement with $1, $2…, which EXPLAIN (GENERIC_PLAN) accepts; pages become 50 rows."""
    texto = re.sub(r"\bLIMIT \?", "LIMIT 50", forma)
    texto = re.sub(r"\bOFFSET \?", "OFFSET 0", texto).replace("(?, …)", "(?)")
    numero = 0

    def siguiente(hallada):
        nonlocal numero
        if hallada.group().startswith('"'):
            return hallada.group()
        numero += 1
        return f"${numero}"

    return re.sub(r'"(?:[^"]|"")*"|\?', siguiente, texto), numero


def breve(forma, largo=1500, columnas=60):
    """The shape with its list of columns cut, so that the tables and conditions are what is read first."""
    if forma.startswith("SELECT "):
        fin = _primer_from(forma)
        if fin > 7 + columnas:
            forma = f"{forma[: 7 + columnas]}…{forma[fin:]}"
    return forma if len(forma) <= largo else f"{forma[: largo - 1]}…"


def _primer_from(forma):
    """Position of the FROM that belongs to the outermost SELECT, -1 when it has none."""
    fondo = 0
    for posicion, signo in enumerate(forma):
        if signo == "(":
            fondo += 1
        elif signo == ")":
            fondo -= 1
        elif (
            signo == "F" and fondo == 0 and forma.startswith("FROM ", posicion) and forma[posicion - 1] == " "
        ):
            return posicion - 1
    return -1
