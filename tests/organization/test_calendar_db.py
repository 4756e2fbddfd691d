"""The office's rows in PostgreSQL: constraints with their words, loading, writers and their events."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.errors import DatosInvalidos, NoExiste, Prohibido
from core.models import Evento
from organization.calendar import (
    cargar_calendario,
    comparar_plazo,
    dias_habiles_entre,
    es_habil,
    fecha_legal,
    motivo_no_habil,
    siguiente_habil,
    sumar_dias_habiles,
)
from organization.calendar.servicios import (
    cargar_iniciales,
    guardar_corte,
    guardar_feriado,
    guardar_jornada,
    guardar_suspension,
    retirar_feriado,
    retirar_suspension,
)
from organization.models import CorteDigital, Feriado, Jornada, Suspension, Usuario

pytestmark = pytest.mark.django_db
D = dt.date.fromisoformat
DIA = D("2026-11-25")


def feriado(**otros):
    campos = {
        "fecha": DIA,
        "nombre": "Día de la entidad",
        "tipo": "INSTITUCIONAL",
        "fuente_legal": "RD 015-2026",
    }
    return campos | otros


def suspension(**otros):
    campos = {"desde": DIA, "hasta": DIA, "motivo": "Paro regional", "documento_sustento": "RD 016-2026"}
    return campos | otros


def jornada(**otros):
    campos = {
        "vigente_desde": DIA,
        "dias": [1, 2, 3, 4, 5],
        "hora_inicio": dt.time(8),
        "hora_fin": dt.time(16),
    }
    return campos | otros


CORTE = {"vigente_desde": DIA, "modo": "fin_de_dia", "fuente_legal": "Ley 31465"}


@pytest.mark.parametrize(
    ("modelo", "campos", "texto"),
    [
        (Feriado, feriado(tipo="OTRO"), "El tipo de feriado no existe."),
        (Feriado, feriado(fuente_legal=""), "Un feriado lleva nombre y la norma que lo declara."),
        (Feriado, feriado(nombre=""), "Un feriado lleva nombre y la norma que lo declara."),
        (
            Feriado,
            feriado(tipo="NACIONAL_EXTRA", ambito="2"),
            "Un feriado nacional alcanza a toda la entidad",
        ),
        (Suspension, suspension(hasta=D("2026-11-24")), "La suspensión no puede terminar antes de empezar."),
        (Suspension, suspension(documento_sustento=""), "Una suspensión lleva motivo y el documento"),
        (Suspension, suspension(motivo=""), "Una suspensión lleva motivo y el documento"),
        (Jornada, jornada(hora_fin=dt.time(8)), "La recepción termina después de empezar."),
        (Jornada, jornada(dias=[0, 1]), "Los días de la semana van de 1 (lunes) a 7 (domingo)."),
        (Jornada, jornada(dias=[7, 8]), "Los días de la semana van de 1 (lunes) a 7 (domingo)."),
        (Jornada, jornada(dias=[]), "La jornada tiene al menos un día."),
        (CorteDigital, CORTE | {"modo": "nunca"}, "El modo de corte no existe."),
        (CorteDigital, CORTE | {"fuente_legal": ""}, "El corte lleva la norma que lo sustenta."),
    ],
)
def test_the_database_refuses_and_the_model_words_it(modelo, campos, texto):
    with pytest.raises(IntegrityError), transaction.atomic():
        modelo.objects.create(**campos)
    with pytest.raises(ValidationError) as e:
        modelo(**campos).validate_constraints()
    assert any(texto in m for m in e.value.messages)


@pytest.mark.parametrize(
    ("modelo", "campos", "texto"),
    [
        (Feriado, feriado(), "Ya hay un feriado en esa fecha y ámbito."),
        (Jornada, jornada(), "Ya hay una jornada que empieza ese día en ese ámbito."),
    ],
)
def test_one_row_per_day_and_scope(modelo, campos, texto):
    modelo.objects.create(**campos)
    modelo.objects.create(**(campos | {"ambito": "2"}))
    with pytest.raises(IntegrityError), transaction.atomic():
        modelo.objects.create(**campos)
    with pytest.raises(ValidationError) as e:
        modelo(**campos).full_clean()
    assert texto in e.value.messages


def test_valid_ends_of_the_ranges_are_accepted():
    Suspension.objects.create(**suspension())
    Jornada.objects.create(**jornada(dias=[1, 7], hora_fin=dt.time(8, 0, 1)))
    fila = Jornada(**jornada(vigente_desde=D("2026-12-01"), dias=[5, 1, 5, 3]))
    fila.full_clean()
    assert fila.dias == [1, 3, 5]
    assert str(fila) == "Desde 01/12/2026: lunes, miércoles, viernes"


def test_loading_takes_one_query_and_looking_ahead_none(django_assert_num_queries):
    Feriado.objects.create(**feriado(fecha=D("2031-03-03")))
    with django_assert_num_queries(1):
        cal = cargar_calendario(D("2026-11-24"), D("2026-12-04"))
    with django_assert_num_queries(0):
        assert not cal.es_habil(D("2031-03-03"))
        assert sumar_dias_habiles(D("2026-11-24"), 3000, calendario=cal).vence_el.year == 2038
        assert dias_habiles_entre(D("2026-01-01"), D("2040-01-01"), calendario=cal) > 3000


def test_looking_behind_reads_once_more(django_assert_num_queries):
    Feriado.objects.create(**feriado(fecha=D("2023-11-15")))
    cal = cargar_calendario(D("2026-11-24"))
    with django_assert_num_queries(1):
        assert not cal.es_habil(D("2023-11-15"))
    with django_assert_num_queries(0):
        assert dias_habiles_entre(D("2023-11-14"), D("2023-11-16"), calendario=cal) == 1
    with django_assert_num_queries(1):
        otro = cargar_calendario(D("2026-11-24"), D("2023-01-02"))
    with django_assert_num_queries(0):
        assert not otro.es_habil(D("2023-11-15"))
    cal = cargar_calendario(D("2026-11-24"))
    assert dias_habiles_entre(D("2026-11-24"), D("2023-11-14"), calendario=cal) == -len(
        otro.habiles(D("2023-11-15"), D("2026-11-24"))
    )


def test_a_change_takes_effect_at_once_and_moves_no_stored_term():
    guardado = sumar_dias_habiles(D("2026-11-24"), 2)
    assert guardado.vence_el == D("2026-11-26")
    fila = guardar_feriado(actor=None, **feriado())
    assert motivo_no_habil(DIA) == "día institucional: Día de la entidad"
    assert sumar_dias_habiles(D("2026-11-24"), 2).vence_el == D("2026-11-27")
    comparacion = comparar_plazo(guardado.pasos)
    assert (comparacion.cambia, comparacion.vence_actual) == (True, D("2026-11-27"))
    guardar_feriado(actor=None, pk=fila.pk, computable=True)
    assert es_habil(DIA)
    guardar_feriado(actor=None, pk=fila.pk, computable=False)
    retirar_feriado(actor=None, pk=fila.pk)
    assert es_habil(DIA)
    assert not comparar_plazo(guardado.pasos).cambia


def test_rows_of_a_sede_are_its_own():
    guardar_feriado(actor=None, **feriado(ambito="2"))
    guardar_suspension(actor=None, **suspension(desde=D("2026-11-26"), hasta=D("2026-11-27"), ambito="2"))
    guardar_feriado(actor=None, **feriado(fecha=D("2026-11-30")))
    assert es_habil(DIA)
    assert siguiente_habil(D("2026-11-24")) == DIA
    assert siguiente_habil(D("2026-11-24"), ambito="2") == D("2026-12-01")
    assert siguiente_habil(D("2026-11-24"), ambito="3") == DIA


def test_suspension_and_week_reach_terms_and_legal_dates():
    fila = guardar_suspension(actor=None, **suspension())
    manana = dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC)
    assert fecha_legal(manana, "WEB") == D("2026-11-26")
    retirar_suspension(actor=None, pk=fila.pk)
    assert fecha_legal(manana, "WEB") == DIA
    guardar_jornada(actor=None, **jornada(hora_fin=dt.time(13), dias=[1, 2, 3, 4, 5, 6]))
    guardar_corte(actor=None, **(CORTE | {"modo": "fin_de_horario", "vigente_desde": D("2026-11-27")}))
    assert es_habil(D("2026-11-28"))
    assert fecha_legal(dt.datetime(2026, 11, 26, 22, 0, tzinfo=dt.UTC), "WEB") == D("2026-11-26")
    assert fecha_legal(dt.datetime(2026, 11, 27, 22, 0, tzinfo=dt.UTC), "WEB") == D("2026-11-28")
    assert fecha_legal(dt.datetime(2026, 11, 28, 4, 59, 59, tzinfo=dt.UTC), "VENTANILLA") == D("2026-11-27")


def test_writers_record_what_changed_and_nothing_when_nothing_did():
    fila = guardar_feriado(actor=None, **feriado(nombre="  Día de la entidad "))
    assert fila.nombre == "Día de la entidad"
    guardar_feriado(actor=None, pk=fila.pk, nombre="Aniversario")
    guardar_feriado(actor=None, pk=fila.pk, nombre="Aniversario")
    eventos = list(Evento.objects.filter(tipo__startswith="feriado_").order_by("pk"))
    assert [e.tipo for e in eventos] == ["feriado_creado", "feriado_cambiado"]
    assert eventos[0].antes is None
    assert eventos[1].antes["nombre"] == "Día de la entidad"
    assert eventos[1].despues["nombre"] == "Aniversario"
    assert eventos[1].detalle == {"objeto": "Feriado", "pk": fila.pk}
    guardar_suspension(actor=None, **suspension())
    guardar_jornada(actor=None, **jornada())
    guardar_corte(actor=None, **CORTE)
    assert set(Evento.objects.values_list("tipo", flat=True)) >= {
        "suspension_creada",
        "jornada_creada",
        "corte_digital_creado",
    }


def test_writers_refuse_field_by_field():
    with pytest.raises(DatosInvalidos) as e:
        guardar_feriado(actor=None, **feriado(fuente_legal=" ", ambito="zz"))
    assert set(e.value.campos) >= {"fuente_legal", "ambito"}
    with pytest.raises(DatosInvalidos):
        guardar_suspension(actor=None, **suspension(hasta=D("2026-11-24")))
    with pytest.raises(DatosInvalidos) as e:
        guardar_jornada(actor=None, **jornada(dias=[]))
    assert "dias" in e.value.campos
    guardar_corte(actor=None, **CORTE)
    with pytest.raises(DatosInvalidos) as e:
        guardar_corte(actor=None, **CORTE)
    assert "vigente_desde" in e.value.campos
    with pytest.raises(NoExiste):
        guardar_feriado(actor=None, pk=0, nombre="x")
    with pytest.raises(TypeError, match="activa"):
        guardar_feriado(actor=None, **feriado(activa=True))
    assert not Feriado.objects.exists()


def test_writers_need_the_catalogue_permission():
    sin_permiso = Usuario.objects.create_user("consulta", password=None)
    with pytest.raises(Prohibido):
        guardar_feriado(actor=sin_permiso, **feriado())
    jefe = Usuario.objects.create_superuser("admin", password=None)
    guardar_feriado(actor=jefe, **feriado())
    assert Evento.objects.get(tipo="feriado_creado").actor == jefe


def test_first_data_loads_once_and_respects_the_office():
    guardar_feriado(
        actor=None, **feriado(fecha=D("2026-01-02"), tipo="LOCAL", nombre="Propio", computable=True)
    )
    primera = cargar_iniciales()
    assert primera["Jornada"] == 1
    assert primera["CorteDigital"] == 2
    assert primera["Feriado"] == Feriado.objects.count() - 1
    assert cargar_iniciales() == {"Feriado": 0, "Jornada": 0, "CorteDigital": 0}
    assert Evento.objects.filter(tipo="calendario_cargado").count() == 1
    assert es_habil(D("2026-01-02"))  # the office's own row stays
    assert not es_habil(D("2025-12-26"))
    assert es_habil(D("2027-02-02"))
    for fila in (*Feriado.objects.all(), *Jornada.objects.all(), *CorteDigital.objects.all()):
        fila.full_clean()
