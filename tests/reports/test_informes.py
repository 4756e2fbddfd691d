"""What each report says is what the screen says, to the same person."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from derivations.services import atender_derivacion, derivar_documento
from documents.models import Documento, Remitente
from integrations.models import Integracion, LogSincronizacion
from organization.calendar import hoy_lima
from organization.constants import P
from organization.models import Rol
from reports.escritores import csv, excel
from reports.estadisticas import obtener_estadisticas
from reports.informes import CATALOGO, informe_de
from reports.informes.base import Ambito
from reports.metricas import calcular_metricas
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida, make_usuario

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


def leer(codigo, usuario, **datos):
    """(columns, rows as dicts, summary as a dict) of a report, as `usuario` gets it."""
    informe = informe_de(codigo)
    form = informe.formulario(usuario, datos)
    assert form.is_valid(), form.errors
    ambito = Ambito.de(usuario)
    lectura = informe.leer(ambito, form)
    claves = [columna.clave for columna in informe.columnas(form)]
    filas = [dict(zip(claves, fila, strict=True)) for fila in lectura.filas]
    assert len(filas) == lectura.total
    return filas, dict(lectura.resumen)


def test_documentos_lists_what_the_search_finds(o):
    visto = make_recibida(o, documento=make_documento(o, asunto="Licencia de obra")).documento
    make_recibida(o, documento=make_documento(o, asunto="Queja por ruido"))
    make_derivada(o, destino=o.caminos)
    reservado = make_recibida(o, documento=make_documento(o, tipo_documento=o.denuncia)).documento

    filas, resumen = leer("documentos", o.jefa)
    visibles = Documento.objects.visibles_para(o.jefa)
    assert {f["expediente"] for f in filas} == {d.numero_expediente for d in visibles}
    assert resumen["Documentos"] == visibles.count()
    assert reservado.numero_expediente not in {f["expediente"] for f in leer("documentos", o.admin)[0]}

    filas, resumen = leer("documentos", o.jefa, q="licencias", estado=["EN_PROCESO"])
    assert [f["expediente"] for f in filas] == [visto.numero_expediente]
    assert resumen == {"Documentos": 1, "En proceso": 1}


def trabajar(o):
    """Documents late, due soon, attended, on their way, reserved, and exchanges with another entity."""
    for dias in (-3, 0):
        documento = make_recibida(o, documento=make_documento(o, tipo_documento=o.sol)).documento
        Documento.objects.filter(pk=documento.pk).update(fecha_limite=hoy_lima() + timedelta(days=dias))
    for _ in range(2):
        atendida = make_recibida(o)
        atender_derivacion(
            derivacion_id=atendida.pk, resultado="PROCEDENTE", sin_respuesta_motivo="x", actor=o.ana
        )
    make_derivada(o, destino=o.caminos)
    make_documento(o)
    reservado = make_recibida(o, documento=make_documento(o, tipo_documento=o.denuncia)).documento
    otra, _ = Integracion.objects.get_or_create(
        codigo="gore", defaults={"nombre": "Gobierno regional", "tipo": "API_REST"}
    )
    for operacion, estado in (("ENVIO", "EXITO"), ("ENVIO", "ERROR"), ("CARGO", "EXITO")):
        LogSincronizacion.objects.create(
            integracion=otra, documento=documento, operacion=operacion, estado=estado
        )
    return reservado


def test_figures_are_those_of_the_screen(o):
    trabajar(o)
    Documento.objects.filter(reservado=True).update(fecha_limite=None)
    for quien in (o.admin, o.jefa):
        ahora = obtener_estadisticas(quien)
        filas, resumen = leer("por-area", quien)
        assert [(f["area"], f["abiertos"], f["vencidos"], f["atendidos"]) for f in filas] == [
            (f["nombre"], f["ahora"]["abiertos"], f["ahora"]["vencidos"], f["periodo"]["atendidos"])
            for f in ahora["por_area"]
        ]
        assert resumen["Vencidos"] == ahora["ahora"]["vencidos"] == 1
        filas, resumen = leer("por-tipo", quien)
        assert {f["codigo"]: f["documentos"] for f in filas} == {
            f["tipo"]: f["cantidad"] for f in ahora["por_tipo"]
        }
        filas, resumen = leer("vencidos", quien)
        assert resumen["Vencidos"] == ahora["ahora"]["vencidos"]
        assert resumen["Por vencer"] == ahora["ahora"]["por_vencer"] == 1
        assert resumen["Por vencer con silencio positivo"] == ahora["ahora"]["por_vencer_con_silencio"]
        assert [(f["situacion"], f["aprueba"]) for f in filas] == [
            ("Vencido", filas[0]["vence"]),
            ("Vence hoy", hoy_lima()),
        ]
        assert filas[0]["dias"] < 0 == filas[1]["dias"]
        metricas = calcular_metricas(quien)["total"]
        filas, resumen = leer("tiempos-de-atencion", quien)
        assert len(filas) == resumen["Todas: atenciones"] == metricas["atenciones"] == 2
        assert round(sum(f["horas"] for f in filas) / 2, 2) == metricas["media_horas"]
        filas, resumen = leer("productividad", quien)
        assert resumen["Atendidos"] == ahora["periodo"]["atendidos"] == 2
        assert resumen["Recibidos"] == sum(f["periodo"]["recibidos"] for f in ahora["por_area"])
        assert [(f["persona"], f["atendidos"], f["a_tiempo"]) for f in filas if f["atendidos"]] == [
            (o.ana.nombre_completo, 2, 2)
        ]
        filas, resumen = leer("intercambio", quien)
        assert [(f["enviados"], f["confirmados"], f["fallidos"]) for f in filas] == [(1, 1, 1)]
        assert {titulo: n for titulo, n in resumen.items() if n} == {
            "Enviados": 1,
            "Confirmados": 1,
            "Con error": 1,
        }
    filas, resumen = leer("libro-del-dia", o.admin)
    del_dia = Documento.objects.visibles_para(o.admin).order_by("fecha_recepcion", "pk")
    assert [f["expediente"] for f in filas] == [d.numero_expediente for d in del_dia]
    assert (resumen["Documentos"], resumen["Folios"]) == (
        len(filas),
        sum(d.numero_folios for d in del_dia),
    )
    assert resumen["Ventanilla"] == len(filas)
    assert {f["destino"] for f in filas} == {o.transportes.nombre, o.caminos.nombre, None}
    ayer = timezone.localdate() - timedelta(days=1)
    assert leer("libro-del-dia", o.admin, desde=ayer, hasta=ayer)[0] == []


def test_every_report_is_written_and_hides_what_is_reserved(o):
    reservado = trabajar(o)
    atender_derivacion(
        derivacion_id=reservado.derivaciones.get().pk,
        resultado="PROCEDENTE",
        sin_respuesta_motivo="x",
        actor=o.ana,
    )

    def medir(informe):
        """(queries, rows) of reading it."""
        form = informe.formulario(o.jefa, {})
        assert form.is_valid()
        with CaptureQueriesContext(connection) as hechas:
            lectura = informe.leer(Ambito.de(o.jefa), form)
            filas = list(lectura.filas)
        assert len(filas) == lectura.total > 0
        assert {len(fila) for fila in filas} == {len(informe.columnas(form))}
        assert reservado.numero_expediente not in str(filas)
        return len(hechas), filas

    antes = {codigo: medir(informe)[0] for codigo, informe in CATALOGO.items() if "xlsx" in informe.formatos}
    trabajar(o)
    for codigo, consultas in antes.items():
        informe = CATALOGO[codigo]
        despues, filas = medir(informe)
        assert despues <= consultas, codigo
        for escritor in (excel, csv):
            destino, form = io.BytesIO(), informe.formulario(o.jefa, {})
            assert form.is_valid()
            ambito, nada = Ambito.de(o.jefa), lambda hechas, total: None
            hechas = escritor.escribir(informe, ambito, form, destino=destino, autor="Ana", avance=nada)
            assert hechas == len(filas) and destino.tell() > 50, codigo


def test_identity_numbers_are_whole_for_who_needs_them(o):
    rol = Rol.objects.create(codigo="jefatura", nombre="Jefatura")
    rol.permisos.set([P.DOCUMENTO_VER, P.REPORTES])
    quien = make_usuario("beto", area=o.transportes, rol="jefatura")
    persona = o.remitente
    Remitente.objects.filter(pk=persona.pk).update(tipo_identidad="DNI", numero="01318842")
    aqui = make_recibida(o).documento
    de_paso = make_recibida(o).documento
    derivar_documento(documento_id=de_paso.pk, area_destino=o.caminos, instrucciones="Siga", actor=o.ana)
    for codigo in ("documentos", "libro-del-dia"):
        numeros = {f["expediente"]: f["identidad"] for f in leer(codigo, quien)[0]}
        assert numeros == {aqui.numero_expediente: "01318842", de_paso.numero_expediente: "••••8842"}
        assert {f["identidad"] for f in leer(codigo, o.jefa)[0]} == {"01318842"}


def test_filters_out_of_reach_are_refused(o):
    for usuario, codigo, datos, campo in (
        (o.jefa, "vencidos", {"area": 999_999}, "area"),
        (o.jefa, "por-area", {"desde": "2026-02-02", "hasta": "2026-02-01"}, "hasta"),
        (o.admin, "por-area", {"desde": "2020-01-01", "hasta": "2026-01-01"}, "desde"),
        (o.admin, "libro-del-dia", {"area": o.caminos.pk}, "area"),
    ):
        form = informe_de(codigo).formulario(usuario, datos)
        assert not form.is_valid()
        assert campo in form.errors
