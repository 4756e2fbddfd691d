"""The maintained figures equal a full count, whatever is done to documents and derivations and by whom."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.errors import ErrorDeNegocio
from derivations.models import Derivacion
from derivations.services import (
    acusar_copia,
    anular_derivacion,
    asignar_derivacion,
    atender_derivacion,
    derivar_documento,
    rechazar_derivacion,
    recibir_derivacion,
)
from documents.models import Documento
from documents.services import (
    anular_documento,
    archivar_documento,
    editar_documento,
    observar_documento,
    reabrir_documento,
    reanudar_plazo,
    restaurar_documento,
    subsanar_documento,
    suspender_plazo,
    tener_por_no_presentado,
)
from reports.lecturas import consulta_de_figuras
from reports.models import Cifra, CifraDelta
from reports.services import acumular_cifras, comparar_cifras, recalcular_cifras, sin_disparadores
from reports.tasks import verificar_cifras
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida
from tests.puertas import _vencer
from tests.reports.conteo import comprobar, mantenidas

# --- services ---------------------------------------------------------------------------------------------------


def _principal(documento):
    return Derivacion.objects.principales().abiertas().filter(documento=documento).first()


def _con_principal(hacer):
    def acto(o, documento):
        derivacion = _principal(documento)
        if derivacion is not None:
            hacer(o, derivacion.pk, derivacion)

    return acto


def _derivar(destino, copia):
    def acto(o, documento):
        derivar_documento(
            documento_id=documento.pk,
            area_destino=getattr(o, destino),
            copias=[getattr(o, copia)] if copia != destino else [],
            instrucciones="Evaluar",
            actor=o.jefa,
        )

    return acto


def _acusar(o, documento):
    copia = Derivacion.objects.copias().abiertas().filter(documento=documento).first()
    if copia is not None:
        acusar_copia(derivacion_id=copia.pk, actor=o.luis)


ACTOS = {
    "registrar": lambda o, d: make_documento(o, tipo_documento=o.queja),
    "registrar sin plazo": lambda o, d: make_documento(o, tipo_documento=o.informativo, canal="WEB"),
    "registrar reservado": lambda o, d: make_documento(o, tipo_documento=o.denuncia),
    "derivar a transportes": _derivar("transportes", "legal"),
    "derivar a legal": _derivar("legal", "legal"),
    "recibir": _con_principal(lambda o, pk, _: recibir_derivacion(derivacion_id=pk, actor=o.jefa)),
    "devolver": _con_principal(
        lambda o, pk, _: rechazar_derivacion(derivacion_id=pk, motivo="x", actor=o.jefa)
    ),
    "recuperar": _con_principal(
        lambda o, pk, _: anular_derivacion(derivacion_id=pk, motivo="x", actor=o.jefa)
    ),
    "asignar": _con_principal(
        lambda o, pk, _: asignar_derivacion(derivacion_id=pk, persona=o.ana, actor=o.jefa)
    ),
    "atender": _con_principal(
        lambda o, pk, _: atender_derivacion(
            derivacion_id=pk, resultado="PROCEDENTE", sin_respuesta_motivo="x", actor=o.jefa
        )
    ),
    "acusar": _acusar,
    "archivar": lambda o, d: archivar_documento(documento_id=d.pk, serie=o.serie_documental, actor=o.jefa),
    "restaurar": lambda o, d: restaurar_documento(documento_id=d.pk, motivo="x", actor=o.jefa),
    "reabrir": lambda o, d: reabrir_documento(documento_id=d.pk, motivo="x", actor=o.jefa),
    "anular": lambda o, d: anular_documento(documento_id=d.pk, motivo="x", actor=o.jefa),
    "observar": lambda o, d: observar_documento(documento_id=d.pk, faltantes=["SOAT"], actor=o.jefa),
    "subsanar": lambda o, d: subsanar_documento(documento_id=d.pk, detalle="x", actor=o.jefa),
    "no presentado": lambda o, d: tener_por_no_presentado(documento_id=_vencer(d).pk),
    "suspender": lambda o, d: suspender_plazo(documento_id=d.pk, motivo="x", base_legal="y", actor=o.jefa),
    "reanudar": lambda o, d: reanudar_plazo(documento_id=d.pk, actor=o.jefa),
    "editar prioridad": lambda o, d: editar_documento(
        documento_id=d.pk, cambios={"prioridad": "ALTA"}, motivo="x", actor=o.jefa
    ),
    "editar tipo": lambda o, d: editar_documento(
        documento_id=d.pk, cambios={"tipo_documento": o.oficio}, motivo="x", actor=o.jefa
    ),
    "acumular": lambda o, d: acumular_cifras(),
    # what no service does
    "cambiar de área con SQL": lambda o, d: Documento.objects.filter(pk=d.pk).update(area_actual=o.caminos),
    "envejecer todo": lambda o, d: Documento.objects.update(
        fecha_recepcion=datetime(2025, 12, 31, 23, 30, tzinfo=UTC) + timedelta(hours=3 * d.pk),
        fecha_presentacion=datetime(2025, 12, 31, 20, 0, tzinfo=UTC),
    ),
    "vencer todo": lambda o, d: Documento.objects.update(fecha_limite="2026-01-02"),
    "quitar plazos": lambda o, d: Documento.objects.filter(pk=d.pk).update(fecha_limite=None),
    "atender con SQL": lambda o, d: Documento.objects.filter(pk=d.pk).update(
        estado="ATENDIDO", fecha_atencion=datetime(2026, 5, 2, 4, 59, tzinfo=UTC)
    ),
    "mover derivaciones": lambda o, d: Derivacion.objects.update(area_destino=o.legal),
    "copias por principales": lambda o, d: Derivacion.objects.filter(documento=d).update(es_copia=True),
    "nada": lambda o, d: Documento.objects.update(asunto="Lo mismo"),
}


class _Deshacer(Exception):
    pass


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    pasos=st.lists(st.tuples(st.sampled_from(sorted(ACTOS)), st.integers(0, 5), st.booleans()), max_size=25)
)
@example(pasos=[("atender con SQL", 1, False), ("reabrir", 1, False)])
def test_any_sequence_of_acts_leaves_the_figures_of_a_full_count(pasos):
    """Acts that are refused, by a service or by the database, and acts undone after being done, count nothing."""
    with pytest.raises(_Deshacer), transaction.atomic():
        o = make_oficina()
        make_documento(o)
        make_recibida(o)
        for nombre, cual, se_deshace in pasos:
            documentos = list(Documento.objects.order_by("pk"))
            try:
                with transaction.atomic():
                    ACTOS[nombre](o, documentos[cual % len(documentos)])
                    if se_deshace:
                        raise _Deshacer
            except (
                ErrorDeNegocio,
                IntegrityError,
                _Deshacer,
            ):  # what SQL spoilt, the database refuses to go on with
                pass
        comprobar()
        assert comparar_cifras() == []
        raise _Deshacer


VIDAS = [
    ["derivar a transportes", "recibir", "atender", "archivar", "restaurar", "recibir", "atender", "reabrir"],
    ["derivar a legal", "devolver", "recibir", "derivar a transportes", "recuperar", "anular"],
    ["observar", "subsanar", "observar", "derivar a transportes"],
    ["observar", "no presentado"],
    ["derivar a transportes", "recibir", "suspender", "vencer todo", "reanudar", "editar prioridad"],
    ["editar tipo", "derivar a legal", "acusar", "cambiar de área con SQL", "recibir", "asignar", "atender"],
    ["atender con SQL", "vencer todo", "atender con SQL", "copias por principales"],
    sorted(ACTOS),
]


@pytest.mark.django_db
@pytest.mark.parametrize("vida", VIDAS, ids=lambda vida: vida[0])
def test_each_step_of_a_life_keeps_the_figures(vida):
    o = make_oficina()
    documento = make_documento(o)
    hechos = 0
    for nombre in vida:
        try:
            with transaction.atomic():
                ACTOS[nombre](o, Documento.objects.get(pk=documento.pk))
            hechos += 1
        except ErrorDeNegocio:
            pass
        comprobar()
    assert hechos >= len(vida) // 2
    acumular_cifras()
    assert not CifraDelta.objects.exists()
    comprobar()


@pytest.mark.django_db
def test_bulk_writes_and_deletes_by_hand_are_counted():
    o = make_oficina()
    for _ in range(3):
        make_derivada(o, copias=[o.legal])
    fila = Documento.objects.first()
    copias = []
    for n in range(5):
        copia = Documento.objects.get(pk=fila.pk)
        copia.pk, copia._state.adding = None, True
        copia.numero, copia.numero_expediente = 500 + n, f"EXP-{n}"
        copia.codigo_interno, copia.codigo_qr, copia.llave_registro = f"I{n}", f"Q{n}", None
        copias.append(copia)
    Documento.objects.bulk_create(copias)
    comprobar()
    for copia in copias:
        copia.prioridad, copia.area_actual = "ALTA", o.caminos
    Documento.objects.bulk_update(copias, ["prioridad", "area_actual"])
    comprobar()
    Documento.objects.filter(numero__gte=500).delete()
    Derivacion.objects.copias().delete()
    comprobar()


@pytest.mark.django_db
def test_a_write_that_changes_no_figure_notes_nothing():
    o = make_oficina()
    documento = make_documento(o)
    antes = CifraDelta.objects.count()
    Documento.objects.filter(pk=documento.pk).update(asunto="Otro asunto", numero_folios=3)
    documento.save()
    assert CifraDelta.objects.count() == antes


@pytest.mark.django_db
def test_days_are_those_of_lima():
    """Between 19:00 and midnight of Lima the day of UTC is already the next one."""
    o = make_oficina()
    documento = make_documento(o)
    Documento.objects.filter(pk=documento.pk).update(
        fecha_presentacion=datetime(2026, 3, 1, tzinfo=UTC),
        fecha_recepcion=datetime(2026, 3, 2, 4, 59, 59, tzinfo=UTC),
        fecha_atencion=datetime(2026, 3, 2, 5, 0, 0, tzinfo=UTC),
    )
    cifras, _ = mantenidas()
    assert {str(dia) for medida, dia, *_ in cifras if medida == 5} == {"2026-03-01"}
    assert {str(dia) for medida, dia, *_ in cifras if medida == 7} == {"2026-03-02"}


# --- roll up, comparison, correction ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_planted_difference_is_found_named_and_corrected():
    o = make_oficina()
    make_recibida(o)
    acumular_cifras()
    salida = StringIO()
    call_command("verificar_cifras", stdout=salida)
    assert "coinciden" in salida.getvalue()
    assert verificar_cifras() == {"diferencias": 0}
    Cifra.objects.filter(medida=1, area_id=o.transportes.pk, n=1).update(n=4)
    errores = StringIO()
    with pytest.raises(CommandError, match="1 cifras difieren") as error:
        call_command("verificar_cifras", stderr=errores)
    assert error.value.returncode == 1
    assert "área TPC, tipo SOL, EN_PROCESO, NORMAL: dice 4 y son 1" in errores.getvalue()
    with pytest.raises(Exception, match="área TPC"):
        verificar_cifras()
    salida = StringIO()
    call_command("cifras", recalcular=True, stdout=salida)
    assert salida.getvalue().startswith("1 cifras corregidas")
    assert comparar_cifras() == []
    comprobar()
    call_command("cifras", stdout=StringIO())


@pytest.mark.django_db
def test_a_load_without_triggers_is_counted_at_its_end():
    o = make_oficina()
    make_documento(o)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with sin_disparadores(cursor):
            make_documento(o)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert comparar_cifras()
        recalcular_cifras()
    comprobar()
    make_documento(o)
    comprobar()


@pytest.mark.django_db
def test_the_night_check_is_asked_once_a_day(settings):
    from unittest import mock

    from core.models import Tarea
    from core.rondas import Rondas

    settings.TAREAS_DIARIAS = {"reports.tasks.verificar_cifras": 3}
    for hora, cuantas in ((2, 0), (3, 1), (4, 1), (23, 1), (26, 1), (27, 2)):
        ahora = datetime(2026, 5, 4, 5, tzinfo=UTC) + timedelta(hours=hora)
        with mock.patch("core.rondas.timezone.localtime", return_value=ahora - timedelta(hours=5)):
            Rondas().vuelta()
        assert Tarea.objects.filter(funcion="reports.tasks.verificar_cifras").count() == cuantas


@pytest.mark.django_db
def test_a_round_that_fails_does_not_stop_the_others(settings, caplog):
    from core.rondas import Rondas

    o = make_oficina()
    make_documento(o)
    settings.BARRIDO_RONDAS = ["tests.reports.test_cifras.romper", "reports.services.acumular_cifras"]
    rondas = Rondas()
    rondas.vuelta()
    rondas.vuelta()
    assert not CifraDelta.objects.exists()
    assert sum("romper" in linea.getMessage() for linea in caplog.records) == 1


def romper():
    raise RuntimeError("no")


# --- at once ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_writers_and_a_sweeper_lose_nothing():
    """Each thread lives documents through, some undone; meanwhile totals are rolled up, read and compared."""
    o = make_oficina()
    fin, fallas = threading.Event(), []

    def escribir(n):
        try:
            for vez in range(6):
                derivacion = make_derivada(o, destino=(o.transportes, o.legal)[n % 2])
                recibir_derivacion(derivacion_id=derivacion.pk, actor=o.jefa)
                with pytest.raises(_Deshacer), transaction.atomic():
                    anular_documento(documento_id=derivacion.documento_id, motivo="x", actor=o.jefa)
                    raise _Deshacer
                if vez % 2:
                    atender_derivacion(
                        derivacion_id=derivacion.pk,
                        resultado="PROCEDENTE",
                        sin_respuesta_motivo="x",
                        actor=o.jefa,
                    )
        finally:
            connection.close()

    def barrer():
        try:
            while not fin.is_set():
                acumular_cifras()
                fallas.extend(comparar_cifras())
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as hilos:
        barridos = [hilos.submit(barrer) for _ in range(2)]
        escritores = [hilos.submit(escribir, n) for n in range(8)]
        try:
            for escritor in escritores:
                escritor.result(120)
        finally:
            fin.set()
        for barrido in barridos:
            barrido.result(60)
    assert fallas == []
    assert Documento.objects.count() == 48
    comprobar()
    acumular_cifras()
    comprobar()


@pytest.mark.django_db(transaction=True)
def test_emptying_the_tables_empties_the_figures():
    o = make_oficina()
    make_derivada(o)
    acumular_cifras()
    assert Cifra.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE documents_documento CASCADE")
    comprobar()
    assert not Cifra.objects.exists()
    assert comparar_cifras() == []


@pytest.mark.django_db
def test_ten_years_of_figures_are_read_by_index_and_only_the_days_asked():
    """Fifty areas, each working day of ten years: the same pages are read as with one year."""
    hoy, leidas = date(2026, 6, 1), []
    for anios in (1, 9):
        with connection.cursor() as cursor:
            for medida in (2, 4, 5, 7, 8):
                cursor.execute(
                    "INSERT INTO reports_cifra (medida, dia, area_id, tipo_id, clase, prioridad, n, tarde)"
                    " SELECT %s, %s::date - d - 365 * (%s - 1), a, NULL, '', '', 1, 0"
                    " FROM generate_series(1, 365 * %s) d, generate_series(1, 50) a ON CONFLICT DO NOTHING",
                    [medida, hoy, 1 if anios == 1 else 2, anios],
                )
            cursor.execute("ANALYZE reports_cifra")
            sql, valores = consulta_de_figuras(
                areas=[3],
                hoy=hoy,
                holgado=hoy + timedelta(days=6),
                cortes=[hoy - timedelta(days=n) for n in (45, 20)],
                desde=hoy - timedelta(days=30),
                hasta=hoy,
                antes_desde=hoy - timedelta(days=60),
                antes_hasta=hoy - timedelta(days=31),
            )
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", valores)
            plan = cursor.fetchone()[0][0]["Plan"]
        lecturas = list(_lecturas(plan))
        assert {nodo.get("Index Name") for nodo in lecturas} == {"cifra_unica"}, lecturas
        leidas.append(sum(nodo["Shared Hit Blocks"] + nodo["Shared Read Blocks"] for nodo in lecturas))
    assert leidas[1] < 1.5 * leidas[0]


def _lecturas(nodo):
    """The nodes of a plan that read the totals through an index, or without one."""
    if nodo.get("Relation Name") == "reports_cifra" and nodo["Node Type"] != "Bitmap Heap Scan":
        yield nodo
    elif nodo["Node Type"] == "Bitmap Index Scan":
        yield nodo
    for hijo in nodo.get("Plans", ()):
        yield from _lecturas(hijo)
