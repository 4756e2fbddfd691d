"""Database functions of the search: one normaliser, blind to accents, used by what is stored and what is asked.

`norm_es(text)` leaves lower case without accents, words and numbers parted by one space and written in one way
(S.A.C. is sac, 0123 is 123, A-IIIc is aiiic). `raices_es` mends endings before the Spanish stemmer, which only knows
"-ción" with its accent: tramitación, tramitacion and TRAMITACIONES meet. `consulta_es` makes the question.
They are IMMUTABLE, so indexes hold them and the planner knows the words. Source: docs/adr/0004-busqueda.md.
"""

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import BooleanField, Func, TextField, Value

_ULTIMA = re.compile(r"(?P<antes>.*?)(?P<ultima>[^\W_]+)$", re.DOTALL)
_PLANA = re.compile(r"[a-z0-9]+")
_LARGO_PREFIJO, _LARGO_RAIZ, _LARGO_FINAL = 3, 5, 6
# Complete in themselves: nobody who types them means the beginning of another word.
_DE_PASO = frozenset("de la el los las del en y a al por para con sin un una que se su o e".split())


class NormEs(Func):
    """norm_es(text): lower case, no accents, words parted by one space."""

    function = "norm_es"
    output_field = TextField()


class VectorEs(Func):
    """vector_es(high, normal): weighted tsvector; names as A, subject as B."""

    function = "vector_es"
    output_field = SearchVectorField()


class _Consulta(SearchQuery):
    """A tsquery made by an expression of its own; combine with & and |."""

    plantilla = "%s"

    def __init__(self, *partes):
        super().__init__(Value(""))
        self.set_source_expressions(list(partes))

    def as_sql(self, compiler, connection, **extra):
        trozos, params = [], []
        for parte in self.get_source_expressions():
            sql, suyos = compiler.compile(parte)
            trozos.append(sql)
            params.extend(suyos)
        return self.plantilla % ", ".join(trozos), params


class ConsultaEs(_Consulta):
    """Every word of the text, by its root in subjects and as written in names; stop words ask nothing.

    With `abierta`, also what begins with each word.
    """

    plantilla = "consulta_es(%s)"

    def __init__(self, texto, *, abierta=False):
        super().__init__(Value(texto), Value(abierta, output_field=BooleanField()))


class Lexemas(_Consulta):
    """Any of some lexemes as they are stored; each may end in :* or a weight."""

    plantilla = "to_tsquery('simple', %s)"

    def __init__(self, lexemas):
        super().__init__(Value(" | ".join(lexemas)))


class ConsultaConPeso(_Consulta):
    """Every word of the text where it weighs A (names, by their beginnings) or B (subjects, by their roots).

    N takes the beginning of any word, however short: for senders, which are few.
    """

    plantilla = "consulta_con_peso(%s)"

    def __init__(self, texto, peso):
        super().__init__(Value(texto), Value(peso))


class Resuelta(_Consulta):
    """A tsquery already made, as text."""

    plantilla = "%s::tsquery"

    def __init__(self, texto):
        super().__init__(Value(texto))


def plegar(palabra):
    """One word as norm_es leaves it: lower case, no accents."""
    return "".join(c for c in unicodedata.normalize("NFD", palabra.lower()) if not unicodedata.combining(c))


def mientras_escribe(texto, frecuentes):
    """What to try, in order, for a text whose last word may be unfinished: pairs of tsquery and whether it gathers.

    Args: frecuentes maps a beginning to the frequent lexemes that have it: asking those by name is much cheaper
        than gathering every document of every word with that beginning, which is left for beginnings of rare words.
    """
    partes = _ULTIMA.fullmatch(texto)
    ultima = plegar(partes["ultima"]) if partes else ""
    if ultima in _DE_PASO or not _PLANA.fullmatch(ultima):
        return [(ConsultaEs(texto), False)] if texto.strip() else []
    antes, conocidas = partes["antes"].strip(), frecuentes(ultima)
    # What is stored may be shorter than what was typed: "habilitaci" looks for "habilit" too.
    cortas = range(len(ultima) - 1, max(_LARGO_RAIZ, len(ultima) - _LARGO_FINAL) - 1, -1)
    intentos = [([*conocidas, *(ultima[:n] for n in cortas)], False)]
    if len(ultima) >= _LARGO_PREFIJO and not conocidas:
        intentos.append(([f"{ultima}:*"], True))
    consultas = []
    for lexemas, reune in intentos:
        final = ConsultaEs(partes["ultima"])
        final = final | Lexemas(lexemas) if lexemas else final
        consultas.append((ConsultaEs(antes) & final if antes else final, reune))
    return consultas
