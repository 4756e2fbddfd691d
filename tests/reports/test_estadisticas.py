"""What the statistics say, to whom, and of which days."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import DatosInvalidos
from core.models import Evento
from derivations.bandejas import BANDEJAS, Hoy
from derivations.models import Derivacion
from derivations.services import atender_derivacion, recibir_derivacion
from documents.errors import AccionProhibida
from documents.models import Documento
from documents.services import anular_documento, archivar_documento, observar_documento, suspender_plazo
from organization.calendar import cargar_calendario, dias_habiles_entre, hoy_lima
from organization.constants import CodigoRol
from organization.models import Feriado, Rol
from reports.constants import TRAMOS_ANTIGUEDAD
from reports.estadisticas import cortes_de_antiguedad, obtener_estadisticas
from reports.metricas import calcular_metricas
from reports.services import acumular_cifras
from tests.factories import make_derivada, make_documento, make_recibida, make_usuario
from tests.puertas import atendido
from tests.reports.ayudas import mover

pytestmark = pytest.mark.django_db


def _fila(datos, area):
    return next(fila for fila in datos["por_area"] if fila["area"] == area.pk)


def _poblar(o):
    """One document of each kind. Returns: how many."""
    make_documento(o)
    make_documento(o, tipo_documento=o.informativo, canal="WEB")
    make_documento(o, tipo_documento=o.denuncia)
    observar_documento(documento_id=make_documento(o).pk, faltantes=["SOAT"], actor=o.ventanilla)
    make_derivada(o, copias=[o.legal])
    make_recibida(o)
    make_recibida(o, destino=o.legal, actor=o.luis)
    suspender_plazo(documento_id=make_recibida(o).documento_id, motivo="x", base_legal="y", actor=o.ana)
    anular_documento(documento_id=make_recibida(o).documento_id, motivo="x", actor=o.jefa)
    atendido(o)
    archivar_documento(documento_id=atendido(o), serie=o.serie_documental, actor=o.jefa)
    return 11


@pytest.mark.parametrize("acumuladas", [False, True])
def test_who_sees_everything_gets_the_whole_entity(o, acumuladas):
    cuantos = _poblar(o)
    if acumuladas:
        acumular_cifras()
    datos = obtener_estadisticas(o.lector)
    assert datos["todas_las_areas"]
    assert datos["ahora"] == {
        "documentos": cuantos,
        "abiertos": 8,
        "por_derivar": 3,
        "por_recibir": 1,
        "en_proceso": 2,
        "en_pausa": 2,
        "por_archivar": 1,
        "vencidos": 0,
        "por_vencer": 0,
        "en_plazo": 5,
        "sin_plazo": 1,
        "vencidos_con_silencio": 0,
        "por_vencer_con_silencio": 0,
    }
    assert datos["periodo"] == {
        "ingresados": cuantos,
        "registrados": cuantos,
        "recibidos": 6,
        "atendidos": 2,
        "atendidos_tarde": 0,
        "atendidos_sin_plazo": 0,
        "atendidos_en_plazo": 2,
        "en_plazo_pct": 100.0,
    }
    assert datos["periodo_anterior"]["atendidos"] == 0
    assert datos["periodo_anterior"]["en_plazo_pct"] is None
    assert datos["en_el_dia"] == {
        "registrados": cuantos,
        "recibidos": 6,
        "atendidos": 2,
        "por_canal": datos["registrados_por_canal"],
    }
    assert {f["codigo"]: f["cantidad"] for f in datos["por_estado"]} == {
        "REGISTRADO": 3,
        "OBSERVADO": 1,
        "DERIVADO": 1,
        "EN_PROCESO": 2,
        "SUSPENDIDO": 1,
        "ATENDIDO": 1,
        "ARCHIVADO": 1,
        "ANULADO": 1,
    }
    assert {f["tipo"]: f["cantidad"] for f in datos["por_tipo"]} == {"SOL": 9, "CUR": 1, "DEN": 1}
    assert datos["registrados_por_tipo"][0] == {"tipo": "SOL", "nombre": "Solicitud", "cantidad": 9}
    assert {f["codigo"]: f["cantidad"] for f in datos["registrados_por_canal"]} == {
        "VENTANILLA": 10,
        "WEB": 1,
    }
    assert sum(f["cantidad"] for f in datos["por_prioridad"]) == cuantos
    assert datos["por_dia"][-1] == {
        "dia": hoy_lima().isoformat(),
        "registrados": cuantos,
        "recibidos": 6,
        "atendidos": 2,
    }
    assert len(datos["por_dia"]) == 30
    assert datos["antiguedad"][0]["cantidad"] == sum(f["cantidad"] for f in datos["antiguedad"]) == 8
    for nombre in ("documentos", "registrados", "atendidos"):
        origen = datos["ahora"] if nombre == "documentos" else datos["periodo"]
        parte = "ahora" if nombre == "documentos" else "periodo"
        assert sum(fila[parte][nombre] for fila in datos["por_area"]) == origen[nombre]


def test_a_chief_gets_the_areas_of_the_role_and_no_other(o):
    _poblar(o)
    datos = obtener_estadisticas(o.jefe)
    assert not datos["todas_las_areas"]
    assert [fila["sigla"] for fila in datos["por_area"]] == ["TPC"]
    assert datos["periodo"]["registrados"] == 0
    assert datos["periodo"]["ingresados"] == datos["periodo"]["recibidos"] == 5
    assert datos["ahora"]["en_proceso"] == 1
    assert datos["ahora"] == datos["por_area"][0]["ahora"]
    # the chief of the area above also sees those below, and may ask for one
    todas = obtener_estadisticas(o.jefa)
    assert {fila["sigla"] for fila in todas["por_area"]} == {"MP", "TPC", "AJ"}
    una = obtener_estadisticas(o.jefa, areas=[o.transportes.pk])
    assert una["por_area"] == datos["por_area"]
    assert obtener_estadisticas(o.lector, areas=[o.transportes.pk])["ahora"] == datos["ahora"]


def test_without_the_permission_nothing_is_told_and_it_is_recorded(o):
    for quien, areas in ((o.ana, None), (o.ventanilla, None), (o.jefe, [o.legal.pk])):
        for funcion in (obtener_estadisticas, calcular_metricas):
            with pytest.raises(AccionProhibida):
                funcion(quien, areas=areas)
    assert Evento.objects.filter(tipo="acceso_denegado").count() == 6


def test_a_role_that_loses_the_permission_loses_the_figures_at_once(o):
    assert obtener_estadisticas(o.jefe)
    Rol.objects.get(codigo=CodigoRol.SUPERVISOR).permisos.remove("reporte.ver")
    with pytest.raises(AccionProhibida):
        obtener_estadisticas(type(o.jefe).objects.get(pk=o.jefe.pk))


def test_overdue_and_due_soon_are_those_of_the_trays(o):
    """By the legal term, which here is also the one of the derivation; what is paused is neither."""
    hoy = Hoy.leer()
    limites = [hoy.fecha + timedelta(days=n) for n in range(-3, 12)] + [None]
    for limite in limites:
        derivacion = make_recibida(o)
        mover(derivacion.documento_id, fecha_limite=limite)
        Derivacion.objects.filter(pk=derivacion.pk).update(fecha_limite_atencion=limite)
    for limite in (hoy.fecha, hoy.fecha - timedelta(days=9)):
        pausado = make_recibida(o)
        suspender_plazo(documento_id=pausado.documento_id, motivo="x", base_legal="y", actor=o.ana)
        mover(pausado.documento_id, fecha_limite=limite)
    datos = obtener_estadisticas(o.jefe)
    ahora, areas = datos["ahora"], [o.transportes.pk]
    assert ahora["vencidos"] == BANDEJAS["vencidos"].consulta(areas, hoy).count() == 3
    assert ahora["por_vencer"] == BANDEJAS["por-vencer"].consulta(areas, hoy).count() > 0
    assert ahora["sin_plazo"] == 1
    assert ahora["en_pausa"] == 2
    assert ahora["vencidos"] + ahora["por_vencer"] + ahora["en_plazo"] + ahora["sin_plazo"] == len(limites)
    # SOL is approved by silence
    assert ahora["vencidos_con_silencio"] == 3
    assert ahora["por_vencer_con_silencio"] == ahora["por_vencer"]
    silencio = datos["silencio_positivo"]
    assert (silencio["vencidos"], silencio["por_vencer"]) == (3, ahora["por_vencer"])
    futuros = [str(dia) for dia in limites if dia and dia >= hoy.fecha]
    assert silencio["por_dia"] == [{"dia": dia, "cantidad": 1} for dia in futuros]


def test_midnight_of_lima_makes_overdue_what_ended_the_day_before(o):
    derivacion = make_recibida(o)
    mover(derivacion.documento_id, fecha_limite=date(2026, 5, 4))
    for momento, vencidos in (
        (datetime(2026, 5, 5, 4, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 5, 5, 5, 0, 0, tzinfo=UTC), 1),
    ):
        with mock.patch("django.utils.timezone.now", return_value=momento):
            datos = obtener_estadisticas(o.jefe)
        assert datos["ahora"]["vencidos"] == vencidos
        assert datos["hoy"] == str(momento.date() - timedelta(days=1 - vencidos))


def test_a_period_tells_what_was_received_in_it_as_it_is_now(o):
    abril, mayo = make_documento(o), make_documento(o, tipo_documento=o.queja)
    mover(abril.pk, fecha_presentacion=datetime(2026, 4, 1, tzinfo=UTC))
    mover(mayo.pk, fecha_presentacion=datetime(2026, 4, 1, tzinfo=UTC))
    mover(abril.pk, fecha_recepcion=datetime(2026, 5, 1, 4, 59, tzinfo=UTC))
    mover(mayo.pk, fecha_recepcion=datetime(2026, 5, 1, 5, 0, tzinfo=UTC))
    datos = obtener_estadisticas(o.lector, date(2026, 4, 1), date(2026, 4, 30))
    assert [(f["tipo"], f["cantidad"]) for f in datos["por_tipo"]] == [("SOL", 1)]
    assert datos["periodo"]["registrados"] == 1
    assert datos["ahora"]["documentos"] == 2
    assert _fila(datos, o.mesa)["documentos"] == 1
    datos = obtener_estadisticas(o.lector, date(2026, 5, 1), date(2026, 5, 1))
    assert [(f["tipo"], f["cantidad"]) for f in datos["por_tipo"]] == [("QJA", 1)]
    assert [f["cantidad"] for f in datos["por_estado"]] == [1]
    assert [(f["codigo"], f["cantidad"]) for f in datos["por_prioridad"]] == [("URGENTE", 1)]
    assert datos["por_dia"] == [{"dia": "2026-05-01", "registrados": 1, "recibidos": 0, "atendidos": 0}]
    solo = obtener_estadisticas(o.jefe, date(2026, 4, 1), date(2026, 5, 30))
    assert solo["por_tipo"] == solo["por_area"] == []


def test_attended_late_is_after_the_last_day(o):
    """The day is Lima's, and what has no term is neither on time nor late."""
    ultimo = datetime(2026, 5, 5, 4, 59, 59, tzinfo=UTC)  # the last second of 4 May in Lima
    for limite, cuando in (
        ("2026-05-04", ultimo),
        ("2026-05-04", ultimo + timedelta(seconds=1)),
        ("2026-05-05", ultimo + timedelta(seconds=1)),
        (None, datetime(2026, 5, 6, 12, tzinfo=UTC)),
        ("2026-04-30", datetime(2026, 4, 30, 12, tzinfo=UTC)),
        ("2026-04-29", datetime(2026, 4, 30, 12, tzinfo=UTC)),
    ):
        mover(atendido(o), fecha_limite=limite, fecha_atencion=cuando)
    datos = obtener_estadisticas(o.jefe, date(2026, 5, 1), date(2026, 5, 31))
    figuras = ("atendidos", "atendidos_tarde", "atendidos_sin_plazo", "atendidos_en_plazo", "en_plazo_pct")
    assert [datos["periodo"][f] for f in figuras] == [4, 1, 1, 2, 66.7]
    assert [datos["periodo_anterior"][f] for f in figuras] == [2, 1, 0, 1, 50.0]
    assert (datos["periodo_anterior"]["desde"], datos["periodo_anterior"]["hasta"]) == (
        "2026-03-31",
        "2026-04-30",
    )
    assert _fila(datos, o.transportes)["periodo"]["atendidos_tarde"] == 1


def test_ageing_counts_working_days_in_the_area(o):
    hoy = Hoy.leer()
    esperadas = dict.fromkeys([*TRAMOS_ANTIGUEDAD, None], 0)
    for atras in (0, 1, 2, 3, 4, 7, 8, 13, 15, 27, 30, 43, 46, 60, 90, 400):
        dia = hoy.fecha - timedelta(days=atras)
        pk = make_documento(o).pk
        mover(pk, en_area_desde=datetime(dia.year, dia.month, dia.day, 20, tzinfo=UTC))
        habiles = dias_habiles_entre(dia, hoy.fecha)
        esperadas[next((t for t in TRAMOS_ANTIGUEDAD if habiles <= t), None)] += 1
    grupos = obtener_estadisticas(o.jefa)["antiguedad"]
    assert {g["hasta_dias"]: g["cantidad"] for g in grupos} == esperadas
    assert [g["desde_dias"] for g in grupos] == [0, *(t + 1 for t in TRAMOS_ANTIGUEDAD)]
    for tope, corte in zip(TRAMOS_ANTIGUEDAD, reversed(cortes_de_antiguedad(hoy)), strict=True):
        assert dias_habiles_entre(corte, hoy.fecha) == tope
        assert dias_habiles_entre(corte - timedelta(days=1), hoy.fecha) == tope + 1


@pytest.mark.parametrize(
    ("desde", "hasta", "campo", "mensaje"),
    [
        (date(2026, 5, 2), date(2026, 5, 1), "desde", "posterior a la final"),
        (date(2025, 1, 1), date(2026, 1, 2), "desde", "no puede pasar de 366 días"),
        (date(9999, 12, 31), None, "hasta", "fuera de lo que se registra"),
        (None, date(1, 1, 1), "hasta", "fuera de lo que se registra"),
    ],
)
def test_periods_that_make_no_sense_are_refused(o, desde, hasta, campo, mensaje):
    for funcion in (obtener_estadisticas, calcular_metricas):
        with pytest.raises(DatosInvalidos) as error:
            funcion(o.jefe, desde, hasta)
        assert mensaje in error.value.campos[campo][0]


# --- attention times --------------------------------------------------------------------------------------------


def _atender(o, recibida, atendida, *, area=None):
    """An attention between two moments of Lima."""
    derivacion = make_recibida(o, destino=area or o.transportes, actor=o.jefa)
    atender_derivacion(
        derivacion_id=derivacion.pk, resultado="PROCEDENTE", sin_respuesta_motivo="x", actor=o.jefa
    )
    recibida, atendida = (timezone.make_aware(datetime.fromisoformat(m)) for m in (recibida, atendida))
    Derivacion.objects.filter(pk=derivacion.pk).update(
        fecha_derivacion=recibida, fecha_recepcion=recibida, fecha_atencion=atendida
    )


def test_attention_times_count_working_hours(o):
    """The office opens from 8:00 to 16:30; Monday 4 May 2026 to Friday 8 are working days."""
    calendario = cargar_calendario(date(2026, 5, 4))
    assert all(calendario.es_habil(date(2026, 5, dia)) for dia in (4, 5, 6, 7, 8))
    _atender(o, "2026-05-04 08:00", "2026-05-04 10:00")  # 2
    _atender(o, "2026-05-04 06:00", "2026-05-05 09:00")  # 8.5 + 1
    _atender(o, "2026-05-08 16:00", "2026-05-11 08:30")  # over the weekend: 0.5 + 0.5
    _atender(o, "2026-05-09 12:00", "2026-05-10 12:00")  # Saturday to Sunday: none
    _atender(o, "2026-05-04 08:00", "2026-05-08 20:00", area=o.legal)  # five days: 42.5
    _atender(o, "2026-06-04 08:00", "2026-06-04 12:00")  # outside the period
    datos = calcular_metricas(o.jefa, date(2026, 5, 1), date(2026, 5, 31))
    filas = {fila["sigla"]: fila for fila in datos["por_area"]}
    assert filas["TPC"] == {
        "area": o.transportes.pk,
        "sigla": "TPC",
        "nombre": o.transportes.nombre,
        "atenciones": 4,
        "media_horas": 3.12,
        "mediana_horas": 1.5,
        "p90_horas": 7.25,
    }
    assert filas["AJ"]["media_horas"] == filas["AJ"]["mediana_horas"] == filas["AJ"]["p90_horas"] == 42.5
    assert datos["total"]["atenciones"] == 5
    assert datos["total"]["mediana_horas"] == 2.0
    assert calcular_metricas(o.jefe, date(2026, 5, 1), date(2026, 5, 31))["por_area"] == [filas["TPC"]]
    # a holiday declared later changes them
    Feriado.objects.create(fecha=date(2026, 5, 5), nombre="Local", tipo="LOCAL", fuente_legal="x")
    otra = calcular_metricas(o.jefa, date(2026, 5, 1), date(2026, 5, 31), [o.legal.pk])
    assert otra["total"]["media_horas"] == 34.0


def test_copies_and_open_ones_have_no_attention_time(o):
    make_recibida(o)
    make_derivada(o, copias=[o.legal])
    datos = calcular_metricas(o.jefa)
    assert datos["total"] == {"atenciones": 0, "media_horas": None, "mediana_horas": None, "p90_horas": None}
    assert datos["por_area"] == []


# --- the API ----------------------------------------------------------------------------------------------------


def _cliente(usuario):
    cliente = Client()
    cliente.force_login(usuario)
    return cliente


@pytest.mark.parametrize("nombre", ["estadisticas", "metricas"])
def test_the_api_filters_by_area_and_days_and_words_its_refusals(o, nombre):
    recibir_derivacion(derivacion_id=make_derivada(o).pk, actor=o.ana)
    url, cliente = reverse(f"api:{nombre}"), _cliente(o.jefa)
    respuesta = cliente.get(url, {"desde": "2026-01-01", "hasta": "2026-12-31", "area": ["TPC", "AJ"]})
    assert respuesta.status_code == 200
    assert respuesta.json()["desde"] == "2026-01-01"
    for filtros, mensaje in (
        ({"desde": "ayer"}, "YYYY-MM-DD"),
        ({"desde": "2026-02-30"}, "YYYY-MM-DD"),
        ({"desde": "2026-02-02", "hasta": "2026-02-01"}, "posterior"),
        ({"desde": "2020-02-02", "hasta": "2026-02-01"}, "366 días"),
        ({"area": "ZZZ"}, "No hay un área con la sigla ZZZ"),
    ):
        respuesta = cliente.get(url, filtros)
        assert respuesta.status_code == 422, filtros
        assert mensaje in respuesta.json()["error"]["details"][0]["message"]
    assert _cliente(o.jefe).get(url, {"area": "AJ"}).status_code == 403
    assert _cliente(o.ana).get(url, {"desde": "ayer"}).status_code == 403
    assert Client().get(url).status_code == 403
    assert cliente.post(url).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_kept_answers_are_never_older_than_the_last_commit(o):
    """Two chiefs of the same areas share one; another area's change leaves it, one of its own does not."""
    _poblar(o)
    otra = make_usuario("otra", area=o.transportes, rol=CodigoRol.SUPERVISOR)
    with CaptureQueriesContext(connection) as sin:
        primera = obtener_estadisticas(o.jefe)
    with CaptureQueriesContext(connection) as con:
        assert obtener_estadisticas(otra) == primera
    assert len(con) < len(sin)
    assert not any("reports_cifra" in consulta["sql"] for consulta in con)
    entera, de_legal = obtener_estadisticas(o.lector), calcular_metricas(o.jefe)
    recibida = make_recibida(o)
    nueva = obtener_estadisticas(o.jefe)
    assert nueva["ahora"]["en_proceso"] == primera["ahora"]["en_proceso"] + 1
    assert obtener_estadisticas(o.lector)["ahora"]["documentos"] == entera["ahora"]["documentos"] + 1
    atender_derivacion(
        derivacion_id=recibida.pk, resultado="PROCEDENTE", sin_respuesta_motivo="x", actor=o.ana
    )
    assert calcular_metricas(o.jefe)["total"]["atenciones"] == de_legal["total"]["atenciones"] + 1
    Documento.objects.filter(pk=recibida.documento_id).update(area_actual=o.legal)
    assert obtener_estadisticas(o.jefe)["ahora"]["por_archivar"] == nueva["ahora"]["por_archivar"]
    Feriado.objects.create(fecha=hoy_lima(), nombre="Local", tipo="LOCAL", fuente_legal="x")
    assert obtener_estadisticas(o.jefe)["calculado_en"]
