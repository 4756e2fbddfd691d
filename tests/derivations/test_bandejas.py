"""Trays: who sees which rows, in which order, with which filters, at a constant cost."""

from datetime import timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from derivations.bandejas import BANDEJAS, Filtros, Hoy, contar, filtrar
from derivations.models import Derivacion, VistaGuardada
from derivations.presentacion import dias_restantes
from derivations.services import atender_derivacion, derivar_documento, rechazar_derivacion
from documents.models import Documento
from documents.services import observar_documento, reabrir_documento, suspender_plazo
from organization.calendar import hoy_lima
from organization.constants import CodigoRol
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida, make_usuario

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


def url(nombre, **parametros):
    texto = "&".join(f"{k}={v}" for k, v in parametros.items())
    return reverse("derivations:bandeja", args=[nombre]) + (f"?{texto}" if texto else "")


def ver(client, usuario, nombre, **parametros):
    client.force_login(usuario)
    return client.get(url(nombre, **parametros))


def numeros(respuesta):
    return [fila.expediente for fila in respuesta.context["pagina"].filas]


def vencer(derivacion, dias):
    """Moves the day the area must answer, in calendar days from today."""
    Derivacion.objects.filter(pk=derivacion.pk).update(
        fecha_limite_atencion=hoy_lima() + timedelta(days=dias)
    )


@pytest.mark.parametrize("nombre", BANDEJAS)
def test_every_tray_opens_empty_and_says_so(client, o, nombre):
    quien = o.ventanilla if BANDEJAS[nombre].es_de_documentos else o.ana
    respuesta = ver(client, quien, nombre)
    assert respuesta.status_code == 200
    assert BANDEJAS[nombre].vacio[1] in respuesta.content.decode()


def test_each_row_is_in_the_tray_of_its_state(client, o):
    registrado = make_documento(o)
    pendiente = make_derivada(o, copias=[o.legal])
    recibida = make_recibida(o)
    atendida = make_recibida(o)
    atender_derivacion(
        derivacion_id=atendida.pk, resultado="CONOCIMIENTO", sin_respuesta_motivo="informativo", actor=o.ana
    )
    observado = make_documento(o)
    observar_documento(documento_id=observado.pk, faltantes=["SOAT vigente"], actor=o.ventanilla)
    donde = {
        ("por-derivar", o.ventanilla): [registrado],
        ("observados", o.ventanilla): [observado],
        ("enviados", o.ventanilla): [pendiente.documento],
        ("por-recibir", o.ana): [pendiente.documento],
        ("en-proceso", o.ana): [recibida.documento],
        ("atendidos", o.ana): [atendida.documento],
        ("copias", o.luis): [pendiente.documento],
        ("por-recibir", o.luis): [],
        ("en-proceso", o.luis): [],
    }
    for (nombre, quien), documentos in donde.items():
        esperado = [d.numero_expediente for d in documentos]
        assert numeros(ver(client, quien, nombre)) == esperado, (nombre, quien)


def test_rows_of_another_area_never_show(client, o):
    make_derivada(o, destino=o.caminos)
    make_recibida(o, destino=o.caminos, actor=o.eva)
    for nombre in ("por-recibir", "en-proceso", "vencidos"):
        assert numeros(ver(client, o.ana, nombre)) == []


def test_supervisor_sees_the_areas_below_and_may_filter_one(client, o):
    de_caminos = make_derivada(o, destino=o.caminos)
    de_legal = make_derivada(o, destino=o.legal)
    assert set(numeros(ver(client, o.jefa, "por-recibir"))) == {
        de_caminos.documento.numero_expediente,
        de_legal.documento.numero_expediente,
    }
    assert numeros(ver(client, o.jefa, "por-recibir", area=o.legal.pk)) == [
        de_legal.documento.numero_expediente
    ]


def test_area_of_somebody_else_is_not_a_filter(client, o):
    suya = make_derivada(o)
    make_derivada(o, destino=o.caminos)
    assert numeros(ver(client, o.ana, "por-recibir", area=o.caminos.pk)) == [suya.documento.numero_expediente]


def test_reserved_rows_show_only_to_the_named(client, o):
    documento = make_documento(o, reservado=True, personas=[o.ventanilla])
    make_derivada(o, documento=documento)
    otra = make_usuario("otra", area=o.transportes)
    assert numeros(ver(client, o.ana, "por-recibir")) == [documento.numero_expediente]
    respuesta = ver(client, otra, "por-recibir")
    assert numeros(respuesta) == []
    assert documento.asunto not in respuesta.content.decode()


def test_tray_without_area_is_refused_and_recorded(client, o):
    from core.models import Evento

    suelto = make_usuario("suelto")
    respuesta = ver(client, suelto, "por-recibir")
    assert respuesta.status_code == 403
    assert Evento.objects.filter(tipo="acceso_denegado", actor=suelto).exists()


def test_unknown_tray_is_404(client, o):
    assert ver(client, o.ana, "inventada").status_code == 404


def test_order_is_due_date_then_arrival(client, o):
    sin_plazo = make_recibida(o, documento=make_documento(o, tipo_documento=o.informativo))
    tarde, pronto, tarde2 = make_recibida(o), make_recibida(o), make_recibida(o)
    vencer(tarde, 9), vencer(pronto, 2), vencer(tarde2, 9)
    esperado = [d.documento.numero_expediente for d in (pronto, tarde, tarde2, sin_plazo)]
    assert numeros(ver(client, o.ana, "en-proceso")) == esperado
    al_reves = numeros(ver(client, o.ana, "en-proceso", orden="-expediente"))
    assert al_reves == sorted(esperado, reverse=True)


def test_keyset_pages_walk_forth_and_back(client, o):
    for _ in range(27):
        make_derivada(o)
    primera = ver(client, o.ana, "por-recibir")
    segunda = client.get(url("por-recibir") + primera.context["pagina"].url_siguiente)
    assert len(numeros(primera)) == 25 and len(numeros(segunda)) == 2
    assert not set(numeros(primera)) & set(numeros(segunda))
    vuelta = client.get(url("por-recibir") + segunda.context["pagina"].url_anterior)
    assert numeros(vuelta) == numeros(primera)
    assert len(numeros(ver(client, o.ana, "por-recibir", filas=50))) == 27


def test_clock_trays_and_pills_agree(client, o):
    vencida, hoy, pronto, holgada = (make_recibida(o) for _ in range(4))
    leido = Hoy.leer()
    vencer(vencida, -9)
    Derivacion.objects.filter(pk=hoy.pk).update(fecha_limite_atencion=leido.fecha)
    Derivacion.objects.filter(pk=pronto.pk).update(fecha_limite_atencion=leido.holgado - timedelta(days=1))
    Derivacion.objects.filter(pk=holgada.pk).update(fecha_limite_atencion=leido.holgado)
    assert numeros(ver(client, o.ana, "vencidos")) == [vencida.documento.numero_expediente]
    assert numeros(ver(client, o.ana, "por-vencer")) == [d.documento.numero_expediente for d in (hoy, pronto)]
    respuesta = ver(client, o.ana, "en-proceso")
    conteos = {p.nombre: int(p.conteo) for p in respuesta.context["pastillas"]}
    assert conteos == {"": 4, "mios": 0, "sin-asignar": 4, "vencidos": 1, "por-vencer": 2, "urgentes": 0}
    assert "4 documentos de tu área. 1 vencido, 2 por vencer." in respuesta.content.decode()
    assert numeros(ver(client, o.ana, "en-proceso", f="vencidos")) == [vencida.documento.numero_expediente]


def test_a_paused_document_is_neither_overdue_nor_due_soon(client, o):
    derivacion = make_recibida(o)
    suspender_plazo(
        documento_id=derivacion.documento_id, motivo="inspección", base_legal="art. 147", actor=o.ana
    )
    vencer(derivacion, -9)
    assert numeros(ver(client, o.ana, "vencidos")) == []
    respuesta = ver(client, o.ana, "en-proceso")
    assert "En pausa" in respuesta.content.decode()
    assert not next(p for p in respuesta.context["pastillas"] if p.nombre == "vencidos").conteo


def test_filters_by_kind_words_and_number(client, o):
    sol = make_derivada(o)
    ofi = make_derivada(
        o, documento=make_documento(o, tipo_documento=o.oficio, asunto="Invitación a mesa técnica de peaje")
    )
    n_sol, n_ofi = sol.documento.numero_expediente, ofi.documento.numero_expediente
    assert numeros(ver(client, o.ana, "por-recibir", tipo=o.oficio.pk)) == [n_ofi]
    assert numeros(ver(client, o.ana, "por-recibir", q="invitacion tecnica")) == [n_ofi]
    assert numeros(ver(client, o.ana, "por-recibir", q=str(sol.documento.numero))) == [n_sol]
    vacia = ver(client, o.ana, "por-recibir", q="inexistente")
    assert "Ningún documento con estos filtros" in vacia.content.decode()


@pytest.mark.parametrize(
    "parametros",
    ["cursor=roto", "area=abc", "tipo=99999999999", "f=nada", "orden=1;drop", "filas=7", "q=%00a"],
)
def test_strange_parameters_are_ignored(client, o, parametros):
    make_derivada(o)
    client.force_login(o.ana)
    respuesta = client.get(f"{url('por-recibir')}?{parametros}")
    assert respuesta.status_code == 200


def test_returned_paper_goes_back_to_the_sender_s_tray(client, o):
    derivacion = make_derivada(o)
    rechazar_derivacion(derivacion_id=derivacion.pk, motivo="es de Caminos", actor=o.ana)
    respuesta = ver(client, o.ventanilla, "por-recibir")
    assert numeros(respuesta) == [derivacion.documento.numero_expediente]
    assert "Devuelto por" in respuesta.content.decode()
    assert numeros(ver(client, o.ana, "por-recibir")) == []


def test_attended_twice_shows_once(client, o):
    derivacion = make_recibida(o)
    datos = {"resultado": "CONOCIMIENTO", "sin_respuesta_motivo": "informativo", "actor": o.ana}
    atender_derivacion(derivacion_id=derivacion.pk, **datos)
    reabrir_documento(documento_id=derivacion.documento_id, motivo="faltó algo", actor=o.jefa)
    assert numeros(ver(client, o.ana, "atendidos")) == []
    otra = Derivacion.objects.get(documento=derivacion.documento_id, estado="RECIBIDO")
    atender_derivacion(derivacion_id=otra.pk, **datos)
    assert numeros(ver(client, o.ana, "atendidos")) == [derivacion.documento.numero_expediente]


def consultas(client, direccion):
    from django.db import connection

    with CaptureQueriesContext(connection) as contadas:
        respuesta = client.get(direccion)
    assert respuesta.status_code == 200
    return len(contadas), respuesta


@pytest.mark.parametrize(
    ("nombre", "quien"), [("en-proceso", "ana"), ("por-recibir", "ana"), ("por-derivar", "ventanilla")]
)
def test_same_queries_for_one_row_and_for_twenty(client, o, nombre, quien):
    def otra():
        if nombre == "por-derivar":
            make_documento(o, area_sugerida=o.legal)
        else:
            (make_recibida if nombre == "en-proceso" else make_derivada)(o)

    client.force_login(getattr(o, quien))
    otra()
    client.get(url(nombre))
    una, _ = consultas(client, url(nombre))
    for _ in range(19):
        otra()
    veinte, respuesta = consultas(client, url(nombre))
    assert len(numeros(respuesta)) == 20
    assert veinte == una
    assert una <= 45


def test_fragment_for_htmx_and_page_without(client, o):
    make_derivada(o)
    client.force_login(o.ana)
    fragmento = client.get(url("por-recibir"), headers={"HX-Request": "true"})
    assert "<html" not in fragmento.content.decode() and "<h1>" in fragmento.content.decode()
    assert "HX-Request" in fragmento["Vary"]
    assert "<html" in client.get(url("por-recibir")).content.decode()


def test_panel_shows_the_row_and_its_acts(client, o):
    derivacion = make_recibida(o)
    client.force_login(o.ana)
    texto = client.get(reverse("derivations:panel", args=["en-proceso", derivacion.pk])).content.decode()
    assert derivacion.documento.asunto in texto
    assert reverse("derivations:atender", args=[derivacion.pk]) in texto
    assert "recibido" in texto


def test_panel_of_another_area_is_404(client, o):
    derivacion = make_derivada(o, destino=o.caminos)
    client.force_login(o.ana)
    assert client.get(reverse("derivations:panel", args=["por-recibir", derivacion.pk])).status_code == 404


def test_counters_of_the_menu(client, o):
    make_derivada(o), make_derivada(o)
    vencer(make_recibida(o), -9)
    client.force_login(o.ana)
    texto = client.get(reverse("derivations:contadores")).content.decode()
    assert '<span class="c " id="c-por-recibir" hx-swap-oob="true">2</span>' in texto
    assert '<span class="c malo" id="c-vencidos" hx-swap-oob="true">1</span>' in texto
    assert '<span class="c " id="c-copias" hx-swap-oob="true"></span>' in texto


def test_new_rows_are_announced_not_pushed(client, o):
    client.force_login(o.ana)
    antes = client.get(url("por-recibir", desde=0)).content.decode()
    assert "nuevo" not in antes
    make_derivada(o)
    assert "1 nuevo: ver" in client.get(url("por-recibir", desde=1)).content.decode()
    assert "nuevo" not in client.get(url("por-recibir", desde=4102444800)).content.decode()


def test_saved_views_are_named_modified_and_deleted(client, o):
    make_recibida(o)
    client.force_login(o.ana)
    respuesta = client.post(
        reverse("derivations:vista-guardar"),
        {"nombre": "Sin dueño", "bandeja": "en-proceso", "parametros": "f=sin-asignar&cursor=xyz&raro=1"},
        follow=True,
    )
    assert "Vista «Sin dueño» guardada" in respuesta.content.decode()
    assert "modificada" not in respuesta.content.decode()
    vista = VistaGuardada.objects.get()
    assert vista.parametros == "f=sin-asignar&vista=Sin+due%C3%B1o"
    cambiada = client.get(url("en-proceso", f="mios", vista="Sin dueño")).content.decode()
    assert "vista modificada" in cambiada
    client.force_login(o.luis)
    assert client.post(reverse("derivations:vista-borrar", args=[vista.pk])).status_code == 404
    client.force_login(o.ana)
    client.post(reverse("derivations:vista-borrar", args=[vista.pk]))
    assert not VistaGuardada.objects.exists()


def test_view_without_a_name_is_not_saved(client, o):
    client.force_login(o.ana)
    datos = {"nombre": "  ", "bandeja": "en-proceso", "parametros": "f=mios"}
    respuesta = client.post(reverse("derivations:vista-guardar"), datos, follow=True)
    assert "Escribe un nombre" in respuesta.content.decode()
    assert not VistaGuardada.objects.exists()


def test_chosen_rows_come_back_chosen(client, o):
    una, otra = make_derivada(o), make_derivada(o)
    texto = ver(client, o.ana, "por-recibir", elegidos=otra.pk).content.decode()
    assert f'value="{otra.pk}" checked' in texto
    assert f'value="{una.pk}" checked' not in texto


def test_a_day_that_passed_is_overdue_even_over_a_weekend():
    from datetime import date

    from organization.calendar import Calendario

    sabado = date(2026, 11, 21)
    hoy = Hoy(sabado, Calendario(), None)
    assert dias_restantes(date(2026, 11, 20), hoy) == -1
    assert dias_restantes(date(2026, 11, 23), hoy) == 1
    assert dias_restantes(None, hoy) is None


def test_read_only_role_sees_no_bulk_act(client, o):
    make_derivada(o, destino=o.direccion)
    respuesta = ver(client, o.lector, "por-recibir")
    assert respuesta.status_code == 200
    assert respuesta.context["lote"] == []


def test_counts_stop_at_their_ceiling(o, monkeypatch):
    from derivations import bandejas

    monkeypatch.setattr(bandejas, "TOPE", 2)
    for _ in range(3):
        make_derivada(o)
    hoy = Hoy.leer()
    areas = o.ana.alcance.areas_con("documento.ver")
    b = BANDEJAS["por-recibir"]
    base, _ = filtrar(b, Filtros(), o.ana, areas, hoy)
    assert contar(b, base, o.ana, hoy)[""] == (2, True)


def test_derived_document_leaves_the_window_s_tray(client, o):
    documento = make_documento(o)
    derivar_documento(
        documento_id=documento.pk, area_destino=o.legal, instrucciones="Opinión", actor=o.ventanilla
    )
    assert numeros(ver(client, o.ventanilla, "por-derivar")) == []
    assert Documento.objects.get(pk=documento.pk).estado == "DERIVADO"


def test_superuser_is_still_blind_to_reserved_rows(client, o):
    raiz = make_usuario("raiz", area=o.direccion, rol=CodigoRol.ADMINISTRADOR, is_superuser=True)
    documento = make_documento(o, reservado=True, personas=[o.ventanilla])
    make_derivada(o, documento=documento)
    make_derivada(o)
    assert documento.numero_expediente not in numeros(ver(client, raiz, "por-recibir"))
