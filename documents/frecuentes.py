"""The frequent lexemes of the search, as the planner knows them, to ask a beginning by its known words."""

import threading
import time

from django.db import connection

_VIGENCIA = 600
_MAXIMO = 12
_SQL = """
select lexema from (
    select unnest(most_common_elems::text::text[]) as lexema,
        unnest(most_common_elem_freqs[1:cardinality(most_common_elems::text::text[])]) as frecuencia
    from pg_stats
    where schemaname = current_schema() and tablename = 'documents_fichabusqueda' and attname = 'palabras'
) as s where frecuencia > 0.002 order by frecuencia desc
"""
_candado = threading.Lock()
_leidas = {}  # database name -> (until, lexemes, most frequent first)


def que_empiezan(inicio):
    """Frequent lexemes with that beginning, most frequent first, at most twelve; [] where nothing was analyzed."""
    return [lexema for lexema in _lexemas() if lexema.startswith(inicio)][:_MAXIMO]


def _lexemas():
    nombre = connection.settings_dict["NAME"]
    hasta, lexemas = _leidas.get(nombre, (0, ()))
    if hasta < time.monotonic():
        with connection.cursor() as cursor:
            cursor.execute(_SQL)
            # Only letters: numbers and signs are not finished by anybody.
            lexemas = tuple(lexema for (lexema,) in cursor if lexema.isalpha() and lexema.isascii())
        with _candado:
            _leidas[nombre] = (time.monotonic() + _VIGENCIA, lexemas)
    return lexemas
