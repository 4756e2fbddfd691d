"""On tables of tens of thousands of rows the hot screens read by index, and little more than they show."""

import pytest
from django.db import connection

from core.db import pantallas, planes
from derivations.services import recibir_derivacion
from documents.pantallas import RECIENTES
from tests.factories import make_derivada, make_oficina
from tests.planificador import al_dia
from tests.test_indexes import DER, DOC, _llenar

pytestmark = pytest.mark.django_db  # each test in a savepoint of the module's transaction
GRANDE = 8_000  # rows of a big table here
LECTURA_LIBRE = 5_000  # the planner is right to read the 4,000 senders whole, and wrong with 20,000 documents
TABLAS = (
    DOC,
    DER,
    "documents_presenciaarea",
    "core_evento",
    "documents_archivoadjunto",
    "documents_remitente",
)
CALIENTES = [
    "bandeja-por-recibir",
    "bandeja-en-proceso",
    "bandeja-por-vencer",
    "bandeja-vencidos",
    "bandeja-enviados",
    "contadores",
    "panel",
    "detalle",
    "movimientos",
    "remitentes",
    "buscar-una-palabra",
    "buscar-dos-palabras",
    "buscar-numero",
    "buscar-remitente",
    "buscar-filtro",
    "sugerencias",
    "api-lista",
    "api-lista-profunda",
    "api-filtro",
    "api-busqueda",
    "api-detalle",
    "api-historial",
    "api-derivaciones",
    "api-area",
    "seguimiento",
    "tablero-recibidos",
    "tablero-vencidos",
    "tablero-atendidos",
]
# Screen -> words of a finding that is known and stays.
ACEPTADOS = {
    # The list of the API with a word walks the dates when it believes the word common; the page of search does not.
    "api-busqueda": "para mostrar",
}


@pytest.fixture(scope="module")
def oficina(django_db_setup, django_db_blocker):
    """The filled tables of test_indexes with presences, subjects and events; undone when the module ends."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        o = make_oficina()
        _llenar(o)
        for _ in range(3):
            recibir_derivacion(derivacion_id=make_derivada(o).pk, actor=o.ana)
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into documents_presenciaarea (documento_id, area_id, desde)"
                f" select id, case when id % 3 = 0 then {o.transportes.pk} else area_actual_id end, now()"
                f" from {DOC} on conflict do nothing"
            )
            cursor.execute(
                f"update {DOC} set asunto = case when id % 400 = 0 then 'Licencia de pesca ' else 'Solicitud ' end"
                " || md5((id % 50)::text) where numero_expediente like 'X-%'"
            )
            al_dia(cursor)
            # Once, here: else the end of each test would check the references of every row again.
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
        yield o
        transaction.set_rollback(True)


def explicar(nombre, usuario):
    """(queries, [(shape, level, text)]) of one screen, run for real."""
    hechas = [
        planes.explicar(sql, params, analizar=True, grande=GRANDE)
        for sql, params, _ in pantallas.capturar(pantallas.pantallas()[nombre], usuario)
    ]
    return hechas, [
        (h.sql[:300], texto) for h in hechas for nivel, texto in h.hallazgos if nivel == planes.MAL
    ]


@pytest.fixture(autouse=True)
def umbrales(monkeypatch, settings):
    """Thresholds for tables of this size; times say nothing on a busy machine."""
    monkeypatch.setattr(planes, "LECTURA_LIBRE", LECTURA_LIBRE)
    settings.CONSULTA_LENTA_MS = 0


@pytest.mark.parametrize("nombre", CALIENTES)
def test_a_hot_screen_reads_by_index_and_little_more_than_it_shows(nombre, oficina):
    hechas, malas = explicar(nombre, oficina.ana)
    assert hechas and [m for m in malas if ACEPTADOS.get(nombre, "-") not in m[1]] == []


def test_the_big_tables_are_big(oficina):
    """Below this size the planner would read them whole and be right."""
    filas = planes.tamanios(TABLAS)
    assert {t for t in (DOC, DER, "documents_presenciaarea") if filas[t] < GRANDE} == set()


def test_a_planted_reading_of_everything_is_seen(oficina):
    from documents.models import Documento

    consulta = Documento.objects.filter(numero_folios=977).order_by(*RECIENTES)[:20]
    sql, params = consulta.query.sql_with_params()
    assert planes.explicar(sql, params, analizar=True, grande=GRANDE).nivel == planes.MAL
