"""The dashboard: every number opens a list with as many, for each who sees it; filters, tables, silence, landing."""

import re
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from derivations.bandejas import Hoy
from derivations.models import Derivacion
from derivations.services import derivar_documento, recibir_derivacion
from documents.forms.busqueda import FiltrosDeBusqueda
from documents.models import Documento
from documents.services import (
    anular_documento,
    archivar_documento,
    dar_acceso,
    observar_documento,
    suspender_plazo,
)
from organization.calendar import hoy_lima
from reports.informes import informe_de
from reports.informes.base import Ambito
from reports.models import Reporte
from reports.tablero import agrupar
from tests.factories import make_derivada, make_documento, make_recibida
from tests.puertas import atendido
from tests.reports.ayudas import mover

pytestmark = pytest.mark.django_db
ENLACE = re.compile(r'<a [^>]*?href="([^"]+)"(?: data-cifra="(\w+)")?[^>]*>(.*?)</a>', re.S)


def _lima(dia, segundos):
    """The instant that many seconds after the midnight of Lima that begins the day."""
    return datetime.combine(dia, time(5), UTC) + timedelta(seconds=segundos)


def _poblar(o):
    """Every state, in several areas; both sides of midnight in Lima; clocks at each edge; reserved; twice received."""
    hoy = Hoy.leer()
    ayer = hoy.fecha - timedelta(days=1)
    make_documento(o, canal="WEB", tipo_documento=o.informativo)
    reservado = make_recibida(o, documento=make_documento(o, tipo_documento=o.denuncia)).documento_id
    dar_acceso(documento_id=reservado, usuarios=[o.jefe], actor=o.ana)
    mover(reservado, fecha_limite=hoy.fecha)
    observar_documento(documento_id=make_documento(o).pk, faltantes=["SOAT"], actor=o.ventanilla)
    make_derivada(o, copias=[o.legal])
    suspender_plazo(documento_id=make_recibida(o).documento_id, motivo="x", base_legal="y", actor=o.ana)
    anular_documento(documento_id=make_recibida(o).documento_id, motivo="x", actor=o.jefa)
    archivar_documento(documento_id=atendido(o), serie=o.serie_documental, actor=o.jefa)
    # clocks: overdue, the last day, the last one due soon, the first that is not, none
    for limite in (ayer, hoy.fecha, hoy.holgado - timedelta(days=1), hoy.holgado, None):
        mover(make_recibida(o).documento_id, fecha_limite=limite)
    # received twice in one day by the same area: two receptions, one document
    vuelve = make_recibida(o)
    for destino, quien in ((o.legal, o.luis), (o.transportes, o.ana)):
        enviada = derivar_documento(
            documento_id=vuelve.documento_id, area_destino=destino, instrucciones="x", actor=o.jefa
        )
        recibir_derivacion(derivacion_id=enviada.pk, actor=quien)
    # midnight of Lima: the last second of yesterday and the first of today
    for segundos in (-1, 0):
        pk = make_recibida(o, destino=o.legal, actor=o.luis).documento_id
        mover(pk, fecha_presentacion=_lima(ayer, -9))
        mover(pk, fecha_recepcion=_lima(hoy.fecha, segundos), en_area_desde=_lima(hoy.fecha, segundos))
        Derivacion.objects.filter(documento=pk).update(
            fecha_derivacion=_lima(ayer, 0), fecha_recepcion=_lima(hoy.fecha, segundos)
        )
        mover(atendido(o), fecha_atencion=_lima(hoy.fecha, segundos), fecha_limite=ayer)
    mover(atendido(o), fecha_limite=None)
    for dias in (3, 5, 9, 16, 20, 40, 100):
        mover(make_documento(o).pk, en_area_desde=_lima(hoy.fecha - timedelta(days=dias), 0))
        pk = atendido(o)
        mover(pk, fecha_atencion=_lima(hoy.fecha - timedelta(days=dias), 0))
    return hoy


def _cliente(usuario):
    cliente = Client()
    cliente.force_login(usuario)
    return cliente


def _texto(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def _numeros(respuesta):
    """(name, what the number says, address) of every link of the page that opens what a number counts."""
    html = respuesta.content.decode().split("<main", 1)[1]
    for url, clave, dentro in ENLACE.findall(html):
        texto = _texto(dentro)
        if clave == "en_plazo":
            numero = re.search(r"(\d+) de \d+", texto)[1]
        elif clave.startswith("silencio"):
            numero = re.sub(r"\D", "", texto) or "1"
        elif clave:
            numero = re.search(r"<b>(\d+)</b>", dentro)[1]
        elif texto.isdigit():
            numero = texto
        else:
            continue
        yield clave or texto, int(numero), url.replace("&amp;", "&")


def _contados(quien, url):
    """(rows that the list counts and reserved ones it says it hides, rows alone) of an address of the search."""
    form = FiltrosDeBusqueda(QueryDict(url.split("?")[1]))
    assert form.is_valid() and form.es_de_figura(quien), (url, form.errors)
    total = form.buscar(quien).contar(20_000).n
    return total + form.reservados_ocultos(quien), total


def test_every_number_opens_a_list_with_as_many(o):
    hoy = _poblar(o)
    ayer = hoy.fecha - timedelta(days=1)
    mes = f"desde={hoy.fecha - timedelta(days=25)}&hasta={hoy.fecha}"
    vistos, claves = {}, set()
    for quien, filtro, tabla in (
        *((o.jefa, "", tabla) for tabla in ("dias", "areas", "edad")),
        (o.jefa, f"desde={ayer}&hasta={ayer}", "dias"),
        (o.jefa, f"{mes}&area={o.transportes.pk}", "dias"),
        (o.jefa, f"area={o.mesa.pk}", "dias"),
        (o.jefa, "periodo=anio", "dias"),
        *((o.jefe, "", tabla) for tabla in ("dias", "areas", "edad")),
        (o.lector, "", "areas"),
        (o.lector, f"desde={ayer}&hasta={ayer}", "dias"),
        (o.admin, "", "edad"),
    ):
        cliente = _cliente(quien)
        pagina = cliente.get(f"{reverse('reports:tablero')}?{filtro}&tabla={tabla}")
        assert pagina.status_code == 200
        for nombre, numero, url in _numeros(pagina):
            claves.add(nombre)
            if (quien.pk, url) not in vistos:
                if "recibidos" in url or (quien is o.jefa and not filtro and not nombre.isdigit()):
                    lista = cliente.get(url)
                    total = int(lista.context["total"])
                    vistos[quien.pk, url] = (total + lista.context["reservados"], total)
                else:
                    vistos[quien.pk, url] = _contados(quien, url)
            assert vistos[quien.pk, url][0] == numero, (quien.username, filtro, tabla, nombre, url)
    assert {"ingresados", "sin_recibir", "en_proceso", "por_vencer", "vencidos", "en_plazo"} <= claves
    assert {"silencio", "silencio_vencido"} <= claves
    assert len(vistos) > 100
    assert any(
        total != visibles for total, visibles in vistos.values()
    )  # some hides a reserved one, and says so


def test_hidden_reserved_ones_are_said_only_of_figures_the_viewer_has(o):
    _poblar(o)
    url = reverse("documents:buscar")
    de_transportes = f"estado=EN_PROCESO&area={o.transportes.pk}"
    dicho = "1 reservado que cumple estos filtros no se muestra"
    assert dicho in _cliente(o.lector).get(f"{url}?estado=EN_PROCESO").content.decode()
    assert dicho in _cliente(o.jefa).get(f"{url}?{de_transportes}").content.decode()
    for quien, filtros in (
        (o.jefe, de_transportes),  # named in it: it is shown
        (o.luis, de_transportes),  # no figures
        (o.jefe, "estado=EN_PROCESO"),  # not only of own areas
        (o.jefe, f"estado=EN_PROCESO&area={o.legal.pk}"),
        (o.lector, "estado=EN_PROCESO&remitente=copacabana"),  # what is asked is narrower than a figure
        (o.lector, "estado=EN_PROCESO&q=habilitacion"),
        (o.lector, f"estado=EN_PROCESO&tipo={o.denuncia.pk}"),
        (o.lector, ""),
    ):
        texto = _cliente(quien).get(f"{url}?{filtros}").content.decode()
        assert "no se muestra" not in texto, (quien.username, filtros)


def test_the_page_and_the_api_read_the_same_filters(o):
    hoy = _poblar(o)
    ayer = hoy.fecha - timedelta(days=1)
    hallados = set()
    for quien in (o.jefa, o.jefe, o.lector):
        cliente = _cliente(quien)
        for filtros in (
            *({"plazo": plazo} for plazo in ("vencido", "por_vencer", "en_plazo", "sin_plazo")),
            {"plazo": "vencido", "silencio": "POSITIVO"},
            *({"atencion": atencion} for atencion in ("en_plazo", "tarde", "sin_plazo")),
            {"atendido_desde": ayer, "atendido_hasta": ayer},
            {"llegado_hasta": ayer - timedelta(days=30), "estado": "REGISTRADO"},
            {"mesa": "MP", "desde": hoy.fecha, "area": "AJ"},
        ):
            de_api = cliente.get(reverse("api:documentos"), {**filtros, "limite": 100}).json()["resultados"]
            claves = {"mesa": ("mesas", o.mesa.pk), "area": ("area", o.legal.pk)}
            de_pagina = dict(claves[c] if c in claves else (c, v) for c, v in filtros.items())
            pagina = cliente.get(reverse("documents:buscar"), {**de_pagina, "filas": 100}).context["pagina"]
            assert [f["id"] for f in de_api] == sorted((d.pk for d in pagina), key=_orden(pagina)), filtros
            if de_api:
                hallados.add((quien.username, *filtros))
    assert len(hallados) > 15
    cliente = _cliente(o.lector)
    for mal in (
        {"plazo": "x"},
        {"silencio": "OTRO"},
        {"atendido_desde": "2026-02-02", "atendido_hasta": "2026-02-01"},
    ):
        assert cliente.get(reverse("api:documentos"), mal).status_code == 422, mal
    assert cliente.get(reverse("api:documentos"), {"mesa": "ZZ"}).json()["resultados"] == []


def _orden(pagina):
    """The newest first, as the API lists them."""
    fechas = {d.pk: (d.fecha_recepcion, d.pk) for d in pagina}
    return lambda pk: tuple(-parte for parte in (fechas[pk][0].timestamp(), pk))


def test_what_comes_in_is_registered_at_the_door_and_received_inside(o):
    hoy = _poblar(o)
    for quien, titulo in (
        (o.jefa, "Ingresados hoy"),
        (o.jefe, "Recibidos hoy"),
        (o.lector, "Ingresados hoy"),
    ):
        pagina = _cliente(quien).get(f"{reverse('reports:tablero')}?tabla=dias")
        figura = pagina.context["figuras"][0]
        assert figura.titulo == titulo
        assert (
            f'<caption class="vh">{titulo.split()[0]} y atendidos por día, en tabla'
            in pagina.content.decode()
        )
        if quien is o.jefe:
            suyas = Derivacion.objects.filter(area_destino=o.transportes, es_copia=False)
            assert figura.cantidad == suyas.filter(fecha_recepcion__gte=_lima(hoy.fecha, 0)).count()
        else:
            assert (
                figura.cantidad == Documento.objects.filter(fecha_recepcion__gte=_lima(hoy.fecha, 0)).count()
            )


def test_silence_lists_what_would_be_approved_and_when(o):
    hoy = Hoy.leer()
    dias = [hoy.fecha + timedelta(days=1), hoy.fecha, hoy.holgado - timedelta(days=1)]
    for dia in dias:
        pk = make_recibida(o, documento=make_documento(o, procedimiento=o.procedimiento)).documento_id
        mover(pk, fecha_limite=dia)
    mover(make_recibida(o).documento_id, fecha_limite=hoy.holgado)  # not so soon
    queja = make_recibida(o, documento=make_documento(o, tipo_documento=o.queja)).documento_id
    mover(queja, fecha_limite=hoy.fecha)  # no silence
    pausado = make_recibida(o).documento_id
    mover(pausado, fecha_limite=hoy.fecha)
    suspender_plazo(documento_id=pausado, motivo="x", base_legal="y", actor=o.ana)
    respuesta = _cliente(o.jefe).get(reverse("reports:tablero"))
    filas = respuesta.context["silencio"]["filas"]
    assert [f.dia for f in filas] == sorted(dias) and [f.cuando for f in filas][:2] == ["Hoy", "Mañana"]
    assert all(f.area == o.transportes.nombre and f.procedimiento.startswith("TR-07") for f in filas)
    texto = respuesta.content.decode()
    assert "Ver los 3" in texto and "ya venc" not in texto
    # another area's chief and the one who may not see it are told nothing of it
    assert _cliente(o.jefe).get(f"{reverse('reports:tablero')}?area={o.legal.pk}").context["form"].errors


@pytest.mark.parametrize(
    ("filtro", "dicho"),
    [
        ("desde=2026-05-02&hasta=2026-05-01", "igual o posterior"),
        ("desde=2020-01-01&hasta=2026-05-01", "366 días"),
        ("desde=ayer", "no es una fecha"),
        ("periodo=siglo", "opción"),
        ("area=0", "opción"),
        ("desde=2200-12-31", "aún no llega"),
        ("desde=1900-01-01&hasta=1900-02-01", ""),
        ("hasta=2200-12-31", ""),
        ("tabla=otra", ""),
    ],
)
def test_a_wrong_filter_says_how_to_mend_it_and_the_page_stands(o, filtro, dicho):
    respuesta = _cliente(o.jefe).get(f"{reverse('reports:tablero')}?{filtro}")
    texto = respuesta.content.decode()
    assert respuesta.status_code == 200 and texto.count("<h1") == 1
    assert dicho in texto and ('role="alert"' in texto) == bool(dicho)


def test_the_default_is_the_last_twenty_working_days(o):
    form = _cliente(o.jefe).get(reverse("reports:tablero")).context["form"]
    calendario = Hoy.leer().calendario
    assert form.rango.hasta == hoy_lima() and calendario.es_habil(form.rango.desde)
    assert sum(calendario.es_habil(dia) for dia in form.rango.dias) == 20


def test_many_days_are_drawn_by_weeks_and_none_is_lost():
    calendario = _SoloLaborables()
    primero = date(2026, 1, 1)
    dias = [
        {"dia": str(primero + timedelta(days=n)), "registrados": n, "recibidos": 0, "atendidos": 1}
        for n in range(365)
    ]
    semanas = agrupar(dias, calendario, "registrados")
    assert len(semanas) == 53
    assert sum(s["entra"] for s in semanas) == sum(range(365))
    assert (semanas[0]["desde"], semanas[0]["hasta"]) == (primero, date(2026, 1, 4))
    assert all(
        a["hasta"] + timedelta(days=1) == b["desde"] for a, b in zip(semanas, semanas[1:], strict=False)
    )
    # of few days, those of rest only when something happened
    pocos = [dict(d, atendidos=0, registrados=int(d["dia"] == "2026-01-04")) for d in dias[:9]]
    assert [str(d["desde"])[-2:] for d in agrupar(pocos, calendario, "registrados")] == [
        *("01", "02", "04", "05", "06", "07", "08", "09")
    ]


def test_the_paper_has_the_figures_and_pictures_of_the_page(o):
    hoy = _poblar(o)
    cliente = _cliente(o.jefa)
    filtros = {"desde": str(hoy.fecha - timedelta(days=9)), "area": str(o.legal.pk)}
    pagina = cliente.get(reverse("reports:tablero"), filtros)
    assert '<input type="hidden" name="formato" value="pdf">' in pagina.content.decode()
    respuesta = cliente.post(reverse("reports:pedir", args=["tablero"]), {**filtros, "formato": "pdf"})
    assert respuesta.url == reverse("reports:lista")
    reporte = Reporte.objects.get()
    informe, ambito = informe_de("tablero"), Ambito.de(o.jefa)
    form = informe.formulario(o.jefa, reporte.filtros)
    html = informe.html(informe.contexto(ambito, form, "Jefa Prueba"))
    for nombre in ("grafico_dias", "grafico_areas", "grafico_edad"):
        assert pagina.context[nombre] in html and "style=" not in pagina.context[nombre]
    salida, avances = BytesIO(), []
    informe.escribir(
        "pdf", ambito, form, destino=salida, autor="Jefa Prueba", avance=lambda *par: avances.append(par)
    )
    lector = PdfReader(salida)
    texto = " ".join(" ".join(hoja.extract_text() for hoja in lector.pages).split())
    dias = f"Periodo: {hoy.fecha - timedelta(days=9):%d/%m/%Y} a {hoy.fecha:%d/%m/%Y}"
    esperados = [dias, "Área: Asesoría Jurídica", "Emitido por Jefa Prueba", f"de {len(lector.pages)}"]
    for dicho in (*esperados, *(figura.titulo for figura in pagina.context["figuras"])):
        assert dicho in texto, dicho
    assert lector.pages[0].mediabox.width < lector.pages[0].mediabox.height
    assert avances[0][0] == 0 and avances[-1][0] == avances[-1][1]
    # who asks for areas of others, or with filters that say nothing, gets no report
    respuesta = _cliente(o.jefe).post(
        reverse("reports:pedir", args=["tablero"]), {"area": o.legal.pk, "formato": "pdf"}
    )
    assert respuesta.status_code == 422 and Reporte.objects.count() == 1


class _SoloLaborables:
    def es_habil(self, dia):
        return dia.isoweekday() < 6


def test_supervisors_land_on_it_and_only_who_has_figures_finds_it(o):
    tablero = reverse("reports:tablero")
    for quien, llega in (
        (o.jefa, tablero),
        (o.jefe, tablero),
        (o.ventanilla, reverse("documents:registrar")),
        (o.ana, reverse("derivations:bandeja", args=["en-proceso"])),
        (o.lector, reverse("documents:buscar")),
        (o.admin, reverse("admin:index")),
    ):
        cliente = _cliente(quien)
        assert cliente.get(reverse("inicio")).url == llega
        en_menu = f'href="{tablero}"' in cliente.get(reverse("documents:buscar")).content.decode()
        assert en_menu == quien.tiene_permiso("reporte.ver")
