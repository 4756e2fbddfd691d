"""Every named constraint of derivations: the database refuses what breaks it, and the model words it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from derivations.models import Derivacion, HojaRemision, VistaGuardada
from tests.factories import make_derivada, make_oficina, make_recibida
from tests.restricciones import comprobar, con, nombres_de, otra

pytestmark = pytest.mark.django_db


def _nueva(o, **over):
    """A second movement of a document, closed unless said otherwise."""
    fila = Derivacion.objects.get(pk=make_derivada(o).pk)
    return otra(
        fila, **({"numero_derivacion": 9, "estado": "ANULADA", "fecha_cierre": timezone.now()} | over)
    )


def _guardada(fila):
    fila.save()
    return otra(fila)


def _recibida(o, **over):
    return con(make_recibida(o), **over)


FILAS = {
    "derivacion_principal_abierta_unica": (
        lambda o: _nueva(o, estado="PENDIENTE", fecha_cierre=None, area_destino=o.legal),
        "El documento ya está derivado o recibido en otra área.",
    ),
    "derivacion_numero_unico": (
        lambda o: _nueva(o, numero_derivacion=1),
        "Ese número de movimiento ya existe en el documento.",
    ),
    "derivacion_con_instruccion": (
        lambda o: _nueva(o, instrucciones=""),
        "Escribe la instrucción para el área.",
    ),
    "derivacion_estado_conocido": (lambda o: _nueva(o, estado="PERDIDA"), "El estado no existe."),
    "derivacion_folios_positivos": (lambda o: _nueva(o, folios=0), "Escribe los folios, por ejemplo 46."),
    "derivacion_recibida_con_fecha": (
        lambda o: _recibida(o, fecha_recepcion=None),
        "Una derivación recibida lleva su fecha de recepción.",
    ),
    "derivacion_rechazo_con_motivo": (
        lambda o: _nueva(o, estado="RECHAZADO", motivo_rechazo=""),
        "Escribe por qué se devuelve.",
    ),
    "derivacion_fechas_en_orden": (
        lambda o: _recibida(o, fecha_recepcion=timezone.now() - timedelta(days=1)),
        "Las fechas de la derivación no están en orden.",
    ),
    "vistaguardada_nombre_unico": (
        lambda o: _guardada(VistaGuardada(usuario=o.ana, nombre="Mis urgentes", bandeja="por-recibir")),
        "Ya tienes una vista con ese nombre.",
    ),
    "hojaremision_numero_unico": (
        lambda o: _guardada(
            HojaRemision(
                numero=1,
                anio=2026,
                area_origen=o.mesa,
                area_destino=o.legal,
                emitida_por=o.ana,
                emitida_en=timezone.now(),
                datos={},
            )
        ),
        "Ese número de hoja ya existe.",
    ),
}


@pytest.mark.parametrize("nombre", sorted(nombres_de("derivations") | set(FILAS)))
def test_a_broken_constraint_is_refused_by_name_and_in_spanish(nombre):
    assert nombre in FILAS, f"{nombre} needs a row in FILAS"
    hacer, mensaje = FILAS[nombre]
    comprobar(nombre, hacer(make_oficina()), mensaje)


def test_dates_of_attention_follow_those_of_reception():
    o = make_oficina()
    fila = make_recibida(o)
    fila.estado, fila.fecha_atencion = "ATENDIDO", fila.fecha_recepcion - timedelta(seconds=1)
    comprobar("derivacion_fechas_en_orden", fila, "Las fechas de la derivación no están en orden.")


def test_attention_without_reception_is_refused():
    """Neither the state nor the date of attention may come before the reception."""
    o = make_oficina()
    fila = Derivacion.objects.get(pk=make_derivada(o).pk)
    fila.fecha_atencion = timezone.now()
    comprobar("derivacion_fechas_en_orden", fila, "Las fechas de la derivación no están en orden.")


def test_many_copies_may_be_open_at_once():
    o = make_oficina()
    make_derivada(o, copias=[o.legal, o.caminos, o.direccion])
    assert Derivacion.objects.abiertas().count() == 4
