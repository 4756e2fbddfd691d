"""The cache: what is expensive to compute is kept in Redis, and can never be older than the last committed write.

How it stays true. Each group of data has a generation, a number in PostgreSQL (`core_generacion`). Triggers raise it
in the very transaction that changes the data, so both are committed together or not at all; no service can forget.
A reader asks for the numbers first (one query), then looks in Redis under a key that carries them. After a write the
numbers are others, so the old entry is never found again and goes by its TTL. Redis down, hung or restarted changes
nothing of this: it holds no number. See docs/adr/0006-cache-por-generaciones.md.

How to use it.

    from core import caching

    # 1. A call: get or compute.
    datos = caching.en_cache(
        grupo="listar_documentos",                       # its TTL and its figures: settings.CACHE_TTL
        clave=[usuario.pk, sorted(areas), parametros],   # everything plain the answer depends on
        generaciones=caching.grupos_de_lista(areas),     # the groups of data it reads
        producir=lambda: leer_lista(...),                # plain dicts, lists, str, numbers, dates, bytes
    )

    # 2. A function of plain arguments. `estadisticas.sin_cache(...)` computes always.
    @caching.con_cache(grupo="obtener_estadisticas", generaciones=["documentos", "catalogos"])
    def estadisticas(desde, hasta): ...

    # 3. An answer of one user, bytes and content type: a view, or `get` of an API class.
    @caching.respuesta_en_cache(
        grupo="obtener_documento", generaciones=lambda request, pk: caching.grupos_de_detalle(pk)
    )
    def detalle(request, pk): ...

Groups of generations (who raises them: the triggers of documents, derivations and organization)
    documentos         any change of any document, movement, file, note, observation, receipt or named access
    doc:<id % 4096>    the same, of one document: `grupo_documento(pk)`
    area:<id>          the same, of the documents that are or were in the area, or are named in its movements
    usuario:<id>       the user was named in a reserved document, or is no longer
    catalogos          types, areas, people, roles, memberships, calendar, procedures, entity
    remitentes         the data of a sender was corrected
    todo, cache:<grupo>    part of every reading by itself: raised by `manage.py cache_vaciar`

Rules
    - Generations are read BEFORE the data. `en_cache` does it; who reads the data first must pass a `generaciones(...)`
      read before it.
    - What a user may see goes in the key: the user and the areas (`clave_de_usuario`). A value is never a permission.
      Lists of a user need `usuario:<id>` besides `grupos_de_lista`; `respuesta_en_cache` adds it.
    - The local day is in every key: nothing crosses midnight.
    - Inside a transaction that raised one of the groups the cache is skipped: what it sees may be undone. So a test of
      what is kept needs `django_db(transaction=True)`; in the others everything is computed.
    - A table without triggers needs `caching.subir(...)` in the atomic block of each write. A bulk load puts the
      triggers aside with `sin_disparadores`.
    - With Redis refused or hung the breaker skips the cache for CACHE_PAUSA_SEGUNDOS; the first to meet it pays at most
      the socket timeout, nobody else. Then not even the generations are asked.
"""

from core.caching.claves import clave_de
from core.caching.generaciones import (
    Generaciones,
    compactar,
    generaciones,
    grupo_area,
    grupo_documento,
    grupo_usuario,
    grupos_de_detalle,
    grupos_de_lista,
    sin_disparadores,
    subir,
)
from core.caching.uso import clave_de_usuario, con_cache, en_cache, respuesta_en_cache

__all__ = [
    "Generaciones",
    "clave_de",
    "clave_de_usuario",
    "compactar",
    "con_cache",
    "en_cache",
    "generaciones",
    "grupo_area",
    "grupo_documento",
    "grupo_usuario",
    "grupos_de_detalle",
    "grupos_de_lista",
    "respuesta_en_cache",
    "sin_disparadores",
    "subir",
]
