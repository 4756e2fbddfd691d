"""Database functions of the search: one IMMUTABLE accent-blind normaliser used by both sides.

`norm_es` folds case and accents and then restores the accent of -ion endings, because the
Spanish stemmer only knows "-ción": tramitación, tramitacion and TRAMITACIONES meet.
Source: docs/adr/0004-busqueda.md.
"""

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func, TextField, Value

SQL_NORM_ES = r"""
create or replace function norm_es(t text) returns text
language sql immutable parallel safe strict
return regexp_replace(
    regexp_replace(normalize(lower(t), NFD), U&'[\0300-\036f]', '', 'g'),
    'ion\M', 'ión', 'g'
);
create or replace function vector_es(alta text, normal text) returns tsvector
language sql immutable parallel safe
return setweight(to_tsvector('simple', norm_es(coalesce(alta, ''))), 'A')
    || setweight(to_tsvector('spanish', norm_es(coalesce(normal, ''))), 'B');
"""
SQL_NORM_ES_REVERSO = "drop function if exists vector_es(text, text); drop function if exists norm_es(text);"


class NormEs(Func):
    """norm_es(text): lower case, no accents, -ion endings restored."""

    function = "norm_es"
    output_field = TextField()


class VectorEs(Func):
    """vector_es(high, normal): weighted tsvector; names and codes as A, subject as B."""

    function = "vector_es"
    output_field = SearchVectorField()


class PalabraEs(SearchQuery):
    """tsquery of one word that meets subjects (Spanish stems) and names (as written); combine with &.

    A Spanish stop word becomes the empty query, which asks nothing when combined. With `comienzo`, also what
    begins with the word: for the last one while somebody types.
    """

    def __init__(self, palabra, *, comienzo=False):
        self.comienzo = comienzo
        super().__init__(NormEs(Value(palabra)))

    def as_sql(self, compiler, connection, **extra):
        sql, params = compiler.compile(self.get_source_expressions()[-1])
        espanol, tal_cual = f"plainto_tsquery('spanish', {sql})", f"plainto_tsquery('simple', {sql})"
        if self.comienzo:
            return f"({espanol} || to_tsquery('simple', {sql} || ':*'))", [*params, *params]
        return (
            f"(CASE WHEN numnode({espanol}) = 0 THEN ''::tsquery ELSE {espanol} || {tal_cual} END)",
            [*params, *params, *params],
        )
