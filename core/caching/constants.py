"""Fixed words of the cache: how long each group lives, and the defaults of its settings."""

from django.conf import settings

PREFIJO = "mesa:cache"  # every key of the cache; nothing else of Redis begins so
PREFIJO_USO = "mesa:cache-uso"  # the hashes of use, one a day
DIAS_DE_USO = 8
FORMATO = 1  # raise it when `valores` writes in another way

# Groups of generations
GENERAL = "todo"  # part of every reading: raising it empties the whole cache
CATALOGOS = "catalogos"  # types, areas, people, roles, calendar, procedures: what an office edits
DOCUMENTOS = "documentos"  # any document, movement or file
REMITENTES = "remitentes"  # a sender's data was corrected
CUBOS_DE_DOCUMENTO = 4096

TTL = {  # seconds; settings.CACHE_TTL rules over it
    "obtener_documento": 600,
    "listar_documentos": 120,
    "generar_comprobante_pdf": 3600,
    "obtener_estadisticas": 300,
    "calcular_metricas": 600,
    "contar_bandejas": 120,
}
TTL_DE_OTROS = 120

PREDETERMINADOS = {
    "CACHE_ACTIVA": True,  # False: everything is computed each time, nothing is asked of Redis
    "CACHE_PAUSA_SEGUNDOS": 5,  # after a failure of Redis, the cache is skipped this long
    "CACHE_TURNO_MS": 20,  # an operation of another thread that lasts longer is not waited for
    "CACHE_ESPERA_SEGUNDOS": 10,  # longest wait for another thread that computes the same
    "CACHE_USO_SEGUNDOS": 5,  # how often a process writes its figures of use to Redis
    "CACHE_MAX_BYTES": 1_000_000,  # larger values are not kept
    "CACHE_COMPRIMIR_BYTES": 4096,  # larger values are kept compressed
    "CACHE_ESTRICTA": False,  # a value that cannot be kept is an error (tests), not a line in the log
}


def ajuste(nombre):
    """The setting, or its default."""
    return getattr(settings, nombre, PREDETERMINADOS[nombre])


def ttl_de(grupo):
    """Seconds that an entry of the group lives."""
    return getattr(settings, "CACHE_TTL", {}).get(grupo) or TTL.get(grupo, TTL_DE_OTROS)
