"""The pages of the office in the administration: areas, entity and calendar."""

from datetime import date, time

import pytest

from core.models import Evento
from organization.models import Area, CorteDigital, Entidad, Feriado, Jornada, Suspension
from tests.admin_util import hacer_acto, pagina, textos
from tests.factories import make_documento

pytestmark = pytest.mark.django_db


# Areas


def datos_de_area(area, **over):
    datos = {
        "sigla": area.sigla,
        "codigo": area.codigo,
        "nombre": area.nombre,
        "padre": area.padre_id or "",
        "jefe": area.jefe_id or "",
        "sede": area.sede_id,
    }
    marcas = {c: "on" for c in ("recibe_externos", "es_mesa_de_partes", "activa") if getattr(area, c)}
    datos |= marcas | over
    return {campo: valor for campo, valor in datos.items() if valor is not None}


def test_area_is_corrected_with_before_and_after(o, como):
    respuesta = como(o.admin).post(
        pagina(Area, "change", o.legal.pk), datos_de_area(o.legal, nombre="Asesoría Legal", jefe=o.eva.pk)
    )
    assert respuesta.status_code == 302
    evento = Evento.objects.get(tipo="area_cambiada")
    assert (evento.antes["nombre"], evento.despues["nombre"]) == ("Asesoría Jurídica", "Asesoría Legal")
    assert evento.despues["jefe"] == "Eva Prueba"


def test_area_under_itself_is_refused(o, como):
    respuesta = como(o.admin).post(
        pagina(Area, "change", o.direccion.pk), datos_de_area(o.direccion, padre=o.legal.pk)
    )
    assert respuesta.status_code == 422
    assert "no puede depender de sí misma" in respuesta.content.decode()
    propia = como(o.admin).post(pagina(Area, "change", o.legal.pk), datos_de_area(o.legal, padre=o.legal.pk))
    assert propia.status_code in (200, 422)
    assert Area.objects.get(pk=o.direccion.pk).padre_id is None


def test_area_with_open_work_or_open_areas_is_not_closed(o, como):
    make_documento(o)
    cliente = como(o.admin)
    ocupada = cliente.post(pagina(Area, "change", o.mesa.pk), datos_de_area(o.mesa, activa=None))
    assert ocupada.status_code == 409
    assert "tiene 1 documentos abiertos" in ocupada.content.decode()
    madre = cliente.post(pagina(Area, "change", o.direccion.pk), datos_de_area(o.direccion, activa=None))
    assert madre.status_code == 422 and "De esta área dependen" in madre.content.decode()
    libre = cliente.post(pagina(Area, "change", o.caminos.pk), datos_de_area(o.caminos, activa=None))
    assert libre.status_code == 302
    assert set(Area.objects.filter(activa=False)) == {o.caminos}
    assert Evento.objects.get(tipo="area_desactivada").area_id == o.caminos.pk


def test_entity_is_one(o, como):
    cliente = como(o.admin)
    assert cliente.get(pagina(Entidad, "add")).status_code == 403
    entidad = Entidad.objects.get()
    envio = {"nombre": "Dirección Regional de Transportes", "sigla": "DRTC"}
    assert cliente.post(pagina(Entidad, "change", entidad.pk), envio).status_code == 302
    assert Evento.objects.get(tipo="entidad_cambiado").despues["sigla"] == "DRTC"


# Calendar


def test_calendar_is_written_by_its_services(o, como):
    cliente = como(o.admin)
    envios = [
        (
            Feriado,
            {"fecha": "2026-11-04", "nombre": "Aniversario de Puno", "tipo": "LOCAL", "ambito": "0"}
            | {"fuente_legal": "Ordenanza 12", "activo": "on"},
            "feriado_creado",
        ),
        (
            Suspension,
            {"desde": "2026-11-05", "hasta": "2026-11-06", "motivo": "Paro", "documento_sustento": "RD 9"}
            | {"ambito": "", "activa": "on"},
            "suspension_creada",
        ),
        (
            Jornada,
            {
                "vigente_desde": "2026-01-01",
                "dias": ["1", "2", "6"],
                "hora_inicio": "08:00",
                "hora_fin": "15:00",
            }
            | {"ambito": ""},
            "jornada_creada",
        ),
        (
            CorteDigital,
            {"vigente_desde": "2026-01-01", "modo": "fin_de_dia", "fuente_legal": "D. Leg. 1497"},
            "corte_digital_creado",
        ),
    ]
    for modelo, envio, tipo in envios:
        respuesta = cliente.post(pagina(modelo, "add"), envio)
        assert respuesta.status_code == 302, (modelo, respuesta.context["adminform"].form.errors)
        evento = Evento.objects.get(tipo=tipo)
        assert evento.actor == o.admin and evento.ip == "127.0.0.1"
    assert Feriado.objects.get().ambito == "0"
    jornada = Jornada.objects.get()
    assert (jornada.dias, jornada.hora_fin) == ([1, 2, 6], time(15))


def test_refusal_of_the_calendar_stays_in_the_form(o, como):
    envio = {
        "desde": "2026-11-06",
        "hasta": "2026-11-05",
        "motivo": "Paro regional",
        "documento_sustento": "RD",
    }
    html = como(o.admin).post(pagina(Suspension, "add"), envio | {"ambito": ""}).content.decode()
    assert "no puede terminar antes de empezar" in html and "Paro regional" in html
    assert not Suspension.objects.exists()


def test_holiday_leaves_force_and_keeps_its_row(o, como):
    fila = Feriado.objects.create(fecha=date(2026, 11, 4), nombre="Puno", tipo="LOCAL", fuente_legal="Ord.")
    respuesta = hacer_acto(como(o.admin), fila, "retirar")
    assert "ya no rige" in textos(respuesta)[0]
    assert not Feriado.objects.get().activo
    html = como(o.admin).get(pagina(Feriado, "history", fila.pk)).content.decode()
    assert "Feriado cambiado" in html and "Activo: Sí → No" in html
